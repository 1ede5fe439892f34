"""The keeper of an embedded server: `python -m sip.embedded.keeper DATA_DIR`, started by `sip.embedded.server`.

The law of this file: the keeper is the server's parent, has one thread, and lives as long as anyone holds the
clients' lock. When it can take that lock for itself it stops the server and ends. If it is killed, the kernel stops
the server; if the server is killed, it starts it again. Whoever is killed, the locks are let go of and the next start
finds its way.

The process that is started forks: the parent waits until the server is ready (exit 0) or prints one sentence that
says why not (exit 1); the child is the keeper, in a session of its own, so that Ctrl-C in a terminal does not reach
it.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
import traceback
from collections import deque
from contextlib import suppress
from pathlib import Path
from types import FrameType

from sip.embedded.cluster import PORT, Cluster, stop
from sip.embedded.folder import Folder, Lock, Running, ServerUser
from sip.embedded.programs import EmbeddedError, find_programs, reachable_programs

_LOOK_SECONDS = 0.1  # how often it looks whether anyone is left
_OTHER_KEEPER_SECONDS = 3.0
_RESTARTS = 5  # at most so many
_RESTART_SECONDS = 60.0  # in so long


class Keeper:
    """One server and its life. `run` ends when the server has stopped."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.folder = cluster.folder
        self.told_to_stop = False
        self.restarts: deque[float] = deque(maxlen=_RESTARTS)

    def start(self) -> None:
        """Makes the server ready, and says so in the note."""
        self.cluster.clear_leftovers()
        self.cluster.make()
        self.socket_dir = self.cluster.socket_dir()
        self.server = self.cluster.start(self.socket_dir)
        programs = self.cluster.programs
        self.folder.note_running(Running(os.getpid(), str(self.socket_dir), PORT, str(programs.bin), programs.major))

    def run(self) -> None:
        """Until nobody is left, or it is told to stop, or the server cannot be kept up."""
        clients = self.folder.lock("clients")
        try:
            while not self.told_to_stop and not clients.take():
                if self.server.poll() is not None:
                    self._start_again()
                time.sleep(_LOOK_SECONDS)
        finally:
            self.folder.note_running(None)
            stop(self.server)
            if self.socket_dir.parent != self.cluster.place:
                with suppress(OSError):
                    self.socket_dir.rmdir()

    def _start_again(self) -> None:
        now = time.monotonic()
        if len(self.restarts) == _RESTARTS and now - self.restarts[0] < _RESTART_SECONDS:
            raise EmbeddedError(f"PostgreSQL ended {_RESTARTS} times within {_RESTART_SECONDS:.0f} s.")
        self.restarts.append(now)
        self.cluster.clear_leftovers()
        self.server = self.cluster.start(self.socket_dir)

    def on_signal(self, _signal: int, _frame: FrameType | None) -> None:
        self.told_to_stop = True


def main(arguments: list[str]) -> int:
    """Parent and child of the fork; what each does is told at the head of this file."""
    parser = argparse.ArgumentParser(prog="python -m sip.embedded.keeper")
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--pg-bin", type=Path)
    parser.add_argument("--throw-away", action="store_true", help="a cluster whose data need not survive a power cut")
    options = parser.parse_args(arguments)
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as pipe:
            said = pipe.read()
        if said == "ready":
            return 0
        print(said or "The keeper of the database was ended before it could start it; start again.")
        return 1
    os.close(reading)
    os.setsid()
    _keep(options.data_dir, options.pg_bin, not options.throw_away, writing)
    return 0


def _keep(data_dir: Path, pg_bin: Path | None, durable: bool, say: int) -> None:
    """The child's part. It says one thing on `say`, and closes it."""
    kept: Lock | None = None
    try:
        user = ServerUser.of_this_process()
        folder = Folder.prepare(data_dir, user)
        _log_to(folder.log)
        kept = folder.lock("keeper")
        if not kept.take(seconds=_OTHER_KEEPER_SECONDS):
            os.write(say, b"ready")  # another keeper lives; its note tells when its server is
            return
        folder.note_running(None)
        found = find_programs(pg_bin)
        place = folder.place(user)
        programs = reachable_programs(found, place, user.run_as)
        keeper = Keeper(Cluster(folder, place, user, programs, durable))
        signal.signal(signal.SIGTERM, keeper.on_signal)
        signal.signal(signal.SIGINT, keeper.on_signal)
        keeper.start()
        os.write(say, b"ready")
        os.close(say)
        say = -1
        keeper.run()
    except (EmbeddedError, OSError, subprocess.SubprocessError) as error:
        traceback.print_exc()
        if say >= 0:
            os.write(say, str(error).encode())
    finally:
        if kept:
            kept.release()


def _log_to(log: Path) -> None:
    """The keeper's own words go to the server's log; nothing of the caller's terminal or pipes is kept open."""
    null = os.open(os.devnull, os.O_RDONLY)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((null, 0), (out, 1), (out, 2)):
        os.dup2(source, target)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
