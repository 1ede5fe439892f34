"""A decision being made: the meeting as it becomes, and what is wanted done. Lives within one call of `decide`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sip.domain.agreement import Rung
from sip.domain.decision import Context, Decision, Note, Reason
from sip.domain.effects import DropAsks, Effect, ForDeviation, Link, Mail, MailKind, MeetingFacts, Method, Timing, Told
from sip.domain.meeting import Attendee, Claim, Invitation, Meeting, Party, Round
from sip.domain.people import Address, Roster
from sip.domain.terms import Obligation
from sip.domain.values import replace
from sip.domain.worktime import Worktime, discharge_time, office_time


class Refusal(Exception):  # noqa: N818 - a refusal is no error of the program
    """A command that cannot be; caught in `decide` alone and returned as `Refused`."""

    def __init__(self, reason: Reason, **detail: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def said(text: str) -> str:
    """What was said, as it is kept. Raises Refusal for nothing."""
    if not text.strip():
        raise Refusal(Reason.REASON_MISSING)
    return text.strip()


def worktime_of(meeting: Meeting, party: Party) -> Worktime:
    """The party's own working time in this round (rules, section 4 T1, T2)."""
    if meeting.discharge:
        return discharge_time()
    rules = party.rule_set
    this = party.round
    closed = this.closed_days if this is not None and not this.closed_days_ignored else frozenset()
    return office_time(closed, rules.half_days, rules.half_day_closes)


def _begun(party: Party) -> Round:
    if party.round is None:
        raise Refusal(Reason.WRONG_STATE)
    return party.round


