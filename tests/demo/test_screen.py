"""The terminal says where to look, who may sign in, what happens and what came of it."""

import io

from rich.console import Console

from sip.demo import county
from sip.demo.hours import at
from sip.demo.moment import Moment
from sip.demo.promises import Note
from sip.demo.screen import Screen
from sip.demo.telling import told


def test_the_terminal_tells_the_story_line_by_line() -> None:
    moment, out = Moment(at("2026-11-02", "07:35")), io.StringIO()
    screen = Screen(moment, Console(file=out, width=120))
    screen.welcome("http://127.0.0.1:8123", county.users())
    screen.tell("call", "7F3K-2MQ  Vårdcentralen Norrängen kallar.")
    moment.now = at("2026-11-03", "08:00")
    screen.tell("lift", "7F3K-2MQ  Frågan lyfts.")
    screen.summary([("Möten", 24)], [])
    screen.summary([], ["Ett mejl kom två gånger."])
    text = out.getvalue()
    for user in county.users():
        assert user.email in text
        assert user.password in text
    for words in ("http://127.0.0.1:8123", "mån 2/11", "tis 3/11", "07:35", "Alla löften hölls.", "Löftet bröts", "24"):
        assert words in text


def test_findings_become_sentences() -> None:
    def unit(party: int | None) -> str:
        return f"Enhet {party}"

    assert told(Note("rung_fired", 2, {"rung": "no_answer"}), unit) == (
        "lift",
        "Enhet 2 har inte svarat: frågan lyfts till enhetschefen",
    )
    assert told(Note("redirected", 1, {"target": "Vuxen"}), unit) == ("convener", "Enhet 1 hänvisade vidare till Vuxen")
    paused = told(Note("paused", 1, {"pause": "contest", "until": "2026-11-04T07:00:00+00:00"}), unit)
    assert paused is not None
    assert paused[1].endswith("till ons 4/11 08:00")
    assert told(Note("stale", 1, {}), unit) is None
