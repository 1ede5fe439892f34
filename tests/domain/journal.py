"""A played meeting as text: what was noted, mailed and dropped, in order, and what is true in the end.

One line a thing. `>` is a mail, `x` asks that are moot; the number before them is the party, after a point the person.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sip.domain.decide import next_due
from sip.domain.decision import Note
from sip.domain.effects import DropAsks, ForDeviation, ForItem, Link, Mail, MailboxProved, Timing
from sip.domain.meeting import Attendee, Invitation, Party
from sip.domain.standing import standing
from tests.domain.cast import World, local

_COUNTED = re.compile(r" (?:to|copy of) \d+| ?\b(?:invitation|claim|copy_of|redirected_to|redirected_from)=\d+|^\d+ ")
QUIET = frozenset({
    "id", "ordinal", "party", "unit_id", "unit_name", "organisation_id", "principal_id", "rule_set", "round", "stamp",
    "attendees", "reference", "case_id", "parties", "invitations", "claims", "convener", "basis", "obligation",
    "place", "chair_name", "chair_email", "name", "facts", "reporting", "receiving",
    "meeting_id", "language",
})  # fmt: skip


def journal(world: World) -> str:
    """Everything that came of the play."""
    lines: list[str] = []
    before = ""
    for moment, thing in world.log:
        when = local(moment)
        lines.append(f"{when if when != before else '':<16} {_line(thing)}".rstrip())
        before = when
    due = next_due(world.the)
    lines += ["", f"next: {local(due) if due else 'nothing'}", f"meeting: {_facts(world.the)}"]
    for party in world.the.parties:
        lines += _party(party)
    lines += [f"invitation {i.ordinal} of {_whose(i)}: {_facts(i)}" for i in world.the.invitations]
    lines += [f"claim {c.ordinal} of {c.party}: {_facts(c)}" for c in world.the.claims]
    lines += [f"refused: {line}" for line in refusals(world).splitlines()]
    lines += [f"report on {r.party}: {_facts(r)}" for r in world.reports.values()]
    return "\n".join(lines) + "\n"


def came_of(before: World, after: World, *, timed: bool = False) -> str:
    """What came of it alone: the lines that are new, and what is true since then. `-` is no longer so."""
    new = after.log[len(before.log) :]
    lines = [f"{local(when)} {_line(thing)}" if timed else _line(thing) for when, thing in new]
    lines += [f"refused: {no.reason} {_pairs(no.detail)}".rstrip() for _, no in after.refused[len(before.refused) :]]
    was, now = _parts(before), _parts(after)
    for of in {**was, **now}:
        if was.get(of) is not now.get(of):
            there, here = _true(was.get(of)), _true(now.get(of))
            changed = {
                key: value for key, value in here.items() if there.get(key) != value and key not in ("told", "poll")
            }
            gone = " ".join(f"-{key}" for key in there if key not in here)
            lines += [" ".join(["=", of, _pairs(changed), gone])] if changed or gone else []
    if _due(after) != _due(before):
        lines.append(f"= next {_due(after)}")
    return "\n".join(f"  {' '.join(line.split())}" for line in lines) or "  nothing"


def _parts(world: World) -> dict[str, object]:
    """All that can be true, by what it is true of."""
    the = world.the
    found: dict[str, object] = {"meeting": the}
    for party in the.parties:
        found |= {f"{party.ordinal}": party, f"{party.ordinal} round": party.round}
        found |= {f"{party.ordinal}.{a.ordinal} {a.name}": a for a in party.attendees}
    found |= {f"invitation {i.ordinal} of {_whose(i)}": i for i in the.invitations}
    found |= {f"claim {c.ordinal}": c for c in the.claims}
    found |= {} if the.poll is None else {"poll": the.poll}
    return found | {f"report on {r.party}": r for r in world.reports.values()}


def _true(part: object) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if isinstance(part, Party):
        more = {"stands": standing(part)}
    elif isinstance(part, Attendee):
        more = {"of_round": part.round}
    return {} if part is None else more | _found(part)


def _due(world: World) -> str:
    due = next_due(world.the)
    return local(due) if due else "nothing"


def refusals(world: World) -> str:
    """What was refused, and with which words."""
    return "\n".join(f"{type(event).__name__}: {no.reason} {_pairs(no.detail)}".rstrip() for event, no in world.refused)


def of_party(world: World, ordinal: int) -> list[str]:
    """What came to one party, and what is true of it in the end, without the numbers that count a meeting's things."""
    lines = [f"{local(when)} {_line(thing)}" for when, thing in world.log if getattr(thing, "party", None) == ordinal]
    party = world.the.party(ordinal)
    lines += [*_party(party), *(_facts(i) for i in world.the.invitations if i.party == ordinal)]
    return [re.sub(rf"(\d\d:\d\d|^ ) {ordinal}\b", r"\1", _COUNTED.sub("", line)) for line in lines]


