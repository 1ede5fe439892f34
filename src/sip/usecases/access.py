"""Who may do what: acts by role, within the actor's scope (unit, else organisation, else principal, else everything).

The law of this file: it is the one place where roles are turned into permission, as the table says
(`sip.usecases.acts`). What an actor may not see is not there (NotFoundError); what she sees and may not touch is
forbidden (ForbiddenError). Mail evidence and the engine come with a token or a timer that has been checked before, and
may do what that token is for.
"""

from uuid import UUID

from sip.domain.agenda import AgendaItem, Group, GroupKind, Resolution, Within
from sip.domain.deviation import DeviationReport, DeviationState, ReportSide, Side
from sip.domain.group import GroupSeat, StandingGroup
from sip.domain.meeting import Meeting, Party
from sip.domain.terms import MeetingState, Obligation
from sip.store.directory import StaffOf
from sip.store.seen.scope import Scope, ScopeKind
from sip.usecases.actor import Actor, ActorKind, user_of
from sip.usecases.acts import MAY, TABLE, Act, Where
from sip.usecases.problems import ForbiddenError, NotFoundError

__all__ = ["MAY", "Act"]

_BY_MAIL = frozenset(
    {
        Act.READ_MEETINGS,
        Act.ANSWER,
        Act.RECORD,
        Act.CONVENE,
        Act.ANSWER_DEVIATION,
        Act.SETTLE_DEVIATION,
        Act.DISCUSS_DEVIATION,
        Act.RAISE_DEVIATION,
    }
)


def require_role(actor: Actor, act: Act) -> None:
    """Raise ForbiddenError unless the actor's role may do this anywhere at all; what is there once for the whole
    installation, unless she has that in her scope.
    """
    if actor.kind is ActorKind.ENGINE or (actor.kind is ActorKind.MAIL and act in _BY_MAIL):
        return
    if not has_role(actor, act):
        raise ForbiddenError(MAY[act], act)


def has_role(actor: Actor, act: Act) -> bool:
    """Whether her role may do this at all, as a menu asks. Of her place it is asked only whether she has the whole
    installation, for what is there once for all, or a unit, for what is a unit's own.
    """
    rule = TABLE[act]
    if actor.role not in rule.roles:
        return False
    if rule.where is Where.INSTALLATION:
        return everywhere(actor)
    return rule.where is not Where.OWN_UNIT or actor.unit_id is not None


def scope_of(actor: Actor) -> Scope:
    """Whose rows lists show the actor; row-level security shows no others (`Actor.scope`)."""
    return actor.scope


def everywhere(actor: Actor) -> bool:
    """Whether the actor's scope is the whole installation."""
    return scope_of(actor).kind is ScopeKind.EVERYTHING


def place_of(actor: Actor) -> StaffOf | None:
    """The narrowest part of the actor's scope; None where it is the whole installation."""
    if everywhere(actor):
        return None
    if actor.unit_id is not None:
        return "unit", actor.unit_id
    if actor.organisation_id is not None:
        return "organisation", actor.organisation_id
    assert actor.principal_id is not None
    return "principal", actor.principal_id


def covers(actor: Actor, unit_id: UUID, organisation_id: UUID, principal_id: UUID) -> bool:
    """Whether this unit lies within the actor's scope."""
    scope = scope_of(actor)
    if scope.kind is ScopeKind.EVERYTHING:
        return True
    return scope.place is not None and scope.places() in (
        (unit_id, None, None), (None, organisation_id, None), (None, None, principal_id),
    )  # fmt: skip


def covers_principal(actor: Actor, principal_id: UUID) -> bool:
    """Whether the whole principal lies within the actor's scope."""
    place = place_of(actor)
    return place is None or place == ("principal", principal_id)


def convenes(actor: Actor, meeting: Meeting) -> bool:
    """Whether the convener's side is the actor's."""
    own = meeting.convener
    return covers(actor, own.unit_id, own.organisation_id, own.principal_id)


def has_party(actor: Actor, party: Party) -> bool:
    """Whether the party's unit is the actor's."""
    return covers(actor, party.unit_id, party.organisation_id, party.principal_id)


