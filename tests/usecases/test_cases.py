"""The cases of mail-cases, section 4: each file of tests/mail/cases as its client wrote it, and what came of it.

The table stands in cases.py. A file is a whole mail; in it `{token}` and `{uid}` stand for those of the invitation it
answers, `{bounce}` for the token of the mail of ours that bounced. A calendar under a head that says base64 or
quoted-printable stands there in the clear, and is encoded once it is filled in.
"""

from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path
from uuid import UUID

import pytest

from sip.domain import events as e
from sip.domain.standing import standing
from sip.store.post import outbox
from sip.store.seen.lists import InboundRow
from tests.domain.cast import at
from tests.mail.clear import travelling
from tests.store.town import Town
from tests.tester import TESTER
from tests.usecases.cases import CASES, UNIT, Before, Case, Row
from tests.usecases.replying import Post

FOLDER = Path(__file__).parents[1] / "mail" / "cases"


async def filled(post: Post, target: UUID, row: Row) -> bytes:
    """The file as it would arrive."""
    raw = (FOLDER / f"{row.file}.eml").read_bytes()
    ref = await post.ref(target, row.through)
    values = {"token": ref.reply_token, "uid": str(ref.id)}
    if b"{bounce}" in raw:
        values["bounce"] = await bounce_token(post, target)
    return travelling(raw, values)


async def bounce_token(post: Post, target: UUID) -> str:
    composed = post.town.relay.composed
    return next(s.bounce_token for mails, s in composed if mails[0].to.email == UNIT and str(target) in mails[0].key)


async def put(post: Post, raw: bytes) -> InboundRow:
    """To the address of its To, from its Return-Path or else its From, as the envelope would have them."""
    mail = message_from_bytes(raw)
    sender = mail["Return-Path"] or mail["From"]
    return await post.put(raw, parseaddr(mail["To"])[1], parseaddr(sender)[1])


async def make_so(town: Town, target: UUID, before: Before) -> None:
    """What had happened to the called meeting."""
    meeting = (await town.meeting(target)).state
    later = meeting.start + timedelta(days=1)
    match before:
        case Before.MOVED:
            await town.do(target, e.Moved(later, later + timedelta(hours=1), meeting.form, meeting.place))
        case Before.REWORDED:
            await town.do(target, e.TextChanged(purpose_text="Tydligare"))
        case Before.CANCELLED:
            await town.do(target, e.Cancelled(e.CancelReason.NO_LONGER_NEEDED))
        case Before.REMOVED:
            await town.do(target, e.PartyRemoved(2))
    await town.send()
    town.now = at("2026-12-07 10:30") if before is Before.OVER else at("2026-11-03 10:00")


async def mailed(town: Town, target: UUID) -> Counter[str]:
    """Every mail of the meeting by its kind, and what its reader is told."""
    async with town.db.transaction(TESTER) as conn:
        mails = [row.mail for row in await outbox.of_meeting(conn, target)]
    return Counter(" ".join(filter(None, (mail.kind, mail.detail.get("what")))) for mail in mails)


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_case(town: Town, case: Case) -> None:
    post = Post(town)
    target = await town.call()
    await town.send()
    await make_so(town, target, case.before)
    for row in case.rows:
        town.now += timedelta(minutes=1)
        earlier = await mailed(town, target)
        found = await put(post, await filled(post, target, row))
        came = (
            f"{found.outcome} {found.reason}",
            standing(await post.party(target)),
            tuple(sorted((await mailed(town, target) - earlier).elements())),
            tuple(found.flags),
            found.answered_by,
        )
        wanted = (row.came, row.standing, row.mailed, row.flags, row.answered_by)
        assert came == wanted, f"{row.file}: {case.says}"
        meeting = (await town.meeting(target)).state
        assert meeting.state == ("cancelled" if case.before is Before.CANCELLED else "called"), row.file


def test_every_case_has_a_file_and_every_file_a_row() -> None:
    rows = [(case.number, row.file) for case in CASES for row in case.rows]
    assert {number for number, _ in rows} == set(range(1, 55))
    assert all(file.startswith(f"{number:02}") for number, file in rows)
    assert sorted(file for _, file in rows) == sorted(path.stem for path in FOLDER.iterdir())
