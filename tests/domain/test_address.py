"""Which addresses can be mailed, and when two are the same (decision 0020)."""

import pytest

from sip.domain.address import domain_of, folded, is_mailable, same

LONG = "a@" + ".".join(["b" * 62] * 4)


@pytest.mark.parametrize(
    ("text", "mailable"),
    [
        ("anna@al.example", True),
        ("anna.o'neil+sip@a-b.al.example", True),
        ("a" * 64 + "@al.example", True),
        ("a" * 65 + "@al.example", False),
        (LONG, True),
        (LONG + "b", True),
        (LONG + "bb", False),  # 255 characters
        ("anna@al", False),
        ("anna@-al.example", False),
        (".anna@al.example", False),
        ("anna..o@al.example", False),
        ("anna@al.example\n", False),
        (" anna@al.example", False),
        ("ånna@al.example", False),
        ("@al.example", False),
        ("anna", False),
    ],
)
def test_what_can_be_mailed(text: str, mailable: bool) -> None:
    assert is_mailable(text) is mailable


def test_the_same_address_in_other_letters() -> None:
    assert folded(" Anna@AL.example ") == "anna@al.example"
    assert same("Anna@AL.example", " anna@al.example")
    assert not same("anna@al.example", "bo@al.example")
    assert domain_of("anna@AL.example") == "al.example"
