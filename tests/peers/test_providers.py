"""People sign in at oidc-provider, with claims like those of SITHS: well, and every way in which it could be abused.

Two providers stand side by side. The test is the browser: it goes from our page to theirs and back.
"""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID, uuid5

import httpx
import pytest
from sqlalchemy import text

from sip.store import identities
from sip.store.identities import Tie
from tests.peers.programs import HERE, MODULES, need, need_path
from tests.tester import TESTER
from tests.web.scene import ROLES, Scene, csrf_of, on_scene

LOA2, LOA3 = "http://id.sambi.se/loa/loa2", "http://id.sambi.se/loa/loa3"
PERSON = "SE2321000131-A1"
CONVENER = uuid5(UUID(int=9), "convener")
BASE = "http://sip.example"


@dataclass
class Peer:
    """A provider at work."""

    name: str
    issuer: str

    async def tell(self, **said: Any) -> None:
        """What stands in what it says next."""
        await self._asked("POST", "/told", json.dumps(said))

    async def posted(self) -> list[str]:
        """The words of log-out that it has sent."""
        return list(json.loads(await self._asked("GET", "/post-box")))

    async def _asked(self, method: str, path: str, content: str = "") -> str:
        async with httpx.AsyncClient() as client:
            return (await client.request(method, self.issuer + path, content=content)).raise_for_status().text


