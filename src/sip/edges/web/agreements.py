"""Agreements for people: which hold, what they say, who has joined; a new version by a form.

The law of this file: a version that is kept is never changed. A new one begins tomorrow at the earliest, and is kept
only after its differences have been shown.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.agreement import OF_AN_AGREEMENT, Agreement, AgreementError, Joining
from sip.domain.renewal import RenewalAnswer
from sip.domain.worktime import half_day_names, local_day
from sip.edges.web import agreement_form
from sip.edges.web import replays as trial
from sip.edges.web.register import joined
from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page, sorted_pairs
from sip.edges.web.shell.session import signed_in
from sip.usecases import agreement_file, agreements, joinings, replays
from sip.usecases.access import Act, covers_principal, has_role
from sip.usecases.agreement_file import AgreementFile
from sip.usecases.agreements import AgreementsRead
from sip.usecases.problems import ConflictError, NotFoundError


@get("/agreements")
async def listed(page: NamedDependency[Page]) -> Response[Any]:
    """Every agreement with its versions, the one in force first."""
    read, today = await _read(page), local_day(page.now)
    ids = list(dict.fromkeys(one.id for one in read.versions))
    groups = [_versions(read.of(one), today) for one in ids]
    return page.html(
        "agreements.html",
        groups=groups,
        joined=lambda one: _joined(page, read, one),
        counties=read.counties,
        keeps=has_role(signed_in(page).actor, Act.KEEP_INSTALLATION),
    )


async def _read(page: Page) -> AgreementsRead:
    return await agreements.read(page.services.db, actor=signed_in(page).actor, now=page.now)


def _versions(versions: tuple[Agreement, ...], today: date) -> list[tuple[Agreement, str]]:
    """The latest first, each with when it holds: now, later, before (another took over) or over."""
    holding = [one for one in versions if one.valid_from <= today]
    latest = max(holding, key=lambda one: (one.valid_from, one.version), default=None)
    found = []
    for one in sorted(versions, key=lambda version: -version.version):
        over = one.valid_to is not None and one.valid_to < today
        when = "later" if one.valid_from > today else "over" if over else "now" if one is latest else "before"
        found.append((one, when))
    return found


def _joined(page: Page, read: AgreementsRead, one: Agreement) -> list[str]:
    return page.phrases.names(read.principals.get(principal, "–") for principal in one.principals)


def _one(read: AgreementsRead, agreement_id: UUID, version: int | None = None) -> Agreement:
    """One version, or the latest. Raises NotFoundError."""
    found = [one for one in read.of(agreement_id) if version is None or one.version == version]
    if not found:
        raise NotFoundError("agreement")
    return found[-1]


@get("/agreements/{agreement_id:uuid}/{version:int}")
async def show(page: NamedDependency[Page], agreement_id: FromPath[UUID], version: FromPath[int]) -> Response[Any]:
    """One version to read, who has joined it, what it changed, and with ?meeting what it would do to that meeting.

    With ?principal the form of a joining is filled in with what is known of that one.
    """
    return await _show(page, agreement_id, version)


async def _show(
    page: Page, agreement_id: UUID, version: int, state: FormState | None = None, status: int = 200
) -> Response[Any]:
    read = await _read(page)
    one = _one(read, agreement_id, version)
    before = next((other for other in reversed(read.of(agreement_id)) if other.version < version), None)
    today = local_day(page.now)
    actor = signed_in(page).actor
    tried, areas = await replays.of_agreement(page.services.db, agreement_id, actor=actor, now=page.now)
    return page.html(
        "agreement.html",
        status=status,
        one=one,
        when=next(when for other, when in _versions(read.of(agreement_id), today) if other is one),
        latest=_one(read, agreement_id).version,
        several=len(read.of(agreement_id)) > 1,
        joined=joined.joined_view(read, one, today),
        answers=lambda principal: covers_principal(signed_in(page).actor, principal),
        keeps=has_role(signed_in(page).actor, Act.KEEP_INSTALLATION),
        f=state or FormState(_asked_of(page, one)),
        principals=sorted_pairs([(str(key), name) for key, name in read.principals.items()]),
        groups=agreement_form.GROUPS,
        figures=agreement_form.figures,
        discharge=agreement_form.discharge_figures(page.phrases),
        values=agreement_form.values(one),
        switches=agreement_form.SWITCHES,
        said=agreement_form.said,
        before=before,
        differs=agreement_form.differences(page.phrases, before, one, read.principals) if before else [],
        tried=tried,
        areas=areas,
        years=trial.years(page),
        **await _preview(page, one),
    )


def _asked_of(page: Page, one: Agreement) -> dict[str, str]:
    """The form of a joining for the principal that ?principal names; empty where it names none."""
    asked = page.request.query_params.get("principal", "") if page.request.method == "GET" else ""
    known = next((key for key in one.principals if str(key) == asked), None)
    joining = one.joining(known) if known else None
    return _filled_in(joining) if joining else {}


def _filled_in(joining: Joining) -> dict[str, str]:
    """What is known of a joining, and which that was: what is saved over it has seen it."""
    return {**joined.form_values(joining), "seen": joinings.mark_of(joining)}


@post("/agreements/{agreement_id:uuid}/{version:int}/joinings", status_code=200)
async def join(page: NamedDependency[Page], agreement_id: FromPath[UUID], version: FromPath[int]) -> Response[Any]:
    """A principal has joined, or what is known of how is put right."""
    _keeper(page)
    reader = await page.reader()
    joining = joined.read_form(reader)
    if joining is None:
        return await _show(page, agreement_id, version, reader.state, 422)
    seen, actor = reader.state.value("seen"), signed_in(page).actor
    try:
        await joinings.note(page.services.db, agreement_id, version, joining, seen, actor=actor, now=page.now)
    except ConflictError:
        there = _one(await _read(page), agreement_id, version).joining(joining.principal_id)
        now_so = _filled_in(there) if there else {**reader.state.values, "seen": ""}
        changed = {"principal": page.t("register.joining_changed")}
        return await _show(page, agreement_id, version, FormState(now_so, changed), 409)
    return page.to(f"/agreements/{agreement_id}/{version}#joined")


@post("/agreements/{agreement_id:uuid}/{version:int}/renewals/{principal_id:uuid}", status_code=200)
async def renew(
    page: NamedDependency[Page], agreement_id: FromPath[UUID], version: FromPath[int], principal_id: FromPath[UUID]
) -> Response[Any]:
    """A principal says that it renews or leaves, or takes back what it said."""
    reader = await page.reader()
    said = reader.choice("answer", RenewalAnswer)
    await joinings.answer(
        page.services.db, agreement_id, version, principal_id, said, actor=signed_in(page).actor, now=page.now
    )
    return page.to(f"/agreements/{agreement_id}/{version}#joined")


@get("/agreements/{agreement_id:uuid}/{version:int}/file")
async def file(page: NamedDependency[Page], agreement_id: FromPath[UUID], version: FromPath[int]) -> Response[Any]:
    """The version as the file that it is."""
    text = agreement_file.written(_one(await _read(page), agreement_id, version))
    headers = {"content-disposition": f'attachment; filename="agreement-{version}.toml"'}
    return Response(text.encode(), media_type="application/toml", headers=headers)


async def _preview(page: Page, agreement: Agreement) -> dict[str, Any]:
    """What the version would do to a meeting that is named by its reference."""
    asked = page.request.query_params.get("meeting", "") if page.request.method == "GET" else ""
    return await _tried(page, agreement, asked)


async def _tried(page: Page, agreement: Agreement, asked: str) -> dict[str, Any]:
    reference = asked.replace("\x00", "").strip().upper()[:20]
    found = None
    if reference:
        actor = signed_in(page).actor
        found = await agreements.preview(page.services.db, reference, agreement, actor=actor, now=page.now)
    return {"reference": reference, "preview": found}


# -- a new version


def _keeper(page: Page) -> None:
    if not has_role(signed_in(page).actor, Act.KEEP_INSTALLATION):
        raise NotFoundError("agreements")


@get("/agreements/{agreement_id:uuid}/new")
async def new(page: NamedDependency[Page], agreement_id: FromPath[UUID]) -> Response[Any]:
    """The form, filled in with the latest version."""
    _keeper(page)
    read = await _read(page)
    state = FormState(agreement_form.values(_one(read, agreement_id)))
    return _form(page, read, _one(read, agreement_id), state)


def _form(
    page: Page, read: AgreementsRead, before: Agreement, state: FormState, status: int = 200,
    *, made: Agreement | None = None, areas: Sequence[str] = (), tried: Mapping[str, Any] | None = None,
) -> Response[Any]:  # fmt: skip
    names = page.phrases.names(read.principals.values())
    order = {name: n for n, name in enumerate(names)}
    return page.html(
        "agreement_form.html",
        status=status,
        f=state,
        before=before,
        version=before.version + 1,
        principals=sorted(((str(key), name) for key, name in read.principals.items()), key=lambda one: order[one[1]]),
        kinds=[(kind, page.t(f"kind.{kind}")) for kind in OF_AN_AGREEMENT],
        half_days=list(enumerate(half_day_names())),
        groups={group: agreement_form.figures(page.phrases, group) for group in agreement_form.GROUPS},
        discharge=agreement_form.discharge_figures(page.phrases),
        switches=agreement_form.SWITCHES,
        made=made,
        areas=areas,
        years=trial.years(page),
        differs=agreement_form.differences(page.phrases, before, made, read.principals) if made else [],
        seen=_mark(made) if made else "",
        **(tried or {"reference": "", "preview": None}),
    )


def _mark(made: Agreement) -> str:
    """What tells this version from one with another figure."""
    return hashlib.sha256(agreement_file.written(made).encode()).hexdigest()[:32]


@post("/agreements/{agreement_id:uuid}/new", status_code=200)
async def keep(page: NamedDependency[Page], agreement_id: FromPath[UUID]) -> Response[Any]:
    """First what would differ is shown; with `then` "keep" the version is kept, with "try" it is tried on a year, with
    "meeting" on one meeting.
    """
    _keeper(page)
    read, reader = await _read(page), await page.reader()
    before = _one(read, agreement_id)
    made = agreement_form.read(reader, before, before.version + 1, read.principals, local_day(page.now))
    if made is None:
        return _form(page, read, before, reader.state, 422)
    said, actor = reader.state.value, signed_in(page).actor
    if said("then") == "try":  # as it would be kept: nobody's joining of the version before goes with it
        return await trial.start(page, replace(made, joinings=frozenset()), said("year"), said("area"), said("nonce"))
    if said("then") != "keep" or said("seen") not in ("", _mark(made)):  # changed after its differences were shown
        _, areas = await replays.of_agreement(page.services.db, agreement_id, actor=actor, now=page.now)
        tried = await _tried(page, made, said("meeting")) if said("then") == "meeting" else None
        return _form(page, read, before, reader.state, made=made, areas=areas, tried=tried)
    try:
        parsed = agreement_file.parse(agreement_file.written(made), page.t("agreement.title"))
        own = AgreementFile(replace(parsed.agreement, id=agreement_id), parsed.principal_keys)
        await agreements.keep(page.services.db, own, actor=signed_in(page).actor, now=page.now)
    except AgreementError:
        reader.state.errors[""] = page.t("agreement.form.meanwhile")
        return _form(page, read, before, reader.state, 409)
    return page.to(f"/agreements/{agreement_id}/{made.version}")
