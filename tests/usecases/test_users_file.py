"""A file of users: all its errors at once, all of its users or none (`sip user import`)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sip.domain.people import Language, Role
from sip.store import users as rows
from sip.store.db import Database
from sip.usecases import users
from sip.usecases.actor import Actor, ActorKind
from sip.usecases.directory.rows import DirectoryFileError
from sip.usecases.users_csv import parse
from tests.tester import TESTER

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
OPERATOR = Actor(ActorKind.USER, "command line", "command line", role=Role.ADMINISTRATOR)


def test_a_line_is_one_role_of_one_user() -> None:
    first, second = parse(
        b"\xef\xbb\xbfemail;role;name;password\nKarin@x.example;coordinator;Karin;a-long-password\n\n"
        b"karin@x.example;board_member;;\n"
    )
    assert (first.line, first.email, first.role, first.name) == (2, "karin@x.example", Role.COORDINATOR, "Karin")
    assert (second.line, second.role, second.password) == (4, Role.BOARD_MEMBER, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "header"),
        ("email;rolle\n", "header"),
        ("email;role\n", "nobody"),
        ("email;role\nkarin;coordinator\n", "Line 2: .*e-mail address"),
        ("email;role\nk@x.example;boss\n", "Line 2: .*must be one of"),
        ("email;role;password\nk@x.example;chair;short\n", "Line 2: .*at least 12"),
        ("email;role;unit;principal\nk@x.example;chair;a;b\n", "not several"),
        ("email;role\nk@x.example;chair;more\n", "3 cells"),
        ("email;role;name\nk@x.example;chair;19811218-9876\n", "personal number"),
        ("email;role;password\nk@x.example;chair;passwordpassword\n", "one that many use"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(DirectoryFileError, match=said):
        parse(text.encode())


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(DirectoryFileError, match="UTF-8"):
        parse(b"email;role\n\xff\xfe")


async def test_all_of_them_or_none(db: Database) -> None:
    good = "email;role;name;password\nkarin@x.example;coordinator;Karin;a-long-password\n"
    with pytest.raises(DirectoryFileError, match=r"(?s)Line 3.*needs a password.*Line 4.*--unit"):
        await users.import_users(
            db,
            parse((good + "per@x.example;coordinator;Per;\neva@x.example;chair;Eva;a-long-password\n").encode()),
            actor=OPERATOR,
            now=NOW,
        )
    async with db.transaction(TESTER) as conn:
        assert await rows.for_sign_in(conn, "karin@x.example") is None
    again = parse((good + "karin@x.example;board_member;;\n").encode())
    assert await users.import_users(db, again, actor=OPERATOR, now=NOW) == 1
    async with db.transaction(TESTER) as conn:
        found = await rows.for_sign_in(conn, "karin@x.example")
        assert found is not None
        grants = await rows.grants_of(conn, found.user.id, NOW.date())
    assert {grant.role for grant in grants} == {Role.COORDINATOR, Role.BOARD_MEMBER}


async def test_who_was_disabled_stays_so_and_a_role_can_be_taken_away(db: Database) -> None:
    good = "email;role;name;password\nkarin@x.example;coordinator;Karin;a-long-password\n"
    rows_of = parse(good.encode())
    await users.import_users(db, rows_of, actor=OPERATOR, now=NOW)
    async with db.transaction(TESTER) as conn:
        karin = await rows.by_email(conn, "Karin@x.example")
        assert karin is not None
        await rows.save_users(conn, [replace(karin, language=Language.EN)])
        grants = await rows.grants_of(conn, karin.id, NOW.date())
        token, _ = await rows.begin_session(conn, karin.id, grants[0].id, timedelta(hours=8))
    await users.set_active(db, "karin@x.example", False, actor=OPERATOR, now=NOW)
    await users.import_users(db, rows_of, actor=OPERATOR, now=NOW)
    async with db.transaction(TESTER) as conn:
        assert await rows.for_sign_in(conn, "karin@x.example") is None
        assert await rows.session(conn, token, NOW.date(), timedelta(hours=1)) is None
        kept = await rows.by_email(conn, "karin@x.example")
        assert kept is not None
        assert kept.language is Language.EN
    await users.set_active(db, "karin@x.example", True, actor=OPERATOR, now=NOW)
    async with db.transaction(TESTER) as conn:
        token, _ = await rows.begin_session(conn, karin.id, grants[0].id, timedelta(hours=8))
    assert await users.end_role(db, "karin@x.example", Role.COORDINATOR, actor=OPERATOR, now=NOW) == 1
    async with db.transaction(TESTER) as conn:
        assert await rows.grants_of(conn, karin.id, NOW.date()) == []
        assert await rows.session(conn, token, NOW.date(), timedelta(hours=1)) is None
        await rows.begin_session(conn, karin.id, None, timedelta(hours=8))
    assert await users.end_sessions(db, "karin@x.example", actor=OPERATOR, now=NOW) == 1
    with pytest.raises(users.UserError, match="does not act as coordinator"):
        await users.end_role(db, "karin@x.example", Role.COORDINATOR, actor=OPERATOR, now=NOW)
    with pytest.raises(users.UserError, match="no user"):
        await users.end_sessions(db, "nobody@x.example", actor=OPERATOR, now=NOW)
