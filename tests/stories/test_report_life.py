"""A report's whole life over real mail: heard, talked about, acted upon, followed up and closed (rules, section 8)."""

from datetime import date
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import pytest
from sqlalchemy import text

from sip.domain.deviation import Category, Cause, DeviationReport, DeviationState, ReportSide, Statement
from sip.domain.meeting import deviation_id
from sip.domain.people import Role
from sip.domain.terms import Channel, Mark, Obligation
from sip.usecases import deviations
from sip.usecases.actor import ENGINE, Actor, ActorKind
from sip.usecases.commands import Command
from sip.usecases.engine.handle import Handled
from sip.usecases.problems import NotFoundError
from tests.stories.county import unit
from tests.stories.stage import Letter, Stage, accepted
from tests.stories.test_closing import merge
from tests.tester import TESTER

S = DeviationState
UNIT, SUCCESSOR, CONVENER = "hemtjanst@al.example", "boendet@al.example", "clara@region.example"
QUOTED = "\n\nDen mån 7 dec. 2026 kl 11:30 skrev SIP <sip@sip.example>:\n> Vid SIP-mötet är ni frånvarande.\n> Svara."


async def absent(stage: Stage) -> None:
    """Home care said yes and stayed away; it is heard."""
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00", ["hemtjanst", "skolan"])
    for one in (UNIT, "skolan@al.example"):
        await stage.replies(one, "ACCEPTED")
    await stage.at("2026-12-07 11:30")
    await stage.close(hemtjanst=Mark.ABSENT)


async def report_of(stage: Stage) -> DeviationReport:
    found = await stage.report("hemtjanst")
    assert found is not None
    return found


async def writes(stage: Stage, to: Letter, text: str, sender: str = "", *, address: str = "", **headers: str) -> None:
    """An answer by mail to this mail of ours, as a program of mail writes one."""
    message, now = EmailMessage(), await stage.now()
    sender, address = sender or to.to, address or to.reply_to
    message["From"], message["To"], message["Subject"] = sender, address, f"Sv: {to.subject}"
    message["Date"], message["Message-ID"] = format_datetime(now), make_msgid(domain="client.example")
    message["In-Reply-To"] = str(to.message["Message-ID"])
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text + QUOTED)
    await stage.receive(message.as_bytes(), address, sender)
    await stage.work()


async def does(stage: Stage, key: str, role: Role, act: object, *args: object, **more: object) -> Handled:
    """One act of a unit, by who is signed in there."""
    actor = Actor(ActorKind.USER, "kim", "Kim", unit(key), role)
    by = Command(actor, await stage.now(), stage.by(await stage.now()).world, f"{act}/{len(stage.relay.letters)}")
    done = await act(stage.made.db, (await report_of(stage)).id, *args, by, **more)  # type: ignore[operator]  # a use case
    assert isinstance(done, Handled) and done.refused is None, done
    await stage.work()
    return done


def last(stage: Stage, address: str) -> Letter:
    return stage.mailbox(address)[-1]


