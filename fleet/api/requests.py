"""Requests of a day: one by one, as a list, from a sheet, and from another day."""

from flask import Response, request
from pydantic import Field, ValidationError

from fleet.api.answers import answer
from fleet.api.blueprint import Api
from fleet.api.days import MAY
from fleet.api.etags import expected_version
from fleet.api.languages import language
from fleet.api.master import SearchText
from fleet.api.paging import PageQuery
from fleet.api.paths import DayPath
from fleet.api.reading import body_of
from fleet.model import ErrorCode, InputError, bad_input
from fleet.model.base import Date, Document, Id
from fleet.model.documents import problems_of
from fleet.model.requests import Request
from fleet.service import copying, imports, request_lists, requests
from fleet.service.addresses import API_PATH
from fleet.service.context import Context
from fleet.service.copying import Copied
from fleet.service.imports import SheetAnswers, SheetImported
from fleet.service.paging import Page
from fleet.service.request_lists import SortKey
from fleet.service.requests import NewRequest, RequestChange, RequestEntry
from fleet.service.roles import Caller

FORM = "multipart/form-data"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

api = Api("requests", tag="Requests")


class RequestPath(DayPath):
    """Which request of which day."""

    id: Id


class RequestsQuery(PageQuery):
    """Which requests, in which order."""

    text: SearchText | None = Field(
        default=None,
        description="part of an id, of the note, or of a name of the household, the product or a place",
    )
    place: Id | None = Field(default=None, description="where they are picked up or may be dropped off")
    product: Id | None = None
    household: Id | None = None
    must: bool | None = None
    sort: SortKey = "order"
    descending: bool = False


class CopyOrder(Document):
    """Where requests come from."""

    source: Date


class SheetForm(SheetAnswers):
    """A request sheet, and what is decided for it as a whole."""

    file: str = Field(description="an XLSX workbook or a CSV file", json_schema_extra={"format": "binary"})


@api.on("GET", "/days/<date>/requests", may=MAY, answers=Page[RequestEntry])
def list_requests(ctx: Context, caller: Caller, path: DayPath, query: RequestsQuery) -> Page[RequestEntry]:
    """List requests of a day: searched, filtered, sorted."""
    return request_lists.list_requests(ctx, caller, date=path.date, **dict(query))


@api.on("POST", "/days/<date>/requests", may=MAY, answers={201: Request}, sends=("Location", "ETag"))
def add_request(ctx: Context, caller: Caller, path: DayPath, body: NewRequest) -> Response:
    """Add a request; without an id it is given the next number. The day begins where there was none."""
    entry = requests.add_request(ctx, caller, date=path.date, request=body)
    where = f"{API_PATH}/days/{path.date}/requests/{entry.request.id}"
    return answer(entry.request, status=201, version=entry.version, headers={"Location": where})


@api.on("GET", "/days/<date>/requests/<id>", may=MAY, answers=Request)
def read_request(ctx: Context, caller: Caller, path: RequestPath) -> Response:
    """Return a request."""
    entry = requests.read_request(ctx, caller, date=path.date, request_id=path.id)
    return answer(entry.request, version=entry.version)


@api.on("PUT", "/days/<date>/requests/<id>", may=MAY, answers=Request, guarded=True)
def change_request(ctx: Context, caller: Caller, path: RequestPath, body: Request) -> Response:
    """Change a request."""
    entry = requests.change_request(
        ctx, caller, date=path.date, request_id=path.id, request=body, version=expected_version()
    )
    return answer(entry.request, version=entry.version)


@api.on("DELETE", "/days/<date>/requests/<id>", may=MAY, answers={204: None}, guarded=True)
def delete_request(ctx: Context, caller: Caller, path: RequestPath) -> None:
    """Take a request out of a day, with the locks that name it."""
    requests.delete_request(ctx, caller, date=path.date, request_id=path.id, version=expected_version())


@api.on("GET", "/days/<date>/requests/<id>/history", may=MAY, answers=Page[RequestChange])
def list_request_changes(
    ctx: Context, caller: Caller, path: RequestPath, query: PageQuery
) -> Page[RequestChange]:
    """List who changed what of a request when, the latest first."""
    return requests.request_history(
        ctx, caller, date=path.date, request_id=path.id, limit=query.limit, cursor=query.cursor
    )


@api.on("POST", "/days/<date>/requests/copy", may=MAY, answers=Copied)
def copy_requests(ctx: Context, caller: Caller, path: DayPath, body: CopyOrder) -> Copied:
    """Copy the requests of another date, at the same times of the clock; nothing comes twice."""
    return copying.copy_requests(ctx, caller, date=path.date, source=body.source)


@api.on(
    "POST",
    "/days/<date>/requests/import",
    may=MAY,
    answers=SheetImported,
    media_types=(FORM,),
    body=SheetForm,
)
def import_requests(ctx: Context, caller: Caller, path: DayPath) -> SheetImported:
    """Take a request sheet into a day: all rows or none."""
    file, data, answers = _sheet()
    return imports.import_requests(
        ctx, caller, date=path.date, data=data, file=file, answers=answers, language=language()
    )


@api.on(
    "POST",
    "/days/<date>/requests/import/report",
    may=MAY,
    answers={200: XLSX},
    media_types=(FORM,),
    body=SheetForm,
)
def report_sheet(ctx: Context, caller: Caller, path: DayPath) -> Response:
    """Return the sheet as a workbook in which bad cells are red, with reasons; nothing is imported."""
    file, data, answers = _sheet()
    report = imports.report_sheet(
        ctx, caller, date=path.date, data=data, file=file, answers=answers, language=language()
    )
    response = Response(report, mimetype=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename="report.xlsx")
    return response


def _sheet() -> tuple[str, bytes, SheetAnswers]:
    """Return the name and the content of the file of a form, and what is decided for it.

    Raises
    ------
    InputError
        MISSING_KEY without a file; what is wrong with an answer.
    """
    body_of(FORM)
    sent = request.files.get("file")
    if sent is None:
        raise bad_input(ErrorCode.MISSING_KEY, where="file")
    # A field of a page that nothing was chosen in is sent as an empty text.
    given = {name: value for name, value in request.form.items() if value}
    try:
        answers = SheetAnswers.model_validate_strings(given)
    except ValidationError as error:
        raise InputError(problems_of(error)) from error
    return sent.filename or "file", sent.read(), answers
