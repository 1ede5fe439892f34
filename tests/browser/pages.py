"""The pages that are looked at, with who looks: a role of the scene and a path, or a link mailed to an address."""

from uuid import UUID, uuid5

from sip.usecases.directory.keys import key_id
from sip.usecases.directory.wanted import role_id

_UNIT, _PERSON = key_id("unit", "hemtjanst"), key_id("person", "anna")
_ROLE = role_id(_UNIT, _PERSON, "substitute", None)
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
NARROW, WIDE = {"width": 360, "height": 800}, {"width": 1280, "height": 900}

PAGES: dict[str, tuple[str | None, str]] = {
    "sign in": (None, "/sign-in"),
    "answer": (None, "link:skolan@al.example"),
    "substitute": (None, "link:anna@al.example"),
    "manager": (None, "link:mona@al.example"),
    "convener link": (None, "link:clara@region.example:bli av?"),
    "not found": (None, "/no/such/page"),
    "privacy": (None, "/privacy"),
    "accessibility": (None, "/accessibility"),
    "overview": ("coordinator", "/"),
    "overview of a called unit": ("staff", "/"),
    "overview with gaps": ("administrator", "/"),
    "meetings": ("convener", "/meetings"),
    "new meeting": ("convener", "/meetings/new"),
    "meeting with questions": ("convener", "/meetings/{questions}"),
    "meeting looking for a substitute": ("convener", "/meetings/{regret}"),
    "meeting that is closed": ("convener", "/meetings/{absent}"),
    "meeting of a called unit": ("staff", "/meetings/{questions}"),
    "draft": ("convener", "/meetings/{draft}"),
    "our unit": ("staff", "/our-unit"),
    "our unit as its manager": ("manager", "/our-unit"),
    "attendance": ("convener", "/meetings/{unrecorded}/attendance"),
    "attendance that was recorded": ("convener", "/meetings/{absent}/attendance/recorded"),
    "attendance behind a link": (None, "link:clara@region.example:Blev SIP-mötet"),
    "deviations": ("staff", "/deviations"),
    "inbound": ("convener", "/inbound"),
    "inbound with nothing": ("stranger", "/inbound"),
    "all inbound": ("administrator", "/inbound?all=1"),
    "inbound of a meeting": ("convener", "/inbound?meeting={claims}"),
    "one inbound": ("administrator", "/inbound/1"),
    "words": ("convener", "/inbound/4"),
    "a claim": ("convener", "/inbound/6"),
    "meeting with claims": ("convener", "/meetings/{claims}"),
    "claims behind a link": (None, "link:clara@region.example:Någon annan vill komma"),
    "directory": ("administrator", "/directory"),
    "directory where nothing is found": ("administrator", "/directory?q=finns+inte"),
    "one unit of the directory": ("administrator", f"/directory/{_UNIT}"),
    "a new unit": ("administrator", "/directory/new"),
    "facts of a unit": ("administrator", f"/directory/{_UNIT}/facts"),
    "addresses of a unit": ("administrator", f"/directory/{_UNIT}/addresses"),
    "closed days of a unit": ("administrator", f"/directory/{_UNIT}/closed-days"),
    "last day of a unit": ("administrator", f"/directory/{_UNIT}/closing"),
    "giving a role": ("administrator", f"/directory/{_UNIT}/roles/new"),
    "a role": ("administrator", f"/directory/roles/{_ROLE}"),
    "a member of staff": ("administrator", f"/directory/people/{_PERSON}"),
    "the directory as a file": ("administrator", "/directory/file"),
    "users": ("administrator", "/users"),
    "inviting a user": ("administrator", "/users/new"),
    "a user": ("administrator", f"/users/{uuid5(UUID(int=9), 'manager')}"),
    "keys": ("administrator", "/users/keys"),
    "who is signed in": ("administrator", "/users/sessions"),
    "my profile": ("staff", "/profile"),
    "forgotten password": (None, "/password"),
    "principals and organisations": ("administrator", "/directory/places"),
    "a principal": ("administrator", f"/directory/principals/{key_id('principal', 'al')}"),
    "an organisation": ("administrator", f"/directory/organisations/{key_id('organisation', 'al-n')}"),
    "subscribing": ("manager", "/feeds"),
    "code": (None, "/kod"),
    "for mail administrators": (None, "/mail"),
    "mail previews": ("administrator", "/mail-preview"),
    "one mail preview": ("administrator", "/mail-preview/call"),
}
