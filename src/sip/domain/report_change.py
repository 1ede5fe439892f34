"""The working copy of one decision on a deviation report: what is changed, noted and mailed, and to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sip.domain.address import folded
from sip.domain.decision import Decision, Note
from sip.domain.deviation import DeviationReport, DeviationState, ReportSide, Side
from sip.domain.effects import Link, Mail, MailKind, MeetingFacts, Timing
from sip.domain.meeting import Place
from sip.domain.people import Address, Person, Roster
from sip.domain.terms import Form, PlaceKind, Purpose
from sip.domain.values import replace
from sip.domain.working_copy import WorkingCopy

D = DeviationState


@dataclass
class ReportChange(WorkingCopy):
    """The working copy of one decision on a report."""

    report: DeviationReport

    def decision(self) -> Decision:
        return self.decided(self.report)

    def update(self, note: str, *, detail: Mapping[str, str] | None = None, **fields: Any) -> None:
        self.report = replace(self.report, **fields)
        self.notes.append(Note(note, None, detail or {}))

    def roster(self, side: Side) -> Roster:
        found = self.context.rosters.get(side.unit_id)
        return found or Roster(side.unit_id, side.unit_name, side.organisation_id, side.principal_id)

    def mail(self, kind: MailKind, to: Address, timing: Timing, tail: str, **detail: str) -> None:
        report = self.report
        rules = report.rule_set
        name = rules.deviation_name_sv if to.language == "sv" else rules.deviation_name_en
        by_hand = {} if report.automatic else {"reporting": report.reporting.unit_name}
        facts: Mapping[str, str] = {"deviation_name": name, **by_hand, **detail}
        self.effects.append(
            Mail(
                key=f"{report.id}/{report.raisings}/{kind}/{tail}/{to.email}",
                kind=kind,
                to=to,
                facts=report.facts or self._of_no_meeting(),
                dtstamp=self.now,
                party=report.party,
                link=Link.DEVIATION,
                unit=report.receiving.unit_name,
                timing=timing,
                deviation_id=report.id,
                detail=facts,
            )
        )

    def _of_no_meeting(self) -> MeetingFacts:
        """What a mail needs of its report where there is no meeting: what it is called, and who wrote it."""
        report, unit = self.report, self.roster(self.report.reporting)
        return MeetingFacts(
            meeting_id=None, reference=report.reference, start=report.raised_at, end=report.raised_at,
            form=Form.PHYSICAL, place=Place(PlaceKind.HOME), purpose=Purpose.OTHER,
            convener_unit=report.reporting.unit_name, convener_person="", convener_phone=unit.phone or "",
            convener_email="", sequence=0, revision=0,
        )  # fmt: skip

    def to_receiving(self, kind: MailKind, timing: Timing = Timing.NOW, *, tail: str = "", **detail: str) -> None:
        roster = self.roster(self.report.receiving)
        for email in roster.addresses[:1]:
            self.mail(kind, Address(email, roster.name, roster.language), timing, tail, **detail)

    def to_reporting(self, kind: MailKind, timing: Timing = Timing.NOW, *, tail: str = "", **detail: str) -> None:
        """The convener; where a called unit reports the convener's side, that unit's mailbox."""
        facts = self.report.facts
        if facts is not None and not self.report.by_called_unit:
            to = Address(facts.convener_email, facts.convener_person)
            self.mail(kind, to, timing, tail, **detail)
            return
        roster = self.roster(self.report.reporting)
        for email in roster.addresses[:1]:
            self.mail(kind, Address(email, roster.name, roster.language), timing, tail, **detail)

    def to_side(
        self, side: ReportSide, kind: MailKind, timing: Timing = Timing.NOW, *, tail: str = "", **detail: str
    ) -> None:
        """One of the two units, where it is reached about the report."""
        if side is ReportSide.RECEIVING:
            self.to_receiving(kind, timing, tail=tail, **detail)
        else:
            self.to_reporting(kind, timing, tail=tail, **detail)

    def to_people(
        self, people: tuple[Person, ...], kind: MailKind, timing: Timing, *, tail: str = "", **detail: str
    ) -> bool:
        """Each with an address once; False where nobody has one. `tail` tells this occasion from others."""
        there = {folded(person.email): person for person in people if person.email}
        tail += str(self.report.dispute_steps) if self.report.state is DeviationState.DISPUTED else ""
        for person in there.values():
            self.mail(kind, Address(person.email or "", person.name), timing, tail, **detail)
        return bool(there)
