"""A day from sheets alone: requests, places and tricycles, the latter two also from another day's JSON."""

import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from fleet.formats.sheets.files import is_json, read_grids
from fleet.formats.sheets.findings import Findings
from fleet.formats.sheets.importing import Answers, Imported, import_sheet
from fleet.formats.sheets.master import Master, moved_to
from fleet.formats.sheets.master_tables import MasterReader
from fleet.formats.sheets.names import Places
from fleet.model import Day, ErrorCode, InputError, bad_input, read_day
from fleet.model.documents import problems_of

DEFAULT_ZONE = "Asia/Shanghai"


class File(NamedTuple):
    """A file as the user named it, and its content."""

    name: str
    data: bytes


def day_from_sheets(
    requests: File, *, places: File, tricycles: File, answers: Answers, date: datetime.date | None = None
) -> tuple[Day, Imported]:
    """Return a day made of a request sheet and master data.

    Parameters
    ----------
    requests
        XLSX or CSV.
    places
        XLSX or CSV with a table of places, in a workbook also one of products; or a day's JSON, of which
        places, products, households, rules and closed roads are taken.
    tricycles
        XLSX or CSV with a table of tricycles; or a day's JSON.
    answers
        What was decided for the request sheet; ``on_existing`` is of no use, for there is nothing yet.
    date
        Of the day; without it that of the places' JSON, else of the tricycles'.

    Raises
    ------
    InputError
        With every problem of the file that could not be read.
    """
    days = {
        file.name: read_day(file.data, file=file.name) for file in (places, tricycles) if is_json(file.data)
    }
    of_places, of_tricycles = days.get(places.name), days.get(tricycles.name)
    known = [day for day in (of_places, of_tricycles) if day is not None]
    if date is None and not known:
        raise bad_input(ErrorCode.SHEET_DATE_UNSAID, where="--date", file=requests.name)
    date = date or known[0].date
    zone = answers.zone or (known[0].zone if known else DEFAULT_ZONE)
    parts: dict[str, Any] = {"date": date, "zone": zone}
    if of_places is not None:
        parts |= {name: getattr(of_places, name) for name in ("about", "rules", "closed_roads", "households")}
        parts |= {"places": moved_to(of_places, date)[0], "products": of_places.products}
    else:
        parts |= _places_and_products(places, date=date, zone=zone, answers=answers)
    if of_tricycles is not None:
        parts |= {"tricycles": moved_to(of_tricycles, date)[1], "assignments": of_tricycles.assignments}
    else:
        reader = _reader(date=date, zone=zone, answers=answers)
        grids = read_grids(tricycles.data, file=tricycles.name)
        parts["tricycles"] = tuple(reader.tricycles(grids, Places(parts["places"]), file=tricycles.name))
        _check(reader, file=tricycles.name)
    master = Master(
        date=date,
        zone=zone,
        places=parts["places"],
        products=parts["products"],
        households=parts.get("households", ()),
        tricycles=parts["tricycles"],
    )
    imported = import_sheet(requests.data, master=master, answers=answers, file=requests.name)
    imported.checked(file=requests.name)
    parts |= {
        "requests": imported.merged.requests,
        "households": imported.households,
        "products": imported.products,
    }
    try:
        return Day(**parts), imported
    except ValidationError as error:
        raise InputError(problems_of(error), file=requests.name) from error


def _places_and_products(places: File, *, date: datetime.date, zone: str, answers: Answers) -> dict[str, Any]:
    reader = _reader(date=date, zone=zone, answers=answers)
    grids = read_grids(places.data, file=places.name)
    parts = {
        "places": tuple(reader.places(grids, file=places.name)),
        "products": tuple(reader.products(grids)),
    }
    _check(reader, file=places.name)
    return parts


def _reader(*, date: datetime.date, zone: str, answers: Answers) -> MasterReader:
    return MasterReader(Findings(), date=date, zone=zone, clock=answers.zone)


def _check(reader: MasterReader, *, file: str) -> None:
    reader.ask()
    if reader.findings.problems:
        raise InputError([finding.as_problem() for finding in reader.findings.problems], file=file)
