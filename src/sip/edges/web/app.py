"""The web application of one process: pages, health, static files, and the API beside them.

The law of this file: it only puts together. Every answer, errors too, leaves through the same three layers: figures
outermost, then the log, then the headers.
"""

import re
from asyncio import Semaphore
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.plugins import PluginProtocol
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler, Receive, Scope, Send

from sip.edges.pace import AskingPace
from sip.edges.services import Services
from sip.edges.web import (
    accessibility,
    agreements,
    annual,
    archive_file,
    check_in,
    dashboard,
    deviations,
    disposal,
    failures,
    feed_file,
    feeds,
    hand_acts,
    health,
    help,
    inbound,
    mail_preview,
    matters,
    meetings,
    meetings_bulk,
    our_unit,
    our_unit_staffing,
    registrations,
    replays,
    report_acts,
    statistics,
    statistics_rows,
    texts,
    unit_page,
    units,
    webhooks,
)
from sip.edges.web import survey as survey_pages
from sip.edges.web.audit import extracts, readings, samples
from sip.edges.web.audit import start as audit
from sip.edges.web.boards import inquiry, item, signals, sitting
from sip.edges.web.boards import start as boards
from sip.edges.web.convening import check, consent, kept_patterns, start, what, when, who
from sip.edges.web.directory import file, hsa, listed, people, places, roles, unit, unit_form, unit_lists
from sip.edges.web.groups import attendance as seat_attendance
from sip.edges.web.groups import decisions as told_decisions
from sip.edges.web.groups import show as group
from sip.edges.web.groups import sittings as group_sitting
from sip.edges.web.groups import start as standing_groups
from sip.edges.web.groups import told as open_groups
from sip.edges.web.groups import told_feeds
from sip.edges.web.link import chair, code, cooperation, mailed, more, news, survey
from sip.edges.web.link import report as linked_report
from sip.edges.web.live import Live
from sip.edges.web.meeting import acts, attendance, booking, conveying, following, moving, poll, preparing, upkeep
from sip.edges.web.metrics import Metrics, counted
from sip.edges.web.providers import provider
from sip.edges.web.providers import routes as provided
from sip.edges.web.register import compare, county, settlement, situation
from sip.edges.web.shell import confirming, elsewhere, errors, session, sign_in, theme, translated
from sip.edges.web.shell.assets import STATIC
from sip.edges.web.shell.errors import ApiErrors
from sip.edges.web.shell.page import HttpRequest
from sip.edges.web.shell.security import logged, with_headers
from sip.edges.web.users import factor, keys, own, ties
from sip.edges.web.users import listed as users
from sip.usecases.sessions import PasswordDesk

MOST_BYTES = 1_000_000

_AS_IT_IS = (r"^/events", r"^/api/", r"^/fhir/", r"^/feeds/.+\.ics$", r"^/open-groups/.+\.(ics|atom)$")
"""What is not compressed on its way out: a stream waits for no buffer, the API repeats an answer byte by byte, and a
calendar is kept compressed already."""

DIRECTORY: tuple[ControllerRouterHandler, ...] = (
    listed.listed, listed.check_mailbox, unit.show, unit.earlier,
    unit_form.new, unit_form.create, unit_form.facts, unit_form.save_facts, unit_form.closing, unit_form.close,
    unit_lists.addresses, unit_lists.save_addresses, unit_lists.closed_days, unit_lists.save_closed_days,
    roles.new_role, roles.give_role, roles.new_role_in_organisation, roles.give_role_in_organisation,
    roles.new_role_at_principal, roles.give_role_at_principal, roles.role, roles.change_role,
    people.person, people.save_person, people.person_changes,
    places.places, places.new_principal, places.add_principal, places.principal, places.save_principal,
    file.file, file.export, file.send, file.look, file.carry_out, hsa.file, hsa.send, hsa.look, hsa.press,
    places.new_organisation, places.add_organisation, places.organisation, places.save_organisation,
)  # fmt: skip
"""The directory's pages."""

USERS: tuple[ControllerRouterHandler, ...] = (
    users.listed, users.new, users.invite, users.show, users.give_role, users.end_role, users.act, users.sessions,
    users.end_session,
    keys.keys, keys.make, keys.rotate, keys.end_old, keys.revoke,
    own.forgotten_page, own.forgotten, own.profile, own.prefer, own.choose_notices, own.change_password,
    own.end_session,
    factor.show, factor.act,
    ties.show, ties.tie, ties.untie, ties.set_commission,
)  # fmt: skip
"""Users, keys and one's own account."""

AUDIT: tuple[ControllerRouterHandler, ...] = (
    audit.show, audit.find_meeting, audit.find_user, audit.find_staff,
    readings.of_meeting, readings.of_user, readings.one, readings.say, samples.draw, samples.show,
    extracts.show, extracts.file,
)  # fmt: skip
"""What an auditor asks, and what she says of it."""

