"""The service as the demo runs it: its own process, its own data folder, free ports, real mail in and out.

The law of this file: the service is started by its own command and knows nothing of being watched; whatever was started
here is stopped here, and a folder that a killed demo left behind is taken away by the next.
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from sip.demo import county
from sip.demo.wire import Wire

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no flock; folders are then left for the user
    fcntl = None  # type: ignore[assignment]  # not on Windows

PATIENCE = 60.0
CLOSING = 5.0
PR_SET_PDEATHSIG = 1
# Loaded beforehand: between fork and exec nothing may be looked for.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServiceError(RuntimeError):
    """The service could not be started; the text is one sentence and what it said itself."""


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class DataFolder:
    """The demo's data folder, locked while it is used; old ones of killed demos are removed on the way."""

    def __init__(self, parent: Path, *, keep: bool) -> None:
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(parent)
        self.keep = keep
        self.path = Path(tempfile.mkdtemp(prefix="kept-" if keep else "run-", dir=parent))
        self._lock = (self.path / "lock").open("w")
        if fcntl is not None:
            fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        """Lets go, and removes the folder unless it is to be kept. The database may still be closing its files."""
        waited = 0.0
        while not self.keep and self.path.exists() and waited < CLOSING:
            shutil.rmtree(self.path, ignore_errors=True)
            time.sleep(0.05)
            waited += 0.05
        self._lock.close()


def _sweep(parent: Path) -> None:
    if fcntl is None:
        return
    for folder in parent.glob("run-*"):
        try:
            with (folder / "lock").open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except (BlockingIOError, FileNotFoundError):
            continue


class Service:
    """One `sip serve` with its settings."""

    def __init__(self, data: Path, relay_port: int, http_port: int) -> None:
        self.http_port, self.receiver_port = http_port, free_port()
        self.base_url = f"http://127.0.0.1:{http_port}"
        self.log = data / "service.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SIP_")}
        if kept.pop("PYTHONDONTWRITEBYTECODE", ""):
            # Several processes start here: what the first compiles the next can use, out of everybody's way.
            kept["PYTHONPYCACHEPREFIX"] = str(data / "compiled")
        self._environment = kept | {
            "SIP_ENVIRONMENT": "demo",
            "SIP_DATA_DIR": str(data / "database"),
            "SIP_HTTP_LISTEN": f"127.0.0.1:{http_port}",
            "SIP_BASE_URL": self.base_url,
            "SIP_LMTP_LISTEN": "off",
            "SIP_SMTP_LISTEN": f"127.0.0.1:{self.receiver_port}",
            "SIP_SMTP_URL": f"smtp://127.0.0.1:{relay_port}?tls=off",
            "SIP_MAIL_DOMAIN": county.DOMAIN,
            "SIP_MAIL_DOMAIN_PER_MINUTE": "0",  # a week passes in two minutes
            "SIP_TICK_SECONDS": "0.05",
            "SIP_LOG_LEVEL": "warning",
            "PYTHONUNBUFFERED": "1",
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> Mapping[str, str]:
        """The SIP_ variables it runs with."""
        return {name: value for name, value in self._environment.items() if name.startswith("SIP_")}

    def command(self, *arguments: str, given: str = "") -> str:
        """Runs one `sip` command to its end and returns what it printed. Raises ServiceError when it fails."""
        done = subprocess.run(  # noqa: S603 - our own command with our own words
            self._words(arguments), env=self._environment, input=given.encode(), capture_output=True, check=False
        )
        if done.returncode != 0:
            said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
            raise ServiceError(f"`sip {' '.join(arguments)}` failed: {said}")
        return done.stdout.decode("utf-8").strip()

    def launch(self) -> None:
        """Starts `sip serve`; `wait` says when it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                self._words(["serve"]),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    def wait(self) -> None:
        """Waits until the service answers. Raises ServiceError when it does not."""
        waited = 0.0
        while not self._alive():
            if not self.running() or waited > PATIENCE:
                raise ServiceError(f"The service did not start. It said:\n{self.last_words()}")
            time.sleep(0.1)
            waited += 0.1

    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Asks it to stop, and makes it after ten seconds."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _alive(self) -> bool:
        wire = Wire(self.base_url)
        try:
            return wire.ask("GET", "/health/ready").status == 200
        except OSError:
            return False
        finally:
            wire.close()

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:].strip()

    def _words(self, arguments: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "sip", *arguments]


def _die_with_parent() -> None:
    """Linux: the service stops when the demo is killed, however that happens."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
