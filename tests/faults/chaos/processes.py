"""Real processes of the service, begun in some hundredths of a second and killed with -9.

Each is forked from a server that has read the program once (multiprocessing's forkserver), and is its own process from
then on: nothing of the service knows that it is tried.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["sip.app", "sip.pages"])


def _serve(environment: Mapping[str, str], parts: Mapping[str, bool], log: str) -> None:
    from sip import app
    from sip.ground import StartError
    from sip.settings import load_settings
    from sip.store.db import DatabaseAway

    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in (1, 2):
        os.dup2(said, number)
    sys.stderr = os.fdopen(number, "w", buffering=1, closefd=False, encoding="utf-8")
    try:
        app.serve(load_settings(environment), **parts)
    except (StartError, DatabaseAway) as told:  # as the command says it, and systemd begins it again
        sys.exit(str(told))


@dataclass
class Part:
    """One process of an installation: `web`, `worker` or `mail_in`, with its settings."""

    name: str
    kind: str
    environment: Mapping[str, str]
    log: Path
    killed: int = 0
    _process: ForkServerProcess | None = field(default=None)

    @property
    def lives(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def start(self) -> None:
        """It runs; what ran before under this name is gone."""
        parts = {kind: kind == self.kind for kind in ("web", "worker", "mail_in")}
        self._process = _CONTEXT.Process(target=_serve, args=(dict(self.environment), parts, str(self.log)))
        self._process.start()

    def kill(self) -> None:
        """SIGKILL, at this moment; `start` waits for what is left of it."""
        assert self._process is not None and self._process.pid is not None
        self.killed += 1
        os.kill(self._process.pid, signal.SIGKILL)

    def again(self) -> None:
        """Started anew after a kill, as systemd does; also where it ended by itself, the database being away."""
        if self._process is not None:
            self._process.join()
        self.start()

    def pause(self, on: bool) -> None:
        """A process that stands still, as on a host that is cut off, and one that goes on."""
        assert self._process is not None and self._process.pid is not None
        os.kill(self._process.pid, signal.SIGSTOP if on else signal.SIGCONT)

    def end(self) -> None:
        """Gone for good."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
