"""The whole database in a file, and back."""

from pathlib import Path

import click

from sip import app, backup
from sip.cli.root import settings, sip
from sip.ground import database_server

_FILE = click.Path(path_type=Path, dir_okay=False)


@sip.command("backup")
@click.argument("file", type=_FILE)
def save(file: Path) -> None:
    """Write the whole database to FILE, as SIP_DATABASE_OWNER_URL. Keep SIP_SECRET_KEY apart from it."""
    now = settings()
    with database_server(now) as (_, owner):
        size = backup.save(owner, file, now.pg_bin)
    click.echo(f"{file}: {size / 1e6:,.1f} MB.")


@sip.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def put_back(file: Path) -> None:
    """Fill an empty database with what is in FILE, as SIP_DATABASE_OWNER_URL, and bring it to this version's tables.

    Mail that may have been sent since is held until somebody has decided on it: see `sip held`.
    """
    now = settings()
    if now.sqlalchemy_owner_url is None:
        raise backup.BackupError("The embedded server is for trying out; name an empty database in SIP_DATABASE_URL.")
    backup.put_back(now.sqlalchemy_owner_url, file, now.pg_bin)
    app.migrate_database(now)
    click.echo("The database is filled, and has this version's tables.")
    click.echo("Mail that may have been sent since is held: `sip held` lists it as soon as the worker runs.")
