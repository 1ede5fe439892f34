"""A question asks the seats of its group, and they answer (rules, section 18 U11).

The law of this file: a seat answers by the link of its own mailbox alone; no name or address is kept with an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sip.domain.address import folded
from sip.domain.agenda import AgendaItem, InquiryAnswered, InquiryEnded, InquiryMade, SeatReply
from sip.domain.bounds import NAME_MOST, day_fits
from sip.domain.inquiring import MOST_QUESTIONS, answerable
from sip.domain.inviting import called_seats
from sip.domain.worktime import local_day
from sip.store import sitters
from sip.store.aggregates import agenda, groups
from sip.store.db import Database, beyond
from sip.store.seen import agenda as seen
from sip.usecases.agenda import keep, seats_of
from sip.usecases.commands import Command, handled
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import FieldProblem, InvalidError, NotFoundError, refuse_texts


async def ask(db: Database, item: UUID, questions: Sequence[str], by_day: date, about: str, by: Command) -> Handled:
    """Who keeps the agenda asks the seats, or asks otherwise. Raises InvalidError without a question, with more than
    five, and of a group that has no seats.
    """
    refuse_texts({"questions": list(questions), "about": about})
    problems = [] if day_fits(by_day) else [FieldProblem("by", "day_out_of_range")]
    problems += [FieldProblem("about", "too_long")] if len(about) > NAME_MOST else []
    if not any(one.strip() for one in questions):
        problems.append(FieldProblem("questions", "required"))
    elif len(questions) > MOST_QUESTIONS:
        problems.append(FieldProblem("questions", "questions_many", (("most", str(MOST_QUESTIONS)),)))
    elif await seats_of(db, item, by) == []:
        problems.append(FieldProblem("questions", "no_seats"))
    if problems:
        raise InvalidError(problems)
    return await keep(db, item, InquiryMade(tuple(questions), by_day, about), by)


async def end(db: Database, item: UUID, by: Command) -> Handled:
    """Nothing more is asked or answered."""
    return await keep(db, item, InquiryEnded(), by)


async def write_down(db: Database, item: UUID, seat: int, answers: Sequence[str], by: Command) -> Handled:
    """Who keeps the agenda writes down what a seat has said to her."""
    _refuse(answers)
    return await keep(db, item, InquiryAnswered(seat, tuple(answers)), by)


async def answer_by_link(
    db: Database, item: UUID, seat: int, address: str, put_at: datetime, answers: Sequence[str], by: Command
) -> Handled:
    """The mailbox that the link was mailed to answers for a seat of its own, what was asked at `put_at`. Raises
    NotFoundError for another's, and where something else is asked by now.
    """
    _refuse(answers)
    async with db.transaction(by.actor) as conn, beyond(conn):  # who holds the link is the mailbox it was mailed to
        held = await agenda.load_many(conn, [item], lock=True)
        there = held[item].state if item in held else None
        hers = [] if there is None else await _seats_of(conn, [there], address, by.now)
        asked = there is not None and there.inquiry is not None and there.inquiry.put_at == put_at
        if not asked or seat not in {one.reply.seat for one in hers}:
            raise NotFoundError("inquiry")
        return await handled(conn, item, InquiryAnswered(seat, tuple(answers)), by, held)


@dataclass(frozen=True, slots=True)
class SeatInquiry:
    """What the seat of somebody who holds a link is asked, and what it has answered."""

    item: AgendaItem
    reply: SeatReply


async def asked_of(conn: AsyncConnection, address: str, now: datetime) -> list[SeatInquiry]:
    """What the seats of this mailbox may answer now, the nearest day first."""
    ids = await seen.asking(conn, local_day(now))
    there = await agenda.load_many(conn, ids) if ids else {}
    return await _seats_of(conn, [there[one].state for one in ids if one in there], address, now)


async def _seats_of(
    conn: AsyncConnection, items: Sequence[AgendaItem], address: str, now: datetime
) -> list[SeatInquiry]:  # fmt: skip
    """Those seats that the items ask, on which somebody with this address sits today."""
    open_ones = [one for one in items if answerable(one, now)]
    if not open_ones:
        return []
    found = await groups.load_many(conn, {one.group.id for one in open_ones})
    known = await groups.with_above(conn, {one: there.state for one, there in found.items()})
    today = local_day(now)
    seats = {one: called_seats(known, there.state, today) for one, there in found.items()}
    who = {seat.representative for every in seats.values() for seat in every if seat.representative is not None}
    to = await sitters.addresses(conn, who)
    hers = {one for one, where in to.items() if folded(where.email) == folded(address)}
    return [
        SeatInquiry(item, reply)
        for item in open_ones
        for seat in seats.get(item.group.id, ())
        if seat.representative in hers and (reply := item.reply(seat.number)) is not None
    ]


def _refuse(answers: Sequence[str]) -> None:
    """Raises InvalidError for what free text may not carry, and without a word."""
    refuse_texts({f"answer_{n}": one for n, one in enumerate(answers, 1)})
    if not any(one.strip() for one in answers):
        raise InvalidError([FieldProblem("answer_1", "required")])
