"""Master data changes for days to come, not for days that were, and stays while something needs it."""

import json

import pytest

from fleet.model import ErrorCode, InputError
from fleet.model.places import Household, Place, Product
from fleet.model.tricycles import Tricycle
from fleet.service.context import Context
from fleet.service.master import (
    add_record,
    change_record,
    delete_record,
    list_records,
    read_record,
    record_history,
)
from fleet.service.requests import add_request, delete_request
from fleet.service.roles import Caller, Role
from fleet.service.standing_orders import add_order, delete_order
from fleet.store import Store
from tests.database import Clock
from tests.days import (
    DATE,
    DISPATCHER,
    OTHER,
    body,
    context,
    day_of,
    draft,
    moved,
    new_request,
    order,
    put,
    version_of,
)

LIHUA = "community-lihua"


@pytest.fixture
def ctx(store: Store) -> Context:
    return context(store)


def place(place_id: str = LIHUA, **changes: object) -> Place:
    known = next(item for item in draft().places if item.id == place_id)
    return known.model_copy(update=changes)


def windows(*clocks: str, date: str = "2026-06-15") -> tuple[object, ...]:
    document = place().model_dump(mode="json")
    document["opening"] = [
        {"start": f"{date}T{start}:00+08:00", "end": f"{date}T{end}:00+08:00"}
        for start, end in (clock.split("-") for clock in clocks)
    ]
    return Place.model_validate_json(json.dumps(document)).opening


def refusal(error: pytest.ExceptionInfo[InputError]) -> tuple[str, str]:
    problem = error.value.problems[0]
    return problem.code, problem.where


def test_a_record_is_added_read_changed_and_deleted_and_nothing_of_it_is_lost(ctx: Context):
    melon = Product(id="melon", name="melon", kg_per_crate=10.0)
    assert add_record(ctx, DISPATCHER, record=melon).version == 1
    dearer = melon.model_copy(update={"price_yuan_per_kg": 4.0})
    assert change_record(ctx, OTHER, record_id="melon", record=dearer, version=1).version == 2
    assert read_record(ctx, DISPATCHER, model=Product, record_id="melon").record == dearer
    delete_record(ctx, DISPATCHER, model=Product, record_id="melon", version=2)
    with pytest.raises(InputError) as error:
        read_record(ctx, DISPATCHER, model=Product, record_id="melon")
    assert refusal(error) == (ErrorCode.NOT_FOUND, "id")
    versions = record_history(ctx, DISPATCHER, model=Product, record_id="melon").items
    assert [(item.version, item.record, item.changed_by) for item in versions] == [
        (3, None, "a1"),
        (2, dearer, "a2"),
        (1, melon, "a1"),
    ]
    # What was deleted may come back, and goes on counting.
    assert add_record(ctx, DISPATCHER, record=melon).version == 4


def test_a_change_that_changes_nothing_is_no_version(ctx: Context):
    add_record(ctx, DISPATCHER, record=place())
    assert change_record(ctx, DISPATCHER, record_id=LIHUA, record=place()).version == 1


def test_a_record_comes_once_and_keeps_its_id(ctx: Context):
    add_record(ctx, DISPATCHER, record=place())
    with pytest.raises(InputError) as error:
        add_record(ctx, DISPATCHER, record=place())
    assert refusal(error) == (ErrorCode.ALREADY_EXISTS, "id")
    with pytest.raises(InputError) as error:
        change_record(ctx, DISPATCHER, record_id="another", record=place())
    assert refusal(error) == (ErrorCode.IDS_DIFFER, "id")
    with pytest.raises(InputError) as error:
        change_record(ctx, DISPATCHER, record_id=LIHUA, record=place(), version=7)
    assert refusal(error)[0] == ErrorCode.CHANGED_MEANWHILE


