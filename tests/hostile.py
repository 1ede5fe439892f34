"""What no door expects: one list for every test that drives parameters, paths, fields and bodies with it."""

from typing import Any

TEXTS = (
    "\x00", "a\x00b", "\x1b[2J", "\u202e", "\ufffe", "", " ", "'", '"', "\\", "%", "%s", "{}", "../../etc", "<b>", "-1",
    "0", "1e400", "NaN", "9" * 30, "99999999999999999999", "0001-01-01", "9999-12-31", "2026-02-30", "24:60",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59", "2026-12-07T10:00:00+24:00",
    "00000000-0000-0000-0000-000000000000", "a" * 3000, "å" * 3000, "=cmd|' /C calc'!A0", "a..b@x.example",
)  # fmt: skip
VALUES: tuple[Any, ...] = (*TEXTS, None, True, -1, 0, 2**31, 2**63, 2**70, 1e308, [], [[]], {}, {"x": 1}, [None] * 50)

DEEP = 5000
BODIES = (
    b"", b"\x00", b"{", b"null", b'{"a": "\xff"}', b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    b'{"toml": "' + b"[" * DEEP + b'"}',
)  # fmt: skip

SECRET = "19121212-1212"
"""The tax agency's test number: whatever is sent, it is never in the log."""


def spoilt(body: Any, value: Any) -> list[Any]:
    """The body once for each field in it, however deep, with that field replaced."""
    if isinstance(body, dict):
        found = []
        for key in body:
            found.append({**body, key: value})
            found += [{**body, key: inner} for inner in spoilt(body[key], value)]
        return found
    if isinstance(body, list):
        return [
            [*body[:n], inner, *body[n + 1 :]] for n, one in enumerate(body) for inner in (value, *spoilt(one, value))
        ]
    return []
