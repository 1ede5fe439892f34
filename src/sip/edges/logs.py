"""Logging: one line per event, on standard error, without bodies, query strings, addresses of recipients or names."""

import logging
import sys

import structlog


def configure(level: str, *, as_json: bool) -> None:
    """Sets up structlog and the standard library's logging alike. `level` is debug, info, warning or error."""
    number = logging.getLevelNamesMapping()[level.upper()]
    # Plain tracebacks: the pretty ones print local values, and with them tokens and what people wrote.
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        *([structlog.processors.format_exc_info] if as_json else []),
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.INFO))
    # Programs that ask others write whole addresses, which may be secrets (a heartbeat's) or hold a query.
    for name in ("uvicorn.access", "mail.log", "aiosmtplib", "httpx", "httpx2", "httpcore", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns of every tick that is not begun because the one before still runs; that is how ticks are meant to be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
