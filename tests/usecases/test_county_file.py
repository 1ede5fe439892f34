"""A county as one file: what it says, and that everything wrong with it is told with its line."""

import tomllib

import pytest

from sip.domain.agreement import Joining
from sip.edges.words import words
from sip.usecases import county_file
from sip.usecases.county_file import CountyFileError, parse
from sip.usecases.directory.keys import key_id
from sip.usecases.toml_lines import line_of, lines_of

COUNTY = """\
county = "Exempellän"

[region]
key = "region"
name = "Region Exempellän"

[[municipality]]
key = "norrdal"
name = "Norrdals kommun"

[[agreement]]
name = "Avtalet"
version = 1
valid_from = 2026-05-01

[agreement.rules]
minimum_notice = 3
[agreement.rules.discharge]
minimum_notice = 1

[[agreement.joined]]
principal = "region"

[[agreement.joined]]
principal = "norrdal"
body = "Kommunfullmäktige"
decided = 2026-04-20
weight = 4100
"""


def refused(text: str) -> list[tuple[int, str]]:
    with pytest.raises(CountyFileError) as raised:
        parse(text.encode())
    for language in ("sv", "en"):  # each has words, and all that they need
        for one in raised.value.refusals:
            assert words(language)[f"county_file.{one.code}"].format(**dict(one.facts))
    return [(one.line, one.code) for one in raised.value.refusals]


def test_a_county_is_read_whole() -> None:
    found = parse(COUNTY.encode())
    assert (found.name, [(one.key, one.kind) for one in found.places]) == (
        "Exempellän", [("region", "region"), ("norrdal", "municipality")],
    )  # fmt: skip
    (one,) = found.agreements
    assert (one.agreement.name, one.agreement.rules.minimum_notice, one.line) == ("Avtalet", 3, 11)
    assert one.agreement.principals == frozenset()
    assert [(joined.line, joined.joining.body, joined.joining.weight) for joined in one.joined] == [
        (21, None, 1), (24, "Kommunfullmäktige", 4100),
    ]  # fmt: skip
    assert one.joined[0].joining == Joining(key_id("principal", "region"))


def test_the_documented_file_is_one() -> None:
    found = parse(county_file.default_text().encode())
    assert (found.name, len(found.places), [len(one.joined) for one in found.agreements]) == ("Exempellän", 3, [2, 2])


