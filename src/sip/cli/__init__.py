"""The `sip` command: what those who run the service type."""

from sip.cli import directory, mail, people, running, units
from sip.cli.root import main, sip

__all__ = ["directory", "mail", "main", "people", "running", "sip", "units"]
