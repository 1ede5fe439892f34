"""What the service does by itself, module by module: every module of every process stands here, in its order.

The law of this file: a module is a name and one function; what it did, how long it took and what went wrong is shown in
`/metrics` (`sip.store.module_runs`). A fault of one holds up no other; only a database that is away ends a pass. Every
process runs every module of its kind, so each is an idempotent claim: two at once are harmless.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sip import retention
from sip.domain.people import Language
from sip.edges.mail.handover import Handover
from sip.edges.mail.ways.imap_account import AccountReader
from sip.edges.modules import Did, Module, Pass, run
from sip.edges.watchdog import Watchdog
from sip.edges.words import word
from sip.store.db import Database
from sip.store.vault import Vault
from sip.usecases import (
    disposing,
    giving_way,
    mailbox_checks,
    renewals,
    replays,
    sealing,
    service,
    situations,
    subscriptions,
    thanking,
    week,
)
from sip.usecases.directory import upload
from sip.usecases.engine import calling_out, counts, delivery, following, succession
from sip.usecases.engine.calling_out import CallOut
from sip.usecases.engine.delivery import DeliveryPolicy
from sip.usecases.engine.flying import Flying
from sip.usecases.engine.surroundings import World
from sip.usecases.engine.timers import run_due
from sip.usecases.received import inbound, pending
from sip.usecases.received.parsed import Parse
from sip.usecases.replays import ReplayCrew
from sip.usecases.sealing import Sealing

_UNJUDGED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Worker:
    """What the modules of a worker work with."""

    db: Database
    vault: Vault
    handover: Handover
    parse: Parse
    world: Callable[[datetime], Awaitable[World]]
    keep_raw: timedelta = retention.RAW_MAIL.life
    mailbox_checks_a_day: int = 0
    policy: DeliveryPolicy = delivery.USUAL
    sealing: Sealing | None = None
    crew: ReplayCrew | None = None
    """Who works on trials of agreements: only where the process stays."""
    call_out: CallOut | None = None
    """What sends events to other systems; None: they wait."""

    async def run_once(self, now: datetime, flying: Flying | None = None) -> Pass:
        """Everything due once. Raises DatabaseAway alone.

        With `flying`, which the caller keeps, a slow mail server holds up no later pass.
        """
        turn = Turn(self, now, await self.world(now), flying)
        done = Pass()
        for module in PASS:
            ran = await run(module, turn, done)
            if module.answers and ran.error is not None:
                turn = replace(turn, world=turn.world.closed_until(now + _UNJUDGED))
        return done

    async def call_out_once(self, now: datetime) -> Pass:
        """Sends what other systems are told of. Raises DatabaseAway alone. It has a turn of its own: a server that
        does not answer holds up no mail.
        """
        done = Pass()
        await run(WEBHOOKS, Turn(self, now, World(), None), done)
        return done

    async def keep_house(self, now: datetime) -> Pass:
        """Removes what has had its time. Raises DatabaseAway alone."""
        turn = Turn(self, now, World(), None)
        done = Pass()
        for module in HOUSE:
            await run(module, turn, done)
        return done


@dataclass(frozen=True, slots=True)
class Turn:
    """What a module of the worker is given."""

    worker: Worker
    now: datetime
    world: World
    flying: Flying | None


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life to give: of this kind of process, at this moment."""

    db: Database
    kind: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """A look to take: by this watchdog, at this moment."""

    watchdog: Watchdog
    now: datetime


async def _answers(turn: Turn) -> Did:
    made = turn.worker
    return Did({"judged": await pending.judge_pending(made.db, made.vault, made.parse, now=turn.now, world=turn.world)})


async def _results(turn: Turn) -> Did:
    return Did({"told": await delivery.feed_back(turn.worker.db, turn.now, turn.world)})


async def _timers(turn: Turn) -> Did:
    ticked = await run_due(turn.worker.db, turn.now, turn.world)
    return Did({"taken": ticked.handled, "failed": ticked.failed})


