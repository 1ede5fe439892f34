"""One law for e-mail addresses at every door (decision 0020): what cannot be mailed is refused, case says nothing."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.addresses import parse_email
from sip.domain import events as e
from sip.domain.address import domain_of, folded, is_mailable, same
from sip.domain.decision import Reason, Refused
from sip.domain.terms import AnswerKind, AttendeeState, RegretReason
from sip.edges.api.schemas.common import Email
from sip.edges.mail.received.header_addresses import only_address
from sip.edges.web.shell.forms import Reader
from sip.edges.web.shell.phrases import Phrases
from sip.usecases import users_csv
from sip.usecases.directory import csv_text
from sip.usecases.directory.rows import DirectoryFileError
from tests.domain.cast import HOME_CARE, called, said

GOOD = (
    "anna@x.example", "Anna.Ek@X.Example", "a@b.co", "anna+sip@x.example", "o'neil@x.example", "a_b-c@x-y.example",
    f"{'a' * 64}@x.example", "anna@xn--rebro-5sa.example",
)  # fmt: skip
BAD = (
    "a..b@x.example", ".a@x.example", "a@x..example", "a.@x.example", "a@.x.example", "a@x.example.", "a@-x.example",
    "a@x-.example", "a@x", "@x.example", "a@", "a b@x.example", "a@x.example\n", "a@x.1", "å@x.example",
    "a@örebro.example", '"a b"@x.example', "a@[10.0.0.1]", "a@b@x.example", "a,b@x.example", "a<b@x.example",
    f"{'a' * 65}@x.example", f"a@{'b' * 64}.example", f"a@{'b.' * 124}example", "a\x7f@x.example",
)  # fmt: skip


def by_the_api(text: str) -> bool:
    try:
        return msgspec.convert(text, Email) == text
    except msgspec.ValidationError:
        return False


def by_a_form(text: str) -> bool:
    # A form takes the space round what was typed away, and what a database cannot keep.
    reader = Reader({"email": text}, Phrases("sv"))
    return reader.email("email") == text


def by_the_directory(text: str) -> bool:
    cell = '"' + text.replace('"', '""') + '"'
    file = f"kind;key;parent;name;email\nprincipal;r;;Region;\naddress;;u;;{cell}\n"
    try:
        csv_text.parse(file.encode())
    except DirectoryFileError as error:
        return not any('"email"' in str(one) for one in error.errors)
    return True


def by_the_users_file(text: str) -> bool:
    cell = '"' + text.replace('"', '""') + '"'
    try:
        return [row.email for row in users_csv.parse(f"email;role\n{cell};chair\n".encode())] == [folded(text)]
    except DirectoryFileError:
        return False


def by_the_settings(text: str) -> bool:
    try:
        return folded(parse_email(text)) == folded(text)
    except ValueError:
        return False


def by_mail(text: str) -> bool:
    return only_address([f"<{text}>"]) == folded(text)


DOORS = (by_the_api, by_a_form, by_the_directory, by_the_users_file, by_the_settings, by_mail)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("text", GOOD)
def test_what_can_be_mailed_passes(door: object, text: str) -> None:
    assert callable(door) and door(text)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("text", [one for one in BAD if one.strip() == one])
def test_what_cannot_be_mailed_is_refused_at_every_door(door: object, text: str) -> None:
    assert not is_mailable(text)
    assert callable(door) and not door(text)


@given(st.text(alphabet='ab.@+-å \n<>",1', max_size=30))
def test_nothing_that_passes_one_door_is_refused_at_another(text: str) -> None:
    if is_mailable(text):
        assert all(door(text) for door in DOORS if len(text) >= 6)


def test_a_long_text_costs_no_time() -> None:
    """Were a run to be cut in two ways, a million letters would take for ever."""
    for text in ("a" * 1_000_000, "a." * 500_000, "a@" + "b-" * 500_000, "a@" + "b." * 500_000):
        assert not is_mailable(text)
        assert not by_the_api(text)


def test_case_says_nothing_and_nobody_is_nobody() -> None:
    assert same("Anna.Ek@AL.example", " anna.ek@al.example")
    assert not same(None, None)
    assert (folded("Anna@AL.Example"), domain_of("Anna@AL.Example"), domain_of("anna")) == (
        "anna@al.example", "al.example", "",
    )  # fmt: skip


def test_a_substitute_who_has_said_no_is_not_asked_again_under_a_capital_letter() -> None:
    world = called("2026-11-02 10:00", "2026-12-07 10:00")
    home = world.party(HOME_CARE).ordinal
    anna = e.NamedPerson("Anna", "anna@al.example")
    world.do(
        e.Answered(
            home, AnswerKind.REGRETS, said(world), stands_in=(anna,), regret_reason=RegretReason.UNPLANNED_ABSENCE
        )
    )
    person = next(a for a in world.party(HOME_CARE).attendees if a.name == "Anna")
    world.do(e.AttendeeAnswered(home, person.ordinal, AttendeeState.REFUSED, said(world)))
    again = world.do(e.SubstituteNamed(home, e.NamedPerson("Anna Ek", "Anna@AL.example"), said(world)))
    assert isinstance(again, Refused) and again.reason is Reason.ALREADY_ASKED
