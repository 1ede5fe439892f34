"""Who sees what, in SQL: one expression for each kind of thing, and no other statement says it again.

The law of this file: what a list, a page, a calendar or a count gives is narrowed by the expression here, which says of
a row what `sip.usecases.access` says of the loaded value; a test holds the two together for every kind of actor. The
text is made for the kind of scope and the place is bound: an expression that asks in SQL which kind it has before it
looks (`$1 is null or ...`) can use no index once a connection has gone over to the general plan.

Each expression stands on its own: it names a row's own alias and joins nothing, so that it is a policy of the table as
well (`sip.store.wall`), with `place` as the setting that a policy reads.

A protected meeting (rules, section 13) is in no list, calendar, search or count, whoever asks: `Seen(scope)` leaves it
out. A page that is for those it is named to says who looks (`Seen(scope, who=...)`).
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ScopeKind(StrEnum):
    """How much is in view. The three in the middle are the names of their columns, without `_id`."""

    NOTHING = "nothing"
    UNIT = "unit"
    ORGANISATION = "organisation"
    PRINCIPAL = "principal"
    EVERYTHING = "everything"


_PLACED = (ScopeKind.UNIT, ScopeKind.ORGANISATION, ScopeKind.PRINCIPAL)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows are shown. `place` is the id of the unit, organisation or principal, None for the other kinds.

    `board`: a board member, who sees no meeting and of reports the closed ones. `audits`: an auditor, who sees no
    meeting and no report, but who read them. `hearings`: reports that are being heard are in view although the scope
    is no unit's (rules, section 8 D1). `heads`: in the role of one who heads the unit, and sees its protected meetings
    (section 13). `service`: the service's own, which sees as much of meetings as who administers the whole, and of
    users, sessions and what is on its way besides.
    """

    kind: ScopeKind = ScopeKind.NOTHING
    place: UUID | None = None
    board: bool = False
    hearings: bool = False
    audits: bool = False
    heads: bool = False
    service: bool = False

    @property
    def no_meeting(self) -> bool:
        """Nothing of any meeting is in view."""
        return self.board or self.audits

    @property
    def word(self) -> str:
        """All of it but the place, in one word: what `sip.sees` is in a transaction."""
        if self.service:
            return "service"
        as_whom = "board_" if self.board else "audit_" if self.audits else ""
        return f"{as_whom}{self.kind}{'_heard' if self.hearings else ''}{'_heads' if self.heads else ''}"

    def places(self) -> tuple[UUID | None, UUID | None, UUID | None]:
        """Unit, organisation and principal, the one that the scope is and None for the others."""
        unit, organisation, principal = (self.place if self.kind is kind else None for kind in _PLACED)
        return unit, organisation, principal


NOTHING = Scope()
EVERYTHING = Scope(ScopeKind.EVERYTHING)
SERVICE = Scope(ScopeKind.EVERYTHING, hearings=True, service=True)
"""What the service itself sees, whoever it works for."""


def narrowest(unit_id: UUID | None, organisation_id: UUID | None, principal_id: UUID | None) -> Scope | None:
    """The scope of the narrowest of the three; None where there is no place at all."""
    for kind, place in zip(_PLACED, (unit_id, organisation_id, principal_id), strict=True):
        if place is not None:
            return Scope(kind, place)
    return None


@dataclass(frozen=True, slots=True)
class Wall:
    """How row-level security says what a statement says: the expressions that give the kind of scope and its place. It
    filters and finds nothing, so that its text is one for every kind, and asks a meeting of what stands beside it
    (`aggregates/beside.py`) whom it calls: a policy that looked them up would do so for every row. `named`: what is
    asked of a protected meeting's id.
    """

    kind: str
    place: str
    named: str


