"""What must have come of the second chapter, checked against the mails in the boxes and what the pages say.

The law of this file: as in `sip.demo.promises`: evidence in, sentences out; an empty list means that all were kept.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time

from sip.demo.groups import cast
from sip.demo.groups.cast import Appoints, Comes, GroupPlan
from sip.demo.groups.questions import ADOPTED, ASSIGNED, OUTCOME
from sip.demo.hours import STOCKHOLM, say
from sip.demo.postoffice import Arrival
from sip.demo.promises import repeats_differ

OPENS, CLOSES = time(8), time(17)
FIRST = {Comes.SENDS: "substitute", Comes.NO: "nobody"}
"""Who comes to a group's first date, where it is not who sits."""
ASKS = {Appoints.AT_ONCE: 1, Appoints.AT_THE_SECOND: 2, Appoints.LATER: 2, Appoints.NEVER: 3}


@dataclass(frozen=True, slots=True)
class GroupsObserved:
    """What was seen. `presences`: who came, by group and day; `above`, `below`: what the question's two pages say."""

    arrivals: Sequence[Arrival] = ()
    presences: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    above: str = ""
    below: str = ""


def broken(seen: GroupsObserved) -> list[str]:
    """One sentence for each promise that was broken."""
    return [
        *repeats_differ(seen.arrivals),
        *asked_too_often(seen.arrivals),
        *lifted_otherwise(seen.arrivals),
        *outside_office_time(seen.arrivals),
        *calendars_differ(seen.arrivals),
        *names_in_mails(seen.arrivals),
        *absences_differ(seen.presences),
        *followed_otherwise(seen.arrivals),
        *answer_lost(seen.above, seen.below),
    ]


def _distinct(arrivals: Sequence[Arrival], address: str) -> list[Arrival]:
    """The mails to a mailbox, a repeat not counted."""
    found: dict[str, Arrival] = {}
    for one in arrivals:
        if one.letter.recipient == address:
            found.setdefault(one.letter.message_id, one)
    return list(found.values())


def asked_too_often(arrivals: Sequence[Arrival]) -> list[str]:
    """A body is asked until it has answered, at most three times, and never after."""
    out = []
    for email, asked in cast.bodies().items():
        body, group = asked.body, asked.group
        times, wanted = len(_distinct(arrivals, email)), ASKS[body.appoints]
        if times != wanted:
            out.append(f"{body.name} of {body.principal} was asked {times} times about {group.name}, not {wanted}.")
    return out


def lifted_otherwise(arrivals: Sequence[Arrival]) -> list[str]:
    """Who answers for the principal of the body that never answers is told of it once, and nobody else."""
    times = len(_distinct(arrivals, cast.OFFICER))
    return [] if times == 1 else [f"What nobody answered was lifted {times} times, not once."]


def outside_office_time(arrivals: Sequence[Arrival]) -> list[str]:
    """No body is asked at another time than an office's."""
    out = []
    for one in arrivals:
        local = one.at.astimezone(STOCKHOLM)
        if one.letter.recipient in cast.bodies() and not (local.weekday() < 5 and OPENS <= local.time() < CLOSES):
            out.append(f"{one.letter.recipient} was asked {say(one.at)}.")
    return out


def entries_of(group: GroupPlan) -> Counter[str]:
    """How many entries of a group's dates each mailbox has been called to, by the cast."""
    out: Counter[str] = Counter()
    for seat in group.seats:
        sits = seat.sits
        if seat.above is not None and group.above is not None:
            sits = next(one for one in cast.GROUPS if one.key == group.above).seats[seat.above - 1].sits
        if sits is not None:
            out[sits.email] += len(group.days)
        if seat.comes is Comes.SENDS and seat.stands_in is not None:
            out[seat.stands_in.email] += 1
    return out


def calendars_differ(arrivals: Sequence[Arrival]) -> list[str]:
    """Who sits has one entry for each date, her substitute one where she was sent; never two of one date."""
    expected: Counter[str] = Counter()
    for group in cast.GROUPS:
        expected += entries_of(group)
    uids: dict[str, set[str]] = {}
    starts: dict[str, set[str]] = {}
    for one in arrivals:
        invite = one.letter.invite
        if one.letter.recipient in cast.sitters() and invite is not None and invite.method == "REQUEST":
            uids.setdefault(one.letter.recipient, set()).add(invite.uid)
            starts.setdefault(one.letter.recipient, set()).add(invite.start.isoformat())
    out = []
    for address in sorted({*expected, *uids}):
        have = len(uids.get(address, ()))
        if have != expected[address]:
            out.append(f"{address} has {have} entries in her calendar, not {expected[address]}.")
        if have != len(starts.get(address, ())):
            out.append(f"{address} has two entries for one date.")
    return out


def names_in_mails(arrivals: Sequence[Arrival]) -> list[str]:
    """No mail about a group names anybody who sits in it."""
    names = {one.who.name for one in cast.sitters().values()}
    mailboxes = {*cast.bodies(), *cast.sitters(), cast.OFFICER, cast.OWNER_MAILBOX}
    out = []
    for one in arrivals:
        if one.letter.recipient in mailboxes:
            words = f"{one.letter.subject}\n{one.letter.text}"
            out += [f"A mail to {one.letter.recipient} names {name}." for name in sorted(names) if name in words]
    return out


def absences_differ(presences: Mapping[tuple[str, str], Collection[str]]) -> list[str]:
    """Each sitting that was held has the marks that the cast says: nobody, or a substitute, at the first of them."""
    out = []
    for (key, day), marks in presences.items():
        group = next(one for one in cast.GROUPS if one.key == key)
        wanted = Counter(FIRST.get(one.comes, "representative") for one in group.seats)
        if day != group.days[0]:
            wanted = Counter({"representative": len(group.seats)})
        if Counter(marks) != wanted:
            out.append(f"{group.name} {day}: {_counts(Counter(marks))} came, not {_counts(wanted)}.")
    return out


def _counts(marks: Counter[str]) -> str:
    return ", ".join(f"{count} {word}" for word, count in sorted(marks.items())) or "nothing"


def followed_otherwise(arrivals: Sequence[Arrival]) -> list[str]:
    """Whoever owns a decision is asked what came of it, once, on its day."""
    days = [one.at.astimezone(STOCKHOLM).date().isoformat() for one in _distinct(arrivals, cast.OWNER_MAILBOX)]
    return (
        [] if days == [ASSIGNED.due_on] else [f"What came of the decision was asked on {', '.join(days) or 'no day'}."]
    )


def answer_lost(above: str, below: str) -> list[str]:
    """The question above says what was decided below, the last word of it; the decision below says what came of it."""
    out = []
    if ADOPTED.text not in above:
        out.append("The question that went down a level has not come back with its answer.")
    if OUTCOME not in below:
        out.append("What came of the decision does not stand beside it.")
    return out
