"""The terminal says where to look, who may sign in, what happens and what came of it."""

import io

from rich.console import Console

from sip.demo import county
from sip.demo.hours import at
from sip.demo.moment import Moment
from sip.demo.promises import JournalNote
from sip.demo.screen import Screen
from sip.demo.telling import told


def test_the_terminal_tells_the_story_line_by_line() -> None:
    moment, out = Moment(at("2026-11-02", "07:35")), io.StringIO()
    screen = Screen(moment, Console(file=out, width=120))
    screen.welcome("http://127.0.0.1:8123", county.users())
    screen.tell("call", "7F3K-2MQ", "Vårdcentralen Norrängen calls.")
    moment.now = at("2026-11-03", "08:00")
    screen.tell("lift", "7F3K-2MQ", "The question is lifted.")
    screen.summary([("Meetings", 24)], [])
    screen.summary([], ["A mail came with other bytes."])
    text = out.getvalue()
    for user in county.users():
        assert user.email in text
        assert user.password in text
    said = (
        "http://127.0.0.1:8123",
        "Mon 2 Nov",
        "Tue 3 Nov",
        "07:35",
        "Every promise was kept.",
        "Promise broken",
        "24",
    )
    for words in said:
        assert words in text


def test_a_line_of_the_story_stays_one_line_in_a_file_and_is_folded_in_a_terminal() -> None:
    sentence = "Habiliteringscentrum Åsland calls " + ", ".join(["Barn och familj Björkarp"] * 5)
    for terminal, lines in ((False, 1), (True, 4)):
        out = io.StringIO()
        screen = Screen(Moment(at("2026-11-02", "07:35")), Console(file=out, width=80, force_terminal=terminal))
        screen.tell("call", "7F3K-2MQ", sentence)
        assert len([line for line in out.getvalue().splitlines() if line.strip()]) == lines + 1, "and the day's own"


def test_findings_become_sentences() -> None:
    def unit(party: int | None) -> str:
        return f"Enhet {party}"

    assert told(JournalNote("rung_fired", 2, {"rung": "no_answer"}), unit) == (
        "lift",
        "Enhet 2 has not answered: lifted to the unit manager",
    )
    assert told(JournalNote("redirected", 1, {"target": "Vuxen"}), unit) == (
        "convener",
        "Enhet 1 pointed to Vuxen, which is called instead",
    )
    paused = told(JournalNote("paused", 1, {"pause": "contest", "until": "2026-11-04T07:00:00+00:00"}), unit)
    assert paused is not None
    assert paused[1].endswith("until Wed 4 Nov 08:00")
    assert told(JournalNote("stale", 1, {}), unit) is None
