"""A Dovecot of the test's own: IMAP and LMTP on free ports, with a folder, a configuration and a log of its own.

Started without root where the tests run without. Its output goes to a file: a pipe would be kept open by its children.
"""

import asyncio
import getpass
import grp
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from imapclient import IMAPClient

from sip.addresses import ImapAccount
from tests.missing import missing

USER, PASSWORD = "sip@sip.example", "ett-långt-lösenord"
_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
_PROGRAMS = ("dovecot", "doveadm")
_MODULES = (Path("/usr/lib/dovecot/imap"), Path("/usr/lib/dovecot/lmtp"))

_CONF = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
recipient_delimiter = +
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
postmaster_address = postmaster@sip.example
{who}
protocol imap {{
  {capability}
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {imap}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service anvil {{
  {chroot}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u allow_all_users=yes
}}
"""
_OAUTH2 = """\
introspection_mode = post
introspection_url = http://127.0.0.1:{introspection}/introspect
username_attribute = username
active_attribute = active
active_value = true
"""


def need_dovecot() -> None:
    """Skips the test where it is not installed; in CI that is a failure."""
    if all(shutil.which(name, path=_PATH) for name in _PROGRAMS) and all(path.exists() for path in _MODULES):
        return
    missing("no Dovecot with IMAP and LMTP on this machine; on Debian: apt-get install dovecot-imapd dovecot-lmtpd")


@dataclass
class Dovecot:
    """Where it listens, whom it lets in by token, and what its mailbox holds."""

    folder: Path
    imap: int
    lmtp: int
    introspection: int = 0
    tokens: set[str] = field(default_factory=set)

    @property
    def account(self) -> ImapAccount:
        return ImapAccount("127.0.0.1", self.imap, USER, PASSWORD, "off")

    def deliver(self, raw: bytes, to: str = USER, sender: str = "unit@al.example") -> None:
        """As a mail server delivers, by LMTP."""
        with smtplib.LMTP("127.0.0.1", self.lmtp, local_hostname="mx.sip.example") as client:
            assert client.sendmail(sender, [to], raw) == {}

    @contextmanager
    def signed_in(self) -> Iterator[IMAPClient]:
        """Somebody who looks at the mailbox with a client of her own."""
        with IMAPClient("127.0.0.1", self.imap, ssl=False) as client:
            client.plain_login(USER, PASSWORD)
            yield client

    def holds(self, folder: str) -> list[tuple[str, bool]]:
        """Subject of each message and whether it has been seen, in order; looking changes nothing."""
        with self.signed_in() as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            uids = client.search()
            found = client.fetch(uids, ["FLAGS", "BODY.PEEK[HEADER.FIELDS (SUBJECT)]"]) if uids else {}
        subject = b"BODY[HEADER.FIELDS (SUBJECT)]"
        return [
            (found[uid][subject].decode().partition(":")[2].strip(), rb"\Seen" in found[uid][b"FLAGS"])
            for uid in sorted(found)
        ]

    def doveadm(self, *words: str) -> None:
        command = [_which("doveadm"), "-c", str(self.folder / "dovecot.conf"), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    @property
    def log(self) -> str:
        return (self.folder / "dovecot.log").read_text(errors="replace")


def _which(program: str) -> str:
    found = shutil.which(program, path=_PATH)
    assert found is not None
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def dovecot(*, capability: str = "") -> AsyncIterator[Dovecot]:
    """At work while inside. `capability`: what it says it can, instead of all that it can."""
    need_dovecot()
    folder = Path(tempfile.mkdtemp(prefix="sip-dovecot-"))
    made = Dovecot(folder, _free_port(), _free_port())
    introspector = await asyncio.start_server(lambda r, w: _introspect(made, r, w), "127.0.0.1", 0)
    made.introspection = introspector.sockets[0].getsockname()[1]
    _configure(made, capability)
    process = _start(folder)
    try:
        await _listens(made, process)
        yield made
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 30)
        introspector.close()
        await introspector.wait_closed()
        shutil.rmtree(folder)


def _start(folder: Path) -> "subprocess.Popen[bytes]":
    with (folder / "output").open("wb") as output:
        command = [_which("dovecot"), "-F", "-c", str(folder / "dovecot.conf")]
        return subprocess.Popen(command, stdout=output, stderr=output)


def _configure(made: Dovecot, capability: str) -> None:
    folder = made.folder
    if os.geteuid() == 0:
        mail, who, chroot = pwd.getpwnam("nobody"), "", ""
    else:
        mail, user = pwd.getpwuid(os.geteuid()), getpass.getuser()
        group = grp.getgrgid(os.getegid()).gr_name
        who = f"default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}"
        chroot = "chroot ="
    for name in ("mail", "home"):
        (folder / name).mkdir()
        if os.geteuid() == 0:
            os.chown(folder / name, mail.pw_uid, mail.pw_gid)
    folder.chmod(0o755)
    text = _CONF.format(
        folder=folder,
        who=who,
        chroot=chroot,
        imap=made.imap,
        lmtp=made.lmtp,
        password=PASSWORD,
        uid=mail.pw_uid,
        gid=mail.pw_gid,
        capability=f"imap_capability = {capability}" if capability else "",
    )
    (folder / "dovecot.conf").write_text(text, encoding="utf-8")
    (folder / "oauth2.conf").write_text(_OAUTH2.format(introspection=made.introspection))


async def _introspect(made: Dovecot, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The authorization server's word on a token (RFC 7662)."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    sent = (await reader.readexactly(length)).decode()
    active = any(f"token={token}" in sent.split("&") for token in made.tokens)
    body = f'{{"active":{"true" if active else "false"},"username":"{USER}"}}'.encode()
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ")
    writer.write(str(len(body)).encode() + b"\r\n\r\n" + body)
    await writer.drain()
    writer.close()


async def _listens(made: Dovecot, process: "subprocess.Popen[bytes]") -> None:
    """The limit only ends a test that has failed."""
    for _ in range(300):
        with socket.socket() as imap, socket.socket() as lmtp:
            if not imap.connect_ex(("127.0.0.1", made.imap)) and not lmtp.connect_ex(("127.0.0.1", made.lmtp)):
                return
        if process.poll() is not None:
            break
        await asyncio.sleep(0.1)
    raise AssertionError(f"Dovecot did not start: {(made.folder / 'output').read_text()}")