@pytest.mark.parametrize(
    ("record", "code", "where"),
    [
        (Household(id="h", name="h", place="nowhere"), "UNKNOWN_ID", "place"),
        (place(id="m", max_kg_of_product={"nothing": 5.0}), "UNKNOWN_ID", "max_kg_of_product"),
        (place("centre", id="far", latitude=86.1, longitude=41.7), "COORDINATES_SWAPPED", "latitude"),
        (draft().tricycles[0].model_copy(update={"id": "t2"}), "DUPLICATE_ID", "number"),
        (draft().tricycles[0].model_copy(update={"id": "t2", "number": 2, "start_place": "x"}), "UNKNOWN_ID",
         "start_place"),
    ],
)  # fmt: skip
def test_a_record_that_does_not_fit_to_the_others_is_refused_by_its_field(
    ctx: Context, record: Place | Household | Tricycle, code: str, where: str
):
    put(ctx)
    with pytest.raises(InputError) as error:
        add_record(ctx, DISPATCHER, record=record)
    assert refusal(error) == (code, where)


def test_a_changed_opening_holds_for_days_to_come_at_once_and_not_for_days_that_were(
    ctx: Context, clock: Clock
):
    put(ctx)
    clock.forward(days=3)
    later = DATE.replace(day=20)
    put(ctx, moved(draft(), later))
    seen = version_of(ctx, later)
    changed = place(opening=windows("08:00-12:00"))
    change_record(ctx, DISPATCHER, record_id=LIHUA, record=changed)
    # Its dates say nothing: the clock counts.
    (opening,) = next(item for item in day_of(ctx, later).places if item.id == LIHUA).opening
    assert opening.start.isoformat() == "2026-06-20T08:00:00+08:00"
    assert version_of(ctx, later) == seen + 1
    assert next(item for item in day_of(ctx).places if item.id == LIHUA).opening == ()
    assert version_of(ctx) == 1


def test_a_households_phone_reaches_days_to_come_that_have_it_otherwise(ctx: Context, clock: Clock):
    household = draft().household_by_id["sayibag-01"]
    put(ctx)
    clock.forward(days=3)
    own = household.model_copy(update={"name": "as this day spells it", "place": None})
    only_phone = household.model_copy(update={"phone": "as this day has it"})
    dates = [DATE.replace(day=day) for day in (20, 21, 22)]
    for date, version in zip(dates, (household, own, only_phone), strict=True):
        others = tuple(item for item in draft().households if item.id != household.id)
        put(ctx, moved(draft().model_copy(update={"households": (*others, version)}), date))
    seen = [version_of(ctx, date) for date in dates]
    changed = household.model_copy(update={"name": "Aynur", "phone": "0996-7"})
    change_record(ctx, DISPATCHER, record_id=household.id, record=changed)
    assert [day_of(ctx, date).household_by_id[household.id] for date in dates] == [
        changed,
        changed.model_copy(update={"place": None}),
        changed,
    ]
    assert [version_of(ctx, date) for date in dates] == [version + 1 for version in seen]
    assert day_of(ctx).household_by_id[household.id] == household
    # What is as the master data has it follows them from now on.
    moved_away = changed.model_copy(update={"place": LIHUA})
    change_record(ctx, DISPATCHER, record_id=household.id, record=moved_away)
    places = [day_of(ctx, date).household_by_id[household.id].place for date in dates]
    assert places == [LIHUA, None, LIHUA]


def test_a_change_that_a_day_to_come_cannot_bear_is_refused_with_the_day(ctx: Context):
    stalled = body("r1", dropoffs=[{"place": "centre", "stall": 30}], pickup={"place": "village-upper"})
    put(ctx, draft(requests=[stalled]))
    with pytest.raises(InputError) as error:
        change_record(ctx, DISPATCHER, record_id="centre", record=place("centre", stalls=29))
    assert refusal(error) == (ErrorCode.STALL_UNKNOWN, "days/2026-06-15 requests[0].dropoffs[0].stall")
    assert read_record(ctx, DISPATCHER, model=Place, record_id="centre").record.stalls == 38
    assert day_of(ctx).place_by_id["centre"].stalls == 38


def test_a_record_that_names_another_brings_it_into_days_to_come(ctx: Context):
    put(ctx)
    add_record(ctx, DISPATCHER, record=place(id="depot-2", name="second depot"))
    tricycle = draft().tricycles[0].model_copy(update={"start_place": "depot-2"})
    change_record(ctx, DISPATCHER, record_id="tricycle-01", record=tricycle)
    assert "depot-2" in day_of(ctx).place_by_id


