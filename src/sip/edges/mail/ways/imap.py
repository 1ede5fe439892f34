"""One conversation with an IMAP server (RFC 9051, 3501): sign in, list what is new, fetch, move away.

The law of this file: it blocks, so it is called in a thread; \\Seen is neither read nor set (BODY.PEEK); messages are
named by UID alone; every trouble is one sentence without a secret. MOVE (RFC 6851) where the server has it, else COPY,
\\Deleted and EXPUNGE of that message alone (UIDPLUS, RFC 4315).
"""

import contextlib
import logging
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from imapclient import DELETED, IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from sip.addresses import ImapAccount
from sip.edges.mail.texts import clean
from sip.edges.mail.ways.access_token import TokenEndpoint, TokenError, TokenFile
from sip.settings_ways_in import WaysIn

CONNECT_SECONDS, READ_SECONDS = 15.0, 60.0
_LIBRARY = re.compile(r"^(?:command: \w+ => |\w+ failed: )")  # what the libraries say before the server's words
_TROUBLE = (IMAPClientError, OSError, ValueError, TokenError)


class AccountTrouble(Exception):  # noqa: N818 - a state of the world, said in one sentence
    """The account cannot be used as it should; the text is a sentence that says what to do."""


class AccountRefusal(AccountTrouble):
    """The server said no to this one command; the conversation goes on."""


class Tokens(Protocol):
    """Where access tokens come from."""

    def current(self) -> str: ...
    def drop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Folders:
    """Where mail arrives, and where it goes."""

    inbox: str = "INBOX"
    handled: str = "Behandlade"
    failed: str = "Fel"


@dataclass(frozen=True, slots=True)
class Access:
    """The IMAP account of the settings; `tokens` where it is signed in to by XOAUTH2."""

    account: ImapAccount
    folders: Folders = Folders()
    tokens: Tokens | None = None


def access_of(ways: WaysIn) -> Access | None:
    """The IMAP account that is to be read, None when none is."""
    if ways.imap_url is None:
        return None
    tokens: Tokens | None = None
    if ways.imap_token_path is not None:
        tokens = TokenFile(ways.imap_token_path)
    elif ways.imap_token_url is not None:
        secret = ways.imap_client_secret.get_secret_value()
        tokens = TokenEndpoint(ways.imap_token_url, ways.imap_client_id, secret, ways.imap_scope)
    return Access(ways.imap_url, Folders(ways.imap_inbox, ways.imap_handled, ways.imap_failed), tokens)


