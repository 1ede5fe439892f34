"""Access tokens: fetched once for as long as they last, told of without secrets, and what XOAUTH2 does with them."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from sip.edges.mail.ways import access_token
from sip.edges.mail.ways.access_token import TokenEndpoint, TokenError, TokenFile
from sip.edges.mail.ways.imap_account import Reading
from sip.store.db import Database
from tests.mail.imap_server import imap_server
from tests.mail.test_imap_account import Desk, db, mail

__all__ = ["db"]
SECRET = "en hemlighet som ingen får se"


@dataclass
class Authority:
    """An authorization server: gives what a test says, remembers what was asked."""

    url: str = ""
    status: int = 200
    answer: object = None
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def endpoint(self, scope: str = "mail") -> TokenEndpoint:
        return TokenEndpoint(self.url, "sip", SECRET, scope)


@pytest.fixture
def authority() -> Iterator[Authority]:
    made = Authority()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            body = made.answer if isinstance(made.answer, bytes) else json.dumps(made.answer).encode()
            self.send_response(made.status)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/token"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_token_is_kept_until_shortly_before_its_end(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(access_token, "monotonic", lambda: now)
    endpoint = authority.endpoint()
    authority.answer = {"access_token": "one", "expires_in": 3600, "token_type": "Bearer"}
    assert endpoint.current() == endpoint.current() == "one"
    assert authority.asked == [
        {"grant_type": ["client_credentials"], "client_id": ["sip"], "client_secret": [SECRET], "scope": ["mail"]}
    ]
    authority.answer = {"access_token": "two"}
    now += 3600 - access_token.EARLY - 1
    assert endpoint.current() == "one"
    now += 1
    assert endpoint.current() == "two"
    endpoint.drop()
    endpoint.current()
    assert len(authority.asked) == 3
    assert "one" not in repr(endpoint) and "two" not in repr(endpoint) and SECRET not in repr(endpoint)


@pytest.mark.parametrize(
    ("status", "answer", "why"),
    [
        (401, {"error": "invalid_client", "error_description": f"no {SECRET}"}, "(invalid_client: no ***)"),
        (400, {"error": "invalid_scope"}, "(invalid_scope)"),
        (500, b"<html>", "(HTTP 500)"),
        (200, b"<html>", "(no token in its answer)"),
        (200, [], "(no token in its answer)"),
        (200, {"token": "x"}, "(no token in its answer)"),
        (302, b"", "(HTTP 302)"),
    ],
)
def test_a_refusal_is_a_sentence_without_the_secret(
    authority: Authority, status: int, answer: object, why: str
) -> None:
    authority.status, authority.answer = status, answer
    authority.headers["Location"] = authority.url  # never followed: the secret would go along
    with pytest.raises(TokenError) as told:
        authority.endpoint().current()
    assert why in str(told.value) and "check SIP_IMAP_" in str(told.value)
    assert SECRET not in str(told.value)
    assert len(authority.asked) == 1


def test_nobody_at_home_is_a_sentence() -> None:
    with pytest.raises(TokenError, match=r"127\.0\.0\.1:1 gives no access token \(Connection refused\); check"):
        TokenEndpoint("http://127.0.0.1:1/token", "sip", SECRET, "").current()


def test_a_file_is_read_anew_each_time(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "token")
    with pytest.raises(TokenError, match=r"No such file or directory\); check SIP_IMAP_TOKEN_PATH"):
        file.current()
    for token in ("one", "two"):
        file.path.write_text(f"{token}\n")
        assert file.current() == token
    file.path.write_text(" \n")
    with pytest.raises(TokenError, match="is empty"):
        file.current()


async def test_a_mailbox_is_signed_in_to_by_token(db: Database, authority: Authority) -> None:
    authority.answer = {"access_token": "good", "expires_in": 3600}
    async with imap_server(token="good") as server:
        desk = Desk(db, server, tokens=authority.endpoint())
        server.inbox.add(mail(1))
        assert await desk.read() == Reading(taken=1)
        assert await desk.read() == Reading()
        assert len(authority.asked) == 1
        # Revoked before its end: refused once, then a new one is fetched.
        server.token = "new"
        assert await desk.read() is None
        told = (await desk.state()).last_error or ""
        assert "cannot be signed in to" in told and "good" not in told
        authority.answer = {"access_token": "new", "expires_in": 3600}
        assert await desk.read() == Reading()
        authority.status, authority.answer = 400, {"error": "invalid_client"}
        server.token = "newest"
        await desk.read()
        assert await desk.read() is None
        assert "check SIP_IMAP_CLIENT_ID" in ((await desk.state()).last_error or "")
