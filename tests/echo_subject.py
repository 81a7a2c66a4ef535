"""Endpoints of the tests' own, that answer what they read: what the frame does shows in them."""

from typing import Annotated

from flask import Response
from pydantic import Field

from fleet.api.answers import answer
from fleet.api.blueprint import OPEN, Api
from fleet.api.etags import expected_version
from fleet.api.paging import PageQuery
from fleet.api.reading import body_of
from fleet.model import ErrorCode, bad_input
from fleet.model.base import AS_WHOLE, Date, Document
from fleet.service.context import Context
from fleet.service.paging import Page, cursor_of, key_of
from fleet.service.roles import Caller, Permission

api = Api("echo", tag="Echo")
other = Api("other", tag="Echo")
VERSION = 3


class Said(Document):
    date: Date
    kg: Annotated[int, Field(ge=0), AS_WHOLE] = 0
    words: str = ""


class Heard(Document):
    said: Said
    role: str
    number: int


class EchoPath(Document):
    date: Date


class EchoQuery(PageQuery):
    after: Date | None = None


calls: list[Said] = []
"""What was said so far, so that a test sees whether something was done twice."""


@api.on("POST", "/echo", may=Permission.SOLVE, answers={201: Heard}, sends=("Location",))
def say(caller: Caller, body: Said) -> Response:
    """Say something."""
    if body.words == "fault":
        raise ZeroDivisionError(body.words)
    if body.words == "refuse":
        raise bad_input(ErrorCode.UNKNOWN_ID, where="words", value=body.words)
    calls.append(body)
    heard = Heard(said=body, role=caller.role, number=len(calls))
    return answer(heard, status=201, headers={"Location": "/api/v1/echo/1"})


@api.on("GET", "/echo/<date>", may=Permission.SOLVE, answers=Said)
def read_echo(path: EchoPath) -> Response:
    """Read something."""
    return answer(Said(date=path.date, words="salad " * 500), version=VERSION)


@api.on("GET", "/echo", may=Permission.SOLVE, answers=Page[int])
def list_echoes(query: EchoQuery) -> Page[int]:
    """List whole numbers."""
    key = key_of(query.cursor, int)
    first = int(key[0]) + 1 if key else 0
    items = tuple(range(first, min(first + query.limit, 10)))
    return Page[int](items=items, next=cursor_of(items[-1]) if items and items[-1] < 9 else None)


@other.on("PUT", "/echo/<date>", may=Permission.SOLVE, answers=Said, guarded=True)
def change_echo(path: EchoPath, body: Said) -> Response:
    """Change something that has version 3."""
    version = expected_version()
    if version not in (None, VERSION):
        raise bad_input(ErrorCode.CHANGED_MEANWHILE)
    return answer(body, version=VERSION + 1)


@other.on("DELETE", "/echo/<date>", may=Permission.SOLVE, answers={204: None})
def delete_echo(ctx: Context, path: EchoPath) -> None:
    """Delete something."""


@other.on("POST", "/echo/secret", may=Permission.SOLVE, answers={201: Heard}, secret=True)
def make_secret(caller: Caller, body: Said) -> Response:
    """Answer with a secret."""
    calls.append(body)
    return answer(Heard(said=body, role=caller.role, number=len(calls)), status=201)


@other.on("POST", "/echo/text", may=OPEN, answers={200: "text/csv"}, media_types=("text/csv",))
def say_text(caller: Caller | None) -> Response:
    """Say a text."""
    return Response(body_of("text/csv"), mimetype="text/csv")


@other.on("POST", "/echo/bytes", may=Permission.SOLVE, answers={200: "application/octet-stream"})
def say_bytes(body: Said) -> Response:
    """Answer with what is no text."""
    calls.append(body)
    return Response(b"PK\x03\x04\xff\x00", mimetype="application/octet-stream")
