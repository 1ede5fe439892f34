"""The folder of the embedded server: who owns what in it, the three locks, and the note of what runs.

    DATA_DIR/postgres/          made 0700 (as root: 0710, so that the server's user may pass through)
        clients.lock            shared: every process that uses the server; exclusive: the keeper, to stop it
        start.lock              exclusive: the one process that starts or joins
        keeper.lock             exclusive: the keeper, as long as it lives
        server.json             what runs, written when it is ready and removed before it stops
        place                   as root in a closed folder: where the server's own files lie instead of here
        server.log
        cluster/  run/          PostgreSQL's data and its socket, owned by the server's user, 0700

The law of this file: it changes no permission of a folder that it did not make. Locks are `flock`, so the system lets
go of them when a process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from sip.embedded.programs import EmbeddedError

# Where the server's files go when root's data folder lies where no other user can reach it. Only root writes there.
ELSEWHERE = Path("/var/lib/sip-embedded")


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Who runs the server. PostgreSQL refuses root, so root runs it as `nobody`; everyone else runs it themselves."""

    uid: int
    gid: int
    is_other: bool

    @classmethod
    def of_this_process(cls) -> Self:
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), False)
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid, True)

    @property
    def run_as(self) -> dict[str, Any]:
        """What `subprocess` needs to run something as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}

    def can_enter(self, folder: Path) -> bool:
        """Tried, not computed: access lists and containers have their own ideas."""
        if not self.is_other:
            return True
        probe = ["/bin/sh", "-c", 'cd "$0"', str(folder)]
        return subprocess.run(probe, check=False, stderr=subprocess.DEVNULL, cwd="/", **self.run_as).returncode == 0  # noqa: S603 - a fixed command

    def make_passage(self, folder: Path) -> None:
        """Makes `folder` where it is missing: closed to others, and open to pass through for the server's user."""
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            if self.is_other:
                os.chown(folder, -1, self.gid)
                folder.chmod(0o710)

    def make_own(self, folder: Path) -> None:
        """Makes `folder` where it is missing, for the server's user alone."""
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            if self.is_other:
                os.chown(folder, self.uid, self.gid)


class Lock:
    """A lock on a file, let go of by `release` or by the end of the process. Not inherited by programs it starts."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, *, shared: bool = False, seconds: float = 0.0) -> bool:
        """Whether the lock was taken, trying for so many seconds."""
        end = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(self._fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= end:
                    return False
                time.sleep(0.02)
            else:
                return True

    def release(self) -> None:
        """Lets go; a second time does nothing."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


@dataclass(frozen=True, slots=True)
class Running:
    """What server.json says of a server that is ready."""

    keeper: int
    socket_dir: str
    port: int
    bin: str
    major: int


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of one embedded server, DATA_DIR/postgres."""

    path: Path

    @classmethod
    def prepare(cls, data_dir: Path, user: ServerUser) -> Self:
        """Makes what is missing. Raises EmbeddedError where the data folder cannot be made or written."""
        data_dir = Path(os.path.realpath(data_dir))
        folder = cls(data_dir / "postgres")
        try:
            data_dir.parent.mkdir(parents=True, exist_ok=True)
            user.make_passage(data_dir)
            user.make_passage(folder.path)
            Lock(folder.path / "start.lock").release()
        except OSError as error:
            why = "a file is in its way" if isinstance(error, FileExistsError | NotADirectoryError) else error.strerror
            raise EmbeddedError(
                f"The data folder {data_dir} cannot be used: {why}. Set SIP_DATA_DIR to another."
            ) from None
        return folder

    @property
    def log(self) -> Path:
        return self.path / "server.log"

    def lock(self, name: str) -> Lock:
        return Lock(self.path / f"{name}.lock")

    @contextmanager
    def starting(self, seconds: float) -> Iterator[None]:
        """One start at a time. Raises EmbeddedError when another takes longer than `seconds`."""
        lock = self.lock("start")
        try:
            if not lock.take(seconds=seconds):
                raise EmbeddedError(
                    f"Another process has been starting the database in {self.path} for {seconds:.0f} s."
                )
            yield
        finally:
            lock.release()

    def running(self) -> Running | None:
        """What runs, as far as the note says."""
        try:
            return Running(**json.loads((self.path / "server.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def note_running(self, running: Running | None) -> None:
        """Writes the note in one step, or removes it."""
        note = self.path / "server.json"
        if running is None:
            note.unlink(missing_ok=True)
            return
        new = note.with_suffix(".new")
        new.write_text(json.dumps(asdict(running)), encoding="utf-8")
        new.replace(note)

    def forget_if_unkept(self) -> bool:
        """True when no keeper lives; its note, if it was killed, is removed then."""
        lock = self.lock("keeper")
        try:
            unkept = lock.take()
            if unkept:
                self.note_running(None)
            return unkept
        finally:
            lock.release()

    def place(self, user: ServerUser) -> Path:
        """Where the server's own files lie: here, or where the server's user can reach them. Made when missing.

        Raises EmbeddedError where the server's user can reach no folder.
        """
        pointer = self.path / "place"
        if pointer.exists() and (told := Path(pointer.read_text(encoding="utf-8").strip())).is_dir():
            return told
        if user.can_enter(self.path):
            return self.path
        if (self.path / "cluster").exists():
            raise EmbeddedError(
                f"The user who runs the database server can no longer reach {self.path}; open the way to it."
            )
        with suppress(OSError):
            _sweep()
            ELSEWHERE.mkdir(mode=0o711, exist_ok=True)
            elsewhere = ELSEWHERE / secrets.token_hex(8)
            user.make_passage(elsewhere)
            if user.can_enter(elsewhere):
                (elsewhere / "home").write_text(str(self.path), encoding="utf-8")
                pointer.write_text(str(elsewhere), encoding="utf-8")
                return elsewhere
        raise EmbeddedError(
            f"PostgreSQL cannot run as root, and no other user can reach {self.path}. Set SIP_DATA_DIR to a folder "
            "that others can reach, or run as an ordinary user, or set SIP_DATABASE_URL to a server."
        )

    def remove(self) -> None:
        """Removes all of it. Only for a server that has stopped."""
        with suppress(OSError):
            shutil.rmtree((self.path / "place").read_text(encoding="utf-8").strip(), ignore_errors=True)
        shutil.rmtree(self.path, ignore_errors=True)


def _sweep() -> None:
    """Removes what belonged to temporary data folders that are gone (a killed test run leaves such). A lasting folder
    that is missing may only be on a disk that is not mounted, so its files stay."""
    temporary = Path(os.path.realpath(tempfile.gettempdir()))
    for home in ELSEWHERE.glob("*/home"):
        told = Path(home.read_text(encoding="utf-8"))
        if told.is_relative_to(temporary) and not told.exists():
            shutil.rmtree(home.parent, ignore_errors=True)
