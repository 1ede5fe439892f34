"""A small IMAP server (RFC 3501) that does as a test says: which extensions it has, what it refuses, where it breaks
the line. Real programs stand in `tests/peers`; this one is for what they cannot be made to do.
"""

import asyncio
import base64
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\([^)]*\))|(\S+)')
EXTENSIONS = ("MOVE", "UIDPLUS")


@dataclass
class Kept:
    raw: bytes
    flags: set[str] = field(default_factory=set)
    size: int | None = None


@dataclass
class Folder:
    uid_validity: int = 1
    next_uid: int = 1
    messages: dict[int, Kept] = field(default_factory=dict)

    def add(self, raw: bytes, flags: set[str] | None = None, size: int | None = None) -> int:
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.messages[uid] = Kept(raw, flags or set(), size)
        return uid


@dataclass
class ImapServer:
    """`refuses` answers a command (as the client sent it, without its tag) with these words; `cuts` breaks the line
    before a command is carried out, or, with `after`, before its answer leaves.
    """

    port: int = 0
    user: str = "box@region.example"
    password: str = "hemligt lösen"
    token: str = ""
    extensions: tuple[str, ...] = EXTENSIONS
    starttls: ssl.SSLContext | None = None
    folders: dict[str, Folder] = field(default_factory=lambda: {"INBOX": Folder()})
    refuses: Callable[[str], str | None] = lambda _: None
    cuts: Callable[[str], bool] = lambda _: False
    after: bool = False
    said: list[str] = field(default_factory=list)
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def inbox(self) -> Folder:
        return self.folders["INBOX"]

    def bodies(self, folder: str) -> list[bytes]:
        return [one.raw for one in self.folders[folder].messages.values()] if folder in self.folders else []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        talk = _Talk(self, reader, writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):  # a refused certificate is an OSError
            await talk.run()
        self.open.discard(writer)
        writer.close()


