"""Other systems verify what we send with the published library of npm; that of Python does it in
`tests/stories/test_webhooks.py`.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

from sip.domain.webhook import TYPES, HookEvent, HookType, body, headers, message_id, secret_text
from tests.domain.cast import ident
from tests.peers.programs import HERE, MODULES, need, need_path, run

OLD, NEW, OTHER = (bytes([n]) * 32 for n in (1, 2, 3))
THERE = ident("endpoint")


def requests(folder: Path, *secrets: bytes) -> list[Path]:
    """Every kind of event as a request signed now, and one whose body was changed on the way."""
    now, made = datetime.now(UTC), []  # noqa: TID251 - the library looks at the real clock
    for n, kind in enumerate((*TYPES, HookType.TEST)):
        event = HookEvent(kind, 3, meeting_id=ident("m"), party=2 if kind is HookType.MEETING_ANSWERED else None)
        content = body(event, now)
        signed = headers(secrets, message_id(THERE, event), int(now.timestamp()), content)
        made.append(folder / f"{n}.json")
        made[-1].write_text(json.dumps({"headers": signed, "body": content.decode()}))
    forged = json.loads(made[0].read_text())
    made.append(folder / "forged.json")
    made[-1].write_text(json.dumps({**forged, "body": forged["body"].replace("called", "moved")}))
    return made


async def seen(secret: bytes, files: list[Path]) -> list[str | None]:
    """The kind that the library found in each; None where it refused it."""
    need("node")
    need_path(MODULES / "standardwebhooks")
    said = await run("node", HERE / "verify.mjs", MODULES, secret_text(secret), *files)
    return [None if found is None else found["type"] for found in map(json.loads, said.splitlines())]


async def test_npm_verifies_each_event_and_refuses_what_was_changed(tmp_path: Path) -> None:
    files = requests(tmp_path, NEW)
    assert await seen(NEW, files) == [*(one.value for one in (*TYPES, HookType.TEST)), None]
    assert await seen(OTHER, files) == [None] * len(files)


async def test_npm_takes_either_secret_while_it_changes(tmp_path: Path) -> None:
    files = requests(tmp_path, NEW, OLD)[:1]
    assert await seen(NEW, files) == await seen(OLD, files) == [TYPES[0].value]
