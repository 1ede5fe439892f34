"""Which language a page is in."""

from sip.domain.people import Language
from sip.edges.web.shell.page import LANGUAGE_COOKIE, HttpRequest, cookie_of


def language(request: HttpRequest, own: Language | None) -> str:
    """The language that was asked for, else chosen before, else the user's own, else the browser's."""
    asked = request.query_params.get("lang") or cookie_of(request, LANGUAGE_COOKIE)
    if asked in tuple(Language):
        return str(asked)
    if own is not None:
        return own
    for part in request.headers.get("accept-language", "").split(","):
        code = part.strip()[:2].lower()
        if code in tuple(Language):
            return code
    return Language.SV