PAGES: tuple[ControllerRouterHandler, ...] = (
    sign_in.sign_in_page, sign_in.sign_in, sign_in.give_code, provided.start, provided.back, sign_in.sign_out,
    confirming.confirm_page, confirming.confirm, elsewhere.signed_in_here, elsewhere.shown_again,
    sign_in.roles_page, sign_in.choose_role,
    theme.choose_theme, translated.of_page, translated.with_what_was_typed,
    dashboard.start, dashboard.rows, dashboard.events, hand_acts.form, hand_acts.do,
    unit_page.show, statistics.show, statistics_rows.show, survey_pages.results, survey_pages.paper,
    annual.listed, annual.show, annual.write, annual.publish, annual.file,
    annual.public, annual.public_one, annual.public_file,
    matters.listed, matters.name, matters.unname,
    meetings.listed, meetings.written, meetings.keep_view, meetings.drop_view, meetings_bulk.bulk,
    start.start, start.begin, start.delete, start.copy, start.follow_up, start.pre_meeting,
    who.show, who.save, what.show, what.save, when.show, when.save, consent.show, consent.save,
    check.show, check.letter, check.convene,
    conveying.show, conveying.sent,
    preparing.show, preparing.tick, preparing.letter, preparing.keep_pattern,
    kept_patterns.listed, kept_patterns.change, kept_patterns.drop,
    booking.booking_page, booking.begin_booking,
    acts.show, acts.call, acts.move, acts.cancel, acts.go_ahead, acts.add_party, acts.answer,
    acts.decide_claim,
    acts.substitute, acts.decide, acts.identity, acts.pause, acts.excuse, acts.release, acts.call_successor,
    acts.remove,
    following.changes, moving.look, upkeep.identity_of_all,
    upkeep.edit_text, upkeep.hand_over, upkeep.withdraw_consent, upkeep.report, upkeep.send_chair_link,
    upkeep.throw_away,
    poll.poll_page, poll.ask_times, poll.pick, poll.note_answer, poll.withdraw_poll,
    attendance.form, attendance.record, attendance.recorded, attendance.follow_up,
    chair.record, chair.recorded, chair.follow_up,
    our_unit.show, our_unit.answer, our_unit.leave, our_unit.leave_again, our_unit.end_leave,
    our_unit_staffing.substitutes, our_unit_staffing.deputies, our_unit_staffing.closed_days,
    our_unit_staffing.check_mailbox, our_unit_staffing.opening_hours, our_unit_staffing.mailboxes,
    check_in.show, check_in.check_in, check_in.thanks,
    registrations.note, registrations.document,
    failures.new, failures.begin, failures.show, failures.change, failures.erase,
    deviations.listed, deviations.show, report_acts.hear, report_acts.cause, report_acts.settle, report_acts.close,
    report_acts.withdraw, report_acts.say, report_acts.measure, report_acts.follow_up, report_acts.forward,
    report_acts.take_back, report_acts.merge, upkeep.praise,
    standing_groups.listed, standing_groups.new, standing_groups.found, group.show, group.edit, group.close, group.add,
    group.change, group.take_out, group.fill, group.put_off, group.vacate, group.withdraw, group.choose_readers,
    group.show_name, open_groups.listed, open_groups.county, open_groups.show,
    open_groups.follow,
    told_decisions.listed, told_decisions.show,
    group_sitting.call, group_sitting.show, group_sitting.move, group_sitting.cancel, group_sitting.answer,
    seat_attendance.show, seat_attendance.save, seat_attendance.sheet,
    boards.listed, boards.show, boards.put, sitting.show, sitting.document, item.show, item.edit, item.prepare,
    item.refer, item.schedule, item.link, item.unlink, item.resolve, item.follow_up, item.drop,
    inquiry.ask, inquiry.end, inquiry.write_down,
    signals.show, signals.put,
    inbound.listed, inbound.one, inbound.raw, inbound.handled, inbound.decide,
    *DIRECTORY,
    *USERS,
    *AUDIT,
    units.search,
    mail_preview.listed, mail_preview.show, mail_preview.letter,
    mailed.show, mailed.answer, mailed.thanks, cooperation.press,
    linked_report.word, linked_report.measure, linked_report.follow_up,
    survey.show, survey.answer, survey.thanks,
    more.ask_code, more.right_unit, more.calls, more.follow, more.calendar,
    code.code_page, code.use_code,
    feeds.listed, feeds.create, feeds.rotate, feeds.revoke,
    texts.privacy, texts.receivers,
    accessibility.statement, accessibility.tell, accessibility.told, accessibility.handled,
    help.show,
    agreements.listed, agreements.show, agreements.file, agreements.new, agreements.keep, agreements.join,
    agreements.renew, compare.compare, settlement.settlement, settlement.add, settlement.drop,
    situation.show, situation.file, county.show, county.file, county.example, county.send,
    replays.ask, replays.show,
    disposal.listed, disposal.show, disposal.decide, disposal.hold, disposal.end_hold, disposal.plan,
    disposal.carry_out, archive_file.export,
    webhooks.listed, webhooks.make, webhooks.show, webhooks.change, webhooks.rotate, webhooks.test, webhooks.switch,
    webhooks.remove, webhooks.send_again, webhooks.send_missed,
)  # fmt: skip
"""Every page. What is not in this list does not exist."""


