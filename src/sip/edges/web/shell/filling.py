"""The forms of a page that is ready to be sent: which of them was sent, and one of them filled with what was typed.

The law of this file: a page leaves as it came but for the fields of that one form; nothing is put where a password is
written, and of what the page hides in a form only the version that was seen comes back.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

_TICKED = ("radio", "checkbox")
_PRESSED = ("submit", "button", "image", "reset")
_TAG = re.compile(r"<(/?form|input|select|textarea|button)\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_OF_A_PRESS = re.compile(r' (?:(?:name|value|formaction|formenctype)="[^"]*"|formnovalidate|disabled)')
_OURS = frozenset({"_csrf", "nonce", "version", "sequence"})
CARRIED = "typed"
"""What the names of fields begin with that carry another form's words on (`typed`)."""


@dataclass(slots=True)
class FormFound:
    """A form of a page: its start tag and where that stands, the fields that people fill in, and what it hides.
    `beside`: where the tags of its fields end that stand outside it; `files`: it takes a file, which no page can give
    back.
    """

    ends: int
    action: str
    method: str
    id: str
    names: set[str] = field(default_factory=set)
    hidden: dict[str, str] = field(default_factory=dict)
    beside: list[int] = field(default_factory=list)
    files: bool = False
    press: str | None = None

    @property
    def is_written_in(self) -> bool:
        """Whether anything is typed or chosen in it that can come back."""
        return bool(self.names) and not self.files

    def take(self, kind: str, known: Mapping[str, str]) -> None:
        """A field of it."""
        if kind == "hidden":
            self.hidden[known["name"]] = known.get("value", "")
        elif kind == "file":
            self.files = True
        elif kind != "password" and kind not in _PRESSED:
            self.names.add(known["name"])


def forms_of(page: str) -> list[FormFound]:
    """The forms of a page of ours, in order. A field or a button may stand outside the form that it belongs to."""
    found: list[FormFound] = []
    beside: list[tuple[str, str, dict[str, str], int]] = []
    pressed: list[tuple[str | FormFound, str]] = []
    inside = False
    for tag in _TAG.finditer(page):
        if tag[1] == "/form":
            inside = False
            continue
        known = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(tag[2])}
        owner = known.get("form") or (found[-1] if inside else None)
        if tag[1] == "form":
            about = known.get("action", ""), known.get("method", "get"), known.get("id", "")
            found.append(FormFound(tag.end(), *about))
            inside = True
        elif tag[1] == "button" or known.get("type") == "submit":
            if owner is not None and known.get("type", "submit") == "submit":
                pressed.append((owner, "".join(_OF_A_PRESS.findall(tag[2]))))
        elif known.get("name"):
            kind = known.get("type", "text") if tag[1] == "input" else tag[1]
            if isinstance(owner, str):
                beside.append((owner, kind, known, tag.end()))
            elif owner is not None:
                owner.take(kind, known)
    _give(found, beside, pressed)
    return found


def _give(
    found: Sequence[FormFound],
    beside: Sequence[tuple[str, str, dict[str, str], int]],
    pressed: Sequence[tuple[str | FormFound, str]],
) -> None:
    """To each form the fields that stand outside it, and the first of its buttons wherever it stands."""
    for form in found:
        for owner, kind, known, ends in beside:
            if form.id == owner:
                form.take(kind, known)
                form.beside.append(ends)
        form.press = next((said for whose, said in pressed if form is whose or form.id == whose), None)


def sent(forms: Sequence[FormFound], action: str, said: Mapping[str, str]) -> int | None:
    """Which of these forms it was that was sent to `action` and said this: the one that hides the same and has most of
    these fields. None where none is sent there.
    """

    def likeness(at: int) -> tuple[int, int]:
        form = forms[at]
        own = {name: value for name, value in form.hidden.items() if name not in _OURS}
        same = sum(1 if said.get(name) == value else -1 for name, value in own.items())
        return same + len(form.names & said.keys()), -at

    wanted = [at for at, form in enumerate(forms) if form.method == "post" and form.action == action]
    return max(wanted, key=likeness, default=None)


def refilled(page: str, action: str, said: Mapping[str, str], note: str) -> str:
    """The page with the form that was sent to `action` filled with this, and a note at its head; the page itself where
    it has no such form, or that form says so already.
    """
    forms = forms_of(page)
    which = sent(forms, action, said)
    if which is None:
        return page
    filler = _Filler(which, forms[which].id, said, note)
    filler.feed(page)
    filler.close()
    return "".join(filler.out) if filler.changed else page