@asynccontextmanager
async def at_work(name: str) -> AsyncIterator[Peer]:
    need("node")
    need_path(MODULES / "oidc-provider")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        "node", HERE / "provider.mjs", MODULES.parent, str(port), f"{BASE}/sign-in/with/{name}/back",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert (await asyncio.wait_for(process.stdout.readline(), 60)).strip() == str(port).encode()
        yield Peer(name, f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        await process.wait()


@pytest.fixture(scope="module")
async def peers() -> AsyncIterator[tuple[Peer, Peer]]:
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(at_work("siths")), await stack.enter_async_context(at_work("kommun"))


@pytest.fixture
async def siths(peers: tuple[Peer, Peer]) -> Peer:
    await peers[0].tell(acr=LOA3, person=PERSON, published="first", commission="SE2321000131-U1")
    return peers[0]


@pytest.fixture
async def scene(peers: tuple[Peer, Peer], siths: Peer, database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """The county, with both providers connected; the convener is tied to the first."""
    asks = {"SIP_SIGN_IN_PROVIDERS": providers(peers, tmp_path)}
    async with on_scene(database_url, whole=False, settings=asks) as made:
        async with made.stage.made.db.transaction(TESTER) as conn:
            await identities.tie(conn, Tie("siths", PERSON, CONVENER))
        yield made


def providers(peers: tuple[Peer, Peer], folder: Path) -> str:
    """The path of the installation's file."""
    secret, path = folder / "secret", folder / "providers.toml"
    secret.write_text("a secret made up for tests only, long enough\n", encoding="utf-8")
    path.write_text("\n".join(_table(peer, secret) for peer in peers), encoding="utf-8")
    return str(path)


def _table(peer: Peer, secret: Path) -> str:
    return f"""[[provider]]
name = "{peer.name}"
label = {{ sv = "{peer.name.upper()}", en = "{peer.name.upper()}" }}
issuer = "{peer.issuer}"
client_id = "sip"
client_secret_path = "{secret}"
claims = ["employeeHsaId"]
acr = ["{LOA3}"]
confirming_acr = ["{LOA3}"]
commission = "commissionHsaId"
"""


@dataclass
class Person:
    """Somebody with a browser; `theirs` are the cookies of the provider."""

    client: httpx.AsyncClient
    theirs: httpx.Cookies = field(default_factory=httpx.Cookies)

    async def sets_out(self, name: str = "siths", query: str = "next=/meetings") -> str:
        """The address of the provider's page that our link leads to."""
        answer = await self.client.get(f"/sign-in/with/{name}?{query}")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def signs_in_there(self, address: str) -> str:
        """The address that the provider sends her back to."""
        async with httpx.AsyncClient(cookies=self.theirs) as there:
            for _ in range(8):
                answer = await there.get(address)
                assert answer.status_code in (302, 303), answer.text
                address = httpx.URL(address).join(answer.headers["location"]).__str__()
                self.theirs = there.cookies
                if address.startswith(BASE):
                    return address
        raise AssertionError(address)

    async def comes_back(self, address: str) -> httpx.Response:
        return await self.client.get(address.removeprefix(BASE))

    async def signs_in(self, name: str = "siths") -> httpx.Response:
        return await self.comes_back(await self.signs_in_there(await self.sets_out(name)))

    async def is_in(self) -> bool:
        return (await self.client.get("/roles")).status_code == 200


@pytest.fixture
async def person(scene: Scene) -> AsyncIterator[Person]:
    async with httpx.AsyncClient(base_url=scene.origin, headers={"accept-language": "en"}) as client:
        yield Person(client)


def said(answer: httpx.Response) -> str:
    """The sentence of a page."""
    found = re.search(r'<p class="lead">(.*?)</p>', answer.text)
    assert found is not None, answer.text
    return found[1]


def changed(address: str, **values: str) -> str:
    """The address with other values in its query."""
    parts = urlsplit(address)
    query = {name: found[0] for name, found in parse_qs(parts.query).items()}
    return parts._replace(query=urlencode({**query, **values})).geturl()


# -- well


async def test_she_signs_in_with_pkce_and_comes_where_she_wanted(scene: Scene, person: Person) -> None:
    page = await person.client.get("/sign-in?next=/meetings")
    assert "SITHS" in page.text
    assert "KOMMUN" in page.text
    address = await person.sets_out()
    asked = parse_qs(urlsplit(address).query)
    assert (asked["code_challenge_method"], asked["acr_values"], asked["response_type"]) == (["S256"], [LOA3], ["code"])
    answer = await person.comes_back(await person.signs_in_there(address))
    assert (answer.status_code, answer.headers["location"]) == (303, "/meetings")
    assert ROLES["convener"][2] in (await person.client.get("/meetings")).text
    async with scene.stage.made.db.transaction(TESTER) as conn:
        kept = (await conn.execute(text("select provider, provider_sub, confirmed_at from web_session"))).one()
    assert kept[:2] == ("siths", f"sub-of-{PERSON}")
    assert kept[2] is not None


async def test_the_same_value_of_another_provider_means_nobody(scene: Scene, person: Person) -> None:
    assert "tied to no user" in said(await person.signs_in("kommun"))
    async with scene.stage.made.db.transaction(TESTER) as conn:
        await identities.tie(conn, Tie("kommun", PERSON, uuid5(UUID(int=9), "manager")))
    assert (await person.signs_in("kommun")).status_code == 303
    assert ROLES["manager"][2] in (await person.client.get("/")).text


async def test_the_assignment_chooses_the_role(scene: Scene, person: Person, siths: Peer) -> None:
    async with scene.stage.made.db.transaction(TESTER) as conn:
        grant = (await conn.execute(text("select id from user_role where user_id = :u"), {"u": CONVENER})).scalar_one()
        await identities.set_commission(conn, CONVENER, grant, "SE2321000131-U1")
    assert (await person.signs_in()).status_code == 303
    await siths.tell(commission="SE2321000131-U2")
    async with httpx.AsyncClient(base_url=scene.origin, headers={"accept-language": "en"}) as client:
        assert "none of your roles" in said(await Person(client).signs_in())


async def test_who_confirms_shows_the_provider_anew_who_she_is(
    peers: tuple[Peer, Peer], siths: Peer, database_url: str, tmp_path: Path
) -> None:
    asks = {"SIP_SIGN_IN_PROVIDERS": providers(peers, tmp_path), "SIP_CONFIRM_MINUTES": "10"}
    async with on_scene(database_url, whole=False, settings=asks) as scene:
        async with scene.stage.made.db.transaction(TESTER) as conn:
            await identities.tie(conn, Tie("siths", PERSON, uuid5(UUID(int=9), "administrator")))
        async with httpx.AsyncClient(base_url=scene.origin, headers={"accept-language": "en"}) as client:
            person = Person(client)
            await person.signs_in()
            assert (await client.get("/users")).status_code == 200, "signing in there was strong enough"
            async with scene.stage.made.db.transaction(TESTER) as conn:
                await conn.execute(text("update web_session set confirmed_at = null"))
            assert (await client.get("/users")).headers["location"] == "/confirm?next=/users"
            assert (
                'href="/sign-in/with/siths?confirm=1&amp;next=/users"'
                in (await client.get("/confirm?next=/users")).text
            )
            address = await person.sets_out(query="confirm=1&next=/users")
            assert parse_qs(urlsplit(address).query)["prompt"] == ["login"]
            answer = await person.comes_back(await person.signs_in_there(address))
            assert (answer.status_code, answer.headers["location"]) == (303, "/users")
            assert (await client.get("/users")).status_code == 200
            await siths.tell(person="SE2321000131-B2")
            person.theirs = httpx.Cookies()
            address = await person.sets_out(query="confirm=1&next=/users")
            answer = await person.comes_back(await person.signs_in_there(address))
            assert (answer.status_code, "kopplad till någon användare" in said(answer)) == (403, True)


async def test_new_keys_are_fetched_when_they_are_met(person: Person, siths: Peer) -> None:
    assert (await person.signs_in()).status_code == 303
    await siths.tell(published="second", key="second")
    assert (await _after_the_keys_rest(person)).status_code == 303


async def _after_the_keys_rest(person: Person) -> httpx.Response:
    """Keys are fetched again for an unknown one after some seconds, not for each."""
    for _ in range(20):
        answer = await person.signs_in()
        if answer.status_code == 303:
            return answer
        await asyncio.sleep(0.5)
    return answer


async def test_signing_out_leads_on_to_the_provider(person: Person) -> None:
    await person.signs_in()
    page = await person.client.get("/roles")
    answer = await person.client.post("/sign-out", data={"_csrf": csrf_of(page.text)})
    onward = answer.headers["refresh"].removeprefix("0; url=")
    asked = parse_qs(urlsplit(onward).query)
    assert asked["post_logout_redirect_uri"] == [f"{BASE}/sign-in"]
    assert asked["id_token_hint"][0].count(".") == 2
    assert not await person.is_in()
    async with httpx.AsyncClient(cookies=person.theirs) as there:
        assert (await there.get(onward)).status_code == 200


async def test_who_signs_out_at_the_provider_is_signed_out_here(person: Person, scene: Scene, siths: Peer) -> None:
    await person.signs_in()
    token = await _signs_out_there(person, siths)
    async with httpx.AsyncClient(base_url=scene.origin) as provider:

        async def ended(word: str, name: str = "siths") -> int:
            answer = await provider.post(f"/sign-in/with/{name}/ended", data={"logout_token": word})
            return answer.status_code

        assert await ended(token, "kommun") == 400
        assert await ended(token[:-8] + "AAAAAAAA") == 400
        assert await person.is_in()
        assert await ended(token) == 200
        assert not await person.is_in()
        await person.signs_in()
        assert await ended(token) == 200, "the word again"
        assert await person.is_in(), "it counts once"


async def _signs_out_there(person: Person, siths: Peer) -> str:
    async with httpx.AsyncClient(cookies=person.theirs, follow_redirects=True) as there:
        page = await there.get(f"{siths.issuer}/session/end")
        secret = re.search(r'name="xsrf" value="([^"]+)"', page.text)
        assert secret is not None, page.text
        await there.post(f"{siths.issuer}/session/end/confirm", data={"xsrf": secret[1], "logout": "yes"})
    return (await siths.posted())[-1]


# -- attacks


@pytest.mark.parametrize(
    ("lie", "sentence"),
    [
        ({"acr": LOA2}, "not enough"),
        ({"claims": {"nonce": "of another sign-in"}}, "does not belong to this sign-in"),
        ({"claims": {"iss": "https://other.example"}}, "did not come from"),
        ({"claims": {"aud": "another service"}}, "not meant for this service"),
        ({"claims": {"exp": 1_700_000_000}}, "no longer holds"),
        ({"claims": {"employeeHsaId": ""}}, "did not say who you are"),
        ({"key": "second"}, "could not be trusted"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
async def test_a_word_that_says_something_else_is_refused(
    person: Person, siths: Peer, lie: Mapping[str, Any], sentence: str
) -> None:
    await siths.tell(**lie)
    answer = await person.signs_in()
    assert (answer.status_code, sentence in said(answer)) == (403, True), said(answer)
    assert not await person.is_in()


async def test_a_nonce_that_was_changed_on_the_way_is_refused(person: Person) -> None:
    address = changed(await person.sets_out(), nonce="chosen by somebody else")
    assert "does not belong" in said(await person.comes_back(await person.signs_in_there(address)))


async def test_a_key_that_is_published_no_longer_signs_nobody_in(person: Person, scene: Scene, siths: Peer) -> None:
    await siths.tell(published="second", key="second")
    assert (await person.signs_in()).status_code == 303
    await siths.tell(published="second", key="first")
    async with httpx.AsyncClient(base_url=scene.origin, headers={"accept-language": "en"}) as client:
        assert "could not be trusted" in said(await Person(client).signs_in())


async def test_a_code_is_taken_once(person: Person, scene: Scene) -> None:
    address = await person.signs_in_there(await person.sets_out())
    cookies = httpx.Cookies(person.client.cookies)
    assert (await person.comes_back(address)).status_code == 303
    async with httpx.AsyncClient(base_url=scene.origin, cookies=cookies, headers={"accept-language": "en"}) as client:
        again = Person(client)
        assert "has been used already" in said(await again.comes_back(address))
        code = parse_qs(urlsplit(address).query)["code"][0]
        other = await again.signs_in_there(await again.sets_out())
        assert "could not be trusted" in said(await again.comes_back(changed(other, code=code))), "nor by the provider"


async def test_what_comes_from_another_provider_is_refused(person: Person, peers: tuple[Peer, Peer]) -> None:
    address = await person.signs_in_there(await person.sets_out())
    mixed = changed(address.replace("/with/siths/", "/with/kommun/"), iss=peers[1].issuer)
    assert "did not come from KOMMUN" in said(await person.comes_back(mixed))
    address = await person.signs_in_there(await person.sets_out())
    assert f"iss={urlencode({'': peers[0].issuer})[1:]}" in address, "the provider names itself (RFC 9207)"
    assert "did not come from SITHS" in said(await person.comes_back(changed(address, iss=peers[1].issuer)))
    address = await person.signs_in_there(await person.sets_out())
    assert "did not come from SITHS" in said(await person.comes_back(re.sub(r"&iss=[^&]+", "", address)))
    assert not await person.is_in()


async def test_a_state_of_another_browser_is_refused(person: Person, scene: Scene) -> None:
    address = await person.signs_in_there(await person.sets_out())
    async with httpx.AsyncClient(base_url=scene.origin, headers={"accept-language": "en"}) as client:
        other = Person(client)
        await other.sets_out()
        assert "another browser" in said(await other.comes_back(address))
        assert not await other.is_in()


async def test_without_the_verifier_the_provider_gives_nothing(person: Person) -> None:
    """PKCE: a code that somebody stole, brought back in a try of her own, is worth nothing to her."""
    stolen = await person.signs_in_there(await person.sets_out())
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    own = await person.signs_in_there(await person.sets_out())
    assert "could not be trusted" in said(await person.comes_back(changed(own, code=code)))