async def test_from_the_hearing_to_the_end(stage: Stage) -> None:
    await absent(stage)
    hearing = last(stage, UNIT)
    assert hearing.subject.startswith("Stämmer närvaron?")
    await writes(stage, hearing, "Vi tittar på det och återkommer.\n\nMvh\nSara Svarar\n010-319 29 90")
    told = last(stage, CONVENER)
    assert told.subject.startswith("Hemtjänsten Al har skrivit till er") and "återkommer" not in told.body
    await writes(stage, told, "Tack. Hur når vi er bäst?")
    assert [(one.side, one.text, one.channel) for one in (await report_of(stage)).words] == [
        (ReportSide.RECEIVING, "Vi tittar på det och återkommer.", Channel.MAIL),
        (ReportSide.REPORTING, "Tack. Hur når vi er bäst?", Channel.MAIL),
    ]
    assert last(stage, UNIT).subject.startswith("Vårdcentralen Eken har skrivit till er")

    await stage.at("2026-12-09 10:00")
    await does(stage, "hemtjanst", Role.UNIT_STAFF, deviations.hear, Statement.RIGHT)
    assert (await report_of(stage)).state is S.IN_DIALOGUE
    await does(stage, "hemtjanst", Role.UNIT_STAFF, deviations.give_cause, Cause.MAILBOX_NOT_WATCHED, "Ingen läste.")
    assert last(stage, CONVENER).subject.startswith("Hemtjänsten Al har svarat")
    what = ("Två läser brevlådan.", "enhetschef", date(2027, 1, 11))
    await does(stage, "hemtjanst", Role.UNIT_STAFF, deviations.take_measure, *what)
    assert last(stage, CONVENER).subject.startswith("Hemtjänsten Al gör något åt det")

    await stage.at("2027-01-11 09:00")
    due = last(stage, UNIT)
    assert (due.subject.partition(",")[0], due.when) == ("Följ upp en åtgärd", "Mon 11 Jan 08:00")
    await does(stage, "hemtjanst", Role.UNIT_STAFF, deviations.follow_up, 1, True, "Ingen kallelse har legat oläst.")
    assert last(stage, CONVENER).subject.startswith("Åtgärderna är uppföljda")
    await does(stage, "eken", Role.CONVENER, deviations.close)
    assert last(stage, UNIT).subject.startswith("En avvikelse i samverkan är avslutad")
    assert (await report_of(stage)).state is S.CLOSED

    await writes(stage, due, "En sak till!")
    refused = last(stage, UNIT)
    assert refused.subject.startswith("Ert mejl kom inte med")
    assert "inte tar emot fler ord" in " ".join(refused.body.split())
    assert len((await report_of(stage)).words) == 2
    assert (await stage.outcomes())[-3:] == [("applied", "word"), ("applied", "word"), ("refused", "rules")]


async def test_an_answer_that_lost_its_address_is_known_by_what_it_answers(stage: Stage) -> None:
    await absent(stage)
    await writes(stage, last(stage, UNIT), "Vi ringer i morgon.", address="sip@sip.example")
    assert [one.text for one in (await report_of(stage)).words] == ["Vi ringer i morgon."]


@pytest.mark.parametrize(
    ("sender", "headers", "outcome"),
    [
        ("nora@bemanning.example", {}, ("refused", "human")),
        ("sara.svarar@al.example", {}, ("applied", "word")),
        (UNIT, {"Auto_Submitted": "auto-replied"}, ("ignored", "auto_reply")),
    ],
    ids=["a stranger", "a colleague", "a machine"],
)
async def test_whose_word_it_is(stage: Stage, sender: str, headers: dict[str, str], outcome: tuple[str, str]) -> None:
    await absent(stage)
    before = len(stage.relay.letters)
    await writes(stage, last(stage, UNIT), "Vi ringer i morgon.", sender, **headers)
    applied = outcome[0] == "applied"
    assert (await stage.outcomes())[-1] == outcome
    assert len((await report_of(stage)).words) == applied
    assert len(stage.relay.letters) - before == applied, "the other unit hears of a word, and of nothing else"


async def test_a_number_keeps_the_mail_out_and_its_sender_is_told(stage: Stage) -> None:
    await absent(stage)
    await writes(stage, last(stage, UNIT), "Det gällde 20121212-1212.")  # made up, with a right check digit
    told = last(stage, UNIT)
    assert told.subject.startswith("Ert mejl kom inte med") and "20121212" not in told.body
    assert told.message["Auto-Submitted"] == "auto-replied" and told.mail_from == "<>"
    assert (await report_of(stage)).words == ()
    assert (await stage.outcomes())[-1] == ("refused", "person_number")
    assert last(stage, CONVENER).subject.startswith("En avvikelse i samverkan har skapats"), "the other hears nothing"


