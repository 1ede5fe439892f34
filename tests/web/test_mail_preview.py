"""Mails before anybody gets them, for the administrator alone; and the page for those who run receivers' mail."""

import re

import pytest

from sip.edges.mail.letters import preview
from tests.web.scene import ROLES, Scene


async def test_the_administrator_finds_every_mail(scene: Scene) -> None:
    async with scene.client("administrator") as client:
        page = (await client.get("/mail-preview?language=en")).text
        assert set(re.findall(r'href="/mail-preview/([\w-]+)\?', page)) == set(preview.names())
        assert "Call to a SIP meeting on" in page
        for name in ("call", "bundle-12", "cancelled", "deviation_hearing"):
            one = await client.get(f"/mail-preview/{name}?language=sv")
            assert one.status_code == 200
            assert ("BEGIN:VCALENDAR" in one.text) is (name in ("call", "cancelled"))
        assert (await client.get("/mail-preview/nothing")).status_code == 404


async def test_the_mail_is_shut_in(scene: Scene) -> None:
    """It may run nothing, load nothing, and be shown by our own page alone."""
    async with scene.client("administrator") as client:
        page = (await client.get("/mail-preview/call")).text
        letter = await client.get("/mail-preview/call/html")
    assert '<iframe class="mail-frame wide" sandbox=""' in page
    policy = letter.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none';")
    assert "frame-ancestors 'self'" in policy
    assert "script" not in policy
    assert letter.headers["x-frame-options"] == "SAMEORIGIN"
    assert letter.headers["cache-control"] == "no-store"
    assert "<h1" in letter.text


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
async def test_to_all_others_it_is_not_there(scene: Scene, role: str) -> None:
    async with scene.client(role) as client:
        for path in ("/mail-preview", "/mail-preview/call", "/mail-preview/call/html"):
            assert (await client.get(path)).status_code == 404
        assert "/mail-preview" not in (await client.get("/")).text


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_receivers_are_told_what_holds_here(scene: Scene, language: str) -> None:
    """With this installation's own addresses, and nobody has to sign in."""
    async with scene.client() as client:
        page = (await client.get(f"/mail?lang={language}")).text
        assert 'href="/mail"' in (await client.get("/sign-in")).text
    settings = scene.stage.made.settings
    for said in (
        f"{settings.mail_local_part}@{settings.mail_domain}",
        f"bounce+…@{settings.mail_domain}",
        settings.base_url,
        f"DomainName {settings.mail_domain}",
        "-ProcessExternalMeetingMessages $true",
        "-TNEFEnabled $false",
        "AutoAccept",
        "Safe Links",
    ):
        assert said in page
    assert "{" not in re.sub(r"<meta[^>]*>", "", page)
