"""What a question asks the seats of its group: asked, ended, and a seat's answer written down for it."""

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.domain.bounds import NAME_MOST
from sip.domain.inquiring import MOST_QUESTIONS
from sip.edges.web.boards.item import act
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.page import Page
from sip.usecases import inquiries
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled

ANSWERS = tuple(f"answer_{n}" for n in range(1, MOST_QUESTIONS + 1))


@post("/boards/items/{item_id:uuid}/inquiry", status_code=200)
async def ask(page: NamedDependency[Page], item_id: FromPath[UUID]) -> Response[Any]:
    """The seats are asked, or otherwise than before."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        questions = [line for line in reader.text("questions", required=True).splitlines() if line.strip()]
        day, about = reader.day("by", required=True), reader.text("about", most=NAME_MOST)
        if day is None or not reader.right:
            return None
        return await inquiries.ask(page.services.db, item_id, questions, day, about, by)

    return await act(page, item_id, "inquiry", run)


@post("/boards/items/{item_id:uuid}/inquiry/ending", status_code=200)
async def end(page: NamedDependency[Page], item_id: FromPath[UUID]) -> Response[Any]:
    """Nothing more is asked or answered."""

    async def run(_: Reader, by: Command) -> Handled:
        return await inquiries.end(page.services.db, item_id, by)

    return await act(page, item_id, "inquiry-end", run)


@post("/boards/items/{item_id:uuid}/inquiry/{number:int}", status_code=200)
async def write_down(page: NamedDependency[Page], item_id: FromPath[UUID], number: FromPath[int]) -> Response[Any]:
    """What the seat with this number has said to who keeps the agenda."""

    async def run(reader: Reader, by: Command) -> Handled | None:
        answers = read_answers(reader)
        return await inquiries.write_down(page.services.db, item_id, number, answers, by) if reader.right else None

    return await act(page, item_id, f"reply-{number}", run)


def read_answers(reader: Reader) -> list[str]:
    """What was written to each question."""
    return [reader.text(name) for name in ANSWERS]
