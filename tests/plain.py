"""A client of the service under test, over plain HTTP.

httpx reads the certificates of all authorities for each client that it makes, which takes longer than most pages.
"""

import ssl
from typing import Any

import httpx

_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts no authority, and has read none."""


def plain(origin: str = "", **options: Any) -> httpx.AsyncClient:
    """Its paths are of this origin."""
    return httpx.AsyncClient(base_url=origin, verify=_NOBODY, **options)