class Seen:
    """One statement's view: what is in it, as SQL, with the values that the statement binds, in their order."""

    def __init__(self, scope: Scope, wall: Wall | None = None, *, who: str | None = None) -> None:
        self.scope, self._who = scope, who
        self.values: list[object] = []
        self._wall, self._place = wall, None if wall is None else wall.place

    # -- values

    def bind(self, value: object) -> str:
        """The place of a value in the statement, as `$3`."""
        self.values.append(value)
        return f"${len(self.values)}"

    def given(self, condition: str, *values: object) -> str:
        """` and ` with the condition, a value for each `{}`; nothing at all where there is no value, or it is None."""
        if not values or None in values:
            return ""
        return f" and {condition.format(*(self.bind(value) for value in values))}"

    @property
    def place(self) -> str:
        """The scope's place, bound once."""
        if self._place is None:
            self._place = f"{self.bind(self.scope.place)}::uuid"
        return self._place

    # -- what is in view

    def covers(self, prefix: str) -> str:
        """The unit in these three columns (`<prefix>unit_id`, ...) is within the scope."""
        if self.scope.kind in _PLACED and self._wall is not None:
            columns = "".join(f" when '{kind}' then {prefix}{kind}_id" for kind in _PLACED)
            return f"case {self._wall.kind}{columns} end = {self.place}"
        if self.scope.kind in _PLACED:
            return f"{prefix}{self.scope.kind}_id = {self.place}"
        return "true" if self.scope.kind is ScopeKind.EVERYTHING else "false"

    def called(self, m: str = "m") -> str:
        """A unit within the scope was called to this meeting, and has not been taken away since."""
        # One unit is called to few meetings of all: they are looked up first, and the index on the id finds them. For
        # what is wider each meeting is asked in its turn, since a good part of them is in view.
        if self._wall is not None:
            among = f"{self.place} = any({m}.called_places)"
        elif self._is_unit:
            among = f"{m}.id = any(array(select p.meeting_id from party p where {self.called_party}))"
        else:
            among = self.has_called(f"{m}.id")
        return f"({m}.called_at is not null and {m}.state <> 'draft' and {among})"

    def has_called(self, meeting: str) -> str:
        """One of this meeting's called parties is within the scope, whether the call has gone out or not."""
        return f"exists (select 1 from party p where p.meeting_id = {meeting} and {self.called_party})"

    @property
    def called_party(self) -> str:
        """The party `p` was called and is still there, and its unit is within the scope."""
        return f"p.obligation <> 'convening' and not p.removed and {self.covers('p.')}"

    def meeting(self, m: str = "m") -> str:
        """The convener's side is within the scope, or a unit that was called; of a protected one more is asked. As
        `access.sees`.
        """
        within = self._flat or f"({self.covers(f'{m}.convener_')} or {self.called(m)})"
        if self.scope.service or within == "false":
            return within
        if self._wall is not None:  # what is asked by the id alone asks for the scope, too
            return f"({within} and not {m}.protected or {m}.protected and {self._wall.named}({m}.id))"
        return f"({within} and {self.open(f'{m}.protected', f'{m}.id')})"

    def open(self, protected: str, meeting: str) -> str:
        """What is asked besides of a meeting, or of what belongs to it: that it is not protected, or that whoever looks
        is named in it, or heads a unit of it. `protected` and `meeting` are its columns.
        """
        if self.scope.service:
            return "true"
        if self._wall is not None:
            return f"(not {protected} or {self._wall.named}({meeting}))"
        if self._who is None:
            return f"not {protected}"
        return "true" if self.scope.heads else f"(not {protected} or {self.named(meeting, self.bind(self._who))})"

    def named(self, meeting: str, who: str) -> str:
        """The user is named in this meeting; who heads a unit within the scope is, by that. As `access.is_named`."""
        if self.scope.heads:
            return "true"
        return f"exists (select 1 from named_user n where n.meeting_id = {meeting} and n.user_id::text = {who})"

    def of_meeting(self, column: str) -> str:
        """The meeting in this column is in view."""
        if self.scope.service or self._flat == "false":
            return self._flat or "true"
        return f"exists (select 1 from meeting s where s.id = {column} and {self.meeting('s')})"

    def own_party(self, p: str) -> str:
        """A row of a party of one's own, which is there where row-level security is asked, as that of a meeting in view
        is. It is there before the call, too, since to look up the meeting of each of a unit's many parties would make
        its pages four times as dear; of the meeting it tells no more than its id.
        """
        if self.scope.service or self._flat == "false":
            return self._flat or "true"
        return f"({self.covers(f'{p}.')} and not {p}.protected)"

    def deviation(self, d: str = "d") -> str:
        """Between units of the scope; while it is heard, for the two units alone. As `access.sees_deviation`."""
        if self.scope.audits:
            return "false"
        sides = f"({self.covers(f'{d}.reporting_')} or {self.covers(f'{d}.receiving_')})"
        sides = f"{sides} and {self.open(f'coalesce({d}.facts_protected, false)', f'{d}.meeting_id')}"
        if self.scope.board:
            return f"({d}.state in ('closed', 'forwarded') and {sides})"
        if self._is_unit or self.scope.hearings:
            return f"({sides})"
        return f"({d}.state <> 'hearing' and {sides})"

    def item(self, t: str = "t") -> str:
        """An item on the agenda of an area in which a unit of the scope lies, of the whole county's board, or of a
        standing group of a county in which the scope lies, or of several; for a unit that is to do what was decided,
        wherever it lies. As `access.sees_item`.
        """
        if self.scope.service or (self.scope.kind is ScopeKind.EVERYTHING and not self.scope.audits):
            return "true"
        if self.scope.audits or self.scope.kind is ScopeKind.NOTHING:
            return "false"
        owned = f"exists (select 1 from resolution s where s.item_id = {t}.id and {self.covers('s.unit_')})"
        lies = f"exists (select 1 from unit u where u.area = {t}.group_area and {self.unit('u')})"
        everybody = f"{t}.group_area is null and {t}.group_county_id is null"
        return f"({everybody} or {lies} or {self.county(f'{t}.group_county_id')} or {owned})"

    def county(self, column: str) -> str:
        """The county in this column is one in which a principal of the scope lies, or the one that a unit of it is of;
        as `groups.counties`, with which `access` compares.
        """
        lies = f"exists (select 1 from unit u where u.organisation_id = o.id and {self.unit('u')})"
        there = f"exists (select 1 from organisation o where o.principal_id = cp.principal_id and {lies})"
        own = f" or cp.principal_id = {self.place}" if self.scope.kind is ScopeKind.PRINCIPAL else ""
        return f"exists (select 1 from county_principal cp where cp.county_id = {column} and ({there}{own}))"

    def inbound(self, i: str = "i") -> str:
        """Received mail of a meeting is there for its convener's side and for the called unit that it came from; what
        belongs to no meeting for the whole installation, and for the principal or organisation whose mail domain it
        came from (rules, section 3)."""
        if self.scope.service or self._flat == "false":
            return self._flat or "true"
        opened = self.open("s.protected", "s.id")
        if self.scope.kind is ScopeKind.EVERYTHING:
            there = f"exists (select 1 from meeting s where s.id = {i}.meeting_id and {opened})"
            return f"({i}.meeting_id is null or {there})"
        of_meeting = f"""exists (select 1 from meeting s where s.id = {i}.meeting_id and {opened}
 and ({self.covers("s.convener_")} or (s.called_at is not null and s.state <> 'draft' and exists (
 select 1 from party p where p.meeting_id = s.id and p.ordinal = {i}.party and p.obligation <> 'convening'
 and not p.removed and {self.covers("p.")}))))"""
        if self._is_unit and self._wall is not None:
            return of_meeting
        if self._is_unit:
            # Where to look, for the index; the mail itself is asked by the other half.
            theirs = f"{i}.meeting_id = any(array(select s.id from meeting s where {self.meeting('s')}))"
            return f"({theirs} and {of_meeting})"
        domain = f"lower(split_part(coalesce(nullif({i}.mail_from, ''), {i}.answered_by), '@', 2))"
        return f"""({of_meeting} or ({i}.meeting_id is null and exists (select 1 from organisation_domain s
 where s.domain = {domain} and {self._organisation("s.organisation_id")})))"""

    def unit(self, u: str = "u") -> str:
        """The unit is within the scope."""
        return f"{u}.id = {self.place}" if self._is_unit else self._organisation(f"{u}.organisation_id")

    def person(self, x: str = "x") -> str:
        """Staff of the scope's organisations; of a unit, those who have a role there."""
        if self._is_unit:
            return f"{x}.id in (select r.person_id from role r where r.unit_id = {self.place})"
        return self._organisation(f"{x}.organisation_id")

    def case(self, c: str = "c") -> str:
        """A unit within the scope keeps the case, which is not protected."""
        if self.scope.audits:
            return "false"
        kept = f"{c}.unit_id in (select u.id from unit u where {self.unit('u')})"
        if self._is_unit:
            kept = f"{c}.unit_id = {self.place}"
        return kept if self.scope.service else f"({kept} and not {c}.protected)"

    def journal(self, j: str = "j") -> str:
        """A meeting's for its convener's side, a report's and an item's for whoever sees it."""
        meeting = "false"
        if not self.scope.no_meeting:
            meeting = f"{self.covers('s.convener_')} and {self.open('s.protected', 's.id')}"
        return f"""(exists (select 1 from meeting s where s.id = {j}.aggregate and {meeting})
 or exists (select 1 from deviation s where s.id = {j}.aggregate and {self.deviation("s")})
 or exists (select 1 from agenda_item t where t.id = {j}.aggregate and {self.item("t")}))"""

    # -- what an auditor sees

    def reading(self, a: str = "a") -> str:
        """A row of the access log for an auditor: somebody of her scope read, or a meeting of its was read."""
        if not self.scope.audits or self.scope.kind is ScopeKind.NOTHING:
            return "false"
        if self.scope.kind is ScopeKind.EVERYTHING:
            return "true"
        return f"({self.reader(a)} or {self.convened(a)})"

    def reader(self, a: str = "a") -> str:
        """Who read acted in a unit within the scope, or in a role that is held in it; of a key as of a user."""
        if self.scope.kind is ScopeKind.EVERYTHING:
            return "true"
        held = " or ".join(
            f"exists (select 1 from {table} g where g.{column}::text = {a}.actor_id and g.role = {a}.actor_role"
            f" and {self.held('g')})"
            for table, column in (("user_role", "user_id"), ("api_key", "id"))
        )
        return f"case when {a}.actor_unit_id is null then ({held}) else {self._unit(f'{a}.actor_unit_id')} end"

    def convened(self, a: str = "a") -> str:
        """What was read is a meeting that the scope convenes."""
        return f"""({a}.subject_kind = 'meeting' and exists (select 1 from meeting s where s.id = case
 when {a}.subject_id ~ '^[0-9a-f-]{{36}}$' then {a}.subject_id::uuid end and {self.covers("s.convener_")}))"""

    def held(self, g: str) -> str:
        """The place of a role or a key is within the scope."""
        kind = self.scope.kind
        if kind not in _PLACED:
            return "true" if kind is ScopeKind.EVERYTHING else "false"
        found = [self._unit(f"{g}.unit_id")]
        if kind is not ScopeKind.UNIT:
            found.append(self._organisation(f"{g}.organisation_id"))
        if kind is ScopeKind.PRINCIPAL:
            found.append(f"{g}.principal_id = {self.place}")
        return f"({' or '.join(f'coalesce({one}, false)' for one in found)})"

    def staff(self, x: str) -> str:
        """A person of the directory belongs to the scope: by her organisation, or a role in it."""
        if self._is_unit:
            return self.person(x)
        return f"""({self._organisation(f"{x}.organisation_id")} or exists (
 select 1 from role h where h.person_id = {x}.id and {self.held("h")}))"""

    def _unit(self, column: str) -> str:
        if self._is_unit:
            return f"{column} = {self.place}"
        return f"{column} in (select u.id from unit u where {self.unit('u')})"

    @property
    def _flat(self) -> str | None:
        """The answer where no row has to be asked: board members and auditors see nothing of a meeting."""
        if self.scope.no_meeting or self.scope.kind is ScopeKind.NOTHING:
            return "false"
        return "true" if self.scope.kind is ScopeKind.EVERYTHING else None

    @property
    def _is_unit(self) -> bool:
        return self.scope.kind is ScopeKind.UNIT

    def _organisation(self, column: str) -> str:
        """The organisation in this column is within the scope, which is no unit's."""
        if self.scope.kind is ScopeKind.PRINCIPAL:
            return f"{column} in (select o.id from organisation o where o.principal_id = {self.place})"
        if self.scope.kind is ScopeKind.ORGANISATION:
            return f"{column} = {self.place}"
        return "true" if self.scope.kind is ScopeKind.EVERYTHING else "false"