async def _contacts(turn: Turn) -> Did:
    return Did({"followed": await following.follow(turn.worker.db, turn.now, turn.world)})


async def _successions(turn: Turn) -> Did:
    given = turn.worker.db, turn.now, turn.world
    reports = await succession.follow(*given)
    return Did({"reports_followed": reports, "decisions_followed": await succession.follow_decisions(*given)})


async def _week_mails(turn: Turn) -> Did:
    return Did({"units_told": await week.tell_due(turn.worker.db, turn.now)})


async def _mailbox_checks(turn: Turn) -> Did:
    made = turn.worker
    return Did({"units_asked": await mailbox_checks.ask_due(made.db, turn.now, turn.world, made.mailbox_checks_a_day)})


async def _thanks(turn: Turn) -> Did:
    return Did({"thanked": await thanking.thank(turn.worker.db, turn.now)})


async def _group_news(turn: Turn) -> Did:
    return Did({"told": await subscriptions.tell(turn.worker.db, turn.now)})


async def _old_subscriptions(turn: Turn) -> Did:
    return Did({"removed": await subscriptions.drop_old(turn.worker.db, turn.now)})


async def _renewals(turn: Turn) -> Did:
    return Did({"renewals_asked": await renewals.ask_due(turn.worker.db, turn.now)})


async def _replays(turn: Turn) -> Did:
    crew = turn.worker.crew
    if crew is None:
        return Did()
    return Did({"replays_begun": await crew.begin(turn.now, turn.world.automatic_within)})


async def _seals(turn: Turn) -> Did:
    made = turn.worker
    if made.sealing is None:
        return Did()
    done = await sealing.seal(made.db, made.sealing, turn.now)
    return Did({"rows_sealed": done.rows, "days_sealed": done.heads, "anchored": done.anchored})


async def _post(turn: Turn) -> Did:
    made = turn.worker
    compose, send = made.handover.compose, made.handover.send
    mailed = await delivery.deliver(made.db, turn.now, compose, send, made.policy, vault=made.vault, flying=turn.flying)
    return Did({"sent": mailed.sent, "later": mailed.later, "never": mailed.never}, tuple(mailed.errors))


PASS: tuple[Module[Turn], ...] = (
    Module("answers", _answers, answers=True),
    Module("results", _results),
    Module("contacts", _contacts),
    Module("successions", _successions),
    Module("timers", _timers),
    Module("week_mails", _week_mails),
    Module("mailbox_checks", _mailbox_checks),
    Module("renewals", _renewals),
    Module("thanks", _thanks),
    Module("group_news", _group_news),
    Module("replays", _replays),
    Module("seals", _seals),
    Module("post", _post),
    Module("results_of_post", _results),
)
"""Each tick. The order keeps a party from being asked after it has answered, or where it is no more: answers, then
results of mails, the directory, then time and what the day brings, then the mails that came of it. What was written
until then is sealed before they leave, for a seal is mailed too."""


async def _webhooks(turn: Turn) -> Did:
    made = turn.worker
    if made.call_out is None:
        return Did()
    done = await calling_out.call_out(made.db, turn.now, made.vault, made.call_out)
    results = {"delivered": done.delivered, "later": done.later, "never": done.given_up, "off": done.switched_off}
    return Did(results, () if done.error is None else (done.error,))


WEBHOOKS: Module[Turn] = Module("webhooks", _webhooks)
"""Events to other systems."""


async def _raw_mail(turn: Turn) -> Did:
    return Did({"removed": await inbound.remove_old(turn.worker.db, turn.now, turn.worker.keep_raw)})


async def _links(turn: Turn) -> Did:
    return Did({"removed": await service.drop_links(turn.worker.db, turn.now)})


async def _repeated_requests(turn: Turn) -> Did:
    return Did({"removed": await service.drop_answers(turn.worker.db)})


async def _leaves(turn: Turn) -> Did:
    return Did({"removed": await service.drop_leaves(turn.worker.db, turn.now)})


