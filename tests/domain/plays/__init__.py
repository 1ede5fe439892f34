"""Plays: what happens to a meeting, told step by step. What comes of each lies in `tests/domain/journals` as text."""

from collections.abc import Callable

from sip.domain import events as e
from sip.domain.decision import Decision, Refused
from sip.domain.meeting import Attendee
from sip.domain.people import Roster
from sip.domain.terms import AnswerKind, AttendeeState, Channel
from tests.domain.cast import HOME_CARE, World, said

CALL, START = "2026-11-02 10:00", "2026-12-07 10:00"
PLAYS: dict[str, Callable[[], World]] = {}


def play(made: Callable[[], World]) -> Callable[[], World]:
    """Registers a play under its own name."""
    assert made.__name__ not in PLAYS
    PLAYS[made.__name__] = made
    return made


def done(world: World, event: object) -> None:
    """As `do`, and it must be possible."""
    made = world.do(event)
    assert isinstance(made, Decision), made


def answers(
    world: World, kind: AnswerKind, *, unit: Roster = HOME_CARE, channel: Channel = Channel.PAGE, **more: object
) -> Decision | Refused:
    """The unit says so, now."""
    return world.do(e.Answered(world.party(unit).ordinal, kind, said(world, channel), **more))  # type: ignore[arg-type]  # fields of the event by name


def named(name: str, *, knows: bool = False) -> e.NamedPerson:
    return e.NamedPerson(name, f"{name.lower()}@al.example", f"070-{name}", "undersköterska", knows)


def person(world: World, name: str, unit: Roster = HOME_CARE) -> Attendee:
    return next(a for a in world.party(unit).attendees if a.name == name)


def says(
    world: World, name: str, state: AttendeeState, passes_on: e.NamedPerson | None = None, *,
    channel: Channel = Channel.PAGE, delegated: bool = False, unit: Roster = HOME_CARE,
) -> Decision | Refused:  # fmt: skip
    """The person says so, now."""
    who = person(world, name, unit)
    return world.do(
        e.AttendeeAnswered(world.party(unit).ordinal, who.ordinal, state, said(world, channel), passes_on, delegated)
    )


def decides(
    world: World, verdict: e.Verdict, grounds: str | None = None, unit: Roster = HOME_CARE, **more: object
) -> None:
    """The convener says so."""
    done(world, e.Decided(world.party(unit).ordinal, verdict, grounds, **more))  # type: ignore[arg-type]  # fields of the event by name


def bounces(world: World, kind: str, to: str, reason: str = "5.1.1") -> None:
    """The newest mail of this kind to this address comes back."""
    mail = next(m for m in reversed(world.mails) if m.kind == kind and m.to.email == to)
    done(world, e.Bounced(mail.key, world.now, mail.party, mail.invitation, mail.attendee, mail.to.email, reason))


def moves(world: World, days: int) -> None:
    from datetime import timedelta

    the, later = world.the, timedelta(days=days)
    done(world, e.Moved(the.start + later, the.end + later, the.form, the.place))