class Conversation:
    """From `sign_in` to `close`; `cut` may be called from another thread and ends whatever waits."""

    def __init__(self, access: Access) -> None:
        self._account = access.account
        self._folders = access.folders
        self._tokens = access.tokens
        self._client: Any = None

    def sign_in(self) -> None:
        """Connects and signs in. Raises AccountTrouble."""
        logging.getLogger("imapclient").setLevel(logging.WARNING)  # at its debug level it logs whole mails
        account = self._account
        with self._trouble("cannot be reached", "check SIP_IMAP_URL"):
            timeout = SocketTimeout(CONNECT_SECONDS, READ_SECONDS)
            self._client = IMAPClient(account.host, account.port, ssl=account.tls == "implicit", timeout=timeout)
            if account.tls == "required":
                self._client.starttls()
        try:
            with self._trouble("cannot be signed in to", "check the user, password or token of SIP_IMAP_URL"):
                self._authenticate()
        except AccountRefusal:
            if self._tokens is not None:
                self._tokens.drop()
            raise

    def _authenticate(self) -> None:
        account, client = self._account, self._client
        if self._tokens is not None:
            client.sasl_login("XOAUTH2", _xoauth2(account.username, self._tokens.current()))
        elif client.has_capability("AUTH=PLAIN"):  # LOGIN knows ASCII alone
            client.plain_login(account.username, account.password)
        else:
            client.login(account.username, account.password)

    def missing(self) -> list[str]:
        """The folders that do not exist. Raises AccountTrouble."""
        wanted = (self._folders.inbox, self._folders.handled, self._folders.failed)
        with self._trouble("does not list its folders", "check SIP_IMAP_URL"):
            return [name for name in wanted if not self._client.folder_exists(name)]

    def make_folders(self) -> str | None:
        """Makes those that are missing; gives a sentence when one cannot be made, for mail is read all the same."""
        told = None
        for name in self.missing():
            if name != self._folders.inbox:
                try:
                    self._make(name)
                except AccountRefusal as refusal:
                    told = told or str(refusal)
        return told

    def select(self) -> int:
        """Opens the inbox; gives its UIDVALIDITY. Raises AccountTrouble."""
        with self._trouble(f'has no folder "{self._folders.inbox}" to read', "check SIP_IMAP_INBOX"):
            return int(self._client.select_folder(self._folders.inbox)[b"UIDVALIDITY"])

    def _make(self, name: str) -> None:
        with self._trouble(f'lets no folder "{name}" be made', "make it by hand, or name another"):
            try:
                self._client.create_folder(name)
            except IMAPClientError:
                if not self._client.folder_exists(name):  # else another process was quicker
                    raise
        with contextlib.suppress(IMAPClientError):
            self._client.subscribe_folder(name)

    def after(self, uid: int) -> list[int]:
        """The UIDs above this one, in order. (`n:*` always names the last message, even one below n.)"""
        with self._trouble("does not list its messages", "it is tried again"):
            return sorted(one for one in self._client.search(["UID", f"{uid + 1}:*"]) if one > uid)

    def size(self, uid: int) -> int | None:
        """In bytes, as the server counts; None when the message is gone."""
        found = self._fetch(uid, "RFC822.SIZE")
        return None if found is None else int(found)

    def message(self, uid: int) -> bytes | None:
        """The whole message; None when it is gone."""
        found = self._fetch(uid, "BODY.PEEK[]")
        return None if found is None else bytes(found)

    def header(self, uid: int) -> bytes:
        """Its header section; empty when the message is gone."""
        return bytes(self._fetch(uid, "BODY.PEEK[HEADER]") or b"")

    def _fetch(self, uid: int, item: str) -> Any:
        with self._trouble("does not give out a message", "look at it in the account"):
            found = self._client.fetch([uid], [item]).get(uid)
            content = None if found is None else found.get(item.replace(".PEEK", "").encode())
            if found is not None and content is None:
                raise IMAPClientError("nothing in the answer")
            return content

    def move(self, uid: int, folder: str) -> None:
        """Out of the inbox; a message that is gone already is no trouble. Raises AccountTrouble."""
        client = self._client
        with self._trouble(f'lets nothing be moved to "{folder}"', "check that folder and its quota"):
            if client.has_capability("MOVE"):
                client.move([uid], folder)
                return
            client.copy([uid], folder)
            client.add_flags([uid], [DELETED], silent=True)
            if client.has_capability("UIDPLUS"):
                client.uid_expunge([uid])
            elif client.search(["DELETED"]) == [uid]:  # EXPUNGE would remove what others have marked as well
                client.expunge()

    def close(self) -> None:
        """Says goodbye, if the server still listens."""
        if self._client is not None:
            with contextlib.suppress(*_TROUBLE):
                self._client.logout()
            self.cut()

    def cut(self) -> None:
        """Breaks the line: a thread that waits for the server is let go."""
        if self._client is not None:
            with contextlib.suppress(OSError):
                self._client.socket().shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                self._client.socket().close()

    @contextmanager
    def _trouble(self, what: str, remedy: str) -> Iterator[None]:
        try:
            yield
        except _TROUBLE as error:
            if isinstance(error, TokenError):
                raise AccountTrouble(str(error)) from None
            refused = isinstance(error, IMAPClientError) and not isinstance(error, IMAPClientAbortError)
            kind = AccountRefusal if refused else AccountTrouble
            raise kind(f"The IMAP account of {self._account} {what} ({_said(error)}); {remedy}.") from None


def _xoauth2(username: str, token: str) -> Callable[[bytes], bytes]:
    """The mechanism XOAUTH2; a challenge after the first message tells of a failure and is answered by nothing."""
    first = [f"user={username}\x01auth=Bearer {token}\x01\x01".encode()]
    return lambda _: first.pop() if first else b""


def _said(error: BaseException) -> str:
    """The server's words, or the system's."""
    text = getattr(error, "strerror", None) or _LIBRARY.sub("", str(error)) or type(error).__name__
    return clean(text.removeprefix("b'").removesuffix("'"), 160)