def sees(actor: Actor, meeting: Meeting) -> bool:
    """Whether the meeting is there for the actor: as convener's side, or as a called unit once it was called. A
    protected one, only if she is named in it.
    """
    if scope_of(actor).no_meeting or (meeting.protected and not is_named(actor, meeting)):
        return False
    if convenes(actor, meeting):
        return True
    called = meeting.called_at is not None and meeting.state is not MeetingState.DRAFT
    others = (p for p in meeting.parties if p.obligation is not Obligation.CONVENING)
    return called and any(has_party(actor, p) and not p.removed for p in others)


def is_named(actor: Actor, meeting: Meeting) -> bool:
    """Whether a protected meeting is for this user, of those in her scope: she is named in it, or she heads the unit
    that her scope is (rules, section 13). Never for a program.
    """
    scope = scope_of(actor)
    return scope.service or scope.heads or user_of(actor) in {one.user_id for one in meeting.named}


def require_meeting(actor: Actor, meeting: Meeting | None, act: Act = Act.READ_MEETINGS) -> Meeting:
    """The meeting, if the actor sees it and her role may do this; acts of the convener's side take that side.

    Raises NotFoundError or ForbiddenError.
    """
    if meeting is None or not sees(actor, meeting):
        raise NotFoundError("meeting")
    require_role(actor, act)
    if TABLE[act].where is Where.CONVENING and not convenes(actor, meeting):
        raise ForbiddenError(MAY[act], act)
    return meeting


def require_party(actor: Actor, meeting: Meeting | None, ordinal: int, act: Act = Act.ANSWER) -> Party:
    """A party of a meeting that the actor may act for: her own unit's, or any of a meeting her side convenes.

    Raises NotFoundError for any other.
    """
    found = require_meeting(actor, meeting)
    try:
        party = found.party(ordinal)
    except KeyError:
        raise NotFoundError("party") from None
    if not (has_party(actor, party) or convenes(actor, found)):
        raise NotFoundError("party")
    require_role(actor, act)
    return party


def on_side(actor: Actor, side: Side) -> bool:
    """Whether one of a report's two sides is the actor's."""
    return covers(actor, side.unit_id, side.organisation_id, side.principal_id)


def sees_deviation(actor: Actor, report: DeviationReport, *, named: bool = False) -> bool:
    """During the hearing only the two units see it, and no manager above (rules, section 8 D1); then their principals.

    A board member sees what is closed, and what the units have forwarded to it (D5). One of a protected meeting is for
    who sees that: who heads a unit of it, and whoever is `named` in it.
    """
    scope = scope_of(actor)
    if report.protected and not (named or scope.heads or scope.service):
        return False
    if scope.audits or not any(on_side(actor, side) for side in (report.reporting, report.receiving)):
        return False
    if scope.board:
        return report.state in (DeviationState.CLOSED, DeviationState.FORWARDED)
    return report.state is not DeviationState.HEARING or scope.kind is ScopeKind.UNIT or scope.hearings


def require_deviation(
    actor: Actor, report: DeviationReport | None, act: Act = Act.READ_DEVIATIONS, *, named: bool = False
) -> DeviationReport:
    """The report, if the actor sees it and may do this: the absent side answers, the reporting side settles, either
    writes and takes measures (`side_of`). `named`: she is named in its meeting.

    Raises NotFoundError or ForbiddenError.
    """
    if report is None or not sees_deviation(actor, report, named=named):
        raise NotFoundError("deviation")
    require_role(actor, act)
    sides = {Where.REPORTING: report.reporting, Where.RECEIVING: report.receiving}
    if (side := sides.get(TABLE[act].where)) is not None and not on_side(actor, side):
        raise ForbiddenError(MAY[act], act)
    return report


def side_of(actor: Actor, report: DeviationReport) -> ReportSide:
    """For which of the two units the actor speaks: for the reporting one where she may speak for both.

    Raises NotFoundError where she speaks for neither.
    """
    for side in ReportSide:
        if on_side(actor, report.side(side)):
            return side
    raise NotFoundError("deviation")


def sees_group(actor: Actor, group: Group, within: Within) -> bool:
    """Whether the group's agenda is in view: of an area in which units of the scope lie, the county's board; or of a
    standing group of a county in which it lies, or of several.
    """
    scope = scope_of(actor)
    if scope.audits or scope.kind is ScopeKind.NOTHING:
        return False
    if scope.kind is ScopeKind.EVERYTHING:
        return True
    if group.county_id is not None:
        return group.county_id in within.counties
    return group.area is None or group.area in within.areas


