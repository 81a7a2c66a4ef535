"""Reading what a call carries: path, query and body, each by its model, every problem named."""

from collections.abc import Mapping
from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from fleet.model import ErrorCode, InputError, bad_input
from fleet.model.base import Document
from fleet.model.documents import problems_of, read_document

D = TypeVar("D", bound=Document)
JSON = "application/json"


def read_path(model: type[D], parts: Mapping[str, str]) -> D:
    """Read the variable parts of a path."""
    return _of_strings(model, parts)


def read_query(model: type[D]) -> D:
    """Read the query; a name that comes twice is refused, because one of the two would be lost."""
    for name, values in request.args.lists():
        if len(values) > 1:
            raise bad_input(ErrorCode.DUPLICATE_KEY, where=name)
    return _of_strings(model, request.args.to_dict())


def may_be_absent(model: type[BaseModel], *, method: str) -> bool:
    """Say whether a call may come without a body: a POST all of whose settings have defaults."""
    return method == "POST" and not any(field.is_required() for field in model.model_fields.values())


def read_body(model: type[D]) -> D:
    """Read a JSON body, by the same rules as a file; no body is one that says nothing."""
    is_absent = "Content-Type" not in request.headers and not request.get_data(cache=True)
    if is_absent and may_be_absent(model, method=request.method):
        return model()
    return read_document(model, body_of(JSON))


def body_of(*media_types: str) -> bytes:
    """Return the body, which has to be of one of the media types.

    Raises
    ------
    InputError
        CONTENT_TYPE_UNKNOWN; CONTENT_ENCODING_UNKNOWN for one that is packed.
    """
    if request.mimetype not in media_types:
        raise bad_input(
            ErrorCode.CONTENT_TYPE_UNKNOWN,
            where="Content-Type",
            value=request.headers.get("Content-Type", ""),
            allowed=", ".join(media_types),
        )
    packed = request.headers.get("Content-Encoding", "")
    if packed.strip().lower() not in ("", "identity"):
        raise bad_input(ErrorCode.CONTENT_ENCODING_UNKNOWN, where="Content-Encoding", value=packed)
    return request.get_data(cache=True)


def _of_strings(model: type[D], values: Mapping[str, str]) -> D:
    try:
        return model.model_validate_strings(dict(values))
    except ValidationError as error:
        raise InputError(problems_of(error)) from error
