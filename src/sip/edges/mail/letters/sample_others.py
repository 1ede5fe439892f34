"""Samples of mails that tell of no meeting: a barrier, a renewal, an endpoint, a seal; and of what is protected."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sip.domain import barrier, endpoint, renewal, seal_mail, subscription
from sip.domain.agenda import AgendaItem, Group, GroupKind, Inquiry, ItemPurpose, ItemSource, ItemState, Preparation
from sip.domain.agreement import Agreement, RuleSet
from sip.domain.asking import asking, lifting
from sip.domain.effects import AnyMail, Mail, Notice, NoticeKind
from sip.domain.group import (
    GroupSeat,
    GroupState,
    Mandate,
    SeatBody,
    SeatFunction,
    SeatTerm,
    Sitter,
    StandingGroup,
    StandingKind,
)
from sip.domain.inquiring import inquiry_mail
from sip.domain.inviting import entry, reminder
from sip.domain.merkle import leaf_hash
from sip.domain.people import Address, Answerer, Language
from sip.domain.preparing import preparation_mail
from sip.domain.protected import neutral
from sip.domain.referring import told_of
from sip.domain.sealing import NO_HEAD, DayHead
from sip.domain.sitting import (
    GroupSitting,
    SeatInvitation,
    SittingPlace,
    SittingRole,
    SittingSeat,
    SittingState,
)
from sip.domain.subscription import GroupNews
from sip.domain.thanks import Praised, quarter_before, thanks


def to_administrators(to: Address, made_up: UUID, now: datetime) -> Iterator[Notice]:
    """To one who administers the service, and to one who keeps its seals; `made_up` stands for any id."""
    yield barrier.told(made_up, made_up, to, now)
    yield _renewal(to, made_up, now)
    yield endpoint.told_off(made_up, "Journalen", endpoint.OffBecause.FAILING, made_up, to, now)
    head = DayHead(now.date(), 0, 1240, leaf_hash(b""), NO_HEAD, now, now, bytes(32))
    yield replace(seal_mail.told(head, to.email, now), to=to)


def of_boards(unit: Address, made_up: UUID, now: datetime) -> Iterator[Notice]:
    """To a unit that is to do what its board has decided."""
    detail = {"item": str(made_up), "area": "Nordväst", "reminders": "0"}
    yield Notice(
        f"resolution/{unit.language}", NoticeKind.RESOLUTION_DUE, unit, made_up, unit.name, now, now, now, detail=detail
    )


def of_references(to: Address, made_up: UUID, now: datetime) -> Iterator[Notice]:
    """To who keeps the agenda of a made-up programme area."""
    names = (
        ("LPO psykisk hälsa", "RPO psykisk hälsa") if to.language is Language.SV else ("Local area", "Regional area")
    )
    group = Group(made_up, GroupKind.STANDING_GROUP, None, made_up, names[0])
    item = AgendaItem(made_up, group, "", "", ItemPurpose.DECISION, ItemSource.REFERRED, ItemState.WAITING, now)
    yield from told_of(item, NoticeKind.REFERENCE_CAME, names[1], [Answerer(to, made_up)], now)
    yield from told_of(item, NoticeKind.REFERENCE_ANSWERED, names[1], [Answerer(to, made_up)], now)


def to_managers(to: Address, made_up: UUID, now: datetime) -> Iterator[Notice]:
    """To the manager of two units that others were grateful to."""
    said = (("Hemtjänsten Al", "Vårdcentralen Eken"), ("Hemtjänsten Al", "Skolan Al"), ("Boendet Al", "Skolan Al"))
    praised = [Praised(made_up, unit, by) for unit, by in said]
    yield thanks(quarter_before(now.date()), to, praised, now)


def to_followers(to: Address, made_up: UUID, now: datetime) -> Iterator[Notice]:
    """To somebody who is asked whether she wants news of a made-up network, and gets a week's of two groups."""
    swedish = to.language is Language.SV
    name = "Chefsnätverk barn och unga" if swedish else "Managers' network for children"
    other = "Vårdsrådet" if swedish else "Care council"
    said = (
        ("Läkare på SIP-möten", "Vårdcentralen kommer, eller säger vem som kommer i stället.")
        if swedish
        else ("Doctors at SIP meetings", "The care centre comes, or says who comes instead.")
    )
    start = now + timedelta(days=92)
    none = replace(to, name="")
    yield subscription.ask(none, name, now)
    one = GroupNews(made_up, name, ((now.date() - timedelta(days=3), *said),), ((start, start + timedelta(hours=2)),))
    two = GroupNews(made_up, other, (), ((start, start + timedelta(hours=3)),))
    yield subscription.digest(none, (one, two), now.date(), now)


