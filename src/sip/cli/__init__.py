"""The `sip` command: what those who run the service type."""

from sip.cli.root import main, sip

__all__ = ["main", "sip"]