class _Filler(HTMLParser):
    """Writes the page out as it came, but for the fields of one form."""

    def __init__(self, which: int, owner: str, said: Mapping[str, str], note: str) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._which, self._owner, self._values, self._note = which, owner, said, note
        self._seen, self._inside = -1, False
        self._select: str | None = None
        self._chosen: list[tuple[bool, str]] = []  # of the options of the select one is in
        self._skipped: list[str] | None = None  # what stood in the textarea one is in
        self.changed = False
        self._around: list[int] = []  # where in `out` the boxes begin that are not closed yet

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        text = self.get_starttag_text() or ""
        self._seen += tag == "form"
        if tag == "form" and self._seen == self._which:
            self._inside = True
            for at in self._around:  # a form that nobody sees cannot be sent again
                self.out[at] = re.sub(r"( open)?>$", " open>", self.out[at])
            text = _tag(tag, attrs, "data-filled", True) + self._carried()
            text += f'<p class="note" role="status">{html.escape(self._note)}</p>'
        elif self._inside or (self._owner and known.get("form") == self._owner):
            text = self._field(tag, known, attrs, text)
        elif tag == "details":
            self._around.append(len(self.out))
        self.out.append(text)

    def _carried(self) -> str:
        """What this form carried of another."""
        held = [(name, value) for name, value in self._values.items() if name.startswith(CARRIED)]
        self.changed = self.changed or bool(held)
        return "".join(_tag("input", [("type", "hidden"), ("name", name), ("value", value)]) for name, value in held)

    def _field(self, tag: str, known: dict[str, str], attrs: list[tuple[str, str | None]], text: str) -> str:
        name, kind = known.get("name", ""), known.get("type", "text")
        if tag == "select":
            self._select, self._chosen = name, []
        elif tag == "option" and self._select is not None and self._select in self._values:
            self._chosen.append(("selected" in known, known.get("value", "")))
            return _tag(tag, attrs, "selected", known.get("value", "") == self._values[self._select])
        elif tag == "textarea" and name in self._values:
            self._skipped = [name]
            return f"{text}\n{html.escape(self._values[name], quote=False)}"  # a first line's end is the tag's own
        elif tag == "input" and kind in _TICKED:
            holds = self._values.get(name) == (known.get("value") or "on")
            self.changed = self.changed or holds != ("checked" in known)
            return _tag(tag, attrs, "checked", holds)
        elif tag == "input" and kind not in (*_PRESSED, "password", "file") and name in self._values:
            return self._input(known, attrs, text, self._values[name])
        elif tag == "details":
            return _tag(tag, attrs, "open", True)
        return text

    def _input(self, known: dict[str, str], attrs: list[tuple[str, str | None]], text: str, value: str) -> str:
        if known.get("type") == "hidden" and known["name"] != "version":
            return text
        self.changed = self.changed or (known.get("type") != "hidden" and value != known.get("value", ""))
        return _tag("input", [(one, held) for one, held in attrs if one != "value"] + [("value", value)])

    def _ends(self, tag: str) -> None:
        """Whether what ends here said something else before."""
        if tag == "select" and self._chosen and self._select is not None:
            before = next((value for chosen, value in self._chosen if chosen), self._chosen[0][1])
            self.changed = self.changed or before != self._values[self._select]
        elif tag == "textarea" and self._skipped is not None:
            name, before = self._skipped[0], html.unescape("".join(self._skipped[1:]))
            lines = (before.removeprefix("\n"), self._values[name])
            self.changed = self.changed or len({text.replace("\r\n", "\n") for text in lines}) > 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._inside:
            self._inside = False
        if tag == "details" and self._around and not self._inside:
            self._around.pop()
        self._ends(tag)
        if tag == "select":
            self._select, self._chosen = None, []
        if tag == "textarea":
            self._skipped = None
        self.out.append(f"</{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        (self.out if self._skipped is None else self._skipped).append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")


def _tag(tag: str, attrs: Sequence[tuple[str, str | None]], flag: str = "", holds: bool = False) -> str:
    """A start tag of these attributes, with the flag or without it."""
    kept = [(name, value) for name, value in attrs if name != flag] + ([(flag, None)] if holds else [])
    said = "".join(f" {name}" if value is None else f' {name}="{html.escape(value)}"' for name, value in kept)
    return f"<{tag}{said}>"
