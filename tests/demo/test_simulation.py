"""The simulation stands beside the service: it imports none of it, and moves real mail and real pages."""

import ast
import http.server
import smtplib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

import sip.demo
from sip.demo.agenda import Agenda
from sip.demo.browser import Browser, PageError, read_page
from sip.demo.engine import Engine, Status
from sip.demo.hours import at, desk_minutes, next_desk, say
from sip.demo.moment import Moment
from sip.demo.postoffice import Carrier, PostOffice

from .sample import invitation

NOW = at("2026-11-02", "07:30")


def test_nothing_in_the_simulation_imports_the_service() -> None:
    folder = Path(sip.demo.__file__).parent
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert not name.startswith("sip.") or name.startswith("sip.demo"), f"{file.name} imports {name}"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    office = PostOffice({"borta@alsunda.example"}, Moment(NOW, 7))
    yield office
    office.close()


def test_the_post_office_keeps_what_it_accepts_and_refuses_whom_it_does_not_know(office: PostOffice) -> None:
    port = office.open()
    raw = invitation()
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("bounce+x@sip.region-asland.example", ["hemtjanst.centrum@omsorg.alsunda.example"], raw)
        for address in ("borta@alsunda.example", "someone@elsewhere.test"):
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                client.sendmail("bounce+x@sip.region-asland.example", [address], raw)
    arrivals = office.fetch()
    assert [(a.step, a.at, a.letter.raw) for a in arrivals] == [(7, NOW, raw)]
    assert arrivals[0].letter.mail_from == "bounce+x@sip.region-asland.example"
    assert office.fetch() == []
    assert len(office.arrivals) == 1
    assert office.refused == ["borta@alsunda.example", "someone@elsewhere.test"]


def test_each_mail_is_written_as_it_comes(tmp_path: Path) -> None:
    office = PostOffice(set(), Moment(NOW, 7), tmp_path / "mail")
    port, raw = office.open(), invitation()
    try:
        for n, address in enumerate(("hemtjanst.centrum@omsorg.alsunda.example", "skolan@alsunda.example"), 1):
            with smtplib.SMTP("127.0.0.1", port) as client:
                client.sendmail("bounce+x@sip.region-asland.example", [address], raw)
            written = sorted((tmp_path / "mail").iterdir())
            assert len(written) == n and written[-1].name.endswith(f"{address}.eml")
            assert written[-1].read_bytes() == raw
    finally:
        office.close()


def test_the_carrier_notes_what_the_receiver_said(office: PostOffice) -> None:
    carrier = Carrier("127.0.0.1", office.open())
    posted = carrier.carry(b"Message-ID: <a@b.example>\r\n\r\nhej\r\n", "a@b.example", "c@d.example", NOW, "REPLY")
    assert (posted.code, posted.message_id) == (250, "<a@b.example>")
    refused = carrier.carry(b"Subject: x\r\n\r\nhej\r\n", "a@b.example", "c@d.test", NOW, "REPLY")
    assert refused.code == 550
    assert [p.code for p in carrier.posted] == [250, 550]
    unreachable = Carrier("127.0.0.1", 1).carry(b"\r\n", "", "c@d.example", NOW, "REPLY")
    assert unreachable.code == 0


PAGE = """<!doctype html><title>Svara</title><form method="post" action="/svar/x">
<input type="hidden" name="nonce" value="n1">
<input type="radio" name="answer" value="attends"><input type="radio" name="answer" value="regrets">
<label for="r">Varför <i>inte</i></label>
<select id="r" name="reason"><option value="">-</option><option value="double_booked">Dubbelbokad</option></select>
<textarea name="text">&aring;</textarea><button name="do" value="send">Svara</button></form>"""


class _Pages(http.server.BaseHTTPRequestHandler):
    got: dict[str, list[str]]

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Set-Cookie", "s=1; Path=/; HttpOnly")
        self.end_headers()
        self.wfile.write(PAGE.encode() if self.path == "/svar/x" else f"tack {self.headers['Cookie']}".encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        type(self).got = parse_qs(body)
        self.send_response(303)
        self.send_header("Location", "/tack")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_the_browser_answers_on_a_page_as_a_person_does() -> None:
    server = http.server.HTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        browser = Browser(f"http://127.0.0.1:{server.server_port}")
        page = browser.open("/svar/x")
        form = page.form("nonce", answer="regrets")
        assert form.label("reason") == "Varför inte"
        done = browser.send(page, form, {"answer": "regrets", "reason": "Dubbelbokad", "do": "send"})
        browser.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert done.text == "tack s=1"
    expected = {"nonce": ["n1"], "answer": ["regrets"], "reason": ["double_booked"], "text": ["å"], "do": ["send"]}
    assert _Pages.got == expected


def test_a_page_without_the_form_says_what_it_has() -> None:
    page = read_page(200, "http://x.example/", PAGE)
    assert page.title == "Svara"
    with pytest.raises(PageError, match="nonce, answer"):
        page.form(answer="contests")
    with pytest.raises(PageError, match="perhaps"):
        page.forms[0].filled({"answer": "perhaps"})
    with pytest.raises(PageError, match="Semester"):
        page.forms[0].filled({"reason": "Semester"})


class _Service:
    """A service that is due at two moments and needs two looks to come to rest after each."""

    def __init__(self) -> None:
        self.due = [NOW + timedelta(hours=1), NOW + timedelta(hours=30)]
        self.busy = 0
        self.seen: list[datetime] = []

    def set_clock(self, now: datetime) -> Status:
        self.seen.append(now)
        self.busy = 3 if self.due and self.due[0] <= now else 1
        self.due = [moment for moment in self.due if moment > now]
        return self.status()

    def status(self) -> Status:
        self.busy = max(0, self.busy - 1)
        return Status(self.busy, "a timer", self.due[0] if self.due else None)


def test_the_clock_jumps_to_what_is_due_next_and_never_past_it() -> None:
    agenda, service, done = Agenda(), _Service(), list[datetime]()
    agenda.put(NOW + timedelta(hours=2), done.append)
    agenda.put(NOW + timedelta(hours=1, minutes=30), done.append)
    engine = Engine(Moment(NOW), service, None, agenda, lambda arrival: None, lambda: None, pace=None)
    engine.run(NOW + timedelta(hours=48))
    assert done == [NOW + timedelta(hours=1, minutes=30), NOW + timedelta(hours=2)]
    hours = [(moment - NOW).total_seconds() / 3600 for moment in service.seen]
    assert hours == [0, 1, 1.5, 2, 30, 48]


def test_a_watched_clock_goes_in_small_steps_and_never_past_the_turn_of_day_and_night() -> None:
    evening = at("2026-11-02", "17:30")
    service = _Service()
    service.due = []
    engine = Engine(Moment(evening), service, None, Agenda(), lambda arrival: None, lambda: None, pace=8.0)
    engine.run(at("2026-11-03", "06:30"))
    assert at("2026-11-02", "18:00") in service.seen
    assert at("2026-11-03", "06:00") in service.seen
    assert service.seen == sorted(service.seen)


def test_people_are_at_their_desks_when_others_are() -> None:
    friday = at("2026-11-06", "16:30")
    assert next_desk(at("2026-11-07", "10:00")) == at("2026-11-09", "08:00")
    assert desk_minutes(friday, 30) == at("2026-11-09", "08:15")
    assert desk_minutes(at("2026-11-03", "06:00"), 10) == at("2026-11-03", "08:10")
    assert say(datetime(2026, 11, 2, 6, 30, tzinfo=UTC)) == "Mon 2 Nov 07:30"
