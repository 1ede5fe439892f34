"""One PostgreSQL cluster: made, cleared of what a killed server left, started, stopped. Used by the keeper alone.

The law of this file: nobody but the user of the deployment can connect. The server listens on a unix socket only, and
takes the kernel's word for who is at the other end (`peer`): no password to make, keep or leak, and no trust in the
permissions of a folder. Times are bounded; each failure is a sentence.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sip.embedded.folder import Folder, ServerUser
from sip.embedded.programs import EmbeddedError, Programs

SUPERUSER = "sip_admin"
ROLES = (SUPERUSER, "sip_owner", "sip_app", "sip_engine", "sip_receiver", "sip_service")
PORT = 5432  # part of the socket's name; nothing listens on the network

_READY_SECONDS = 120.0  # recovery after a crash is the longest start
_RETRY_SECONDS = 15.0  # how long old backends may hold the shared memory of a killed server
_STOP_SECONDS = 30.0
_SOCKET_PATH_LIMIT = 100  # bytes; the systems allow 104 to 108
_LOG_LIMIT = 5_000_000  # bytes
_PR_SET_PDEATHSIG = 1

_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "60",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A constraint's detail repeats the values of the row, and the log is no place for people's data.
    "log_error_verbosity": "terse",
}
_FAST_AND_LOOSE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass(frozen=True)
class Cluster:
    """The server's own files in `place`, and what is needed to run them. `durable` is off for throw-away clusters."""

    folder: Folder
    place: Path
    user: ServerUser
    programs: Programs
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.place / "cluster"

    def make(self) -> None:
        """Makes the cluster where there is none, in one step: a half-made one is never taken for a whole.

        Raises EmbeddedError with the last words of initdb.
        """
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            return
        for half_made in self.place.glob("cluster.new*"):
            _end_processes_in(half_made, ((signal.SIGKILL, _RETRY_SECONDS),))
            shutil.rmtree(half_made)
        new = self.place / f"cluster.new{os.getpid()}"
        self.user.make_own(new)
        locale = ["--locale-provider=builtin"] if self.programs.major >= 17 else []
        options = [*locale, "--locale=C.UTF-8", "-E", "UTF8", "-U", SUPERUSER, "-A", "peer", "--no-instructions"]
        done = subprocess.run(  # noqa: S603 - a program found by `find_programs`, no shell
            [self.programs.path("initdb"), "-D", str(new), *options, *([] if self.durable else ["--no-sync"])],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=_environment(),
            preexec_fn=_die_with_parent(signal.SIGKILL),
            **self.user.run_as,
        )
        if done.returncode != 0:
            raise EmbeddedError(f"The database could not be made in {self.place}: {_last_words(done.stderr)}")
        new.rename(self.data)

    def _check_version(self) -> None:
        has = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if has != str(self.programs.major):
            raise EmbeddedError(
                f"The database in {self.place} was made by PostgreSQL {has}, but the programs in {self.programs.bin} "
                f"are version {self.programs.major}. Name programs of version {has} with SIP_PG_BIN, set SIP_DATA_DIR "
                "to another folder, or remove this one if its data is not needed."
            )

    def clear_leftovers(self) -> None:
        """What a killed server left: its last processes are ended, then its notes of itself are removed. Only for the
        holder of the keeper's lock, who knows that no other server is meant to run here."""
        _end_processes_in(self.data, ((signal.SIGINT, 3.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 10.0)))
        for name in ("postmaster.pid", "postmaster.opts"):
            (self.data / name).unlink(missing_ok=True)

    def socket_dir(self) -> Path:
        """A folder for the socket: in `place`, else a new one in the runtime folder where that path is too long for a
        socket or holds what a URL would have to quote."""
        run = self.place / "run"
        plain = str(run).replace("/", "").replace("-", "").replace("_", "").replace(".", "")
        if (
            len(os.fsencode(run)) + len(f"/.s.PGSQL.{PORT}") <= _SOCKET_PATH_LIMIT
            and plain.isascii()
            and plain.isalnum()
        ):
            shutil.rmtree(run, ignore_errors=True)
            self.user.make_own(run)
            return run
        runtime = os.environ.get("XDG_RUNTIME_DIR", "") if not self.user.is_other else ""
        base = runtime if runtime and Path(runtime).is_dir() and len(runtime) < 60 else "/tmp"  # noqa: S108 - mkdtemp is safe there
        run = Path(tempfile.mkdtemp(prefix="sip-run-", dir=base))
        if self.user.is_other:
            os.chown(run, self.user.uid, self.user.gid)
        return run

    def start(self, socket_dir: Path) -> subprocess.Popen[bytes]:
        """The server as a child of this process, ready. Tried again for a while when an old one is not quite gone.

        Raises EmbeddedError with its last words when it does not come up.
        """
        self._write_access()
        end = time.monotonic() + _RETRY_SECONDS
        while True:
            child, logged_before = self._launch(socket_dir)
            if self._becomes_ready(child):
                return child
            said = self._log_after(logged_before)
            if time.monotonic() > end or not ("shared memory" in said or "lock file" in said):
                raise EmbeddedError(f"PostgreSQL did not start: {_last_words(said)} (The whole log: {self.folder.log})")
            time.sleep(0.3)
            self.clear_leftovers()

    def _launch(self, socket_dir: Path) -> tuple[subprocess.Popen[bytes], int]:
        options = {**_OPTIONS, "unix_socket_directories": str(socket_dir), **({} if self.durable else _FAST_AND_LOOSE)}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        if self.folder.log.exists() and self.folder.log.stat().st_size > _LOG_LIMIT:
            self.folder.log.unlink()
        with self.folder.log.open("ab") as log:
            child = subprocess.Popen(  # noqa: S603 - a program found by `find_programs`, no shell
                [self.programs.path("postgres"), "-D", str(self.data), *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                start_new_session=True,
                preexec_fn=_die_with_parent(signal.SIGINT),
                **self.user.run_as,
            )
            return child, log.tell()

    def _becomes_ready(self, child: subprocess.Popen[bytes]) -> bool:
        note = self.data / "postmaster.pid"
        end = time.monotonic() + _READY_SECONDS
        while child.poll() is None:
            with suppress(OSError):
                lines = note.read_text(encoding="utf-8").splitlines()
                if len(lines) >= 8 and lines[0].strip() == str(child.pid) and lines[7].strip() == "ready":
                    return True
            if time.monotonic() > end:
                stop(child)
                raise EmbeddedError(
                    f"PostgreSQL was not ready after {_READY_SECONDS:.0f} s; its log is {self.folder.log}"
                )
            time.sleep(0.01)
        return False

    def _log_after(self, position: int) -> str:
        with self.folder.log.open("rb") as log:
            log.seek(position)
            return log.read().decode("utf-8", "replace")

    def _write_access(self) -> None:
        """Who may connect: this user, as any of the roles."""
        try:
            name = pwd.getpwuid(os.geteuid()).pw_name.replace('"', '""')
        except KeyError:
            raise EmbeddedError(
                f"The user number {os.geteuid()} has no name on this machine, and PostgreSQL wants one. Run as a user "
                "that has, or set SIP_DATABASE_URL to a server."
            ) from None
        self._write("pg_hba.conf", "local all all peer map=sip\n")
        self._write("pg_ident.conf", "".join(f'sip "{name}" {role}\n' for role in ROLES))

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        path.write_text(text, encoding="utf-8")
        if self.user.is_other:
            os.chown(path, self.user.uid, self.user.gid)


def stop(child: subprocess.Popen[bytes]) -> None:
    """Stops the server: fast (clients are cut, the data is written), and if that takes too long, at once."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if child.poll() is not None:
            return
        child.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            child.wait(_STOP_SECONDS)


def _environment() -> dict[str, str]:
    """Nothing of the caller's: PGPORT, PGDATA and a foreign language would change what the programs do and say."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def _last_words(output: str) -> str:
    """The line of a program's output that says what was wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "error" in line.lower()]
    return (telling or lines or ["it said nothing."])[-1]


def _die_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """On Linux the kernel sends the program `how` when the thread that started it ends, however it ends. What is
    returned runs between fork and exec, which is safe here because the keeper has one thread."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def before_exec() -> None:
        prctl(_PR_SET_PDEATHSIG, how)
        if os.getppid() != parent:  # it ended before it could be asked for
            os._exit(1)

    return before_exec


def _end_processes_in(data: Path, steps: tuple[tuple[signal.Signals, float], ...]) -> None:
    """Ends what still runs on `data`, with each signal for so many seconds at most."""
    for how, seconds in steps:
        end = time.monotonic() + seconds
        while (left := _processes_in(data)) and time.monotonic() < end:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, how)
            time.sleep(0.05)


def _processes_in(data: Path) -> list[int]:
    """The live processes of a server on `data`, its main process or what is left of it. Every process of PostgreSQL has
    the data folder as its working folder; a number in postmaster.pid alone says nothing, numbers are used again."""
    proc = Path("/proc")
    if (proc / "self" / "cwd").exists():
        found = []
        for entry in proc.iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and (entry / "cwd").readlink() == data:
                    found.append(int(entry.name))
        return found
    with suppress(OSError, ValueError, IndexError):
        pid = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0].strip()
        told = subprocess.run(["ps", "-o", "command=", "-p", pid], capture_output=True, text=True, check=False)  # noqa: S603, S607 - a number, and a program of the system
        return [int(pid)] if str(data) in told.stdout else []
    return []
