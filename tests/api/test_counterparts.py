"""Each act of the pages has its counterpart in the API, or a stated reason why it has none."""

from tests import counterparts, doors
from tests.counterparts import Alone


def test_every_act_of_the_pages_has_its_counterpart_or_a_reason() -> None:
    there = {path for method, path, _ in doors.routes() if method == "POST"}
    named = [path for path, _ in counterparts.acts()]
    assert len(named) == len(set(named)), "each once"
    assert sorted(there - set(named)) == [], "an act of a page with neither"
    assert sorted(set(named) - there) == [], "no such act"


def test_what_a_key_does_instead_is_there() -> None:
    operations = {name for name, _ in doors.operations()}
    said = {name for done_by in counterparts.ACTS if not isinstance(done_by, Alone) for name in done_by.split()}
    assert sorted(said - operations) == []