FEEDS: tuple[ControllerRouterHandler, ...] = (
    feed_file.fetch, feed_file.head,
    told_feeds.dates, told_feeds.dates_head, told_feeds.decisions, told_feeds.decisions_head,
)  # fmt: skip
"""What programs fetch by an address that they were given, and no page."""

PRESSED: tuple[ControllerRouterHandler, ...] = (news.press, news.pressed)
"""What mail programs press by themselves: without a form of ours, and each can do one thing alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Api:
    """What stands beside the pages: the API's routes (they bring their own layers), what answers faults under the
    addresses that begin so, what describes it, and what describes its bodies; without a description none is served.
    """

    routes: Sequence[ControllerRouterHandler] = ()
    errors: Mapping[str, ApiErrors] = field(default_factory=dict)
    openapi: OpenAPIConfig | None = None
    plugins: Sequence[PluginProtocol] = ()


AT_ONCE = 6
"""Of what open pages ask for when they have heard of a change, so much is answered at a time (decision 0163): of many
that ask in one moment all are answered as soon, and whoever opens a page meanwhile is not behind them all."""
_FOLLOWS = re.compile(r"/hands/rows|/meetings/[0-9a-f-]{36}/changes")


class Application:
    """The application of one run: the rooms, which all runs of a process share, and what this one has of its own.

    Each request finds the latter as its state. Building the rooms takes half a second: they are built once.
    """

    def __init__(self, services: Services, rooms: Litestar) -> None:
        self.rooms = rooms
        self.live = Live(services.db, services.stop)
        self._following = Semaphore(AT_ONCE)
        metrics = Metrics()
        self._own: dict[str, object] = {
            "application": self,
            "services": services,
            "metrics": metrics,
            "live": self.live,
            "passwords": PasswordDesk(services.settings.breached_passwords),
            "pace": AskingPace(services.settings.requests_per_minute),
            "open_pace": AskingPace(open_groups.A_MINUTE),
            "survey_pace": survey.SurveyPace(),
            "providers": provider.all_of(services.settings.sign_in_providers, services.settings.base_url),
            "fetched": feed_file.Fetched(),
        }
        self._outermost = counted(logged(with_headers(rooms, https=services.settings.is_production)), metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Nothing is done when the server starts or ends: see `live.listen`."""
        scope["state"] = dict(self._own)
        if _FOLLOWS.fullmatch(scope.get("path", "")):
            async with self._following:
                await self._outermost(scope, receive, send)
        else:
            await self._outermost(scope, receive, send)


def create(services: Services, api: Api | None = None) -> Application:
    """The application with its pages, and the API beside them."""
    return Application(services, _rooms(api))


@cache
def _rooms(api: Api | None) -> Litestar:
    beside = api or Api()
    pages = Router(
        "/",
        route_handlers=list(PAGES),
        before_request=confirming.admit,
        dependencies={"page": Provide(session.provide_page)},
        include_in_schema=False,
    )
    checks = Router("/", route_handlers=[health.live, health.ready, health.figures], include_in_schema=False)
    calendars = Router("/", route_handlers=list(FEEDS), include_in_schema=False)
    by_programs = Router("/", route_handlers=list(PRESSED), include_in_schema=False)
    said_by_providers = Router("/", route_handlers=[provided.ended], include_in_schema=False)
    kept = CacheControlHeader(max_age=86400, public=True)
    static = create_static_files_router("/static", [STATIC], include_in_schema=False, cache_control=kept)
    return Litestar(
        route_handlers=[pages, checks, calendars, by_programs, said_by_providers, static, *beside.routes],
        dependencies={"services": Provide(_services, sync_to_thread=False)},
        exception_handlers={Exception: errors.handler(beside.errors)},
        openapi_config=beside.openapi,
        plugins=list(beside.plugins),
        compression_config=CompressionConfig("gzip", gzip_compress_level=5, exclude=list(_AS_IT_IS)),
        request_max_body_size=MOST_BYTES,
        logging_config=None,
    )


def _services(request: HttpRequest) -> Services:
    services: Services = request.state.services
    return services


__all__ = ["PAGES", "Api", "Application", "Services", "create"]
