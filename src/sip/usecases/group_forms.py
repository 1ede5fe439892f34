"""What somebody fills in about a standing group, its seats and who sits in them; and what of it cannot be kept.

The law of this file: no number of a person, phone number or address stands in a text that is shown or mailed; who sits
is a name and a function.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sip.domain.address import is_mailable
from sip.domain.bounds import day_fits, name_fits
from sip.domain.group import ConsentWay, Mandate, SeatFunction, StandingKind
from sip.usecases.problems import FieldProblem, InvalidError, refuse_numbers, refuse_texts


@dataclass(frozen=True, slots=True)
class GroupForm:
    """What somebody founds."""

    kind: StandingKind
    name: str
    mandate: Mandate
    county_id: UUID | None = None
    area: str | None = None
    above_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class BodyForm:
    """A body that fills a seat: whose, what it is called, its mailbox."""

    principal_id: UUID
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class SeatForm:
    """What is wanted of a seat, and who fills it."""

    function: SeatFunction
    wanted: str = ""
    bodies: tuple[BodyForm, ...] = ()
    above: int | None = None
    turn: int = 0


@dataclass(frozen=True, slots=True)
class SitterForm:
    """Who is appointed: name, or alias as she wishes, function, work address and phone. `shown`: a user representative
    has agreed to her name on the page of an open group.
    """

    name: str
    function: str
    email: str | None = None
    phone: str | None = None
    consent_on: date | None = None
    consent_how: ConsentWay | None = None
    shown: bool = False


@dataclass(frozen=True, slots=True)
class TermForm:
    """One appointment."""

    representative: SitterForm
    first: date
    last: date | None = None
    substitute: SitterForm | None = None
    decided_by: str | None = None
    decided_on: date | None = None
    registration_number: str | None = None


def refuse_words(name: str, mandate: Mandate) -> None:
    """Raises InvalidError for a name or mandate that cannot be kept."""
    refuse_texts({"name": name, "mandate": mandate.text, "goal": mandate.goal})
    refuse_days(ends_on=mandate.ends_on, report_on=mandate.report_on)
    if not name_fits(name):
        raise InvalidError([FieldProblem("name", "too_long")])


def refuse_seat(form: SeatForm) -> None:
    """Raises InvalidError for words that cannot be kept, and for a body without name or mailbox."""
    refuse_texts({"wanted": form.wanted})
    if not name_fits(form.wanted):
        raise InvalidError([FieldProblem("wanted", "too_long")])
    for n, body in enumerate(form.bodies, 1):
        refuse_texts({f"body_{n}_name": body.name})
        if not body.name.strip() or not name_fits(body.name):
            raise InvalidError([FieldProblem(f"body_{n}_name", "required")])
        if not is_mailable(body.email):
            raise InvalidError([FieldProblem(f"body_{n}_email", "bad_email")])


def refuse_term(form: TermForm) -> None:
    """Who sits is a name and a function. Raises InvalidError without either, and for a number of a person."""
    for which, one in (("representative", form.representative), ("substitute", form.substitute)):
        if one is None:
            continue
        refuse_numbers({f"{which}_name": one.name, f"{which}_function": one.function, f"{which}_phone": one.phone})
        refuse_texts({f"{which}_function": one.function})
        for name in ("name", "function"):
            if not getattr(one, name).strip() or not name_fits(getattr(one, name)):
                raise InvalidError([FieldProblem(f"{which}_{name}", "required")])
        if one.email is not None and not is_mailable(one.email):
            raise InvalidError([FieldProblem(f"{which}_email", "bad_email")])
        if one.phone is not None and not name_fits(one.phone):
            raise InvalidError([FieldProblem(f"{which}_phone", "too_long")])
    refuse_texts({"decided_by": form.decided_by})
    for field, said in (("decided_by", form.decided_by), ("registration_number", form.registration_number)):
        if said is not None and not name_fits(said):
            raise InvalidError([FieldProblem(field, "too_long")])
    refuse_days(first=form.first, last=form.last, decided_on=form.decided_on)


def refuse_days(**days: date | None) -> None:
    """Raises InvalidError for a day that lies where no day may."""
    for field, day in days.items():
        if day is not None and not day_fits(day):
            raise InvalidError([FieldProblem(field, "day_out_of_range")])