def _whose(invitation: Invitation) -> str:
    return f"{invitation.party}" + (f".{invitation.attendee}" if invitation.attendee else "")


def _party(party: Party) -> Iterable[str]:
    yield f"{party.ordinal} {party.unit_name} ({party.obligation}): {standing(party)} {_facts(party)}".rstrip()
    if party.round is not None:
        yield f"  round: {_facts(party.round)}"
    for person in party.attendees:
        yield f"  {party.ordinal}.{person.ordinal} {person.name}: {_facts(person)}"


def _line(thing: object) -> str:
    match thing:
        case Note():
            return f"{thing.party or '':<3} {thing.kind} {_pairs(thing.detail)}".rstrip()
        case DropAsks():
            return f"{_of(thing.party, thing.attendee):<3} x{' of the poll' if thing.polls else ''}"
        case MailboxProved():
            return f"    mailbox proved {thing.email}"
        case ForDeviation():
            return f"    for the report: {type(thing.event).__name__}"
        case ForItem():
            return f"    for the board: {type(thing.event).__name__} {getattr(thing.event, 'title', '')}".rstrip()
        case Mail():
            return f"{_of(thing.party, thing.attendee):<3} > {_mail(thing)}"
    return str(thing)


def _of(party: int | None, attendee: int | None) -> str:
    return f"{party or ''}" + (f".{attendee}" if attendee else "")


def _mail(mail: Mail) -> str:
    parts = [mail.kind.value, mail.to.email]
    if mail.method is not None:
        parts.append(f"{mail.method}.{mail.sequence} to {mail.invitation}")
    parts += [f"rung={mail.rung}"] if mail.rung else []
    parts += ["ask"] if mail.ask else []
    parts += [f"link={mail.link}"] if mail.link and mail.link is not Link.ANSWER else []
    parts += ["no link"] if mail.link is None else []
    parts += [f"copy of {mail.copy_of}"] if mail.copy_of else []
    parts += [mail.timing.value] if mail.timing is not Timing.NOW else []
    return " ".join([*parts, _pairs(mail.detail)]).rstrip()


def _pairs(detail: Mapping[str, Any]) -> str:
    return " ".join(f"{key}={_word(value)}" for key, value in detail.items() if key != "obligation" or value)


def _facts(value: Any) -> str:
    return _pairs(_found(value))


def _found(value: Any) -> dict[str, Any]:
    """The fields that are not as they were made."""
    return {
        f.name: getattr(value, f.name) for f in fields(value)
        if f.name not in QUIET and (f.default is MISSING or getattr(value, f.name) != f.default)
    }  # fmt: skip


def _word(value: Any) -> str:
    if isinstance(value, str) and "/20" in value:  # times from start to end, a line each
        return ",".join(_word(pair.partition("/")[0]) for pair in value.splitlines())
    if isinstance(value, str) and value[:2] == "20" and "T" in value and value[-6:] == "+00:00":
        value = datetime.fromisoformat(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return local(value)[4:]
    if isinstance(value, date | UUID):
        return str(value)[:10]
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(_word(one) for one in value)) + "}" if len(value) < 9 else f"{len(value)}"
    if isinstance(value, tuple):
        return "(" + "; ".join(_word(one) for one in value) + ")"
    if hasattr(value, "__dataclass_fields__"):
        return "[" + _facts(value) + "]"
    return str(value).replace("\n", " | ")


line_of, fields_of, pairs_of = _line, _found, _pairs
"""For texts of what is no meeting: a thing that happened, what is true of a value, and such facts in words."""
