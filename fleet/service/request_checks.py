"""Whether a day still fits together after one of its requests was written.

SQLite has one writer, and a day of thousands of requests takes a second to be put together: so only that is
checked again which the one request can make wrong. Everything else is as it was when it was checked.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from sqlalchemy.orm import Session

from fleet.model import DayDraft, InputError, Problem
from fleet.model.base import MAX_REQUESTS
from fleet.service.day_parts import document_of, draft_of, validated
from fleet.store import requests
from fleet.store.requests import Row
from fleet.store.tables import Json, StoredDay

_INDEX = re.compile(r"^requests\[(\d+)\]")


def check_written(session: Session, stored: StoredDay, body: Json, *, brought: bool) -> None:
    """Refuse a day that a request which has just been written does not fit to.

    Parameters
    ----------
    session, stored
        The day.
    body : Json
        The request.
    brought : bool
        Whether it brought anything of the master data into the day.

    Raises
    ------
    InputError
        As a check of the whole day would say it.
    """
    order = requests.ids_of_day(session, date=stored.date)
    if len(order) > MAX_REQUESTS:
        draft_of(session, stored)
    rows = _concerned(session, stored, body)
    households = None if brought else {row.body["household"] for row in rows} - {None}
    document = document_of(session, stored, rows=rows, households=households)
    try:
        validated(DayDraft, document)
    except InputError as error:
        place = {row.id: order.index(row.id) for row in rows}
        raise InputError([_in_whole(problem, rows, place) for problem in error.problems]) from error


def _concerned(session: Session, stored: StoredDay, body: Json) -> list[Row]:
    """Return the request, those that locks or the day's start name, and who else wants its stalls."""
    wanted = {body["id"], *_named(stored.body)}
    stalls = _stalls(body)
    if not stalls:
        return requests.some_of_day(session, wanted, date=stored.date)
    rows = requests.of_day(session, date=stored.date)
    return [row for row in rows if row.id in wanted or stalls & _stalls(row.body)]


def _named(header: Json) -> set[str]:
    """Return the requests that a day's header names."""
    locks = header["locks"]
    named = [
        *locks["requests"],
        *chain.from_iterable(route["sequence"] + route["frozen"] for route in locks["routes"]),
        *chain.from_iterable(state["on_board"] for state in header["start_state"]["tricycles"]),
    ]
    return {item["request"] for item in named}


def _stalls(body: Json) -> set[tuple[str, int]]:
    tasks = (body["pickup"], *body["dropoffs"])
    return {(task["place"], task["stall"]) for task in tasks if task["stall"] is not None}


def _in_whole(problem: Problem, rows: Sequence[Row], place: Mapping[str, int]) -> Problem:
    """Return a problem with the numbers that the requests have in the whole day."""

    def numbered(text: Any) -> Any:
        if not isinstance(text, str):
            return text
        return _INDEX.sub(lambda found: f"requests[{place[rows[int(found[1])].id]}]", text)

    params = {name: numbered(value) for name, value in problem.params.items()}
    return replace(problem, where=numbered(problem.where), params=params)