async def test_a_report_follows_its_unit_to_the_one_that_takes_over(stage: Stage) -> None:
    await absent(stage)
    await writes(stage, last(stage, UNIT), "Vi återkommer.")
    await merge(stage, date(2026, 12, 11))
    await stage.at("2026-12-11 16:00")
    assert (await report_of(stage)).receiving.unit_id == unit("hemtjanst"), "its last day is its own"
    await stage.at("2026-12-14 09:00")
    report = await report_of(stage)
    assert (report.receiving.unit_id, [one.text for one in report.words]) == (unit("chefslos"), ["Vi återkommer."])
    told = last(stage, SUCCESSOR)
    assert told.subject.startswith("En avvikelse i samverkan är nu er")
    assert "Hemtjänsten Al har stängt" in " ".join(told.body.split())
    await writes(stage, told, "Vi har tagit över och svarar på fredag.")
    assert (await report_of(stage)).words[-1].side is ReportSide.RECEIVING
    await does(stage, "chefslos", Role.UNIT_STAFF, deviations.hear, Statement.RIGHT)
    with pytest.raises(NotFoundError):
        await does(stage, "hemtjanst", Role.UNIT_STAFF, deviations.give_cause, Cause.OTHER, "Vi glömde.")


async def of_convener(stage: Stage) -> list[DeviationReport]:
    """What the two called units write of the convener's side, as it stands."""
    meeting = await stage.meeting()
    (convening,) = [p.ordinal for p in meeting.parties if p.obligation is Obligation.CONVENING]
    found = []
    for key in ("hemtjanst", "skolan"):
        async with stage.made.db.transaction(ENGINE) as conn:
            there = await deviations.report_of(conn, deviation_id(meeting.id, convening, unit(key)))
        if there is None:
            actor = Actor(ActorKind.USER, key, "Mona Berg", unit(key), Role.UNIT_MANAGER)
            by = Command(actor, await stage.now(), stage.by(await stage.now()).world, f"of-convener/{key}")
            why = (Category.COMMUNICATION,)
            accepted(await deviations.raise_by_hand(stage.made.db, meeting.id, convening, why, "Sen kallelse.", by))
        else:
            found.append(there)
    return found


async def test_two_units_merged_into_one_hold_up_no_report(stage: Stage) -> None:
    """Both wrote of the convener's side: one follows to the unit that takes over, its like stays; others follow."""
    await absent(stage)
    assert await of_convener(stage) == []
    for key in ("hemtjanst", "skolan"):
        await merge(stage, date(2026, 12, 11), closes=key)
    await stage.at("2026-12-14 09:00")
    assert (await report_of(stage)).receiving.unit_id == unit("chefslos")
    sides = {one.reporting.unit_id for one in await of_convener(stage)}
    assert unit("chefslos") in sides and len(sides) == 2


async def test_both_sides_merged_into_one_unit_leave_two_sides(stage: Stage) -> None:
    await absent(stage)
    assert await of_convener(stage) == []
    for key in ("eken", "hemtjanst"):
        await merge(stage, date(2026, 12, 11), closes=key)
    await stage.at("2026-12-14 09:00")
    report = await report_of(stage)
    assert unit("chefslos") in (report.reporting.unit_id, report.receiving.unit_id)
    assert report.reporting.unit_id != report.receiving.unit_id


async def test_who_answers_for_both_units_is_asked_for_which(stage: Stage) -> None:
    """The convener manages the absent unit, too: what she answers waits for a person, and is nobody's word yet."""
    await absent(stage)
    async with stage.made.db.transaction(TESTER) as conn:
        held = "select person_id from role where unit_id = :unit and role = 'unit_manager'"
        await conn.execute(
            text(f"update person set email = :to where id in ({held})"), {"unit": unit("hemtjanst"), "to": CONVENER}
        )
    await writes(stage, last(stage, UNIT), "Vi ringer i morgon.")
    assert [one.side for one in (await report_of(stage)).words] == [ReportSide.RECEIVING]
    await writes(stage, last(stage, CONVENER), "Tack.")
    assert (await stage.outcomes())[-1] == ("refused", "human")
    assert len((await report_of(stage)).words) == 1
