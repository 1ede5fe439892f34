"""All about a meeting and of an organisation, for an archive: documents, data and proof."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from sip.domain.people import Role
from sip.edges.archive import documents, files
from sip.edges.archive.pdf import pictures
from sip.edges.web.shell.phrases import Phrases
from sip.store import cases
from sip.store.db import Database
from sip.usecases import exporting, proofs
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.problems import ForbiddenError, NotFoundError
from tests.domain.cast import HOME_CARE, ident
from tests.store.town import Town
from tests.tester import TESTER
from tests.usecases.test_disposing import KEEPER, LATER, OWN, Archive
from tests.usecases.test_giving_way import held
from tests.usecases.test_sealing import KEY

__all__ = ["held"]


async def _files(made: Archive) -> dict[str, bytes]:
    return dict(await files.of_meeting(made.db, made.first, actor=KEEPER, now=LATER))


async def test_a_meeting_is_three_files(held: Archive) -> None:
    found = await _files(held)
    name = f"7F3K-2MQ-{str(held.first)[:8]}"
    assert list(found) == [f"{name}.pdf", f"{name}.json", f"{name}.proof.json"]
    document = found[f"{name}.pdf"]
    assert document.startswith(b"%PDF-1.7")
    assert re.search(rb"pdfaid:part>2<.*pdfaid:conformance>A<", document, re.DOTALL), "PDF/A-2a"
    assert b"pdfuaid:part>1<" in document
    said = json.loads(found[f"{name}.json"])
    assert (said["sip_export"], said["what"], said["reference"]) == (1, "meeting", "7F3K-2MQ")
    assert {"meeting", "party", "attendee", "outbox", "case_"} <= said["rows"].keys()
    assert [row["seq"] for row in said["journal"]] == list(range(1, len(said["journal"]) + 1))
    shown = proofs.check(found[f"{name}.proof.json"], KEY.public)
    assert shown.journal == len(said["journal"])


async def test_secrets_and_other_units_numbers_are_no_part_of_it(held: Archive) -> None:
    async with held.db.transaction(TESTER) as conn:
        await cases.set_record_number(conn, ident("case"), HOME_CARE.unit_id, "DEM-77")
    found = await _files(held)
    text = b"".join(found.values())
    for word in (b"reply_token", b"bounce_token", b"code_hash", b"DEM-77"):
        assert word not in text


async def test_the_same_export_is_the_same_to_the_byte(held: Archive) -> None:
    first, second = await _files(held), await _files(held)
    pdf = next(name for name in first if name.endswith(".pdf"))
    assert first.keys() == second.keys()
    # The second one tells of one reading more: that of the first.
    export = await exporting.meeting(held.db, held.first, actor=KEEPER, now=LATER)
    assert files._meeting_files(export, "x", LATER) == files._meeting_files(export, "x", LATER)
    assert first[pdf] != second[pdf]


async def test_the_document_is_whole_and_in_swedish(held: Archive) -> None:
    export = await exporting.meeting(held.db, held.first, actor=KEEPER, now=LATER)
    document = documents.of_meeting(export, Phrases("sv"), "Ada Arkiv", LATER, ("a.json", "a.proof.json"))
    assert [part.heading for part in document.parts] == [
        "Syfte och frågor", "Parter", "Namngivna", "Händelser", "Vem som har läst", "Bevis",
    ]  # fmt: skip
    assert document.parts[1].rows[1][0] == HOME_CARE.name
    assert len(pictures(document, LATER)) >= 1


async def test_a_document_is_made_at_any_moment(held: Archive) -> None:
    """The service's clock has parts of a second, which the program that makes documents refuses."""
    found = dict(await files.of_meeting(held.db, held.first, actor=KEEPER, now=LATER.replace(microsecond=123_456)))
    assert any(data.startswith(b"%PDF") for data in found.values())


async def test_an_organisation_is_its_own_and_its_meetings(held: Archive) -> None:
    seen: list[tuple[int, int]] = []
    made = files.of_organisation(held.db, OWN, actor=KEEPER, now=LATER, progress=lambda *done: seen.append(done))
    found = {name: data async for name, data in made}
    assert list(found)[:2] == ["organisation.json", "organisation.pdf"]
    assert sum(name.startswith("7F3K-2MQ/") for name in found) == 3
    assert seen == [(1, 1)]
    said = json.loads(found["organisation.json"])
    assert {row["organisation_id"] for row in said["rows"]["unit"]} == {str(OWN)}
    with pytest.raises(files.TooManyMeetingsError):
        async for _ in files.of_organisation(held.db, OWN, actor=KEEPER, now=LATER, most=0):
            pass


async def test_it_is_for_who_disposes_for_the_keeper(held: Archive) -> None:
    other = replace(KEEPER, organisation_id=HOME_CARE.organisation_id)
    staff = Actor(ActorKind.USER, "y", "Y", role=Role.COORDINATOR, organisation_id=OWN)
    for actor, error in ((other, NotFoundError), (staff, ForbiddenError)):
        with pytest.raises(error):
            await exporting.meeting(held.db, held.first, actor=actor, now=LATER)
        with pytest.raises(error):
            await exporting.organisation(held.db, OWN, actor=actor, now=LATER)
    with pytest.raises(NotFoundError):
        await exporting.meeting(held.db, ident("nothing"), actor=KEEPER, now=LATER)


async def test_what_is_not_sealed_has_no_proof(town: Town, db: Database) -> None:
    meeting = await town.call()
    found = await files.of_meeting(db, meeting, actor=KEEPER, now=LATER)
    assert [Path(name).suffixes for name, _ in found] == [[".pdf"], [".json"]]
