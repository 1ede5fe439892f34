"""Short codes: read as people type them, opening what the link opens, kept so that a copy of the rows opens nothing."""

import hashlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.store import db as database
from sip.store.post import codes, tokens
from sip.store.post.codes import new_code, read_code
from sip.store.vault import Vault
from sip.usecases.codes import open_by_code
from sip.usecases.engine.delivery import deliver
from tests.store.town import QUICK, Town
from tests.tester import TESTER

VAULT = Vault("a key of the tests, long enough to be one")


async def mailed(town: Town) -> tuple[str, str]:
    """A link and the code beside it, as a mail carried them."""
    await town.call()
    await deliver(town.db, town.now, town.relay.compose, town.relay.send, QUICK, vault=VAULT)
    _, secrets = town.relay.composed[-1]
    assert secrets.links[0] is not None and secrets.codes[0] is not None
    return secrets.links[0], secrets.codes[0]


async def opened(town: Town, token: str | None) -> tokens.LinkRef | None:
    async with town.db.transaction(TESTER) as conn:
        return None if token is None else await tokens.link(conn, token, town.now)


@pytest.mark.parametrize(
    "typed",
    [
        "7F0K1-2MX9D", "7f0k1-2mx9d", " 7F0K12MX9D ", "7F0K1 2MX9D", "7 F 0 K 1 2 M X 9 D", "7FOK1–2MX9D",
        "7fokl-2mx9d",
        "7FOKI\u00a02MX9D", "7F0K1.2MX9D",
    ],
)  # fmt: skip
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert read_code(typed) == "7F0K1-2MX9D"


@pytest.mark.parametrize("typed", ["", "7F0K1", "7F0K1-2MX9DD", "7F0K1-2MX9U", "7F0K1-2MX9Å", "-----", "7F0K1-2MX9$"])
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


@given(st.text(max_size=40))
def test_reading_never_raises_and_reads_its_own(typed: str) -> None:
    found = read_code(typed)
    assert found is None or read_code(found) == found


def test_codes_have_fifty_random_bits_and_no_look_alikes() -> None:
    made = {new_code() for _ in range(2000)}
    assert len(made) == 2000
    assert not set("".join(made)) & set("ILOU")
    assert all(read_code(one) == one for one in made)
    assert set("".join(made)) == set(codes._ALPHABET) | {"-"}


async def test_a_code_opens_what_its_link_opens_for_a_day(town: Town) -> None:
    link, code = await mailed(town)
    token = await open_by_code(town.db, VAULT, code.lower().replace("-", " "), town.now)
    own, by_code = await opened(town, link), await opened(town, token)
    assert own is not None and by_code is not None
    assert token != link
    assert by_code.expires_at == town.now + timedelta(days=1)
    assert (by_code.purpose, by_code.party, by_code.address) == (own.purpose, own.party, own.address)
    town.now += timedelta(days=2)
    assert await opened(town, token) is None
    assert await open_by_code(town.db, VAULT, code, town.now) is not None


async def test_a_code_ends_with_its_link(town: Town) -> None:
    link, code = await mailed(town)
    own = await opened(town, link)
    assert own is not None
    town.now = own.expires_at - timedelta(hours=1)
    last = await opened(town, await open_by_code(town.db, VAULT, code, town.now))
    assert last is not None and last.expires_at == own.expires_at
    town.now = own.expires_at
    assert await open_by_code(town.db, VAULT, code, town.now) is None


async def test_a_code_is_kept_keyed(town: Town) -> None:
    """Of fifty bits a plain hash is no secret: whoever has a copy of the database would try them all."""
    _, code = await mailed(town)
    async with town.db.transaction(TESTER) as conn:
        kept = [row[0] for row in await (await database.raw(conn)).fetch("select code_hash from link_token")]
    assert VAULT.digest(code) in kept
    assert not {hashlib.sha256(code.encode()).digest(), code.encode()} & set(kept)
    assert await open_by_code(town.db, Vault("another key of the tests, as long"), code, town.now) is None


async def test_every_code_is_its_own(town: Town) -> None:
    for n in range(3):
        await town.call(f"meeting {n}")
    await deliver(town.db, town.now, town.relay.compose, town.relay.send, QUICK, vault=VAULT)
    found = [code for _, secrets in town.relay.composed for code in secrets.codes]
    assert len(set(found)) == len(found) == 6
