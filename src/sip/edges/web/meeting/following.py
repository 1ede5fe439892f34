"""An open meeting page follows along: it says what it has, and gets the parts that are different now, and nothing else.

The law of this file: a part is what stands between two marks of the template, its stamp a digest of it without what
nobody sees (nonces, the form's token, the version: a part that stays as it was conflicts with nothing that changed
elsewhere). Where the parts themselves are others, the page is loaded anew.
"""

import re
from collections.abc import Mapping
from hashlib import blake2s
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from sip.edges.web.meeting import layout
from sip.edges.web.shell.page import Html, Page
from sip.edges.web.shell.switches import taken_out

_PART = re.compile(r"<!--\[(\w+)-->(.*?)<!--\1\]-->", re.DOTALL)
_UNSEEN = re.compile(r'name="(?:nonce|version|_csrf)" value="\w*"')
_MARK = re.compile(r'data-part="(\w+)"')
_MOST_ASKED = 4000


def parts(text: str) -> Mapping[str, str]:
    """The parts of a page, by name."""
    return {found[1]: taken_out(found[2]) for found in _PART.finditer(text)}


def stamp(part: str) -> str:
    """What tells this part from what it was."""
    return blake2s(_UNSEEN.sub("", part).encode(), digest_size=6).hexdigest()


def stamped(answer: Html) -> Html:
    """The page with the stamp of each part beside its name."""
    text = answer.content
    known = {name: stamp(part) for name, part in parts(text).items()}
    answer.content = _MARK.sub(lambda found: f'{found[0]} data-stamp="{known.get(found[1], "")}"', text)
    return answer


@get("/meetings/{meeting_id:uuid}/changes")
async def changes(page: NamedDependency[Page], meeting_id: FromPath[UUID]) -> Response[Any]:
    """`has`: names and stamps of what stands on the page, as `p2.1f3a,story.77aa`. Gives the parts that differ; `anew`
    where the page has other parts now."""
    has = dict(one.partition(".")[::2] for one in page.request.query_params.get("has", "")[:_MOST_ASKED].split(","))
    shown = await layout.render(page, meeting_id, again=True)
    found = parts(shown.content)
    if set(found) != set(has):
        return Response({"anew": True, "parts": {}})
    now = {name: (stamp(part), part) for name, part in found.items()}
    differ = {name: {"stamp": s, "html": part} for name, (s, part) in now.items() if has[name] != s}
    return Response({"anew": False, "parts": differ})
