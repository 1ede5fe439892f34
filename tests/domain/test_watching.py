"""What is wrong as a watchdog sees it, and when that is news (decision 0184)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.domain.watching import AGAIN, News, Sight, Trouble, Watch, news, troubles

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WELL = Sight(
    late=timedelta(minutes=5), unsent=timedelta(minutes=15), unread=timedelta(minutes=2), free={"/": 0.1},
    certificate=timedelta(days=14),
)  # fmt: skip
_LOOKS = st.lists(st.frozensets(st.sampled_from(Trouble)), max_size=30)


def test_all_may_be_at_its_limit() -> None:
    assert troubles(Sight()) == troubles(WELL) == {}


@pytest.mark.parametrize(
    ("sight", "trouble", "words"),
    [
        (Sight(database="It is away."), Trouble.DATABASE, "It is away."),
        (Sight(late=timedelta(minutes=5, seconds=1)), Trouble.LATE, "5 minutes late"),
        (Sight(unsent=timedelta(minutes=16)), Trouble.UNSENT, "waited 16 minutes"),
        (Sight(unread=timedelta(minutes=3)), Trouble.WORKER, "for 3 minutes"),
        (Sight(silent=("receiver", "web")), Trouble.WAY_IN, "receiver, web"),
        (Sight(relay="Connection refused"), Trouble.RELAY, "Connection refused"),
        (Sight(free={"/": 0.5, "/var": 0.09}), Trouble.DISK, "/var (9% free)"),
        (Sight(certificate=timedelta(days=13, hours=23)), Trouble.CERTIFICATE, "ends in 13 days"),
        (Sight(certificate=-timedelta(days=2)), Trouble.CERTIFICATE, "ends in 0 days"),
        (Sight(certificate_wrong="expired."), Trouble.CERTIFICATE, "does not hold: expired."),
    ],
)
def test_each_trouble_is_one_sentence(sight: Sight, trouble: Trouble, words: str) -> None:
    found = troubles(sight)
    assert set(found) == {trouble}
    assert words in found[trouble]


def test_what_lasts_a_moment_tells_nobody() -> None:
    watch, told = news(Watch(), {Trouble.RELAY}, NOW)
    assert not told
    _, told = news(watch, (), NOW + MINUTE)
    assert not told


def test_what_lasts_is_told_once_and_once_a_day_and_when_it_is_over() -> None:
    watch, heard = Watch(), []
    for minute in range(2 * 24 * 60):
        watch, told = news(watch, {Trouble.LATE}, NOW + minute * MINUTE)
        heard += [minute] if told else []
    assert heard == [1, 1 + 24 * 60]
    watch, told = news(watch, (), NOW + timedelta(days=2))
    assert told == News((), True)
    assert not news(watch, (), NOW + timedelta(days=2, minutes=1))[1]


def test_what_is_new_is_told_with_all_that_stands() -> None:
    watch = Watch()
    for found in ({Trouble.LATE}, {Trouble.LATE}, {Trouble.LATE, Trouble.RELAY}):
        watch, _ = news(watch, found, NOW)
    assert news(watch, {Trouble.LATE, Trouble.RELAY}, NOW)[1] == News((Trouble.LATE, Trouble.RELAY))


@given(_LOOKS)
def test_nothing_is_told_twice_within_a_day_unless_something_is_new(looks: list[frozenset[Trouble]]) -> None:
    watch, told_of = Watch(), frozenset[Trouble]()
    for minute, found in enumerate(looks):
        watch, told = news(watch, found, NOW + minute * MINUTE)
        told_of &= found
        if told.stands:
            assert set(told.stands) <= found
            assert not set(told.stands) <= told_of
            told_of |= set(told.stands)
        assert told.over == (bool(told.over) and not found)
    assert timedelta(minutes=len(looks)) < AGAIN
