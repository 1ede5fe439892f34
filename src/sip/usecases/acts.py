"""The table of who may do what, and where: role by act by place. `access` asks it; `docs/access.md` is made from it.

The law of this file: an act that is not here does not exist, and no other place names roles to allow something. What
the words of a place mean for a meeting, a report or a unit is said by `access`, once for each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sip.domain.people import Role


class Act(StrEnum):
    """What is done, as the roles see it."""

    READ_MEETINGS = "read_meetings"
    WATCH_AREA = "watch_area"
    CONVENE = "convene"
    RECORD = "record"
    KEEP_IN_HAND = "keep_in_hand"
    ANSWER = "answer"
    READ_JOURNAL = "read_journal"
    READ_DEVIATIONS = "read_deviations"
    ANSWER_DEVIATION = "answer_deviation"
    SETTLE_DEVIATION = "settle_deviation"
    DISCUSS_DEVIATION = "discuss_deviation"
    RAISE_DEVIATION = "raise_deviation"
    KEEP_CASES = "keep_cases"
    NAME_USERS = "name_users"
    READ_INBOUND = "read_inbound"
    READ_DIRECTORY = "read_directory"
    SEE_OWN_UNIT = "see_own_unit"
    KEEP_STAFFING = "keep_staffing"
    KEEP_UNIT = "keep_unit"
    KEEP_DIRECTORY = "keep_directory"
    KEEP_INSTALLATION = "keep_installation"
    KEEP_PATTERNS = "keep_patterns"
    WATCH_GAPS = "watch_gaps"
    WATCH_UNITS = "watch_units"
    READ_STATISTICS = "read_statistics"
    READ_SITUATIONS = "read_situations"
    KEEP_ANNUAL_REPORT = "keep_annual_report"
    READ_AGENDA = "read_agenda"
    KEEP_AGENDA = "keep_agenda"
    FOLLOW_RESOLUTION = "follow_resolution"
    WATCH_SIGNALS = "watch_signals"
    READ_GROUPS = "read_groups"
    READ_DECISIONS = "read_decisions"
    KEEP_GROUPS = "keep_groups"
    APPOINT = "appoint"
    SET_CLOCK = "set_clock"
    DISPOSE = "dispose"
    KEEP_WEBHOOKS = "keep_webhooks"
    AUDIT = "audit"


class Where(StrEnum):
    """Where an act may be done, of what lies within the actor's scope (her unit, organisation, principal, or all)."""

    IN_VIEW = "in_view"
    """Whatever is in view: meetings that a unit of the scope convenes or is called to, reports between its units."""
    CONVENING = "convening"
    """Meetings that a unit of the scope convenes."""
    PARTY = "party"
    """A party of the scope, and every party of a meeting that the scope convenes."""
    REPORTING = "reporting"
    """Reports that a unit of the scope raised."""
    RECEIVING = "receiving"
    """Reports of a no-show of a unit of the scope."""
    SIDE = "side"
    """Reports of which a unit of the scope is one of the two sides."""
    GROUP = "group"
    """Items of a group whose area a unit of the scope lies in, and of the county's; to be read, also where a unit of
    the scope is to do what was decided."""
    OWNER = "owner"
    """Decisions that a unit of the scope is to do; for who keeps the agenda every one of it."""
    COUNTY = "county"
    """Standing groups of a county in which a unit or principal of the scope lies; those of several counties are read
    there too, and kept only for the whole installation."""
    PLACE = "place"
    """Units, organisations and principals of the scope, and what belongs to them."""
    INSTALLATION = "installation"
    """What is there once for all: only for who has the whole installation in her scope."""
    OWN_UNIT = "own_unit"
    """The one unit that the role is held in."""
    ANYWHERE = "anywhere"
    """The same for everybody: names of units, agreements."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: these roles may, there."""

    roles: frozenset[Role]
    where: Where


R = Role
_ALL = frozenset(Role)
_CONVENING = frozenset({R.CONVENER, R.COORDINATOR, R.ADMINISTRATOR})
_UNIT = frozenset({R.UNIT_STAFF, R.UNIT_MANAGER, R.DEPUTY, R.WATCHER, R.SUBSTITUTE, R.CONTRACT_OFFICER})
_OF_A_UNIT = frozenset({R.UNIT_STAFF, R.UNIT_MANAGER, R.DEPUTY, R.WATCHER, R.SUBSTITUTE, R.CONVENER, R.CHAIR})
_KEEPING = frozenset({R.BOARD_MEMBER, R.COORDINATOR})
_HEADS = frozenset({R.UNIT_MANAGER, R.DEPUTY, R.HEAD_OF_OPERATIONS})

