"""The switch of the language at a page's head: a link, and for each form that somebody writes in a button of that form,
so that what is typed comes back in the other language (`translated`), without script too.

The law of this file: it is done to the page as it leaves, so that no form can be forgotten. Which switch is shown is
said by `switches.css`: where one form can be written in it is that form's, else the one of the form that has been
written in; with script the link alone, for `keep.js` keeps all forms. Enter presses the first button that a form has,
and these stand before its own: so a hidden one that does the same as that stands before each.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from sip.edges.web.shell.filling import FormFound, forms_of, sent

PLACE = "<!--switches-->"
"""Where the buttons go in a page."""

MOST = 60
"""How many forms of a page have a switch; `switches.css` has as many rules."""

_TOLD_BY = re.compile(r' data-f="\d+"(?: data-filled)?(?: id="f\d+")?')


@dataclass(frozen=True, slots=True)
class Switch:
    """The other language, by its code and its own name; `here`: the page's path with its query."""

    here: str
    code: str
    name: str

    @property
    def href(self) -> str:
        """This page in it."""
        path, _, query = self.here.partition("?")
        return f"{path}?{query}{'&' if query else ''}lang={self.code}"

    def of(self, action: str) -> str:
        """Where a form that is sent to `action` is sent instead, to be had again in it."""
        return f"/language?{urlencode({'page': self.here, 'form': action})}"


def set_in(page: str, switch: Switch, said: tuple[str, Mapping[str, str]] | None) -> str:
    """The page with its switches; `said`: where the form was sent that it answers, and what that said."""
    before, main, after = page.partition("<main")
    if PLACE not in before:
        return page
    forms = forms_of(after)
    written = [form for form in forms if form.is_written_in][:MOST]
    kept = forms[at] if said is not None and (at := sent(forms, *said)) is not None else None
    edits: list[tuple[int, str]] = []
    buttons = []
    for number, form in enumerate(written, 1):
        mark = f' data-f="{number}"'
        flag, own = " data-filled" if form is kept else "", "" if form.id else f' id="f{number}"'
        edits.append((form.ends, f"{mark}{flag}{own}"))
        edits += [(ends, mark) for ends in form.beside]
        buttons.append(_button(switch, form, number, alone=form.method == "post" and written == [form]))
    for ends, text in sorted(edits, reverse=True):
        after = f"{after[: ends - 1]}{text}{after[ends - 1 :]}"
    return f"{before.replace(PLACE, ''.join(buttons))}{main}{after}"


def taken_out(part: str) -> str:
    """This part of a page without what its forms are told by: for a page that stands open, whose script keeps them all,
    and because a part stays as it was whichever forms come before it.
    """
    return _TOLD_BY.sub("", part)


def _button(switch: Switch, form: FormFound, number: int, *, alone: bool) -> str:
    asked = form.method == "get"
    owner = form.id or f"f{number}"
    to = html.escape(form.action or switch.here.partition("?")[0] if asked else switch.of(form.action))
    what = "lang" if asked else "in_language"
    return (
        f'<input type="submit" class="as-before" form="{owner}" hidden{form.press or ""}>'
        f'<button type="submit" class="switch-of" data-of="{number}"{" data-asked" if asked else ""}'
        f'{" data-alone" if alone else ""} form="{owner}" formaction="{to}" formnovalidate'
        f' name="{what}" value="{switch.code}" lang="{switch.code}">{switch.name}</button>'
    )