@pytest.mark.parametrize(
    ("model", "record_id", "by"),
    [
        (Place, "village-sayibag", "households/ayi"),
        (Place, "centre", "tricycles/tricycle-01"),
        (Place, LIHUA, "days/2026-06-15"),
        (Product, "tomato", "days/2026-06-15"),
        (Household, "sayibag-01", "days/2026-06-15"),
        (Tricycle, "tricycle-01", "days/2026-06-15"),
        (Place, "community-luyuan", "standing-orders/s001"),
        (Product, "onion", "standing-orders/s001"),
    ],
)
def test_what_something_to_come_needs_is_not_deleted(
    ctx: Context, model: type[Place | Household | Product | Tricycle], record_id: str, by: str
):
    put(ctx)
    add_order(ctx, DISPATCHER, order=order(product="onion", household=None))
    with pytest.raises(InputError) as error:
        delete_record(ctx, DISPATCHER, model=model, record_id=record_id)
    assert error.value.problems[0].code == ErrorCode.STILL_USED
    assert error.value.problems[0].params["by"] == by


def test_what_is_not_needed_any_more_leaves_days_to_come_and_stays_in_days_that_were(
    ctx: Context, clock: Clock
):
    put(ctx)
    delete_request(ctx, DISPATCHER, date=DATE, request_id="r001")
    delete_record(ctx, DISPATCHER, model=Place, record_id=LIHUA)
    assert LIHUA not in day_of(ctx).place_by_id
    clock.forward(days=2)
    delete_record(ctx, DISPATCHER, model=Product, record_id="tomato")
    assert "tomato" in day_of(ctx).product_by_id


def test_an_order_that_is_gone_needs_nothing(ctx: Context):
    put(ctx, draft(requests=[]))
    added = add_order(ctx, DISPATCHER, order=order(product="onion", household=None))
    delete_order(ctx, DISPATCHER, order_id=added.order.id)
    delete_record(ctx, DISPATCHER, model=Product, record_id="onion")
    with pytest.raises(InputError) as error:
        add_request(ctx, DISPATCHER, date=DATE, request=new_request(product="onion"))
    assert refusal(error) == (ErrorCode.UNKNOWN_ID, "product")


def test_records_are_found_by_any_of_their_names_in_pages(ctx: Context):
    put(ctx)

    def found(model: type[Place | Household | Product | Tricycle], **filters: str) -> list[str]:
        return [item.record.id for item in list_records(ctx, DISPATCHER, model=model, **filters).items]

    assert found(Place, text="萨依巴格") == ["community-sayibag", "village-sayibag"]
    assert found(Place, text="LIHUA") == [LIHUA]
    assert found(Product, text="پەمىدۇر") == ["tomato"]
    assert found(Household, text="13900003333") == ["ayi"]
    assert found(Household, text="%") == []
    assert found(Place, kind="centre") == ["centre"]
    assert len(found(Household, place="village-sayibag")) == 4
    ids, cursor = [], None
    while True:
        page = list_records(ctx, DISPATCHER, model=Place, limit=3, cursor=cursor)
        ids += [item.record.id for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert ids == sorted(item.id for item in draft().places)


def test_only_who_edits_days_edits_what_they_are_made_of(ctx: Context):
    planner = Caller(account_id="p", role=Role.PLANNER)
    for forbidden in (
        lambda: list_records(ctx, planner, model=Place),
        lambda: read_record(ctx, planner, model=Place, record_id=LIHUA),
        lambda: record_history(ctx, planner, model=Place, record_id=LIHUA),
        lambda: add_record(ctx, planner, record=place()),
        lambda: change_record(ctx, planner, record_id=LIHUA, record=place()),
        lambda: delete_record(ctx, planner, model=Place, record_id=LIHUA),
    ):
        with pytest.raises(InputError) as error:
            forbidden()
        assert refusal(error)[0] == ErrorCode.FORBIDDEN
