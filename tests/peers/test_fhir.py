"""What record systems read is FHIR R4 by the judgement of a validator nobody here wrote, which has R4's value sets."""

import json
from pathlib import Path
from typing import Any

from tests.api.conftest import House, house, roles
from tests.api.test_fhir import BASE, answer_of
from tests.domain.cast import HOME_CARE, SCHOOL
from tests.peers.programs import HERE, MODULES, need, need_path, run

__all__ = ["house", "roles"]
KINDS = ("Appointment", "AppointmentResponse", "HealthcareService", "Organization", "PractitionerRole")


async def judged(folder: Path, *resources: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """What the validator says of each."""
    need("node")
    need_path(MODULES / "fhir")
    files = [folder / f"{number}.json" for number in range(len(resources))]
    for file, resource in zip(files, resources, strict=True):
        file.write_text(json.dumps(resource), encoding="utf-8")
    lines = (await run("node", HERE / "fhir.mjs", MODULES.parent, *files)).splitlines()
    return [[said for said in json.loads(line) if not _of_our_codes(said)] for line in lines]


def _of_our_codes(said: dict[str, Any]) -> bool:
    """A hint that a code is not among the examples of R4: the words are ours, and say so by their system."""
    hint = said["severity"] in ("warning", "info")
    return hint and ("(urn:sip:" in said["message"] or said["message"].startswith('Value set "'))


async def test_a_validator_finds_nothing_and_would_have_found_it(roles: House, tmp_path: Path) -> None:
    meeting = await roles.called(parties=[{"unit_id": str(HOME_CARE.unit_id)}, {"unit_id": str(SCHOOL.unit_id)}])
    unit = roles.keys["unit_staff"]
    reason = {"extension": [{"url": "urn:sip:fhir:regret-reason", "valueCode": "on_leave"}]}
    told = await unit("POST", f"{BASE}/AppointmentResponse", answer_of(meeting["id"], "declined", **reason))
    assert told.status_code == 201, told.text
    await roles.drafted()
    included = {"Appointment": "actor", "AppointmentResponse": "appointment", "HealthcareService": "organization",
                "Organization": "partof", "PractitionerRole": "service"}  # fmt: skip
    along = {kind: f"_sort=-_lastUpdated&_include={kind}:{what}" for kind, what in included.items()}
    addresses = [f"{BASE}/{kind}?_count=200&{along[kind]}" for kind in KINDS]
    found = [(await roles.admin("GET", address)).json() for address in addresses]
    found += [(await unit("GET", f"{BASE}/Appointment/{meeting['id']}")).json(), told.json()]
    found += [(await roles.client.get(f"{BASE}/{path}")).json() for path in ("metadata", "StructureDefinition")]
    posted = {"Authorization": f"Bearer {roles.admin.token}", "Content-Type": "application/x-www-form-urlencoded"}
    found.append((await roles.client.post(f"{BASE}/Appointment/_search", content="_count=1", headers=posted)).json())
    found += [(await roles.client.get(f"{BASE}/Appointment")).json(), (await unit("GET", f"{BASE}/Patient")).json()]
    assert all(len(bundle["entry"]) > 0 for bundle in found[: len(KINDS)])
    assert await judged(tmp_path, *found) == [[] for _ in found]

    appointment = found[len(KINDS)]
    broken = [
        appointment | {"status": "called"},
        appointment | {"participant": []},
        appointment | {"participant": [{"status": "in-process"}]},
        appointment | {"colour": "blue"},
        told.json() | {"participantStatus": "regrets"},
    ]
    assert all(await judged(tmp_path, *broken)), "its silence says something"
