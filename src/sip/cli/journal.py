"""The sealed journal: whether it is as it was, and a meeting's part of it for whoever wants to see for himself."""

import json
from pathlib import Path
from uuid import UUID

import click
from cryptography import x509
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sip import app
from sip.cli.root import act_on, read, settings, sip, write
from sip.edges import seal_folder
from sip.seal_stamp import Stamps, read_roots
from sip.store.sealing import Key
from sip.usecases import proofs, seal_check
from sip.usecases.actor import ASKING
from sip.usecases.seal_check import Outside, SealFault, Verified, Wrong

_HEX = "64 digits of 0-9 and a-f"


class HexHash(click.ParamType[bytes]):
    """32 bytes, written in hexadecimal."""

    name = "hex"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        if isinstance(value, bytes):
            return value
        try:
            found = bytes.fromhex(str(value))
        except ValueError:
            found = b""
        if len(found) != 32:
            self.fail(f'"{value}" is not {_HEX}.', param, ctx)
        return found


@sip.group()
def journal() -> None:
    """Verify and prove what journal and access log hold."""


@journal.command("key")
def journal_key() -> None:
    """Print the public key that heads are signed under; give it to whoever is to verify them."""
    click.echo(app.seal_key(settings()).public.hex())


@journal.command("verify")
@click.option(
    "--heads",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of kept heads and leaves, as SIP_SEAL_FOLDER holds them: shows also what was written anew.",
)
@click.option(
    "--head", "told", type=HexHash(), multiple=True, help="The number in the mail of a seal; may be repeated."
)
@click.option(
    "--tsa-ca",
    "authorities",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Certificates in PEM that time stamps are believed by. [SIP_SEAL_TSA_CA]",
)
@click.option("--key", "keys", type=HexHash(), multiple=True, help="An earlier public key of this installation's.")
def journal_verify(
    heads: Path | None, told: tuple[bytes, ...], authorities: Path | None, keys: tuple[bytes, ...]
) -> None:
    """Verify every row of journal and access log, and name the first that is not as it was sealed.

    That it was verified, and whether all held, is written in the access log, where auditors see it.
    """
    days = () if heads is None else seal_folder.kept_days(heads)
    believed = None if authorities is None else Stamps(_roots(authorities))
    bar = Progress(
        TextColumn("Verifying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True)
    )

    async def act(parts: app.Parts) -> Verified:
        stamps = believed or app.seal_stamps_of(parts.settings)
        outside = Outside({app.seal_key(parts.settings).public, *keys}, days, told, stamps)
        with bar:
            task = bar.add_task("", total=None)
            done = await seal_check.verify(
                parts.db, outside, lambda done, of: bar.update(task, completed=done, total=of)
            )
        await seal_check.tell(parts.db, done, actor=ASKING, now=await parts.clock.now())
        return done

    done = act_on(act)
    if done.finding is not None:
        click.echo(sentence(done.finding), err=True)
        raise click.exceptions.Exit(1)
    click.echo(
        f"{done.rows:,} rows are as they were sealed, in {done.days:,} days; {done.waiting:,} of them wait for the end "
        f"of their day.{f' {done.stamps:,} days are stamped, each in its time.' if done.stamps else ''}"
    )
    if done.gone or done.gave_way:
        click.echo(
            f"Of these {done.gone:,} were disposed of and {done.gave_way:,} had names give way, as sealed records tell."
        )


def _roots(file: Path) -> tuple[x509.Certificate, ...]:
    try:
        return read_roots(file.read_bytes())
    except ValueError:
        raise click.UsageError(f"{file} holds no certificate in PEM.") from None


_SENTENCES = {
    Wrong.CHANGED: "{row} was changed after it was written.",
    Wrong.REMOVED: "{row} was removed.",
    Wrong.ADDED: "{row} was put in afterwards.",
    Wrong.REORDERED: "{row} stands in another place than it was sealed in.",
    Wrong.GAP: "A row was removed{before}, with the leaf that told of it; the kept leaves (--heads) name it.",
    Wrong.REWRITTEN: "The rows of {day} are not the sealed ones; the kept leaves (--heads) name the first of them.",
    Wrong.HEAD_LOST: "The head of {day} was removed.",
    Wrong.HEAD_CHANGED: "The head of {day} is not the one that was sealed.",
    Wrong.SIGNATURE: "The head of {day} is not signed under a key that is known; name an earlier one with --key.",
    Wrong.UNKNOWN_HEAD: "The seal {head} is of none of the days: the log is another than the one it was made of.",
    Wrong.STAMP: "The time stamp of {day} is not of its head, or of no service that is believed (--tsa-ca).",
    Wrong.STAMPED_LATE: "The head of {day} was stamped long after that day: it is not the one that was made then.",
    Wrong.KEPT_LEAVES: "The kept leaves of {day} are not those of its head.",
    Wrong.TOMBSTONES: "The tombstones of disposal {batch} are not those that its record in the journal tells of.",
}


def sentence(finding: SealFault) -> str:
    """What is wrong, for whoever runs the service."""
    row = None if finding.key is None else _row(finding.key)
    return _SENTENCES[finding.wrong].format(
        row=None if row is None else row[0].upper() + row[1:],
        before="" if row is None else f" before {row}",
        day=finding.day,
        batch=finding.batch,
        head=None if finding.head is None else finding.head.hex(),
    )


def _row(key: Key) -> str:
    aggregate, number = key
    return f"row {number} of the access log" if aggregate is None else f"row {number} of the journal of {aggregate}"


@journal.command("proof")
@click.argument("meeting", type=click.UUID)
@click.option(
    "--to", "file", type=click.Path(path_type=Path, allow_dash=True), required=True, help="The file to write."
)
def journal_proof(meeting: UUID, file: Path) -> None:
    """Write what was sealed of MEETING (its id) to a file that is verified without the service."""

    async def act(parts: app.Parts) -> dict[str, object]:
        return await proofs.prove(parts.db, meeting, actor=ASKING, now=await parts.clock.now())

    made = act_on(act)
    write(file, (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode())
    if made["waiting"]:
        click.echo(f"{made['waiting']} rows are not in it: their day is not over.", err=True)


@journal.command("check")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--key", type=HexHash(), required=True, help="The public key, as `sip journal key` prints it.")
def journal_check(file: Path, key: bytes) -> None:
    """Verify a proof in FILE, without the service and its database."""
    try:
        shown = proofs.check(read(file), key)
    except proofs.ProofError as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(1) from None
    click.echo(
        f"{shown.journal} rows of the journal of {shown.meeting} and {shown.readings} readings are as they were "
        f"sealed, from {shown.days[0]} to {shown.days[-1]}."
    )
