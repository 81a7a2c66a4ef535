"""One line of JSON a request: ids, never a name, a query or a body."""

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

from fleet.api.headers import request_id

log = structlog.get_logger("fleet.api")


def configure() -> None:
    """Write all logs of this process as lines of JSON to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def install(app: Flask) -> None:
    """Log every request of an app."""
    app.before_request(_begin)
    app.after_request(_end)


def rule() -> str:
    """Return the pattern of the present path: the path itself may hold a secret."""
    return request.url_rule.rule if request.url_rule else "unknown"


def seconds() -> float:
    """Return how long the present request has taken so far."""
    return time.perf_counter() - float(g.began)


def _begin() -> None:
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id())


def _end(response: Response) -> Response:
    log.info(
        "request",
        method=request.method,
        rule=rule(),
        status=response.status_code,
        ms=round(seconds() * 1_000, 1),
        bytes=response.content_length,
    )
    return response
