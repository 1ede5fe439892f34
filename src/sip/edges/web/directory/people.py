"""One member of staff: how she is reached, and every role she has."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.edges.web.directory import said
from sip.edges.web.directory.roles import person_of
from sip.edges.web.directory.unit import history
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.edges.web.shell.session import signed_in
from sip.usecases.directory import edit
from sip.usecases.problems import InvalidError
from sip.usecases.reading import place_pages
from sip.usecases.reading.place_pages import PersonRead


@get("/directory/people/{person_id:uuid}")
async def person(page: NamedDependency[Page], person_id: FromPath[UUID]) -> Response[Any]:
    """The form with what holds now, and her roles."""
    read = await place_pages.person(page.services.db, person_id, actor=signed_in(page).actor, now=page.now)
    one = read.person
    values = {"name": one.name, "email": one.email or "", "phone": one.phone or "", "function": one.function or ""}
    return _form(page, read, FormState(values))


def _form(page: Page, read: PersonRead, state: FormState, status: int = 200) -> Response[Any]:
    return page.html(
        "directory_person.html", status=status, f=state, read=read, changes=said.lines(page.phrases, read.changes),
        changed="changed" in page.request.query_params,
    )  # fmt: skip


@post("/directory/people/{person_id:uuid}", status_code=200)
async def save_person(page: NamedDependency[Page], person_id: FromPath[UUID]) -> Response[Any]:
    """Another name, function or way to reach her."""
    actor, reader = signed_in(page).actor, await page.reader()
    read = await place_pages.person(page.services.db, person_id, actor=actor, now=page.now)
    record = person_of(reader, person_id, read.person.organisation_id)
    if record is not None:
        try:
            await edit.put_person(page.services.db, record, new=False, actor=actor, now=page.now)
            return page.to(f"/directory/people/{person_id}?changed=yes#changed")
        except InvalidError as error:
            if any(problem.code == "taken" for problem in error.problems):
                reader.wrong("email", "directory.form.email_taken")
            else:
                page.say_problems(error, reader.state)
    return _form(page, read, reader.state, 422)


@get("/directory/people/{person_id:uuid}/changes")
async def person_changes(page: NamedDependency[Page], person_id: FromPath[UUID]) -> Response[Any]:
    """Earlier changes of a member of staff."""
    return await history(page, "person", person_id, f"/directory/people/{person_id}")
