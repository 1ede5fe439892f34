"""The rows of the start page with made-up values and no database: what stands in them, and how many bytes they are."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sip.domain import events as e
from sip.domain.agreement import MeetingKind
from sip.domain.meeting import KeptBy, Meeting, Remark
from sip.domain.people import Role
from sip.domain.standing import Standing
from sip.domain.terms import AnswerKind, ClaimKind, Form, MeetingState, Obligation, Purpose
from sip.edges.web import hand_view
from sip.edges.web.shell import navigation
from sip.edges.web.shell.assets import render
from sip.edges.web.shell.page import THEMES
from sip.edges.web.shell.phrases import Phrases
from sip.edges.web.shell.switches import Switch
from sip.edges.web.views import PersonOnPage
from sip.store.seen.dashboard import MeetingLine, PartyLine
from sip.store.seen.hands import Whose
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.reading.gaps import GapsRead
from sip.usecases.reading.hands import COMING, ROWS, HandRead, fitting, needed_of
from tests.domain.cast import CONVENER, HOME_CARE, SCHOOL, SOCIAL, World, at, called, ident, said

PHRASES = Phrases("sv")
CLARA = Actor(ActorKind.USER, "clara", "Clara Kallar", CONVENER.unit_id, Role.CONVENER)
LONG = "Mottagningen för vuxna med funktionsnedsättning Al"


def busy(n: int = 0) -> tuple[World, Meeting]:
    """A meeting that needs as much as one can: a doubtful answer, a question, and somebody who says no."""
    world = called("2026-11-02 10:00", "2026-11-09 10:00", [HOME_CARE, SCHOOL, SOCIAL])
    world.do(e.Claimed(2, 2, ClaimKind.UNCONFIRMED, AnswerKind.ATTENDS, "gunilla@brev.example", said(world)))
    world.do(e.Answered(3, AnswerKind.PROPOSES, said(world), proposed_start=world.the.start + timedelta(days=1),
                        proposed_end=world.the.end + timedelta(days=1)))  # fmt: skip
    world.now = at("2026-11-05 09:00")
    named = tuple(replace(p, unit_name=f"{LONG} {p.ordinal}") for p in world.the.parties)
    kept = replace(
        world.the, id=ident(f"busy {n}"), parties=named, keeper=KeptBy("siv", "Siv Holm", world.now),
        remark=Remark("Ringt två gånger, enheten återkommer efter lunch.", "Siv Holm", world.now),
    )  # fmt: skip
    return world, kept


def read(meeting: Meeting, now: datetime, actor: Actor = CLARA) -> HandRead:
    return HandRead(meeting, 7, tuple(needed_of(meeting, actor, now, {})), True, {})


def base() -> dict[str, Any]:
    """What every page carries."""
    nonces: Iterator[int] = iter(range(10_000))
    return {
        **PHRASES.globals(), "csrf": "a" * 64, "nonce": lambda: f"{next(nonces):032x}", "notice": None,
        "title_wrong": "", "person": PersonOnPage("Clara Kallar", "convener", LONG, True),
        "page": SimpleNamespace(theme="auto"), "themes": THEMES, "nav": navigation.bar(CLARA, "/"),
        "own_nav": navigation.own(CLARA, "/"), "may_convene": True,
        "switch": Switch("/", "en", "English"),
    }  # fmt: skip


def shown(rows: list[hand_view.HandView], now: datetime, **more: Any) -> str:
    whole: dict[str, Any] = {
        "rows": rows, "groups": hand_view.group_titles(now, PHRASES), "put_off": [], "reports": [], "coming": [],
        "inbound": 0, "gaps": GapsRead([], 0), "keeps_directory": False, "headline": "", "total": len(rows),
        "whose": Whose.ALL, "matters": 0,
        "following": hand_view.following(rows),
        "views": list(Whose), "after": False, "more": None, "done": None, "now": now,
    }  # fmt: skip
    return render("dashboard.html", **base(), **(whole | more))


def views(reads: list[HandRead], now: datetime) -> list[hand_view.HandView]:
    names = {party.principal_id: "Al kommun" for one in reads for party in one.meeting.parties}
    return hand_view.rows(reads, CLARA, now, PHRASES, names)


def line(n: int) -> MeetingLine:
    parties = tuple(
        PartyLine(k, f"{LONG} {k}", Obligation.SUMMONED, Standing.NAME_MISSING, ident(f"unit {k}"), True)
        for k in range(5)
    )
    start = at("2026-11-05 10:00") + timedelta(hours=n)
    return MeetingLine(
        ident(f"line {n}"), "7F3K-2MQ", MeetingKind.ADULT, Purpose.NEW_PLAN, Form.VIDEO, start,
        start + timedelta(hours=1), MeetingState.CALLED, LONG, True, parties,
    )  # fmt: skip


def test_a_row_is_a_meeting_with_its_parties_needs_inside() -> None:
    world, meeting = busy()
    page = shown(views([read(meeting, world.now)], world.now), world.now)
    assert page.count('<li class="hand"') == 1
    row = page[page.index('<li class="hand"') : page.index('class="hand-form"')]
    assert row.count('class="hand-need"') == 3
    for words in (
        "Gäller svaret?", "Väntar på ditt besked", "Ingen kommer än", "Al kommun", "Siv Holm har det",
        "Ringt två gånger", "Ring och notera svaret", "Hitta ersättare", "Fråga igen", "Mötet står fast", "Godta",
    ):  # fmt: skip
        assert words in row, words
    assert re.findall(r'href="tel:([^"]*)"', row) == [
        CONVENER.phone.replace("-", "").replace(" ", ""),
        *["0400000001"] * 3,
    ]
    assert "{" not in re.sub(r"<[^>]*>", "", row)


def test_only_acts_that_are_possible_are_offered() -> None:
    world, meeting = busy()
    asked = replace(meeting, parties=tuple(_asked_today(p, world.now) for p in meeting.parties))
    page = shown(views([read(asked, world.now)], world.now), world.now)
    assert "Fråga igen" not in page
    staff = replace(CLARA, role=Role.UNIT_STAFF)
    rows = hand_view.rows([read(meeting, world.now, staff)], staff, world.now, PHRASES, {})
    page = shown(rows, world.now)
    assert "Ring och notera svaret" in page
    for words in ("Mötet står fast", "Godta", "Ta ställning", "Fråga igen"):
        assert words not in page, words
    chair = replace(CLARA, role=Role.CHAIR)
    assert needed_of(meeting, chair, world.now, {}) == []


def _asked_today(party: Any, now: datetime) -> Any:
    return replace(party, round=replace(party.round, asked_again_at=now)) if party.round is not None else party


def test_a_calm_page_is_shown() -> None:
    assert "Ingenting behöver en hand just nu." in shown([], at("2026-11-05 09:00"))


def test_after_an_act_one_stands_on_the_next_row() -> None:
    world, _ = busy()
    reads = [read(busy(n)[1], world.now) for n in range(3)]
    page = shown(views(reads, world.now), world.now)
    ids = re.findall(r'<li class="hand" id="h-([^"]+)"', page)
    keys = dict(re.findall(r'formaction="/hands/([0-9a-f]{8})[^"]*/go-ahead\?v=7(?:&amp;n=([0-9a-f]{8}))?"', page))
    assert keys == dict(zip(ids, [*ids[1:], ""], strict=True))


def test_the_first_view_is_small_however_busy_the_county_is() -> None:
    """Meetings with three needs each, or with one, and those to come with five long names: before it is pressed."""
    world, _ = busy()
    three = [read(busy(n)[1], world.now) for n in range(ROWS)]
    one = [replace(row, needs=row.needs[-1:]) for row in three]
    assert len(fitting(three)) == 7 and len(fitting(one)) == ROWS
    for reads in (three, one, [*three[:3], *one[3:]]):
        rows, coming = views(fitting(reads), world.now), [line(n) for n in range(COMING)]
        size = len(shown(rows, world.now, coming=coming, more=f"2026_{UUID(int=1)}").encode())
        print(f"first view: {len(rows)} rows, {size} bytes")
        assert size < 60_000


def test_a_change_sends_its_own_row() -> None:
    world, meeting = busy()
    rows = views([read(meeting, world.now)], world.now)
    part = render(
        "parts/hand_rows.html", **base(), rows=rows, lines=[line(1)], whose=Whose.ALL, headline="x", now=world.now
    )
    print(f"a change: {len(part.encode())} bytes")
    assert len(part.encode()) < 5_000, "one row, and the line of the same meeting"
    assert "<html" not in part
