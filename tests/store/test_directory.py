"""The directory as rows, and the rosters made of it."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from sip.domain.agreement import RuleSet
from sip.domain.people import Person, Role
from sip.store import agreements, cases, directory
from sip.store.aggregates import rosters
from sip.store.directory import AddressRecord, PersonRecord, RoleRecord
from tests.domain.cast import AGREEMENT, AL, ALL, CARE_CENTRE, CONVENER, HOME_CARE, at, ident
from tests.store.town import CASE, Town
from tests.tester import TESTER

NOW = at("2026-11-02 10:00")


async def test_a_roster_is_the_cast_as_it_was_written(town: Town) -> None:
    async with town.db.transaction(TESTER) as conn:
        found = await rosters.rosters(conn, [*ALL, uuid4()], NOW)
    assert found.keys() == ALL.keys()
    for unit, wanted in ALL.items():
        assert replace(found[unit], organisation_emails=frozenset()) == wanted
        assert set(wanted.addresses) <= found[unit].organisation_emails
    assert "mona@al.example" in found[HOME_CARE.unit_id].organisation_emails
    assert "vc@region.example" not in found[HOME_CARE.unit_id].organisation_emails


async def test_dates_are_kept(town: Town) -> None:
    unit = HOME_CARE.unit_id
    async with town.db.transaction(TESTER) as conn:
        await directory.replace_addresses(
            conn,
            [unit],
            [
                AddressRecord(unit, 0, "gammal@al.example", valid_to=date(2026, 11, 1)),
                AddressRecord(unit, 1, "ny@al.example", valid_from=date(2026, 11, 2)),
                AddressRecord(unit, 2, "sen@al.example", valid_from=date(2026, 11, 3)),
            ],
        )
        await directory.replace_closed_days(conn, [unit], [(unit, date(2026, 11, 9)), (unit, date(2025, 1, 9))])
        found = (await rosters.rosters(conn, [unit], NOW))[unit]
    assert found.addresses == ("ny@al.example",)
    assert found.closed_days == frozenset({date(2026, 11, 9)})


async def test_a_dated_deputy_stands_before_the_manager(town: Town) -> None:
    dora = PersonRecord(uuid4(), HOME_CARE.organisation_id, "Dora", "dora@al.example")
    dated = RoleRecord(
        uuid4(), dora.id, Role.DEPUTY, HOME_CARE.unit_id, valid_from=date(2026, 11, 1), valid_to=date(2026, 11, 8)
    )
    async with town.db.transaction(TESTER) as conn:
        await directory.upsert_persons(conn, [dora])
        await directory.upsert_roles(conn, [dated])
        now = (await rosters.rosters(conn, [HOME_CARE.unit_id], NOW))[HOME_CARE.unit_id]
        after = (await rosters.rosters(conn, [HOME_CARE.unit_id], at("2026-11-09 10:00")))[HOME_CARE.unit_id]
    assert [p.name for p in now.managers] == ["Dora", "Mona Chef"]
    assert [p.name for p in after.managers] == ["Mona Chef"]


async def test_the_nearest_scope_counts(town: Town) -> None:
    boss = PersonRecord(uuid4(), HOME_CARE.organisation_id, "Bo Länschef", "bo@al.example")
    unit = HOME_CARE.unit_id
    async with town.db.transaction(TESTER) as conn:
        await directory.upsert_persons(conn, [boss])
        await directory.upsert_roles(conn, [RoleRecord(uuid4(), boss.id, Role.HEAD_OF_OPERATIONS, principal_id=AL)])
        kept = (await rosters.rosters(conn, [unit], NOW))[unit]
        own = [r for r in await directory.roles(conn, unit_id=unit) if r.role is Role.HEAD_OF_OPERATIONS]
        await directory.delete_roles(conn, [r.id for r in own])
        fallen = (await rosters.rosters(conn, [unit], NOW))[unit]
    assert [p.name for p in kept.heads] == ["Helge Topp"]
    assert fallen.heads == (Person("Bo Länschef", "bo@al.example"),)


async def test_archived_units_and_lists(town: Town) -> None:
    async with town.db.transaction(TESTER) as conn:
        (unit,) = await directory.units(conn, words="EKEN")
        assert unit.id == CARE_CENTRE.unit_id
        await directory.upsert_units(conn, [replace(unit, archived_at=NOW)])
        assert await directory.units(conn, words="eken", open_at=NOW) == []
        assert len(await directory.units(conn, words="eken", open_at=NOW - timedelta(seconds=1))) == 1
        assert len(await directory.units(conn, words="eken")) == 1
        assert (await rosters.rosters(conn, [unit.id], NOW))[unit.id].closed_by(NOW)
        first = await directory.units(conn, open_at=NOW, limit=2)
        rest = await directory.units(conn, open_at=NOW, after=first[-1].id)
        assert len(first) + len(rest) == len(ALL) - 1


async def test_a_version_of_an_agreement_never_changes(town: Town) -> None:
    other = replace(AGREEMENT, rules=RuleSet(name="Länsavtalet", minimum_notice=9))
    async with town.db.transaction(TESTER) as conn:
        await agreements.keep(conn, [AGREEMENT])
        with pytest.raises(agreements.AgreementVersionTaken, match="raise the version number"):
            await agreements.keep(conn, [other])
        second = replace(other, version=2)
        await agreements.keep(conn, [second])
        assert await agreements.all_agreements(conn) == (AGREEMENT, second)


async def test_consent_is_told_and_numbers_are_private(town: Town) -> None:
    async with town.db.transaction(TESTER) as conn:
        case = await cases.get(conn, CASE, lock=True)
        assert case is not None
        limited = replace(case, consent_limited=True, consent_until=date(2027, 1, 1))
        await cases.save(conn, limited, [HOME_CARE.organisation_id])
        facts = (await cases.facts(conn, [CASE]))[CASE]
        assert facts.covers(HOME_CARE.organisation_id, date(2026, 12, 1))
        assert not facts.covers(HOME_CARE.organisation_id, date(2027, 1, 2))
        assert not facts.covers(ident("other"), date(2026, 12, 1))
        await cases.save(conn, replace(limited, consent_withdrawn_at=NOW))
        assert not (await cases.facts(conn, [CASE]))[CASE].consent
        await cases.set_record_number(conn, CASE, HOME_CARE.unit_id, "dnr 1")
        assert await cases.record_number(conn, CASE, HOME_CARE.unit_id) == "dnr 1"
        assert await cases.record_number(conn, CASE, CONVENER.unit_id) is None
        found = await cases.by_reference(conn, "7f3k-2mq")
        assert found is not None
        assert found.id == CASE
    assert cases.new_reference() != cases.new_reference()