def test_lines_of_windows_and_a_mark_at_the_beginning_are_read() -> None:
    assert parse(b"\xef\xbb\xbf" + COUNTY.replace("\n", "\r\n").encode()).agreements[0].line == 11


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ('county = "Exempellän"', "", 1, "text"),
        ('county = "Exempellän"', "county = 7", 1, "text"),
        ('county = "Exempellän"', 'county = "Exempellän"\nland = 1', 2, "no_key"),
        ('name = "Norrdals kommun"', 'name = "Norrdals kommun"\nzip = 1', 10, "no_key"),
        ('key = "norrdal"', 'key = "region"', 7, "twice"),
        ('name = "Norrdals kommun"', 'name = "Region Exempellän"', 7, "twice"),
        ('name = "Norrdals kommun"', f'name = "{"x" * 201}"', 9, "line"),
        ('name = "Norrdals kommun"', 'name = "19121212-1212"', 9, "number"),
        ('name = "Avtalet"\n', "", 11, "text"),
        ("version = 1", 'version = "1"', 13, "whole"),
        ("version = 1", "version = 1\nlocal = 1", 14, "flag"),
        ("version = 1", "version = 1\nrenewal = [1, 2, 3]", 14, "falling"),
        ("version = 1", "version = 1\nrenewal = [3, 2]", 14, "wholes"),
        ("version = 1", "version = 1\nregion_share = 101", 14, "whole"),
        ("version = 1", 'version = 1\nkinds = ["barn"]', 14, "no_kind"),
        ("version = 1", 'version = 1\nkinds = "adult"', 14, "texts"),
        ("version = 1", 'version = 1\nprincipals = ["region"]', 14, "principals"),
        ("version = 1", "version = 1\nfrom = 2", 14, "no_key"),
        ("valid_from = 2026-05-01", 'valid_from = "2026-05-01"', 14, "day"),
        ("valid_from = 2026-05-01", "valid_from = 1066-05-01", 14, "day_between"),
        ("valid_from = 2026-05-01", "valid_from = 2026-05-01\nvalid_to = 2026-04-01", 15, "days_order"),
        ("minimum_notice = 3", "minimum_notice = 300", 17, "whole"),
        ("minimum_notice = 1", "minimum_notice = -1", 19, "whole"),
        ("minimum_notice = 3", "patience = 3", 17, "no_rule"),
        ("minimum_notice = 3", "gaps = [1]", 17, "wholes"),
        ("minimum_notice = 3", 'half_days = ["midsommar"]', 17, "no_day"),
        ("minimum_notice = 3", "half_days = 3", 17, "days"),
        ("minimum_notice = 3", "question_bound = 9", 16, "question_late"),
        ("minimum_notice = 3", "answer_reminders = [10, 30]", 16, "reminders"),
        ('principal = "region"', "", 21, "text"),
        ('principal = "norrdal"', 'principal = "region"', 24, "twice"),
        ("weight = 4100", "weight = 0", 28, "whole"),
        ("weight = 4100", 'number = "7"', 28, "no_key"),
        ("decided = 2026-04-20", 'decided = "i våras"', 27, "day"),
        ('body = "Kommunfullmäktige"', 'body = "19121212-1212"', 26, "number"),
        ("weight = 4100", "valid_from = 2027-01-01\nvalid_to = 2026-01-01", 29, "days_order"),
        ("weight = 4100", "weight = ", 28, "not_toml"),
        ("valid_from = 2026-05-01", "valid_from = 2026-05-01\njoined = 1", 22, "not_toml"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int, code: str) -> None:
    assert COUNTY.count(old) >= 1
    assert (line, code) in refused(COUNTY.replace(old, new, 1))


def test_all_of_it_is_told_at_once_in_order_of_the_lines() -> None:
    text = COUNTY.replace('key = "norrdal"', "key = 1").replace("version = 1", "version = 0")
    assert refused(text.replace("weight = 4100", "weight = 0")) == [(8, "text"), (13, "whole"), (28, "whole")]


def test_the_same_version_twice_is_refused() -> None:
    again = "\n[[agreement]]\nname = 'avtalet'\nversion = 1\nvalid_from = 2027-01-01\n"
    assert refused(COUNTY + again) == [(30, "version_twice")]


def test_what_is_no_text_or_too_large_is_refused() -> None:
    assert refused("") == [(1, "text"), (1, "no_places")]
    with pytest.raises(CountyFileError) as raised:
        parse(COUNTY.encode().replace(b"Norrdals", b"Norrd\xe4ls"))
    assert [(one.line, one.code) for one in raised.value.refusals] == [(9, "not_utf8")]
    with pytest.raises(CountyFileError) as raised:
        parse(b"#" * (county_file.MOST_BYTES + 1))
    assert [one.code for one in raised.value.refusals] == ["too_large"]


def test_lines_are_found_beside_texts_of_several_lines_and_comments() -> None:
    text = '''a = """
[not.a.table]
b = 1 """  # "
# c = 2
"quoted key" = 3
[x . 'y']
z = { inner = 1 }
[[many]]
n = 1
[[many]] # the second
n = 2
[many.own]
deep.key = 1
'''
    tomllib.loads(text)
    found = lines_of(text)
    assert found == {
        ("a",): 1, ("quoted key",): 5, ("x", "y"): 6, ("x", "y", "z"): 7, ("many", 0): 8, ("many", 0, "n"): 9,
        ("many", 1): 10, ("many", 1, "n"): 11, ("many", 1, "own"): 12, ("many", 1, "own", "deep", "key"): 13,
    }  # fmt: skip
    assert line_of(found, ("many", 1, "own", "nowhere")) == 12 and line_of(found, ("nowhere",)) == 1
