"""The `sip` command: what those who run the service type."""

from sip.cli import audit, directory, disposal, export, journal, mail, people, running, units
from sip.cli.root import main, sip

__all__ = ["audit", "directory", "disposal", "export", "journal", "mail", "main", "people", "running", "sip", "units"]
