"""Who has joined a version, line by line, and the form by which a joining is noted (rules, section 17 J1).

The law of this file: who has not joined is said as clearly as who has.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sip.domain.agreement import Agreement, Joining
from sip.domain.bounds import NAME_MOST
from sip.domain.freetext import numbers_within
from sip.domain.people import PrincipalKind
from sip.domain.renewal import Ending, Renewal, endings
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.phrases import sort_key
from sip.usecases.agreements import AgreementsRead

WEIGHT_MOST = 10_000_000
_SHOWN_TO = {PrincipalKind.REGION, PrincipalKind.MUNICIPALITY}


@dataclass(frozen=True, slots=True)
class JoinedLine:
    """One principal's joining: `state` is joined, later, left or ends; `last` its last day, None without one."""

    principal_id: UUID
    name: str
    joining: Joining
    state: str
    last: date | None
    ending: Ending | None
    renewal: Renewal | None


@dataclass(frozen=True, slots=True)
class JoinedView:
    """Who has joined, and which regions and municipalities near have not."""

    lines: list[JoinedLine]
    missing: list[tuple[UUID, str]]


def joined_view(read: AgreementsRead, one: Agreement, today: date) -> JoinedView:
    """Of a version. Near are those of the counties that a principal of it lies in, or all where there are none."""
    ends = {end.principal: end for end in endings(read.of(one.id), today) if end.agreement == one}
    lines = [_line(read, one, principal, ends.get(principal), today) for principal in one.principals]
    counties = [county.principals for county in read.counties if county.principals & one.principals]
    near = frozenset().union(*counties) if counties else frozenset(read.principals)
    missing = [
        (principal, read.principals[principal])
        for principal in near - one.principals
        if read.kinds.get(principal) in _SHOWN_TO
    ]
    return JoinedView(
        sorted(lines, key=lambda line: (read.kinds.get(line.principal_id) is not PrincipalKind.REGION,
                                        sort_key(line.name))),
        sorted(missing, key=lambda pair: sort_key(pair[1])),
    )  # fmt: skip


def _line(read: AgreementsRead, one: Agreement, principal: UUID, ending: Ending | None, today: date) -> JoinedLine:
    joined, held = one.joining(principal) or Joining(principal), one.days_of(principal)
    last = held[1] if held else joined.valid_to
    if held is None or (last is not None and last < today):
        state = "left"
    elif held[0] > today:
        state = "later"
    else:
        state = "ends" if ending is not None and ending.reached(today) else "joined"
    renewal = read.renewals.get((one.id, one.version, principal))
    return JoinedLine(principal, read.principals.get(principal, "–"), joined, state, last, ending, renewal)


def form_values(joining: Joining) -> dict[str, str]:
    """The form filled in with what is known of a joining."""
    found = {
        "principal": joining.principal_id, "body": joining.body, "decided": joining.decided,
        "registration_number": joining.registration_number, "valid_from": joining.valid_from,
        "valid_to": joining.valid_to, "weight": joining.weight,
    }  # fmt: skip
    return {name: str(value) for name, value in found.items() if value is not None}


def read_form(reader: Reader) -> Joining | None:
    """What was filled in; None when something is wrong, which is said beside its field."""
    principal = reader.uuid("principal", required=True)
    body, number = (
        reader.text("body", most=NAME_MOST),
        reader.text("registration_number", most=NAME_MOST),
    )
    for name, value in (("body", body), ("registration_number", number)):
        if any(numbers_within(value)):
            reader.wrong(name, "register.number_refused")
    first, last = reader.day("valid_from"), reader.day("valid_to")
    if first is not None and last is not None and last < first:
        reader.wrong("valid_to", "directory.form.days_order")
    decided, text = reader.day("decided"), reader.text("weight", most=12)
    weight = reader.whole("weight") if text else 1
    if weight is None or not 1 <= weight <= WEIGHT_MOST:
        reader.wrong("weight", "register.weight_wrong")
    if not reader.right or principal is None or weight is None:
        return None
    return Joining(principal, body or None, decided, number or None, first, last, weight)
