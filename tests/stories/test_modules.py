"""What goes on by itself: in order, each alone in its faults, and none of them unseen."""

from dataclasses import replace
from datetime import UTC

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from sip.edges import jobs, worker
from sip.edges.jobs import Job
from sip.edges.modules import Did, Module, Pass
from sip.edges.worker import BEAT, HOUSE, IMAP_ACCOUNT, PASS, WATCHDOG, WEBHOOKS, Turn
from sip.store import db as database
from sip.store import module_runs
from sip.store.db import DatabaseAway
from sip.usecases.engine.flying import Flying
from tests.machine import wait_for
from tests.stories.stage import Stage
from tests.tester import TESTER


def _failing(name: str, error: Exception) -> tuple[Module[Turn], ...]:
    """The modules, one of which fails."""

    async def fails(_: Turn) -> Did:
        raise error

    return tuple(replace(one, run=fails) if one.name == name else one for one in PASS)


def test_answers_come_before_time_and_time_before_the_mails_that_come_of_it() -> None:
    assert [one.name for one in PASS] == [
        "answers", "results", "contacts", "successions", "timers", "week_mails", "mailbox_checks", "renewals", "thanks",
        "group_news", "replays", "seals", "post", "results_of_post",
    ]  # fmt: skip
    names = [*(one.name for one in (*PASS, *HOUSE)), IMAP_ACCOUNT.name, BEAT.name, WEBHOOKS.name, WATCHDOG.name]
    assert len(names) == len(set(names))
    assert [one.name for one in PASS if one.answers] == ["answers"]


@pytest.mark.parametrize("name", [one.name for one in PASS if one.name not in ("post", "results_of_post")])
async def test_a_module_that_fails_holds_up_no_mail(stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    await stage.at("2026-11-02 10:00")
    monkeypatch.setattr(worker, "PASS", _failing(name, ValueError("a fault of ours")))
    with pytest.raises(AssertionError, match=f"{name}: ValueError: a fault of ours"):
        await stage.call("2026-12-07 10:00")
    assert len(stage.mailbox("hemtjanst@al.example")) == 1


async def test_a_database_that_is_away_ends_the_pass(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "PASS", _failing("results", DatabaseAway("nowhere", "gone")))
    with pytest.raises(DatabaseAway):
        await stage.made.worker.run_once(await stage.now())


async def test_nobody_is_reminded_while_answers_lie_unjudged(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """L1: what cannot be judged could not come in. Once it is judged again the ladder goes on."""
    await stage.at("2026-11-02 10:00")
    await stage.call("2026-12-07 10:00")
    assert len(stage.mailbox("hemtjanst@al.example")) == 1
    due = (await stage.meeting()).start.replace(month=11, day=6, hour=7, minute=0)
    with monkeypatch.context() as broken:
        broken.setattr(worker, "PASS", _failing("answers", ValueError("a fault of ours")))
        await stage._set(due)
        done = await stage.made.worker.run_once(due)
        assert done.count("taken") == 1
        assert done.errors == ["answers: ValueError: a fault of ours"]
    assert len(stage.mailbox("hemtjanst@al.example")) == 1
    await stage.at("2026-11-06 08:05")
    assert [letter.when for letter in stage.mailbox("hemtjanst@al.example")][1:] == ["Fri 06 Nov 08:05"]


async def test_sessions_that_have_ended_are_removed(stage: Stage) -> None:
    async with stage.made.db.transaction(TESTER) as conn:
        raw = await database.raw(conn)
        await raw.execute(
            "insert into app_user (id, email, name, password_hash, language)"
            " values (gen_random_uuid(), 'eva@al.example', 'Eva Ek', '', 'sv')"
        )
        await raw.execute(
            "insert into web_session (hash, user_id, csrf_secret, expires_at)"
            " select t.hash, id, '', clock_timestamp() + t.lasts from app_user,"
            " (values ('\\x01'::bytea, interval '-1 second'), ('\\x02', interval '1 hour')) as t (hash, lasts)"
            " where email = 'eva@al.example'"
        )
    done = await stage.made.worker.keep_house(await stage.now())
    (sessions,) = (one for one in done.ran if one.name == "sessions")
    assert dict(sessions.results) == {"removed": 1}
    async with stage.made.db.transaction(TESTER) as conn:
        assert await (await database.raw(conn)).fetchval("select count(*) from web_session") == 1


async def test_what_a_job_did_is_kept(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once when something was done or went wrong; and the last that was done stands while nothing is."""
    made = stage.made

    async def tick() -> Pass:
        return await made.worker.run_once(await stage.now())

    job = Job("tick", made.db, tick)
    with monkeypatch.context() as broken:
        broken.setattr(worker, "PASS", _failing("timers", ValueError("a fault of ours")))
        await job.run()
        await job.run()
        assert {one.name: (one.error, one.failures) for one in await _kept(stage)} == {
            one.name: ("ValueError: a fault of ours", 1) if one.name == "timers" else (None, 0) for one in PASS
        }
    await job.run()
    assert all(one.error is None and one.failures == 0 for one in await _kept(stage))


async def test_the_scheduler_runs_every_module_of_a_worker(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that is scheduled is a job that runs: ticks of a worker, and the house that it keeps."""
    made, scheduler, flying = stage.made, AsyncIOScheduler(timezone=UTC), Flying()
    monkeypatch.setattr(jobs, "HOUSEKEEPING_MINUTES", 0.01)
    jobs.schedule_worker(scheduler, made.worker, stage.now, 0.5, flying)
    scheduler.start()
    try:
        names = {one.name for one in (*PASS, *HOUSE)}

        async def all_ran() -> bool:
            return names <= {one.name for one in await _kept(stage)}

        await wait_for(all_ran)
    finally:
        scheduler.shutdown()
        await flying.close()


async def _kept(stage: Stage) -> list[module_runs.LastRun]:
    async with stage.made.db.transaction(TESTER) as conn:
        return await module_runs.last(conn)
