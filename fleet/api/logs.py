"""One line of JSON a request: ids, never a name, a query or a body."""

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

from fleet.api.headers import request_id
from fleet.service.faults import places_of

log = structlog.get_logger("fleet.api")


def configure() -> None:
    """Write all logs of this process, those of libraries too, as lines of JSON to standard error."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_values,
    ]
    line = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, line],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove_meta, line])
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _without_values(
    _logger: object, _name: str, entry: structlog.types.EventDict
) -> structlog.types.EventDict:
    given = entry.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        entry.update(kind=type(error).__name__, at=places_of(error))
    return entry


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
