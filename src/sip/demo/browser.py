"""Somebody with a browser: opens the link in a mail, sees the forms of the page, fills one in and sends it.

The law of this file: like a person it knows only what the page shows. A choice is a radio button, an option or a button
whose value or label is meant; what is not touched keeps what the page put there, hidden fields and all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from sip.demo.wire import Got, Wire

MOST_REDIRECTS = 5


class PageError(ValueError):
    """The page has no such form, field or choice; the text says what it has."""


@dataclass(slots=True)
class Control:
    """One field of a form: its kind, the value it has, the words beside it; for a list the words of each value."""

    name: str
    kind: str
    value: str = ""
    checked: bool = False
    choices: dict[str, str] = field(default_factory=dict)
    id: str = ""
    legend: str = ""
    label: str = ""

    def value_of(self, wanted: str) -> str | None:
        """The value that is meant by a value or by the words of a choice; None when a list has neither."""
        if self.kind != "select" or wanted in self.choices:
            return wanted
        return next((value for value, words in self.choices.items() if words == wanted), None)


@dataclass(slots=True)
class HtmlForm:
    """A form as the page has it."""

    method: str
    action: str
    id: str = ""
    controls: list[Control] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The fields it has."""
        return list(dict.fromkeys(control.name for control in self.controls))

    def offers(self, name: str, value: str | None = None) -> bool:
        """Whether the form has this field, and (when given) this choice of it."""
        mine = [control for control in self.controls if control.name == name]
        if value is None or not mine:
            return bool(mine)
        closed = [c for c in mine if c.kind in ("radio", "checkbox", "submit", "select")]
        chosen = (c.value_of(value) if c.kind == "select" else value == c.value or None for c in closed)
        return not closed or any(choice is not None for choice in chosen)

    def label(self, name: str) -> str:
        """The words beside a field."""
        return next((control.label for control in self.controls if control.name == name), "")

    def filled(self, values: Mapping[str, str]) -> list[tuple[str, str]]:
        """What is sent when these values are put in. Raises PageError where the form has no such field or choice."""
        for name, value in values.items():
            if not self.offers(name, value):
                raise PageError(f'The form has no "{name}" that could be "{value}"; it has {", ".join(self.names)}.')
        sent: list[tuple[str, str]] = []
        for control in self.controls:
            wanted = values.get(control.name)
            if control.kind in ("radio", "checkbox", "submit"):
                chosen = wanted == control.value if wanted is not None else control.checked and control.kind != "submit"
                if chosen:
                    sent.append((control.name, control.value))
            else:
                sent.append((control.name, control.value if wanted is None else control.value_of(wanted) or wanted))
        return sent


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page as it came: where it is, what it says, what can be filled in, where it leads."""

    status: int
    url: str
    html: str
    title: str
    text: str
    forms: tuple[HtmlForm, ...]
    links: tuple[str, ...]

    def form(self, *names: str, **choices: str) -> HtmlForm:
        """The first POST form with these fields and choices. Raises PageError when there is none."""
        for form in self.forms:
            if (
                form.method == "post"
                and all(map(form.offers, names))
                and all(form.offers(n, v) for n, v in choices.items())
            ):
                return form
        have = "; ".join(f"{f.method} {f.action}: {', '.join(f.names)}" for f in self.forms) or "no form"
        raise PageError(f'The page "{self.title}" ({self.status}) has no form for {[*names, *choices]}; it has {have}.')


class Browser:
    """One person's browser, with its cookies. Each person has her own."""

    def __init__(self, base_url: str) -> None:
        self._wire = Wire(base_url)

    def close(self) -> None:
        """Closes the browser."""
        self._wire.close()

    def open(self, url: str) -> HtmlPage:
        """GETs a page and follows where it leads."""
        return self._follow(self._wire.ask("GET", url))

    def send(self, page: HtmlPage, form: HtmlForm, values: Mapping[str, str]) -> HtmlPage:
        """Fills in and sends a form, and follows where it leads. Raises PageError when it does not fit."""
        body = urlencode(form.filled(values)).encode()
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin, "Referer": page.url}
        return self._follow(self._wire.ask("POST", urljoin(page.url, form.action or page.url), body, headers))

    def _follow(self, got: Got) -> HtmlPage:
        for _ in range(MOST_REDIRECTS):
            if got.status not in (301, 302, 303, 307, 308) or "location" not in got.headers:
                break
            got = self._wire.ask("GET", urljoin(got.url, got.headers["location"]))
        return read_page(got.status, got.url, got.text)


def read_page(status: int, url: str, html: str) -> HtmlPage:
    """What a person finds in a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = " ".join(" ".join(reader.text).split())
    title = " ".join(" ".join(reader.title).split())
    return HtmlPage(status, url, html, title, text, tuple(reader.forms), tuple(dict.fromkeys(reader.links)))


class _Reader(HTMLParser):
    """Forms, links and words of a page; controls outside a form are found by their `form` attribute."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[HtmlForm] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.title: list[str] = []
        self._inside: list[str] = []
        self._form: HtmlForm | None = None
        self._select: Control | None = None
        self._option: str | None = None
        self._area: Control | None = None
        self._labels: dict[str, str] = {}
        self._label: str | None = None
        self._legend: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value if value is not None else "" for name, value in attrs}
        if tag in ("script", "style", "title"):
            self._inside.append(tag)
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "label":
            self._label = given.get("for")
        elif tag == "fieldset":
            self._legend = given.get("id")
        elif tag == "legend" and self._legend:
            self._label = self._legend
        elif tag == "form":
            self._form = HtmlForm(given.get("method", "get").lower(), given.get("action", ""), given.get("id", ""))
            self.forms.append(self._form)
        elif tag in ("input", "button", "select", "textarea", "option"):
            self._control(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = self._option = None
        elif tag == "option":
            self._option = None
        elif tag in ("label", "legend"):
            self._label = None
        elif tag == "fieldset":
            self._legend = None
        elif tag == "textarea":
            self._area = None

    def close(self) -> None:
        super().close()
        for control in (control for form in self.forms for control in form.controls):
            control.label = " ".join(self._labels.get(control.id or control.legend, "").split())

    def handle_data(self, data: str) -> None:
        if self._label is not None:
            self._labels[self._label] = self._labels.get(self._label, "") + data
        if self._select is not None and self._option is not None:
            self._select.choices[self._option] = (self._select.choices.get(self._option, "") + data).strip()
        if self._area is not None:
            self._area.value += data
        elif self._inside and self._inside[-1] == "title":
            self.title.append(data)
        elif not self._inside:
            self.text.append(data)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        if tag == "option":
            if self._select is not None:
                value = given.get("value", "")
                if "selected" in given or not self._select.choices:
                    self._select.value = value
                self._select.choices[value] = ""
                self._option = value
            return
        form = next((f for f in self.forms if f.id and f.id == given.get("form")), self._form)
        if form is None or not given.get("name") or "disabled" in given:
            return
        kind = {"button": given.get("type", "submit"), "input": given.get("type", "text")}.get(tag, tag).lower()
        if kind in ("button", "reset"):
            return
        default = "on" if kind in ("radio", "checkbox") else ""
        control = Control(given["name"], kind, given.get("value", default), "checked" in given, id=given.get("id", ""))
        control.legend = self._legend or ""
        form.controls.append(control)
        if tag == "select":
            self._select = control
        elif tag == "textarea":
            self._area = control
