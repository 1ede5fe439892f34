"""The call is sent on, answered by somebody else, or by a machine: the coordinator still sees what is so, and why."""

from sip.domain.events import Verdict
from sip.domain.standing import Standing
from sip.usecases import claims
from tests.stories.stage import Letter, Stage, accepted

STAND_IN = "nora@bemanning.example"


async def forwarded(stage: Stage, partstat: str, sender: str) -> None:
    """Somebody the unit sent its mail on to answers from her own calendar."""
    asked = next(letter for letter in stage.mailbox("hemtjanst@al.example") if letter.method == "REQUEST")
    await stage.replies("hemtjanst@al.example", partstat, request=asked, as_email=sender)


def told(stage: Stage, address: str) -> Letter:
    return stage.mailbox(address)[-1]


async def test_somebody_the_call_was_forwarded_to_comes_when_the_convener_agrees(stage: Stage) -> None:
    await stage.call("2026-12-07 10:00")
    await forwarded(stage, "ACCEPTED", STAND_IN)
    assert await stage.outcomes() == [("unconfirmed", "party_crasher")]
    assert await stage.stands("hemtjanst") is Standing.NO_ANSWER, "nothing is so before somebody has said it"
    assert "Hemtjänsten Al" in told(stage, "clara@region.example").subject
    assert STAND_IN in told(stage, "clara@region.example").body

    accepted(await stage.do(claims.decide, 1, Verdict.ACCEPT, name="Nora Ny"))
    assert await stage.stands("hemtjanst") is Standing.ATTENDS
    assert [letter.method for letter in stage.mailbox(STAND_IN)] == ["REQUEST"], "a calendar entry of her own"
    assert "Nora Ny" in told(stage, "hemtjanst@al.example").body, "the unit knows who comes for it"

    await stage.at("2026-12-07 06:50")
    await stage.replies(STAND_IN, "DECLINED")
    assert await stage.stands("hemtjanst") is Standing.SEEKING_SUBSTITUTE, "she can say no as anybody named can"


async def test_somebody_the_convener_does_not_know_is_taken_out_of_it(stage: Stage) -> None:
    await stage.call("2026-12-07 10:00")
    await forwarded(stage, "ACCEPTED", STAND_IN)
    accepted(await stage.do(claims.decide, 1, Verdict.DECLINE))
    (cancel,) = stage.mailbox(STAND_IN)
    (call,) = [letter for letter in stage.mailbox("hemtjanst@al.example") if letter.method == "REQUEST"]
    assert (cancel.method, cancel.uid, cancel.sequence) == ("CANCEL", call.uid, call.sequence + 1)
    assert cancel.calendar is not None and call.calendar is not None
    assert cancel.calendar.events[0]["ORGANIZER"] == call.calendar.events[0]["ORGANIZER"], "or her calendar ignores it"
    assert told(stage, "hemtjanst@al.example").method is None, "the unit keeps its own entry, and is told"
    await stage.replies("hemtjanst@al.example", "ACCEPTED", request=call)
    assert await stage.stands("hemtjanst") is Standing.NAME_MISSING


async def test_the_mailbox_is_away_the_ladder_goes_on_and_the_unit_is_not_blamed_by_the_machine(stage: Stage) -> None:
    """An out-of-office answer to the envelope's address, as RFC 3834 has it, is noted and changes nothing."""
    await stage.call("2026-12-07 10:00")
    away = (
        "From: hemtjanst@al.example\r\nAuto-Submitted: auto-replied\r\nSubject: Autosvar\r\n"
        "Date: Mon, 02 Nov 2026 09:00:10 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "Vi har semester och är tillbaka den 9 november.\r\n"
    )
    await stage.receive(away.encode(), told(stage, "hemtjanst@al.example").mail_from)
    await stage.work()
    assert await stage.outcomes() == [("ignored", "auto_reply")]
    await stage.at("2026-11-06 09:00")
    assert await stage.stands("hemtjanst") is Standing.NO_ANSWER
    assert stage.arrivals("hemtjanst@al.example") == [
        ("Mon 02 Nov 09:00", "REQUEST"), ("Fri 06 Nov 08:00", "REQUEST"),
    ]  # fmt: skip


async def test_words_instead_of_an_answer_reach_the_convener_and_their_writer_learns_that(stage: Stage) -> None:
    """The one mail that answers a mail leaves with no return path, so that no machine can answer it (RFC 3834)."""
    await stage.call("2026-12-07 10:00")
    call = told(stage, "hemtjanst@al.example")
    words = "From: hemtjanst@al.example\r\nSubject: Re: SIP\r\n\r\nKan vi ses en timme senare?\r\n"
    to = str(call.message["Reply-To"]).rpartition("<")[2].strip(">")
    await stage.receive(words.encode(), to, "hemtjanst@al.example")
    await stage.work()
    assert await stage.outcomes() == [("refused", "human")]
    answer = told(stage, "hemtjanst@al.example")
    assert (answer.message["Auto-Submitted"], answer.mail_from, answer.method) == ("auto-replied", "<>", None)
    assert "Vårdcentralen Eken kan läsa det" in answer.body
    assert "timme senare" not in told(stage, "clara@region.example").body, "words never travel by mail"
    assert await stage.stands("hemtjanst") is Standing.NO_ANSWER


async def test_a_machine_that_answers_every_mail_at_every_address_starts_no_loop(stage: Stage) -> None:
    """It answers the envelope's sender and Reply-To alike, our marks and the null path notwithstanding, and its
    calendar says no by itself each time: what we send because of it ends after one mail (RFC 3834)."""
    unit = "hemtjanst@al.example"
    await stage.call("2026-12-07 10:00")
    seen: set[str] = set()
    for turn in range(4):
        for letter in [one for one in stage.mailbox(unit) if one.subject + str(one.message["Message-ID"]) not in seen]:
            seen.add(letter.subject + str(letter.message["Message-ID"]))
            for n, to in enumerate(dict.fromkeys((letter.mail_from, letter.reply_to))):
                away = f"From: {unit}\r\nAuto-Submitted: auto-replied\r\nSubject: Autosvar {turn}.{n}\r\n\r\nBorta.\r\n"
                if to.strip("<>"):
                    await stage.receive(away.encode(), to.strip("<>"), unit)
        await stage.replies(unit, "DECLINED", headers={"Auto-Submitted": "auto-replied", "X-Turn": str(turn)})
        await stage.work()
    ours = [(letter.method, letter.message["Auto-Submitted"], letter.mail_from) for letter in stage.mailbox(unit)]
    assert len(ours) == 2
    assert ours[0][:2] == ("REQUEST", None), "a person's call is not marked as generated"
    assert ours[1] == (None, "auto-replied", "<>"), "the one mail about an answer that waits ends there"
    assert await stage.stands("hemtjanst") is Standing.NO_ANSWER
    accepted(await stage.do(claims.decide, 1, Verdict.ACCEPT))
    assert await stage.stands("hemtjanst") is Standing.SEEKING_SUBSTITUTE
