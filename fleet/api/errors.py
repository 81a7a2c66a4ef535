"""Errors as RFC 9457 documents: bad input, what werkzeug refuses, and faults of ours with a report's id."""

import json
import re
from collections.abc import Mapping, Sequence

import structlog
from flask import Flask, Response, request
from pydantic import Field
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from fleet.api.headers import REQUEST_ID, request_id
from fleet.api.languages import language
from fleet.api.limits import MAX_BODY_BYTES
from fleet.api.statuses import RETRY_AFTER_S, status_of
from fleet.model import ErrorCode, InputError, Problem, bad_input
from fleet.model.base import Document
from fleet.service.faults import places_of
from fleet.texts import cause_and_advice, problem_words

MEDIA_TYPE = "application/problem+json"
MOST_NAMED = 100
"""Problems in one answer; a document of a thousand wrong rows is corrected in several rounds."""

log = structlog.get_logger("fleet.api")


class ProblemItem(Document):
    """One thing that is wrong: its code, where it stands, the value there, and what to do."""

    error_code: str
    where: str = ""
    value: str = ""
    detail: str


class ProblemDocument(Document):
    """Answer to a call that failed (RFC 9457); title and detail are in the language of the caller."""

    type: str = Field(description="urn:fleet:error: and the code of the first problem")
    title: str
    status: int
    detail: str
    error_code: str
    request_id: str = Field(description="stands in the log of the service, too")
    problems: tuple[ProblemItem, ...] = Field(description="all that was found wrong, at most 100")


def install(app: Flask) -> None:
    """Answer every exception by a document."""
    app.register_error_handler(InputError, _refused)
    app.register_error_handler(HTTPException, _of_werkzeug)
    app.register_error_handler(Exception, _fault)


def response_of(
    problems: Sequence[Problem], *, status: int | None = None, also: Mapping[str, str | int] | None = None
) -> Response:
    """Return the document for some problems.

    Parameters
    ----------
    problems : sequence of Problem
        The first decides the status.
    status : int, optional
        Another one, where an interface of others asks for it.
    also : mapping, optional
        What the document says besides, for such an interface.
    """
    first = problems[0]
    number = status or _status(problems)
    document = document_of(problems, status=number, request_id=request_id(), language=language())
    body = json.dumps(document.model_dump() | dict(also or {}), ensure_ascii=False)
    response = Response(body, status=number, content_type=MEDIA_TYPE)
    response.headers["Content-Language"] = language()
    if number == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if number in (429, 503):
        response.headers["Retry-After"] = str(first.params.get("seconds", RETRY_AFTER_S))
    return response


def document_of(
    problems: Sequence[Problem], *, status: int, request_id: str, language: str = "en"
) -> ProblemDocument:
    """Return the document for some problems; a server says it of what is no call, too."""
    items = tuple(_item(problem, language=language) for problem in problems[:MOST_NAMED])
    return ProblemDocument(
        type=f"urn:fleet:error:{problems[0].code}",
        title=cause_and_advice(items[0].detail)[0],
        status=status,
        detail=items[0].detail,
        error_code=problems[0].code,
        request_id=request_id,
        problems=items,
    )


def _status(problems: Sequence[Problem]) -> int:
    """Return the status; a change that names the version it was made of failed its precondition."""
    if problems[0].code == ErrorCode.CHANGED_MEANWHILE and "If-Match" in request.headers:
        return 412
    return status_of(problems)


def _item(problem: Problem, *, language: str) -> ProblemItem:
    words = _with_fields(problem_words(problem.code, params=problem.params, language=language))
    return ProblemItem(error_code=problem.code, where=problem.where, value=problem.value, detail=words)


def _with_fields(words: str) -> str:
    """Name fields where words name options of the command: ``--fill-down`` is ``fill_down`` in a call."""
    return re.sub(r"--([a-z][a-z-]*)", lambda option: option[1].replace("-", "_"), words)


def logged_refusal(error: InputError) -> None:
    """Note that a call was refused, and by which code."""
    log.info("refused", error_code=error.problems[0].code, problems=len(error.problems))


def logged_fault(error: Exception) -> Problem:
    """Note a fault of ours: where it happened, and no values, which may be people's."""
    log.error("fault", kind=type(error).__name__, at=places_of(error))
    return Problem(code=ErrorCode.INTERNAL, params={"file": f"{REQUEST_ID} {request_id()}"})


def _refused(error: InputError) -> Response:
    logged_refusal(error)
    return response_of(error.problems)


def _of_werkzeug(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, RequestEntityTooLarge):
        refusal = bad_input(ErrorCode.BODY_TOO_LARGE, limit=request.max_content_length or MAX_BODY_BYTES)
    elif isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        refusal = bad_input(ErrorCode.METHOD_NOT_ALLOWED, value=request.method, allowed=allowed)
    elif error.code == 404:
        refusal = bad_input(ErrorCode.PATH_UNKNOWN, where=request.path)
    else:
        refusal = bad_input(ErrorCode.HEADER_MALFORMED)
    response = response_of(refusal.problems)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _fault(error: Exception) -> Response:
    return response_of([logged_fault(error)])
