"""A Postfix of the test's own between the service and the world, in a folder of its own; gone when the test ends.

It is set up as docs/running.md says. What comes for the service's domain goes to its LMTP socket, everything else to
the relay of the stage. `open` is the port where it takes mail, `wary` one where postgrey, a policy server, says 450 to
a sender and recipient it has not seen before. Waits that are minutes in the world are seconds here.
"""

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.machine import free_port, wait_for
from tests.peers.programs import need, no_program

DOMAIN = "sip.example"
GREY_SECONDS = 2

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/log/mail.log
maillog_file_prefixes = {folder}
myhostname = mx.{domain}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
local_recipient_maps =
alias_maps =
smtp_dns_support_level = disabled
smtpd_relay_restrictions = permit_mynetworks, reject
relayhost = [127.0.0.1]:{world}

recipient_delimiter = +
relay_domains = {domain}
relay_recipient_maps = regexp:{folder}/sip_recipients
transport_maps = inline:{{ {domain}=sip:unix:{folder}/lmtp.sock }}
sip_destination_recipient_limit = 1
message_size_limit = 10000000

queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
delay_warning_time = {warn_after}
"""

_MASTER = """\
127.0.0.1:{open}  inet  n  -  n  -      -  smtpd
127.0.0.1:{wary}  inet  n  -  n  -      -  smtpd
  -o smtpd_recipient_restrictions=check_policy_service,inet:127.0.0.1:{policy}
  -o smtpd_delay_reject=yes
cleanup     unix  n  -  n  -      0  cleanup
qmgr        unix  n  -  n  1      1  qmgr
rewrite     unix  -  -  n  -      -  trivial-rewrite
bounce      unix  -  -  n  -      0  bounce
defer       unix  -  -  n  -      0  bounce
trace       unix  -  -  n  -      0  bounce
verify      unix  -  -  n  -      1  verify
flush       unix  n  -  n  1000?  0  flush
proxymap    unix  -  -  n  -      -  proxymap
smtp        unix  -  -  n  -      -  smtp
relay       unix  -  -  n  -      -  smtp
sip         unix  -  -  n  -      4  lmtp
error       unix  -  -  n  -      -  error
retry       unix  -  -  n  -      -  error
showq       unix  n  -  n  -      -  showq
anvil       unix  -  -  n  -      1  anvil
scache      unix  -  -  n  -      1  scache
postlog     unix-dgram n - n -    1  postlogd
"""

_RECIPIENTS = """\
/^(sip|bounce)\\+[a-z2-7]{{26}}@{domain}$/  OK
/^(sip|postmaster)@{domain}$/            OK
"""


@dataclass
class Postfix:
    """Where it listens, and the port where the world, the stage's relay, has to."""

    folder: Path
    open: int = field(default_factory=free_port)
    wary: int = field(default_factory=free_port)
    world: int = field(default_factory=free_port)
    policy: int = field(default_factory=free_port)

    @property
    def lmtp(self) -> str:
        """Where the service is to listen (SIP_LMTP_LISTEN)."""
        return f"unix:{self.folder}/lmtp.sock"

    @property
    def log(self) -> str:
        return (self.folder / "log" / "mail.log").read_text()

    async def queued(self) -> int:
        """How many mails it still holds."""
        said = await asyncio.to_thread(self.command, "postqueue", "-c", str(self.folder / "etc"), "-j")
        return len(said.splitlines())

    def command(self, *command: str) -> str:
        # To a file and not to a pipe: what Postfix starts would keep a pipe open.
        with tempfile.TemporaryFile() as out:
            done = subprocess.run(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, timeout=30, check=False)
            out.seek(0)
            said = out.read().decode()
        assert done.returncode == 0, f"{' '.join(command)}: {said}"
        return said


@asynccontextmanager
async def postfix(warn_after: str = "0", never_greyed: str = "") -> AsyncIterator[Postfix]:
    """Running and taking mail. `warn_after` is when it tells of a delay, `never_greyed` whom postgrey lets by."""
    need("postfix", "postgrey")
    if os.geteuid() != 0:
        no_program("right to start Postfix (it starts as root)")
    folder = Path(tempfile.mkdtemp(prefix="sip-postfix-"))
    made = Postfix(folder)
    await asyncio.to_thread(_lay_out, made, warn_after, never_greyed)
    etc = str(folder / "etc")
    grey = await asyncio.create_subprocess_exec(
        "postgrey", f"--inet=127.0.0.1:{made.policy}", f"--delay={GREY_SECONDS}", f"--dbdir={folder}/grey",
        f"--whitelist-recipients={etc}/never_greyed", "--whitelist-clients=/dev/null", "--quiet",
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await asyncio.to_thread(made.command, "postfix", "-c", etc, "start")
        for port in (made.open, made.wary, made.policy):
            await wait_for(partial(_listens, port))
        yield made
    finally:
        await asyncio.to_thread(subprocess.run, ["postfix", "-c", etc, "stop"], capture_output=True, check=False)
        grey.kill()  # nothing of it is kept, and a word to end may be lost on it while it answers
        await grey.wait()
        shutil.rmtree(folder)


def _lay_out(made: Postfix, warn_after: str, never_greyed: str) -> None:
    folder = made.folder
    folder.chmod(0o755)
    for name, owner in (("etc", "root"), ("spool", "root"), ("log", "root"), ("data", "postfix"), ("grey", "postgrey")):
        (folder / name).mkdir()
        found = pwd.getpwnam(owner)
        os.chown(folder / name, found.pw_uid, found.pw_gid)
    known = {"folder": folder, "domain": DOMAIN, "warn_after": warn_after}
    ports = {"open": made.open, "wary": made.wary, "world": made.world, "policy": made.policy}
    (folder / "etc" / "main.cf").write_text(_MAIN.format(**known, **ports))
    (folder / "etc" / "master.cf").write_text(_MASTER.format(**ports))
    (folder / "etc" / "never_greyed").write_text(f"{never_greyed}\n")
    (folder / "sip_recipients").write_text(_RECIPIENTS.format(**known))


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
