"""A meeting is made on the pages, step by step, as a convener does it."""

from typing import Any

import httpx

from tests.stories.county import unit
from tests.web.scene import fields_of

CALLER = {
    "convener_person": "Clara Kallar", "convener_phone": "010-319 299", "convener_email": "clara@region.example",
}  # fmt: skip
NEW = {
    "ground": "consent", "consent_given": "Muntligt vid besök", "told": "later", "kind": "adult",
    "purpose": "new_plan", "purpose_text": "Gemensam planering", "questions": "Vem gör vad?\nVad behövs?",
    "day": "2026-12-07", "from": "10:00", "minutes": "60", "form": "physical", "place_kind": "room",
    "place_unit": "Vårdcentralen Eken", "place_room": "Rum 2", "then": "call", **CALLER,
}  # fmt: skip
PARTIES = {"hemtjanst": "summoned", "skolan": "invited"}
STEPS = {
    "what": ("kind", "purpose", "purpose_text", "questions"),
    "when": ("form", "place_kind", "place_unit", "place_room", "place_video", "place_phone", "day", "from", "minutes"),
    "consent": ("ground", "consent_given", "consent_until", "reference", "protected", "told"),
}


async def begin(client: httpx.AsyncClient, pattern: str = "") -> str:
    """Begins one; gives the address under which its steps are."""
    page = await client.get("/meetings/new")
    assert page.status_code == 200
    answer = await client.post("/meetings/new", data={**fields_of(page.text), "pattern": pattern})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).rpartition("/")[0]


async def said(client: httpx.AsyncClient, base: str, step: str, **form: str) -> httpx.Response:
    """One step's form, sent as it is shown with these fields; not followed."""
    page = await client.get(f"{base}/{step}")
    return await client.post(f"{base}/{step}", data={**fields_of(page.text), "then": "next", **form})


async def who(client: httpx.AsyncClient, base: str, parties: dict[str, str], **form: str) -> httpx.Response:
    """The first step: each unit is added, and then the duties are as given."""
    for key in parties:
        answer = await said(client, base, "who", then="", add=str(unit(key)), **{**CALLER, **form})
        if answer.status_code != 303:
            return answer
    duties = {f"obligation_{unit(key)}": duty for key, duty in parties.items()}
    return await said(client, base, "who", **{**CALLER, **form}, **duties)


async def ready(client: httpx.AsyncClient, **changes: Any) -> tuple[str, httpx.Response]:
    """All the steps but the last: the address of the last, and its page, or the step that was refused. `parties`: units
    and their duties.
    """
    parties = changes.pop("parties", None)
    base, form = await begin(client), {**NEW, **changes}
    caller = {name: form[name] for name in CALLER}
    answer = await who(client, base, PARTIES if parties is None else parties, **caller)
    for step, names in STEPS.items():
        if answer.status_code != 303:
            return base, answer
        fields = {name: form[name] for name in names if form.get(name)}
        answer = await said(client, base, step, **fields)
        if answer.status_code == 303 and "#cautions" in answer.headers["location"]:
            answer = await said(client, base, step, **fields)
    return f"{base}/check", answer if answer.status_code != 303 else await client.get(f"{base}/check")


async def new_meeting(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    """All the steps; the page of the meeting, or the step that was refused."""
    path, page = await ready(client, **changes)
    if page.status_code != 200:
        return page
    form = {**fields_of(page.text), "then": changes.get("then", NEW["then"])}
    return await client.post(path, data=form, follow_redirects=True)