@dataclass
class _Talk:
    server: ImapServer
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    folder: Folder | None = None
    done: bool = False

    async def run(self) -> None:
        self._say("* OK ready")
        while not self.done and (line := await self.reader.readline()):
            tag, _, rest = line.decode().rstrip("\r\n").partition(" ")
            self.server.said.append(rest)
            cut = self.server.cuts(rest)
            if cut and not self.server.after:
                self.writer.transport.abort()
                return
            refusal = self.server.refuses(rest)
            answer = refusal or await self._do(rest)
            if cut:
                self.writer.transport.abort()
                return
            self._say(f"{tag} {answer}")
            await self.writer.drain()
            if rest == "STARTTLS" and self.server.starttls is not None:
                await self.writer.start_tls(self.server.starttls)

    def _say(self, text: str, literal: bytes = b"", end: str = "") -> None:
        self.writer.write(text.encode() + literal + end.encode() + b"\r\n")

    async def _do(self, rest: str) -> str:
        words = [a or b or c for a, b, c in _WORD.findall(rest)]
        name = words[0].upper()
        if name == "UID":
            name = f"UID_{words[1].upper()}"
            words = words[1:]
        return await getattr(self, f"do_{name.lower()}", self.unknown)(words[1:])

    async def unknown(self, _: list[str]) -> str:
        return "BAD unknown command"

    async def do_capability(self, _: list[str]) -> str:
        auth = "AUTH=XOAUTH2" if self.server.token else "AUTH=PLAIN"
        more = ("STARTTLS",) if self.server.starttls else ()
        self._say(f"* CAPABILITY IMAP4rev1 {auth} {' '.join((*self.server.extensions, *more))}")
        return "OK done"

    async def do_starttls(self, _: list[str]) -> str:
        if self.server.starttls is None:
            return "BAD unknown command"
        return "OK begin"

    async def do_authenticate(self, words: list[str]) -> str:
        self._say("+ ")
        sent = base64.b64decode(await self.reader.readline())
        wanted = {
            "PLAIN": f"\0{self.server.user}\0{self.server.password}",
            "XOAUTH2": f"user={self.server.user}\x01auth=Bearer {self.server.token}\x01\x01",
        }[words[0].upper()]
        if sent == wanted.encode():
            return "OK signed in"
        if words[0].upper() == "XOAUTH2":  # the failure is told in a challenge, which the client answers by nothing
            self._say("+ " + base64.b64encode(b'{"status":"401"}').decode())
            assert await self.reader.readline() == b"\r\n"
        return "NO [AUTHENTICATIONFAILED] Authentication failed."

    async def do_list(self, words: list[str]) -> str:
        if words[1] in self.server.folders:
            self._say(f'* LIST () "/" "{words[1]}"')
        return "OK done"

    async def do_create(self, words: list[str]) -> str:
        self.server.folders[words[0]] = Folder()
        return "OK done"

    async def do_subscribe(self, _: list[str]) -> str:
        return "OK done"

    async def do_select(self, words: list[str]) -> str:
        self.folder = self.server.folders.get(words[0])
        if self.folder is None:
            return "NO no such folder"
        self._say(f"* {len(self.folder.messages)} EXISTS")
        self._say(f"* OK [UIDVALIDITY {self.folder.uid_validity}] as it is")
        return "OK [READ-WRITE] done"

    async def do_uid_search(self, words: list[str]) -> str:
        assert self.folder is not None
        everything = self.folder.messages
        if words[0] == "DELETED":
            found = [uid for uid, one in everything.items() if r"\Deleted" in one.flags]
        else:
            low = int(words[1].partition(":")[0])
            found = [uid for uid in everything if uid >= low] or sorted(everything)[-1:]
        self._say("* SEARCH " + " ".join(str(uid) for uid in reversed(found)))
        return "OK done"

    async def do_uid_fetch(self, words: list[str]) -> str:
        assert self.folder is not None
        uid, item = int(words[0]), words[1].strip("()")
        one = self.folder.messages.get(uid)
        if one is None:
            return "OK done"
        number = sorted(self.folder.messages).index(uid) + 1
        if item == "RFC822.SIZE":
            self._say(f"* {number} FETCH (UID {uid} RFC822.SIZE {len(one.raw) if one.size is None else one.size})")
            return "OK done"
        raw = one.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in item else one.raw
        if ".PEEK" not in item:
            one.flags.add(r"\Seen")
        self._say(f"* {number} FETCH (UID {uid} {item.replace('.PEEK', '')} {{{len(raw)}}}\r\n", raw, ")")
        return "OK done"

    async def do_uid_move(self, words: list[str]) -> str:
        if "MOVE" not in self.server.extensions:
            return "BAD unknown command"
        answer = await self.do_uid_copy(words)
        if answer.startswith("OK"):
            self._drop([int(words[0])])
        return answer

    async def do_uid_copy(self, words: list[str]) -> str:
        assert self.folder is not None
        target = self.server.folders.get(words[1])
        if target is None:
            return "NO [TRYCREATE] no such folder"
        one = self.folder.messages.get(int(words[0]))
        if one is not None:
            target.add(one.raw, set(one.flags))
        return "OK done"

    async def do_uid_store(self, words: list[str]) -> str:
        assert self.folder is not None
        self.folder.messages[int(words[0])].flags.add(words[2].strip("()"))
        return "OK done"

    async def do_uid_expunge(self, words: list[str]) -> str:
        if "UIDPLUS" not in self.server.extensions:
            return "BAD unknown command"
        self._drop([int(words[0])])
        return "OK done"

    async def do_expunge(self, _: list[str]) -> str:
        assert self.folder is not None
        self._drop([uid for uid, one in self.folder.messages.items() if r"\Deleted" in one.flags])
        return "OK done"

    def _drop(self, uids: list[int]) -> None:
        assert self.folder is not None
        for uid in uids:
            if uid in self.folder.messages:
                self._say(f"* {sorted(self.folder.messages).index(uid) + 1} EXPUNGE")
                del self.folder.messages[uid]

    async def do_logout(self, _: list[str]) -> str:
        self._say("* BYE")
        self.done = True
        return "OK done"


@asynccontextmanager
async def imap_server(tls: ssl.SSLContext | None = None, **settings: object) -> AsyncIterator[ImapServer]:
    """The server on a free port, with `tls` from the first byte; every connection is closed when left."""
    made = ImapServer(**settings)  # type: ignore[arg-type]  # its own fields by name
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for writer in list(made.open):
            writer.transport.abort()
        await server.wait_closed()
