"""The embedded server, to be killed and stopped from outside."""

import os
import signal
import time
from contextlib import suppress

from sip.embedded.server import ServerHandle

_REST = 15.0
"""Seconds between two kills: a keeper that has to start its server more often gives up, and says so."""


class Killable:
    """A database server, which its keeper starts again when it may."""

    def __init__(self, cluster: ServerHandle) -> None:
        folder = cluster._folder
        running = folder.running()
        assert running is not None
        self._keeper, self._note = running.keeper, folder.path / "cluster" / "postmaster.pid"
        self._killed = -_REST

    def kill(self) -> bool:
        """Whether SIGKILL went to the main process, whose others then end: not sooner than its keeper bears."""
        if time.monotonic() - self._killed < _REST:
            return False
        with suppress(OSError, IndexError, ValueError):
            os.kill(self._postmaster, signal.SIGKILL)
            self._killed = time.monotonic()
            return True
        return False

    @property
    def _postmaster(self) -> int:
        return int(self._note.read_text().splitlines()[0])

    def stop(self) -> None:
        """As an administrator does, and nobody starts it again."""
        os.kill(self._keeper, signal.SIGSTOP)
        os.kill(self._postmaster, signal.SIGINT)
        while self._note.exists():
            time.sleep(0.01)

    def start(self) -> None:
        """Whoever starts it again may."""
        os.kill(self._keeper, signal.SIGCONT)