def keeps_agenda(actor: Actor, group: Group, within: Within) -> bool:
    """Whether the actor keeps the group's agenda: a board's who keeps agendas and sees it, any other who keeps the
    group.
    """
    if group.kind is GroupKind.STANDING_GROUP:
        return sees_group(actor, group, within) and keeps_standing(actor, group.county_id, within.counties)
    return has_role(actor, Act.KEEP_AGENDA) and sees_group(actor, group, within)


def owns(actor: Actor, resolution: Resolution) -> bool:
    """Whether a unit of the actor's scope is to do what was decided."""
    unit = resolution.unit
    return unit is not None and on_side(actor, unit) and not scope_of(actor).audits


def sees_item(actor: Actor, item: AgendaItem, within: Within) -> bool:
    """Whether the item is there for the actor: by its group, or by a decision that a unit of hers is to do. As
    `Seen.item`, which asks the directory itself.
    """
    return sees_group(actor, item.group, within) or any(owns(actor, one) for one in item.resolutions)


def require_group(actor: Actor, group: Group, act: Act, within: Within) -> Group:
    """The group, if the actor sees its agenda and may do this. Raises NotFoundError or ForbiddenError."""
    if act is not Act.KEEP_AGENDA or group.kind is not GroupKind.STANDING_GROUP:
        require_role(actor, act)
    if not sees_group(actor, group, within):
        raise NotFoundError("group")
    if act is Act.KEEP_AGENDA and not keeps_agenda(actor, group, within):
        raise ForbiddenError(MAY[act], act)
    return group


def require_item(actor: Actor, item: AgendaItem | None, act: Act, within: Within) -> AgendaItem:
    """The item, if the actor sees it and may do this: who keeps an agenda keeps those of the groups that she sees.

    Raises NotFoundError or ForbiddenError.
    """
    if item is None or not sees_item(actor, item, within):
        raise NotFoundError("item")
    if act is Act.KEEP_AGENDA:
        if not keeps_agenda(actor, item.group, within):
            raise ForbiddenError(MAY[act], act)
        return item
    require_role(actor, act)
    return item


def require_resolution(actor: Actor, item: AgendaItem | None, number: int, within: Within) -> AgendaItem:
    """The item, if the actor may say what came of its decision of this number: who keeps the agenda, of all of them;
    who heads a unit, of what that is to do. Raises NotFoundError or ForbiddenError.
    """
    act = Act.FOLLOW_RESOLUTION
    if item is not None and keeps_agenda(actor, item.group, within):
        return item
    found = require_item(actor, item, act, within)
    if not any(one.number == number and owns(actor, one) for one in found.resolutions):
        raise ForbiddenError(MAY[act], act)
    return found


def sees_standing(actor: Actor, group: StandingGroup, counties: frozenset[UUID]) -> bool:
    """Whether a standing group is in view: of several counties, or of one of `counties`, in which the scope lies."""
    scope = scope_of(actor)
    if scope.audits or scope.kind is ScopeKind.NOTHING:
        return False
    return scope.kind is ScopeKind.EVERYTHING or group.county_id is None or group.county_id in counties


def keeps_standing(actor: Actor, county_id: UUID | None, counties: frozenset[UUID]) -> bool:
    """Whether the actor founds and keeps standing groups of this county, None: of several."""
    return has_role(actor, Act.KEEP_GROUPS) and (everywhere(actor) or county_id in counties)


def appoints(actor: Actor, seat: GroupSeat) -> bool:
    """Whether the actor answers for the principal whose turn it is to fill the seat."""
    body = seat.asks
    return body is not None and has_role(actor, Act.APPOINT) and covers_principal(actor, body.principal_id)


def require_standing(
    actor: Actor, group: StandingGroup | None, act: Act, counties: frozenset[UUID], seat: int | None = None
) -> StandingGroup:
    """The group, if the actor sees it and may do this: who keeps it, and of a seat who answers for its principal.

    Raises NotFoundError or ForbiddenError.
    """
    if group is None or not has_role(actor, Act.READ_GROUPS) or not sees_standing(actor, group, counties):
        raise NotFoundError("group")
    if act is Act.READ_GROUPS or keeps_standing(actor, group.county_id, counties):
        return group
    found = None if seat is None else group.seat(seat)
    if act is Act.APPOINT and found is not None and appoints(actor, found):
        return group
    raise ForbiddenError(MAY[act], act)
