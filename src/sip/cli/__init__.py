"""The `sip` command: what those who run the service type."""

from sip.cli import (
    annual,
    audit,
    backup,
    county,
    directory,
    disposal,
    export,
    held,
    journal,
    mail,
    people,
    replay,
    running,
    units,
)
from sip.cli.root import main, sip

__all__ = [
    "annual",
    "audit",
    "backup",
    "county",
    "directory",
    "disposal",
    "export",
    "held",
    "journal",
    "mail",
    "main",
    "people",
    "replay",
    "running",
    "sip",
    "units",
]