TABLE: Mapping[Act, Rule] = {
    Act.READ_MEETINGS: Rule(_ALL - {R.BOARD_MEMBER, R.AUDITOR}, Where.IN_VIEW),
    Act.WATCH_AREA: Rule(frozenset({R.COORDINATOR}), Where.IN_VIEW),
    Act.CONVENE: Rule(_CONVENING, Where.CONVENING),
    Act.RECORD: Rule(_CONVENING | {R.CHAIR}, Where.CONVENING),
    Act.KEEP_IN_HAND: Rule(_CONVENING | _UNIT | {R.CHAIR, R.HEAD_OF_OPERATIONS}, Where.CONVENING),
    Act.ANSWER: Rule(_CONVENING | _UNIT | {R.HEAD_OF_OPERATIONS}, Where.PARTY),
    Act.READ_JOURNAL: Rule(_CONVENING | {R.CHAIR}, Where.CONVENING),
    Act.READ_DEVIATIONS: Rule(_ALL - {R.AUDITOR}, Where.IN_VIEW),
    Act.ANSWER_DEVIATION: Rule(_CONVENING | _HEADS | {R.UNIT_STAFF}, Where.RECEIVING),
    Act.SETTLE_DEVIATION: Rule(_CONVENING | _HEADS, Where.REPORTING),
    Act.DISCUSS_DEVIATION: Rule(_CONVENING | _HEADS | {R.UNIT_STAFF}, Where.SIDE),
    Act.RAISE_DEVIATION: Rule(_CONVENING | _HEADS | {R.UNIT_STAFF}, Where.PARTY),
    Act.NAME_USERS: Rule(_CONVENING | _HEADS, Where.PARTY),
    Act.KEEP_CASES: Rule(_CONVENING, Where.PLACE),
    Act.READ_INBOUND: Rule(_CONVENING, Where.IN_VIEW),
    Act.READ_DIRECTORY: Rule(_ALL, Where.ANYWHERE),
    Act.SEE_OWN_UNIT: Rule(_OF_A_UNIT, Where.OWN_UNIT),
    Act.KEEP_STAFFING: Rule(_OF_A_UNIT - {R.CHAIR, R.SUBSTITUTE} | {R.ADMINISTRATOR}, Where.PLACE),
    Act.KEEP_UNIT: Rule(frozenset({R.UNIT_MANAGER, R.DEPUTY, R.ADMINISTRATOR}), Where.PLACE),
    Act.KEEP_DIRECTORY: Rule(frozenset({R.ADMINISTRATOR}), Where.PLACE),
    Act.KEEP_INSTALLATION: Rule(frozenset({R.ADMINISTRATOR}), Where.INSTALLATION),
    Act.KEEP_PATTERNS: Rule(frozenset({R.COORDINATOR, R.ADMINISTRATOR}), Where.PLACE),
    Act.WATCH_GAPS: Rule(frozenset({R.COORDINATOR, R.ADMINISTRATOR}), Where.PLACE),
    Act.WATCH_UNITS: Rule(_HEADS | {R.COORDINATOR, R.ADMINISTRATOR}, Where.PLACE),
    Act.READ_STATISTICS: Rule(
        frozenset({R.BOARD_MEMBER, R.COORDINATOR, R.HEAD_OF_OPERATIONS, R.ADMINISTRATOR}), Where.PLACE
    ),
    Act.READ_SITUATIONS: Rule(
        frozenset({R.BOARD_MEMBER, R.COORDINATOR, R.HEAD_OF_OPERATIONS, R.ADMINISTRATOR}), Where.COUNTY
    ),
    Act.KEEP_ANNUAL_REPORT: Rule(frozenset({R.BOARD_MEMBER, R.COORDINATOR, R.ADMINISTRATOR}), Where.ANYWHERE),
    Act.READ_AGENDA: Rule(_KEEPING | _HEADS | {R.ADMINISTRATOR}, Where.GROUP),
    Act.KEEP_AGENDA: Rule(_KEEPING, Where.GROUP),
    Act.FOLLOW_RESOLUTION: Rule(_KEEPING | _HEADS, Where.OWNER),
    Act.WATCH_SIGNALS: Rule(_HEADS | {R.COORDINATOR, R.ADMINISTRATOR}, Where.PLACE),
    Act.READ_GROUPS: Rule(_KEEPING | _HEADS | {R.CONTRACT_OFFICER, R.ADMINISTRATOR}, Where.COUNTY),
    Act.READ_DECISIONS: Rule(_ALL - {R.AUDITOR}, Where.COUNTY),
    Act.KEEP_GROUPS: Rule(frozenset({R.COORDINATOR, R.ADMINISTRATOR}), Where.COUNTY),
    Act.APPOINT: Rule(frozenset({R.CONTRACT_OFFICER, R.COORDINATOR, R.ADMINISTRATOR}), Where.PLACE),
    Act.SET_CLOCK: Rule(frozenset({R.ADMINISTRATOR}), Where.INSTALLATION),
    Act.DISPOSE: Rule(frozenset({R.ADMINISTRATOR}), Where.PLACE),
    Act.KEEP_WEBHOOKS: Rule(frozenset({R.ADMINISTRATOR}), Where.PLACE),
    Act.AUDIT: Rule(frozenset({R.AUDITOR}), Where.PLACE),
}
"""Every act. The web's menus and the API's documents are made from it."""

MAY: Mapping[Act, frozenset[Role]] = {act: rule.roles for act, rule in TABLE.items()}
"""Act -> roles that may, within their scope."""
