"""Mails before anybody gets them, and what the DNS has to say of those that leave."""

from pathlib import Path

import click

from sip.cli.root import settings, sip, write
from sip.dkim_key import record_of
from sip.domain.people import Language
from sip.edges.mail.letters import preview as previews
from sip.edges.mail.letters.preview import Preview
from sip.settings import SettingsError

FORMATS = ("text", "html", "eml", "ics")
_SUFFIX = {"text": "txt", "html": "html", "eml": "eml", "ics": "ics"}


@sip.group()
def mail() -> None:
    """Look at the mails, and at what is needed to send them."""


@mail.command("preview")
@click.argument("kind", required=False)
@click.option("--language", type=click.Choice([language.value for language in Language]), default="sv")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Text to print; with --out every format.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="A folder to write into, made if needed.")
def preview(kind: str | None, language: str, form: str | None, out: Path | None) -> None:
    """Show a mail of this KIND with made-up data; without KIND list them all, or with --out write them all."""
    known = previews.names()
    if kind is not None and kind not in known:
        raise click.UsageError(f'There is no mail "{kind}". `sip mail preview` lists them all.')
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        chosen = [previews.preview(name, Language(language)) for name in ([kind] if kind else known)]
        count = sum(_write(out, one, language, (form,) if form else FORMATS) for one in chosen)
        click.echo(f"{count} files in {out}.")
    elif kind is None:
        wide = max(map(len, known))
        for line in previews.listed(Language(language)):
            click.echo(f"{line.name:<{wide}}  {line.subject}")
    else:
        shown = _form(previews.preview(kind, Language(language)), form or "text")
        if shown is None:
            raise click.UsageError(f'"{kind}" has no calendar part.')
        write(Path("-"), shown)


def _form(one: Preview, form: str) -> bytes | None:
    match form:
        case "eml":
            return one.eml
        case "html":
            return one.html.encode()
        case "ics":
            return one.ics
    return f"{one.subject}\n\n{one.plain}".encode()


def _write(folder: Path, one: Preview, language: str, forms: tuple[str, ...]) -> int:
    count = 0
    for form in forms:
        data = _form(one, form)
        if data is not None:
            write(folder / f"{one.name}.{language}.{_SUFFIX[form]}", data)
            count += 1
    return count


@mail.command("dkim")
def dkim() -> None:
    """Print the DNS record that goes with SIP_DKIM_PRIVATE_KEY: its name, and its text."""
    now = settings()
    if now.dkim_private_key is None:
        raise SettingsError(["SIP_DKIM_SELECTOR and SIP_DKIM_PRIVATE_KEY are not set: mail is not signed here."])
    click.echo(f"{now.dkim_selector}._domainkey.{now.signing_domain}")
    click.echo(record_of(now.dkim_private_key.get_secret_value()))
