"""Figures for Prometheus: requests by method, path template and status, how long they took, and how far behind we are.

The law of this file: it stands outermost, so that what another layer refuses (403, 429) is counted as it left; a path
is counted by its template, so that no id becomes a label.
"""

from collections.abc import Iterable
from time import perf_counter

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from sip.store.module_runs import LastRun

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The figures of one application; each has its own registry, so that tests do not share."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "path", "status")
        self._requests = Counter("sip_http_requests_total", "Requests answered.", labels, registry=self.registry)
        self._seconds = Histogram(
            "sip_http_request_seconds", "Seconds until the answer began.", ("method", "path"),
            registry=self.registry, buckets=_BUCKETS,
        )  # fmt: skip
        self._overdue = Gauge("sip_overdue_seconds", "How overdue the oldest due step is.", registry=self.registry)
        self._unsent = Gauge("sip_unsent_seconds", "How long the oldest unsent mail waits.", registry=self.registry)
        self._waiting = Gauge(
            "sip_waiting_mails", "Mails that wait to be sent, of which 200 are counted at most.", registry=self.registry
        )
        self._failing = Gauge("sip_failing", "Meetings and reports whose last turn failed.", registry=self.registry)
        own, result = ("module",), ("module", "result")
        self._module_seconds = Gauge(
            "sip_module_seconds", "Seconds that the last run of a module took.", own, registry=self.registry
        )
        self._module_results = Gauge(
            "sip_module_results", "What the last run that did anything did.", result, registry=self.registry
        )
        self._module_failures = Gauge(
            "sip_module_failures", "Runs of a module that failed in a row.", own, registry=self.registry
        )
        self._module_age = Gauge("sip_module_age_seconds", "Seconds since it last ran.", own, registry=self.registry)
        self._feeds = Counter("sip_feeds_total", "Fetches of calendars.", ("outcome",), registry=self.registry)

    def feed(self, outcome: str) -> None:
        """One fetch of a calendar: rendered, unchanged, ended or unknown."""
        self._feeds.labels(outcome).inc()

    def count(self, method: str, path: str, status: int, seconds: float) -> None:
        """One request."""
        self._requests.labels(method, path, str(status)).inc()
        self._seconds.labels(method, path).observe(seconds)

    def lag(self, overdue: float, unsent: float, waiting: int, failing: int) -> None:
        """How far behind the service is; seconds."""
        self._overdue.set(overdue)
        self._unsent.set(unsent)
        self._waiting.set(waiting)
        self._failing.set(failing)

    def modules(self, runs: Iterable[LastRun]) -> None:
        """What goes on by itself: how each module's last run went."""
        for gauge in (self._module_seconds, self._module_results, self._module_failures, self._module_age):
            gauge.clear()
        for one in runs:
            self._module_seconds.labels(one.name).set(one.seconds)
            self._module_failures.labels(one.name).set(one.failures)
            self._module_age.labels(one.name).set(one.age)
            for word, number in one.results.items():
                self._module_results.labels(one.name, word).set(number)

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)


def counted(app: ASGIApp, metrics: Metrics) -> ASGIApp:
    """A wrapper of the whole application that counts what leaves it; not when somebody was at the form without a name
    (rules, section 8 A8).
    """

    async def outermost(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope.get("path", "").startswith("/tyck/"):
            await app(scope, receive, send)
            return
        began = perf_counter()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                metrics.count(
                    str(scope.get("method", "")), template_of(scope), message["status"], perf_counter() - began
                )
            await send(message)

        await app(scope, receive, watched)

    return outermost


def template_of(scope: Scope) -> str:
    """The path as it was declared; what no route has is one name, so that guesses make no labels."""
    template = scope.get("path_template")
    return str(template) if template else "unmatched"
