"""What is mailed to who follows open groups (rules, section 21 O4): a question an address and day, a digest a week."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sip.domain.effects import GOES_ALONE, SUBSCRIPTIONS, Link, NoticeKind
from sip.domain.people import Address, Language
from sip.domain.subscription import GroupNews, ask, digest
from sip.domain.worktime import local_day
from tests.domain.cast import at, ident

NILS, NOW, MONDAY = Address("nils@brev.example", "", Language.SV), at("2026-11-09 08:00"), date(2026, 11, 9)


@given(
    st.sampled_from(("nils@brev.example", "NILS@brev.example", "Nils@Brev.Example")), st.integers(0, 60 * 48), st.text()
)
def test_an_address_is_asked_once_a_day_however_it_is_written_and_of_whatever_group(
    email: str, minutes: int, group: str
) -> None:
    later = NOW + timedelta(minutes=minutes)
    first, second = ask(NILS, "Vårdsrådet", NOW), ask(Address(email, ""), group, later)
    assert (first.key == second.key) is (local_day(NOW) == local_day(later))
    assert "nils" not in first.key.lower()


def test_a_digest_has_a_line_for_each_decision_and_date_and_goes_alone() -> None:
    span = (at("2027-02-09 13:00"), at("2027-02-09 16:00"))
    long = GroupNews(ident("b"), "Chefsnätverket", ((MONDAY, "Läkare\npå  SIP", "x" * 900),), (span,))
    made = digest(NILS, (GroupNews(ident("a"), "Vårdsrådet", (), (span,)), long), MONDAY, NOW)
    assert (made.kind, made.link, made.method) == (NoticeKind.GROUP_NEWS, Link.SUBSCRIPTION, None)
    assert made.detail["1.decisions"] == "" and made.detail["2.id"] == str(ident("b"))
    (line,) = made.detail["2.decisions"].splitlines()
    assert line.startswith("2026-11-09 Läkare på SIP\t") and len(line) < 400 and line.endswith("…")
    assert made.key == digest(NILS, (), MONDAY, NOW + timedelta(hours=3)).key, "one a week"
    assert SUBSCRIPTIONS <= GOES_ALONE and made.end - NOW == timedelta(days=76)
