"""The forms of standing groups, read into values; what is wrong is said beside its field."""

from sip.domain.bounds import NAME_MOST
from sip.domain.group import ConsentWay, GroupSeat, Mandate, SeatFunction
from sip.edges.web.shell.forms import Reader
from sip.usecases.group_forms import BodyForm, SeatForm, SitterForm, TermForm

BODIES = 6
"""Bodies by turn that the form has room for."""
_LINE = NAME_MOST


def read_mandate(reader: Reader) -> Mandate:
    """What a group is for; the last three are an assignment's."""
    text, goal = reader.text("mandate"), reader.text("goal")
    return Mandate(text, goal or None, reader.day("ends_on"), reader.day("report_on"))


def read_seat(reader: Reader) -> SeatForm | None:
    """What is wanted, and who fills it: the bodies that were filled in, or the seat of the level above."""
    function = reader.choice("function", SeatFunction, required=True)
    wanted, above = reader.text("wanted", most=_LINE), reader.whole("above")
    bodies = []
    for n in range(1, BODIES + 1):
        principal = reader.uuid(f"body_{n}_principal")
        name, email = reader.text(f"body_{n}_name", most=_LINE), reader.email(f"body_{n}_email")
        if principal is None and not name and email is None:
            continue
        if above is not None:
            continue
        for field, there in (("principal", principal), ("name", name), ("email", email)):
            if not there and not reader.state.error(f"body_{n}_{field}"):
                reader.wrong(f"body_{n}_{field}", "form_words.required")
        if principal is not None and email is not None:
            bodies.append(BodyForm(principal, name, email))
    turn = reader.whole("turn") or 0
    if function is None or not reader.right:
        return None
    return SeatForm(function, wanted, tuple(bodies), above, turn if turn < max(1, len(bodies)) else 0)


def seat_values(seat: GroupSeat) -> dict[str, str]:
    """The form filled in with what is."""
    found = {"function": str(seat.function), "wanted": seat.wanted, "turn": str(seat.turn)}
    if seat.above is not None:
        found["above"] = str(seat.above)
    for n, body in enumerate(seat.bodies, 1):
        found |= {f"body_{n}_principal": str(body.principal_id), f"body_{n}_name": body.name,
                  f"body_{n}_email": body.email}  # fmt: skip
    return found


def read_term(reader: Reader, seat: GroupSeat) -> TermForm | None:
    """Who is appointed, with or without a substitute, for how long, and who decided it."""
    user = seat.function is SeatFunction.USER_REPRESENTATIVE
    first, last = reader.day("first", required=True), reader.day("last")
    who = _sitter(reader, "representative", user=user)
    beside = _sitter(reader, "substitute", user=user) if reader.text("substitute_name") else None
    decided_by, number = reader.text("decided_by", most=_LINE), reader.text("registration_number", most=_LINE)
    decided_on = reader.day("decided_on")
    if who is None or first is None or not reader.right:
        return None
    return TermForm(who, first, last, beside, decided_by or None, decided_on, number or None)


def _sitter(reader: Reader, which: str, *, user: bool) -> SitterForm | None:
    name = reader.text(f"{which}_name", required=True, most=_LINE)
    function = reader.text(f"{which}_function", required=True, most=_LINE)
    email, phone = reader.email(f"{which}_email"), reader.text(f"{which}_phone", most=50)
    on = reader.day(f"{which}_consent_on", required=True) if user else None
    how = reader.choice(f"{which}_consent_how", ConsentWay, required=True) if user else None
    shown = user and bool(reader.text(f"{which}_shown"))
    if not reader.right:
        return None
    return SitterForm(name, function, email, phone or None, on, how, shown)
