"""Mails of tests/mail/cases as they travel: a calendar in the clear is encoded as its part's head says,
once its placeholders are filled in.
"""

import re
from base64 import encodebytes
from collections.abc import Mapping
from quopri import encodestring

_IN_THE_CLEAR = re.compile(
    rb"(?P<head>Content-Transfer-Encoding: (?P<how>base64|quoted-printable)\r\n(?:[^\r\n]+\r\n)*\r\n)"
    rb"(?P<calendar>BEGIN:VCALENDAR\r\n.*?END:VCALENDAR\r\n)",
    re.DOTALL,
)


def travelling(raw: bytes, values: Mapping[str, str]) -> bytes:
    """The mail with `{token}`, `{uid}`, `{bounce}` filled in and its calendars encoded; any other mail as it is."""
    for name, value in values.items():
        raw = raw.replace(f"{{{name}}}".encode(), value.encode())
    return _IN_THE_CLEAR.sub(_encoded, raw)


def _encoded(found: re.Match[bytes]) -> bytes:
    """As its part's head says; clients encode its line ends too."""
    calendar = found["calendar"]
    if found["how"] == b"base64":
        body = encodebytes(calendar)
    else:
        body = encodestring(calendar.replace(b"\r\n", b"\r")).replace(b"\r", b"=0D=0A=\n")
    return found["head"] + body.replace(b"\n", b"\r\n")
