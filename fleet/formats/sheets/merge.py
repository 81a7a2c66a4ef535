"""A sheet against the requests that the day has: new, changed, the same, missing."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from fleet.formats.sheets.columns import Column
from fleet.formats.sheets.findings import Findings
from fleet.formats.sheets.grid import Spot
from fleet.formats.sheets.lots import Lot
from fleet.formats.sheets.table import NAMED
from fleet.model import ErrorCode
from fleet.model.requests import Request

ExistingChoice = Literal["refuse", "keep", "update", "replace"]
"""What becomes of requests that the day has: refuse a file that changes any; keep the day's; take the
sheet's; or take the sheet as the whole truth, so that what it does not have goes."""

_SHEET_FIELDS = ("household", "product", "kg", "crates", "pickup", "dropoffs", "value_yuan", "must", "note")
Key = tuple[str | None, str | None, str]
_NUMBERED = re.compile(r"r([0-9]{1,10})")


@dataclass(frozen=True, kw_only=True)
class Merged:
    """The day's requests after an import, and how many of the sheet's were what.

    Parameters
    ----------
    requests
        In the day's order, new ones at the end.
    new, changed, same
        Rows of the sheet by what they are against the day.
    missing
        Requests of the day that the sheet does not have; ``removed`` of them are gone.
    """

    requests: tuple[Request, ...]
    new: int = 0
    changed: int = 0
    same: int = 0
    missing: int = 0
    removed: int = 0


def key_of(request: Request) -> Key:
    """Return what makes two rows the same request: household, product, place of pickup (and the day)."""
    return request.household, request.product, request.pickup.place


def without_twins(lots: Sequence[Lot], findings: Findings) -> list[Lot]:
    """Return lots of which no two are one; two lots of a household's product differ in their pickup time."""
    first: dict[object, Lot] = {}
    kept = []
    for lot in lots:
        twin = first.setdefault((key_of(lot.request), lot.request.pickup.windows), lot)
        if twin is lot:
            kept.append(lot)
        else:
            findings.problem(
                ErrorCode.SHEET_ROW_TWICE, lot.row.spot(), lot.household.name, first=str(twin.row.spot())
            )
    return kept


def merge(
    lots: Sequence[Lot], existing: Sequence[Request], findings: Findings, *, choice: ExistingChoice
) -> Merged:
    """Return the day's requests with a sheet's rows.

    Parameters
    ----------
    lots
        Rows understood.
    existing
        The day's requests.
    findings
        Receives a question where a row changes a request and the choice is to refuse that, and stalls
        that two households would share.
    choice
        What becomes of requests that the day has.
    """
    found = _matched(lots, existing)
    after = {request.id: request for request in existing}
    counts = {"new": 0, "changed": 0, "same": 0}
    spots: dict[str, Spot] = {}
    changed: list[Spot] = []
    number = last_number(request.id for request in existing)
    for lot, known in zip(lots, found, strict=True):
        if known is None:
            number += 1
            known = lot.request.model_copy(update={"id": f"r{number:03d}"})
            counts["new"] += 1
        else:
            update = {name: getattr(lot.request, name) for name in _SHEET_FIELDS}
            wanted = known.model_copy(update=update)
            counts["same" if wanted == known else "changed"] += 1
            if wanted != known:
                changed.append(lot.row.spot())
            known = known if choice == "keep" else wanted
        after[known.id] = known
        spots[known.id] = lot.row.spot(Column.STALL)
    if changed and choice == "refuse":
        findings.stop(
            ErrorCode.SHEET_ROWS_CHANGED,
            replace(changed[0], column=0, title=""),
            number=len(changed),
            rows=", ".join(map(str, changed[:NAMED])) + (" …" if len(changed) > NAMED else ""),
        )
    missing = [request.id for request in existing if request.id not in spots]
    if choice == "replace":
        for request_id in missing:
            del after[request_id]
    _check_stalls(list(after.values()), spots, findings)
    return Merged(
        requests=tuple(after.values()),
        missing=len(missing),
        removed=len(missing) if choice == "replace" else 0,
        **counts,
    )


def _matched(lots: Sequence[Lot], existing: Sequence[Request]) -> list[Request | None]:
    """Return the request of the day that each lot is; lots of one key go by their windows, then in order."""
    waiting: dict[Key, list[Request]] = defaultdict(list)
    for request in existing:
        waiting[key_of(request)].append(request)
    found: list[Request | None] = [None] * len(lots)
    for same_windows in (True, False):
        for index, lot in enumerate(lots):
            of_key = waiting.get(key_of(lot.request), [])
            fitting = [
                request
                for request in of_key
                if not same_windows or request.pickup.windows == lot.request.pickup.windows
            ]
            if found[index] is None and fitting:
                found[index] = fitting[0]
                of_key.remove(fitting[0])
    return found


def _check_stalls(requests: Sequence[Request], spots: dict[str, Spot], findings: Findings) -> None:
    holder: dict[tuple[str, int], Request] = {}
    # The day's own requests first: a conflict is the sheet's to solve.
    for request in sorted(requests, key=lambda request: request.id in spots):
        for task in (request.pickup, *request.dropoffs):
            if task.stall is None:
                continue
            first = holder.setdefault((task.place, task.stall), request)
            if first.household != request.household and request.id in spots:
                where = str(spots[first.id]) if first.id in spots else first.id
                findings.problem(ErrorCode.STALL_TAKEN, spots[request.id], task.stall, first=where)
                break


def last_number(request_ids: Iterable[str]) -> int:
    """Return the highest number of ids like ``r007``, 0 without any."""
    return max((int(found[1]) for found in map(_NUMBERED.fullmatch, request_ids) if found), default=0)
