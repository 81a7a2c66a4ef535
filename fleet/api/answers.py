"""Documents on their way out."""

import hashlib
from collections.abc import Callable, Mapping

from flask import Response, request
from pydantic import BaseModel

JSON = "application/json"
Answered = BaseModel | Response | None
"""What a view returns: a document (200), a whole response, or nothing (204)."""


def answer(
    document: BaseModel | None = None,
    *,
    status: int = 200,
    version: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a document as a response.

    Parameters
    ----------
    document : BaseModel, optional
        None for an answer without a body.
    status : int
        The HTTP status.
    version : int, optional
        The version of an editable row, which becomes the ETag that ``If-Match`` is compared with.
    headers : mapping, optional
        Further headers, such as ``Location``.
    """
    body = "" if document is None else document.model_dump_json(by_alias=True)
    response = Response(body, status=status, mimetype=None if document is None else JSON)
    response.headers.update(headers or {})
    if version is not None:
        response.set_etag(str(version))
    return response


def known_or(version: str, make: Callable[[], BaseModel]) -> Response:
    """Return 304 to who has this version already, else the document, which is not made before.

    Parameters
    ----------
    version : str
        What the document is made of, as one short text: as long as it is the same, the document is.
    make : callable
        Returns the document.
    """
    has_it = request.if_none_match.contains_weak(version)
    response = answer(status=304) if has_it else answer(make())
    response.set_etag(version)
    return response


def as_response(answered: Answered) -> Response:
    """Return what a view answered as a response; a GET gets an ETag, and 304 where the caller has it."""
    if isinstance(answered, Response):
        response = answered
    else:
        response = answer(answered, status=204 if answered is None else 200)
    if request.method == "GET" and response.status_code == 200 and not response.is_streamed:
        if "ETag" not in response.headers:
            response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32], weak=True)
        response.make_conditional(request)
    return response
