"""A PgBouncer of the test's own before the test's database, in a folder of its own; gone when the test ends.

It trusts whoever comes, as the embedded server trusts the user of the deployment; it reaches that server over a wire,
for the server knows its users by the socket they come to.
"""

import asyncio
import os
import pwd
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.wire import Wire, socket_of, through, wire
from tests.machine import free_port, wait_for
from tests.peers.programs import need

ROLES = ("sip_app", "sip_engine", "sip_receiver", "sip_service", "sip_owner")

_CONFIG = """\
[databases]
* = host=127.0.0.1 port={server}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
logfile = {folder}/bouncer.log
auth_type = trust
auth_file = {folder}/users
pool_mode = {mode}
ignore_startup_parameters = statement_timeout, idle_in_transaction_session_timeout, jit, enable_seqscan
"""


@dataclass
class Bouncer:
    """`url` is the database's address through it, as `sip_service`; `server` what it reaches the server by."""

    url: str
    server: Wire
    log: Path


@asynccontextmanager
async def bouncer(database_url: str, mode: str = "session") -> AsyncIterator[Bouncer]:
    """Listening when entered."""
    need("pgbouncer")
    folder, port = Path(tempfile.mkdtemp(prefix="sip-bouncer-")), free_port()
    command = [shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin") or "", "-q"]
    if os.geteuid() == 0:  # it will not be root
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        command += ["-u", "nobody"]
    async with wire(socket_of(database_url)) as server:
        (folder / "users").write_text("".join(f'"{role}" ""\n' for role in ROLES), "utf-8")
        config = folder / "bouncer.ini"
        config.write_text(_CONFIG.format(server=server.port, port=port, folder=folder, mode=mode), "utf-8")
        process = await asyncio.create_subprocess_exec(*command, config)
        try:
            log = folder / "bouncer.log"

            async def listens() -> bool:
                assert process.returncode is None, "PgBouncer ended"
                return log.exists() and "process up" in log.read_text("utf-8")

            await wait_for(listens)
            yield Bouncer(through(database_url, Wire(0, port)), server, log)
        finally:
            process.terminate()
            await process.wait()
            shutil.rmtree(folder)