def of_groups(to: Address, made_up: UUID, now: datetime) -> Iterator[Notice]:
    """To a body that appoints to two seats of a made-up network, and to one who answers for its principal; and of its
    sittings.
    """
    swedish = to.language is Language.SV
    board = "Socialnämnden" if swedish else "Social services board"
    body = SeatBody(made_up, "Al kommun", board, "socialnamnden@al.example")
    text = "arbetar med barn och unga" if swedish else "works with children and young people"
    term = SeatTerm(1, made_up, body.principal, board, Sitter(made_up), now.date(), now.date() + timedelta(60), now)
    seats = (
        GroupSeat(1, SeatFunction.IFO_MANAGER, text, (body,), now, terms=(term,)),
        GroupSeat(2, SeatFunction.RECTOR, "", (body,), now),
    )
    name = "Chefsnätverk barn och unga" if swedish else "Managers' network for children"
    kind, stands = StandingKind.MANAGERS_NETWORK, GroupState.STANDING
    group = StandingGroup(made_up, kind, name, Mandate(""), stands, now, seats=seats)
    yield from (replace(one, to=replace(one.to, language=to.language)) for one in asking(group, seats, now))
    yield from lifting(group, seats, {made_up: (Answerer(to, made_up),)}, now)
    yield from of_sittings(replace(to, name=""), made_up, now)
    yield from of_references(to, made_up, now)
    yield from to_followers(to, made_up, now)


def of_sittings(to: Address, made_up: UUID, now: datetime) -> Iterator[Notice]:
    """To who sits in a made-up network, of one of its sittings: called, moved, reminded, cancelled, and let go; and to
    her substitute.
    """
    swedish = to.language is Language.SV
    name, room = ("Chefsnätverk barn och unga", "Sal 2") if swedish else ("Managers' network for children", "Room 2")
    start = now + timedelta(days=92)
    seat = SittingSeat(1, SeatFunction.RECTOR, "", "Al kommun", made_up, made_up)
    place = SittingPlace(room, "https://video.region.example/rum")
    sitting = GroupSitting(
        made_up, made_up, name, SittingState.CALLED, start, start + timedelta(hours=2), place, now, seats=(seat,)
    )  # fmt: skip
    one = SeatInvitation(made_up, 1, made_up, SittingRole.REPRESENTATIVE, 0, True, now)
    yield entry(sitting, replace(one, role=SittingRole.SUBSTITUTE), NoticeKind.SITTING_CALLED, to, now)
    yield entry(sitting, one, NoticeKind.SITTING_CALLED, to, now)
    yield entry(sitting, replace(one, sequence=1), NoticeKind.SITTING_MOVED, to, now)
    yield reminder(sitting, one, to, now)
    board, day = Group(made_up, GroupKind.STANDING_GROUP, name=name), start.date()
    asked = AgendaItem(
        made_up, board, name, "", ItemPurpose.DECISION, ItemSource.BY_HAND, ItemState.LISTED, now, sitting_on=day,
        preparation=Preparation("rektor" if swedish else "head teacher", 1, day - timedelta(days=7)),
    )  # fmt: skip
    yield preparation_mail(asked, to, now)
    inquiry = Inquiry(day, (name,), "", now, now)
    yield inquiry_mail(asked, inquiry, 1, to, now)
    yield inquiry_mail(asked, replace(inquiry, reminded_at=now), 1, to, now)
    gone = replace(one, active=False, sequence=2)
    yield entry(sitting, gone, NoticeKind.SITTING_STOOD_DOWN, to, now)
    reason = "Snöstorm" if swedish else "A snowstorm"
    yield entry(replace(sitting, cancelled_because=reason), gone, NoticeKind.SITTING_CANCELLED, to, now)


def _renewal(to: Address, made_up: UUID, now: datetime) -> Notice:
    """Of a made-up county's agreement, that ends in half a year."""
    name = "Länsöverenskommelse om SIP" if to.language is Language.SV else "County agreement on SIP"
    last, rules = now.date() + timedelta(days=180), RuleSet()
    one = Agreement(made_up, name, 2, False, frozenset({made_up}), frozenset(), now.date(), last, rules, rules)
    return renewal.ask(renewal.Ending(one, made_up, last), 1, to, made_up, "Al kommun", now)


def matters(call: Mail, lift: Mail) -> dict[str, tuple[AnyMail, ...]]:
    """What leaves of these two mails where their meeting is protected: to the unit, to who is asked to help, and to the
    convener herself.
    """
    guarded = replace(call.facts, protected=True)
    convener = replace(call.to, email=guarded.convener_email, name=guarded.convener_person)
    return {
        "matter": (neutral(replace(call, facts=guarded)),),
        "matter-lifted": (neutral(replace(lift, facts=guarded)),),
        "matter-own": (neutral(replace(call, facts=guarded, to=convener)),),
    }
