"""Master data: places, tricycles, households and products, each with the same endpoints."""

from typing import Annotated

from flask import Response
from pydantic import Field

from fleet.api.answers import answer
from fleet.api.blueprint import Api
from fleet.api.etags import expected_version
from fleet.api.paging import PageQuery
from fleet.model.base import NO_NUL, WITHOUT_NUL, Document, Id
from fleet.model.places import Household, Place, PlaceKind, Product
from fleet.model.tricycles import Tricycle
from fleet.service import master
from fleet.service.addresses import API_PATH
from fleet.service.context import Context
from fleet.service.day_parts import LISTS
from fleet.service.master import KIND_OF, Kept, KeptVersion
from fleet.service.paging import Page
from fleet.service.roles import Caller, Permission

SearchText = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra=WITHOUT_NUL), NO_NUL]
Record = Place | Household | Product | Tricycle

api = Api("master", tag="Master data")


class RecordPath(Document):
    """Which record."""

    id: Id


class RecordsQuery(PageQuery):
    """Which records."""

    text: SearchText | None = Field(
        default=None, description="part of an id, of a name in any language, or of a phone"
    )


class PlacesQuery(RecordsQuery):
    """Which places."""

    kind: PlaceKind | None = None


class HouseholdsQuery(RecordsQuery):
    """Which households."""

    place: Id | None = Field(default=None, description="that live there")


def _offer(model: type[Record], query_model: type[RecordsQuery] = RecordsQuery) -> None:
    """Register the endpoints of one kind of record."""
    kind = KIND_OF[model]
    path = f"/{LISTS[kind]}"
    may = Permission.EDIT_DAYS

    def list_all(ctx: Context, caller: Caller, query: RecordsQuery) -> Page[Kept[Record]]:
        filters = query.model_dump(exclude_none=True)
        return master.list_records(ctx, caller, model=model, **filters)

    def add(ctx: Context, caller: Caller, body: Record) -> Response:
        kept = master.add_record(ctx, caller, record=body)
        where = f"{API_PATH}{path}/{kept.record.id}"
        return answer(kept.record, status=201, version=kept.version, headers={"Location": where})

    def read(ctx: Context, caller: Caller, path: RecordPath) -> Response:
        kept = master.read_record(ctx, caller, model=model, record_id=path.id)
        return answer(kept.record, version=kept.version)

    def change(ctx: Context, caller: Caller, path: RecordPath, body: Record) -> Response:
        kept = master.change_record(ctx, caller, record_id=path.id, record=body, version=expected_version())
        return answer(kept.record, version=kept.version)

    def delete(ctx: Context, caller: Caller, path: RecordPath) -> None:
        master.delete_record(ctx, caller, model=model, record_id=path.id, version=expected_version())

    def history(
        ctx: Context, caller: Caller, path: RecordPath, query: PageQuery
    ) -> Page[KeptVersion[Record]]:
        return master.record_history(
            ctx, caller, model=model, record_id=path.id, limit=query.limit, cursor=query.cursor
        )

    # Which model a function of this factory takes is known only here.
    list_all.__annotations__["query"] = query_model
    add.__annotations__["body"] = change.__annotations__["body"] = model
    for view, name, about in (
        (list_all, f"list_{LISTS[kind]}", f"List the {LISTS[kind]} that the township knows, by id."),
        (add, f"add_{kind}", f"Add a {kind}."),
        (read, f"read_{kind}", f"Return a {kind}."),
        (change, f"change_{kind}", f"Change a {kind}: for days to come at once, for days that were not."),
        (delete, f"delete_{kind}", f"Delete a {kind} that no day to come and no standing order needs."),
        (history, f"list_{kind}_versions", f"List what a {kind} was, the latest version first."),
    ):
        view.__name__, view.__doc__ = name, about
    one = f"{path}/<id>"
    api.on("GET", path, may=may, answers=Page[Kept[model]])(list_all)  # type: ignore[valid-type]
    api.on("POST", path, may=may, answers={201: model}, sends=("Location", "ETag"))(add)
    api.on("GET", one, may=may, answers=model)(read)
    api.on("PUT", one, may=may, answers=model, guarded=True)(change)
    api.on("DELETE", one, may=may, answers={204: None}, guarded=True)(delete)
    api.on("GET", f"{one}/history", may=may, answers=Page[KeptVersion[model]])(history)  # type: ignore[valid-type]


_offer(Place, PlacesQuery)
_offer(Tricycle)
_offer(Household, HouseholdsQuery)
_offer(Product)
