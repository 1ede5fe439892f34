"""Whether this process lives, whether it can serve, and its figures. Open to the machines around it, without names."""

from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from sip.edges.services import Services
from sip.edges.web.metrics import CONTENT_TYPE, Metrics
from sip.edges.web.shell.page import HttpRequest
from sip.store.db import DatabaseAway
from sip.store.seen.listings import Lag
from sip.usecases import service


@get("/health/live")
async def live() -> dict[str, str]:
    """This process answers."""
    return {"status": "ok"}


@get("/health/ready")
async def ready(services: NamedDependency[Services]) -> Response[dict[str, Any]]:
    """200 when the database answers with this version's tables, else 503; and how far behind the service is."""
    try:
        found = await service.lag(services.db, await services.clock.now())
    except DatabaseAway as away:
        return Response({"status": "away", "database": str(away)}, status_code=503)
    current, lag = found is not None, found or Lag(None, None, None, 0, 0)
    body: dict[str, Any] = {
        "status": "ok" if current else "migrations missing",
        "database": "ok",
        "migrations": "current" if current else "missing; run `sip migrate`",
        "oldest_overdue_timer": _iso(lag.oldest_due),
        "oldest_unsent_mail": _iso(lag.oldest_unsent),
        "oldest_unjudged_mail": _iso(lag.oldest_unjudged),
        "waiting_mails": lag.waiting_mail,
        "failing": lag.failing,
    }
    return Response(body, status_code=200 if current else 503)


@get("/metrics")
async def figures(request: HttpRequest, services: NamedDependency[Services]) -> Response[bytes]:
    """What Prometheus reads. When the database is away the rest is still told."""
    metrics: Metrics = request.state.metrics
    try:
        now = await services.clock.now()
        found = await service.figures(services.db, now)
    except DatabaseAway:
        pass
    else:
        lag, runs = found or (Lag(None, None, None, 0, 0), [])
        metrics.modules(runs)
        overdue = (now - lag.oldest_due).total_seconds() if lag.oldest_due else 0.0
        metrics.lag(max(overdue, 0.0), lag.unsent_seconds, lag.waiting_mail, lag.failing)
    return Response(metrics.text(), media_type=CONTENT_TYPE)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
