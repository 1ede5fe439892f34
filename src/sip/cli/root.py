"""The `sip` command itself: its group, its mistakes, and what all its commands need.

The law of this file: a mistake is one clear sentence on stderr and exit code 1, never a traceback; what is printed on
stdout is what was asked for, so that it can be piped.
"""

import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from sip.backup import BackupError
from sip.domain.agreement import AgreementError
from sip.edges.seal_folder import OtherSealError
from sip.embedded.programs import EmbeddedError
from sip.ground import Bedrock, StartError, run_on_ground
from sip.loading import loading
from sip.settings import Settings, SettingsError, load_settings
from sip.store.db import DatabaseAway
from sip.store.migrate import MigrationsMissing
from sip.usecases.directory.rows import DirectoryFileError
from sip.usecases.problems import UseCaseError
from sip.usecases.users import UserError

if TYPE_CHECKING:
    from sip.app import Parts

T = TypeVar("T")
MODULES = {
    "agreement": "directory", "api-key": "people", "audit": "audit", "backup": "backup", "check": "running",
    "county": "county", "demo": "running", "directory": "directory", "disposal": "disposal", "export": "export",
    "held": "held", "journal": "journal", "mail": "mail", "mail-in": "running", "migrate": "running",
    "replay": "replay", "report": "annual", "restore": "backup", "serve": "running", "simulate": "replay",
    "tick": "running", "unit": "units", "user": "people", "watchdog": "running", "web": "running", "worker": "running",
}  # fmt: skip
"""Each command, and the module of this folder that it stands in."""
MISTAKES = (
    SettingsError,
    StartError,
    DatabaseAway,
    EmbeddedError,
    BackupError,
    MigrationsMissing,
    DirectoryFileError,
    AgreementError,
    UserError,
    UseCaseError,
    OtherSealError,
    OSError,
)


def main() -> None:
    """Runs the command; a mistake ends with a sentence and exit code 1."""
    try:
        code = sip(standalone_mode=False)  # what a command's Exit says comes back as a number
        if isinstance(code, int) and code:
            sys.exit(code)
    except click.ClickException as error:
        error.show()
        sys.exit(1)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except MISTAKES as error:
        click.echo(_sentence(error), err=True)
        sys.exit(1)


def _sentence(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'The system'}: {error.strerror}."
    return str(error)


def settings() -> Settings:
    """What the environment says. Raises SettingsError."""
    return load_settings(os.environ)


def act_on(act: "Callable[[Parts], Awaitable[T]]") -> T:
    """One act on the database. Raises StartError and DatabaseAway."""
    from sip.app import run_act  # every edge, which a command that only reads need not wait for

    return run_act(settings(), act)


def read_on(act: Callable[[Bedrock], Awaitable[T]]) -> T:
    """One act that reads the database, and needs no edge of the service. Raises StartError and DatabaseAway."""
    return run_on_ground(settings(), act)


class Commands(click.Group):
    """The commands, each of a module that is loaded when it is asked for: all of them take seconds."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in MODULES:
            with loading():
                import_module(f"sip.cli.{MODULES[cmd_name]}")
        return super().get_command(ctx, cmd_name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sip", message="sip %(version)s")
def sip() -> None:
    """Calls SIP meetings, gathers answers, finds substitutes, records attendance and reports who stayed away.

    Everything is set by SIP_* variables; docs/settings.md has them all.
    """


def read(file: Path) -> bytes:
    """A file's content; `-` is stdin."""
    return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()


def write(file: Path, data: bytes) -> None:
    """Writes a file; `-` is stdout."""
    if str(file) == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        file.write_bytes(data)


def moment(option: str, text: str) -> datetime:
    """A moment that an option names, in UTC. Raises UsageError for what is none, or has no zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f'{option} "{text}" is no time; write it as 2026-11-02T08:00+01:00.') from None
    if found.tzinfo is None:
        raise click.UsageError(f"{option} needs a time zone: write 2026-11-02T08:00+01:00, or end it with Z.")
    return found.astimezone(UTC)
