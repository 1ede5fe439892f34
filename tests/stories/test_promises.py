"""The promises of the README that no other story tells."""

from sip.usecases import meetings
from tests.stories.stage import Stage, reply_to


async def test_a_repeat_is_byte_identical(stage: Stage) -> None:
    """The relay took the mail and the connection broke before it said so: the same bytes go once more."""
    stage.relay.drops_after_data = True
    await stage.call("2026-12-07 10:00")
    stage.relay.drops_after_data = False
    await stage.machine_time_passes()
    first, second = stage.mailbox("hemtjanst@al.example")
    assert first.raw == second.raw


async def test_no_ask_leaves_after_the_answer_that_settles_it(stage: Stage) -> None:
    """The reminder waits in the outbox for a relay that is away; the answer comes first; the reminder never leaves."""
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00")
    stage.relay.away = True
    await stage.at("2026-11-06 08:30")
    await stage.replies("hemtjanst@al.example", "ACCEPTED")
    stage.relay.away = False
    await stage.machine_time_passes()
    kinds = [(letter.when, letter.method) for letter in stage.mailbox("hemtjanst@al.example")]
    assert kinds == [("Mon 02 Nov 10:00", "REQUEST"), ("Fri 06 Nov 08:30", None)], "the call, and the receipt"


async def test_one_ordinary_mail_per_address_and_morning(stage: Stage) -> None:
    """Three meetings, one manager, one morning: one mail that lists them all."""
    await stage.at("2026-11-02 10:00")
    for _ in range(3):
        await stage.call("2026-12-07 10:00")
    await stage.at("2026-11-23 09:00")
    (letter,) = stage.mailbox("mona@al.example")
    assert letter.when == "Mon 23 Nov 08:00"
    assert letter.body.count("/svar/") >= 3


async def test_what_cannot_be_applied_is_kept_with_a_reason(stage: Stage) -> None:
    """A right token with another invitation's UID, and a mail that is no calendar mail: kept and listed."""
    await stage.call("2026-12-07 10:00", ["hemtjanst", "skolan"])
    home, school = stage.mailbox("hemtjanst@al.example")[0], stage.mailbox("skolan@al.example")[0]
    foreign = reply_to(school, "ACCEPTED", "skolan@al.example", await stage.now(), {})
    to = home.reply_to
    await stage.receive(foreign, to, "skolan@al.example")
    await stage.receive(b"From: a@al.example\r\nSubject: Hej\r\n\r\nVi kommer.\r\n", to, "a@al.example")
    await stage.work()
    outcomes = await stage.outcomes()
    assert len(outcomes) == 2
    assert all(outcome != "applied" and reason for outcome, reason in outcomes), outcomes


async def test_a_change_that_a_reminder_overtook_still_arrives(stage: Stage) -> None:
    """The new text waits, the reminder takes its place, the answer makes the reminder moot: it still goes."""
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00")
    stage.relay.away = True
    await stage.at("2026-11-05 10:00")
    await stage.do(meetings.edit_text, purpose_text="Ny gemensam planering")
    await stage.at("2026-11-06 08:01")
    await stage.replies("hemtjanst@al.example", "ACCEPTED")
    stage.relay.away = False
    await stage.machine_time_passes()
    assert [letter.method for letter in stage.mailbox("hemtjanst@al.example")].count("REQUEST") == 2