class Change:
    """The working copy. Everything read from it is already changed; nothing of it outlives the decision."""

    def __init__(self, meeting: Meeting, context: Context) -> None:
        self.meeting = meeting
        self.context = context
        self.now: datetime = context.now
        self.effects: list[Effect] = []
        self.notes: list[Note] = []

    def decision(self) -> Decision:
        return Decision(self.meeting, tuple(self.effects), tuple(self.notes))

    # -- state

    def update(self, **fields: Any) -> None:
        self.meeting = replace(self.meeting, **fields)

    def party(self, ordinal: int) -> Party:
        """The party, which must be there. Raises Refusal(NOT_FOUND)."""
        try:
            return self.meeting.party(ordinal)
        except KeyError:
            raise Refusal(Reason.NOT_FOUND, what="party") from None

    def put(self, party: Party) -> Party:
        parties = list(self.meeting.parties)
        for n, there in enumerate(parties):
            if there.ordinal == party.ordinal:
                parties[n] = party
                break
        else:
            parties.append(party)
        self.update(parties=tuple(parties))
        return party

    def set_party(self, ordinal: int, **fields: Any) -> Party:
        return self.put(replace(self.meeting.party(ordinal), **fields))

    def round(self, ordinal: int) -> Round:
        """The party's current round, which must have begun. Raises Refusal(WRONG_STATE)."""
        return _begun(self.party(ordinal))

    def set_round(self, ordinal: int, **fields: Any) -> Party:
        party = self.party(ordinal)
        return self.put(replace(party, round=replace(_begun(party), **fields)))

    def attendee(self, ordinal: int, attendee: int) -> Attendee:
        """The party's attendee, who must be there. Raises Refusal(NOT_FOUND)."""
        for person in self.party(ordinal).attendees:
            if person.ordinal == attendee:
                return person
        raise Refusal(Reason.NOT_FOUND, what="attendee")

    def put_attendee(self, ordinal: int, attendee: Attendee) -> Attendee:
        party = self.party(ordinal)
        if any(a.ordinal == attendee.ordinal for a in party.attendees):
            people = tuple(attendee if a.ordinal == attendee.ordinal else a for a in party.attendees)
        else:
            people = (*party.attendees, attendee)
        self.put(replace(party, attendees=people))
        return attendee

    def put_invitation(self, invitation: Invitation) -> Invitation:
        others = self.meeting.invitations
        if any(i.ordinal == invitation.ordinal for i in others):
            invitations = tuple(invitation if i.ordinal == invitation.ordinal else i for i in others)
        else:
            invitations = (*others, invitation)
        self.update(invitations=invitations)
        return invitation

    def claim(self, ordinal: int) -> Claim:
        """The claim, which must be there. Raises Refusal(NOT_FOUND)."""
        for claim in self.meeting.claims:
            if claim.ordinal == ordinal:
                return claim
        raise Refusal(Reason.NOT_FOUND, what="claim")

    def put_claim(self, claim: Claim) -> Claim:
        others = self.meeting.claims
        if any(c.ordinal == claim.ordinal for c in others):
            claims = tuple(claim if c.ordinal == claim.ordinal else c for c in others)
        else:
            claims = (*others, claim)
        self.update(claims=claims)
        return claim

    def unit_invitation(self, ordinal: int) -> Invitation | None:
        """The unit's own invitation in use, if any."""
        for invitation in reversed(self.meeting.invitations):
            if invitation.party == ordinal and invitation.attendee is None and invitation.active:
                return invitation
        return None

    # -- the world

    def roster(self, unit_id: UUID) -> Roster:
        """Who can be reached at the unit now. Raises Refusal(UNKNOWN_UNIT)."""
        roster = self.context.rosters.get(unit_id)
        if roster is None:
            raise Refusal(Reason.UNKNOWN_UNIT)
        return roster

    def roster_or_empty(self, party: Party) -> Roster:
        """The roster, or an empty one: time and mail must never fail for a gap in the directory."""
        found = self.context.rosters.get(party.unit_id)
        return found or Roster(party.unit_id, party.unit_name, party.organisation_id, party.principal_id)

    def worktime(self, ordinal: int) -> Worktime:
        return worktime_of(self.meeting, self.party(ordinal))

    # -- what is wanted done

    def note(self, kind: str, party: int | None = None, **detail: str) -> None:
        self.notes.append(Note(kind, party, detail))

    def drop_asks(self, party: int | None, attendee: int | None = None) -> None:
        """Asks still waiting are moot; rungs that waited for them are settled now (rules, section 5 L1)."""
        self.effects.append(DropAsks(party, attendee))
        if party is None or attendee is not None:
            return
        this = self.party(party).round
        if this is not None and any(r.pending for r in this.rungs):
            settled = tuple(
                replace(r, pending=frozenset(), settled_at=self.now) if r.pending else r for r in this.rungs
            )
            self.set_round(party, rungs=settled)

    def for_deviation(self, deviation: UUID, event: object) -> None:
        self.effects.append(ForDeviation(deviation, event))

    def facts(self, party: Party | None) -> MeetingFacts:
        shown = party is not None and party.rule_set.show_other_units
        return facts_of(self.meeting, party if shown else None)

    def request(
        self,
        invitation: Invitation,
        kind: MailKind,
        method: Method,
        *,
        rung: Rung | None = None,
        ask: bool = False,
        link: Link | None = Link.ANSWER,
        again: str = "",
        detail: Mapping[str, str] | None = None,
    ) -> Mail:
        """A calendar mail to one invitation; its key holds SEQUENCE and revision, so that none is sent twice.

        `again` tells apart what may rightly be sent once more.
        """
        party = self.party(invitation.party)
        person = None if invitation.attendee is None else self.attendee(party.ordinal, invitation.attendee)
        number = _begun(party).number
        tail = f"{number}.{invitation.sequence}.{self.meeting.revision}/{kind}" + (f"/{rung}" if rung else "")
        tail += f"/{again}" if again else ""
        mail = Mail(
            key=f"{self.meeting.id}/i{invitation.ordinal}/{tail}",
            kind=kind,
            to=Address(invitation.email, person.name if person else party.unit_name, party.language),
            facts=self.facts(party),
            dtstamp=self.now,
            method=method,
            invitation=invitation.ordinal,
            sequence=invitation.sequence,
            party=party.ordinal,
            attendee=invitation.attendee,
            round=number,
            rung=rung,
            ask=ask,
            link=link if method is Method.REQUEST else None,
            unit=party.unit_name,
            identity_channel=party.identity.channel if party.identity else None,
            copy_of=invitation.copy_of,
            detail={"obligation": _obligation(party), **(detail or {})},
        )
        self.effects.append(mail)
        return mail

    def notice(
        self,
        kind: MailKind,
        to: Address,
        *,
        tail: str,
        party: int | None = None,
        attendee: int | None = None,
        rung: Rung | None = None,
        ask: bool = False,
        link: Link | None = None,
        timing: Timing = Timing.NOW,
        deviation: UUID | None = None,
        facts: MeetingFacts | None = None,
        detail: Mapping[str, str] | None = None,
    ) -> Mail:
        """An ordinary mail. `tail` with kind, party, round and address makes the key; `facts` None: the meeting's."""
        whose = None if party is None else self.party(party)
        # A draft asks for times before any round has begun.
        number = 0 if whose is None or whose.round is None else whose.round.number
        mail = Mail(
            key=f"{self.meeting.id}/p{party}/{number}/{kind}/{tail}/{to.email}",
            kind=kind,
            to=to,
            facts=facts or self.facts(whose),
            dtstamp=self.now,
            party=party,
            attendee=attendee,
            round=number,
            rung=rung,
            ask=ask,
            link=link,
            unit=whose.unit_name if whose else None,
            identity_channel=whose.identity.channel if whose and whose.identity else None,
            timing=timing,
            deviation_id=deviation,
            detail=detail or {},
        )
        self.effects.append(mail)
        return mail

    def next_tail(self, what: str) -> str:
        """A key for a notice that may rightly be given again."""
        self.update(told=self.meeting.told + 1)
        return f"{what}/{self.meeting.told}"

    def tell_convener(self, what: Told, party: int | None, *, once: str = "", **detail: str) -> None:
        """The convener is told without asking (rules, section 3). `once` names a fact that is told a single time."""
        convener = self.meeting.convener
        to = Address(convener.email, convener.person, convener.language)
        self.notice(
            MailKind.CONVENER_TOLD,
            to,
            tail=f"{what}/{once}" if once else self.next_tail(what),
            party=party,
            link=Link.CONVENER,
            detail={"what": what, **detail},
        )

    def tell_coordinators(self, what: Told, party: int, *, once: str = "", **detail: str) -> None:
        """The coordinators of the party's principal hear of what only the directory can mend (rules, section 4 T4);
        where there is none that can be reached, its administrators.

        `once` names a fact that is told a single time in a round.
        """
        tail = f"{what}/{once}" if once else self.next_tail(what)
        roster = self.roster_or_empty(self.party(party))
        there = [person for person in roster.coordinators if person.email]
        for person in there or roster.administrators:
            if person.email:
                self.notice(
                    MailKind.COORDINATOR_TOLD,
                    Address(person.email, person.name),
                    tail=tail,
                    party=party,
                    detail={"what": what, **detail},
                )

    def unit_address(self, party: Party) -> Address | None:
        """The unit's mailbox in use, else its first address; None where we only watch, or no mailbox works."""
        this = party.round
        if party.other_system is not None or (this is not None and (this.phone_only or this.undeliverable)):
            return None
        invitation = self.unit_invitation(party.ordinal)
        email = invitation.email if invitation else next(iter(self.roster_or_empty(party).addresses), None)
        return Address(email, party.unit_name, party.language) if email else None


def _obligation(party: Party) -> str:
    """As the party itself should read it: released is invited."""
    return Obligation.INVITED if party.released else party.obligation


def facts_of(meeting: Meeting, shown_to: Party | None = None) -> MeetingFacts:
    """The meeting's logistics as they are now; other parties' units only where the agreement shows them."""
    others: tuple[str, ...] = ()
    if shown_to is not None:
        others = tuple(p.unit_name for p in meeting.parties if p.active and p.ordinal != shown_to.ordinal)
    convener = meeting.convener
    return MeetingFacts(
        meeting_id=meeting.id,
        reference=meeting.reference,
        start=meeting.start,
        end=meeting.end,
        form=meeting.form,
        place=meeting.place,
        purpose=meeting.purpose,
        convener_unit=convener.unit_name,
        convener_person=convener.person,
        convener_phone=convener.phone,
        convener_email=convener.email,
        sequence=meeting.sequence,
        revision=meeting.revision,
        other_units=others,
        protected=meeting.protected,
    )