async def _sessions(turn: Turn) -> Did:
    return Did({"removed": await service.drop_sessions(turn.worker.db)})


async def _bookings(turn: Turn) -> Did:
    return Did({"removed": await service.drop_bookings(turn.worker.db, turn.now)})


async def _directory_files(turn: Turn) -> Did:
    return Did({"removed": await upload.drop_old(turn.worker.db)})


async def _sketches(turn: Turn) -> Did:
    return Did({"removed": await service.drop_sketches(turn.worker.db, turn.now)})


async def _notices(turn: Turn) -> Did:
    return Did({"removed": await service.drop_notices(turn.worker.db, turn.now)})


async def _old_webhooks(turn: Turn) -> Did:
    return Did({"removed": await calling_out.drop_old(turn.worker.db, turn.now, retention.WEBHOOK.life)})


async def _disposal(turn: Turn) -> Did:
    done = await disposing.by_itself(turn.worker.db, turn.now)
    return Did({f"{word}_disposed": number for word, number in done.counts.items()})


async def _names(turn: Turn) -> Did:
    done = await giving_way.give_way(turn.worker.db, turn.now, _part)
    sitters = await giving_way.sitters_give_way(turn.worker.db, turn.now)
    return Did({"meetings": done.meetings, "reports": done.reports, "rows": done.rows, "sitters": sitters})


def _part(part: str, language: Language) -> str:
    said = word(language, f"role.{part}")
    return said[0].lower() + said[1:]


async def _trials(turn: Turn) -> Did:
    return Did({"removed": await replays.drop_old(turn.worker.db, turn.now)})


async def _stamps(turn: Turn) -> Did:
    made = turn.worker
    return Did() if made.sealing is None else Did({"stamped": await sealing.stamp(made.db, made.sealing, turn.now)})


async def _counts(turn: Turn) -> Did:
    return Did({"counted": await counts.catch_up(turn.worker.db)})


async def _situations(turn: Turn) -> Did:
    return Did({"counted": await situations.count_due(turn.worker.db, turn.now)})


async def _forwarded(turn: Turn) -> Did:
    return Did({"items_put": await succession.put_forwarded(turn.worker.db, turn.now, turn.world)})


HOUSE: tuple[Module[Turn], ...] = (
    Module("raw_mail", _raw_mail),
    Module("links", _links),
    Module("repeated_requests", _repeated_requests),
    Module("leaves", _leaves),
    Module("sessions", _sessions),
    Module("bookings", _bookings),
    Module("directory_files", _directory_files),
    Module("sketches", _sketches),
    Module("notices", _notices),
    Module("old_subscriptions", _old_subscriptions),
    Module("old_webhooks", _old_webhooks),
    Module("names", _names),
    Module("disposal", _disposal),
    Module("counts", _counts),
    Module("situations", _situations),
    Module("forwarded", _forwarded),
    Module("old_replays", _trials),
    Module("stamps", _stamps),
)
"""Each hour: what has had its time is removed, what was over before there were counts is counted, the week that
is over is counted for each county, and the newest seal is stamped, which may have to wait for others."""


async def _imap_account(reader: AccountReader) -> Did:
    done = await reader.read()
    return Did() if done is None else Did({"taken": done.taken, "failed": done.failed})


IMAP_ACCOUNT: Module[AccountReader] = Module("imap_account", _imap_account)
"""Of the process that reads an IMAP account; trouble makes it rest longer."""


async def _watch(given: Look) -> Did:
    found = await given.watchdog.look(given.now)
    return Did(dict.fromkeys(map(str, found), 1) or {"in_order": 1})


WATCHDOG: Module[Look] = Module("watchdog", _watch)
"""Of the process that looks at all others from outside."""


async def _beat(given: Beat) -> Did:
    await service.beat(given.db, given.kind, given.now)
    return Did()


BEAT: Module[Beat] = Module("beat", _beat)
"""The receiver or the web says that it can take answers (rules, section 5 L1)."""
