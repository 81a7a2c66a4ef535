"""A sheet against the requests that the day has: new, changed, the same, missing."""

import json
from collections.abc import Iterator

import pytest

from fleet.formats.sheets import Answers, Finding, Imported, Master, import_sheet
from fleet.model import Day, InputError
from fleet.samples.catalogue import make_day
from tests.request_sheets import HEADER, csv_of, imported, problem, row_of, small_day, workbook_of


def counts(result: Imported) -> tuple[int, int, int, int]:
    merged = result.merged
    return merged.new, merged.changed, merged.same, merged.missing


def filled(data: bytes, day: Day | None = None, **answers: object) -> Day:
    return imported(data, day=day, **answers).into(day or small_day())


FIRST = csv_of(row_of(电话="13812345678", 最早取货="8:30"), row_of(农户姓名="08号户", 品名="西红柿"))


def test_the_same_file_again_changes_nothing() -> None:
    once = filled(FIRST)
    again = imported(FIRST, day=once)
    assert counts(again) == (0, 0, 2, 1)
    assert again.into(once) == once


def test_a_corrected_file_asks_once_what_becomes_of_the_day() -> None:
    once = filled(FIRST)
    corrected = csv_of(
        row_of(电话="13812345678", 最早取货="8:30", 重量=80), row_of(农户姓名="08号户", 品名="番茄")
    )
    asked = problem_in(corrected, once)
    assert (asked.code, asked.params["rows"]) == ("SHEET_ROWS_CHANGED", "A2")
    assert counts(imported(corrected, day=once, on_existing="update")) == (0, 1, 1, 1)
    assert [request.kg for request in filled(corrected, once, on_existing="update").requests] == [50, 80, 54]
    assert filled(corrected, once, on_existing="keep") == once


def problem_in(data: bytes, day: Day) -> Finding:
    (found,) = imported(data, day=day).problems
    return found


def test_a_request_keeps_its_id_when_its_time_is_corrected() -> None:
    once = filled(FIRST)
    later = csv_of(row_of(电话="13812345678", 最早取货="9:30"), row_of(农户姓名="08号户"))
    after = filled(later, once, on_existing="update")
    assert [request.id for request in after.requests] == [request.id for request in once.requests]
    assert after.requests[1].pickup.windows[0].start.hour == 9


def test_what_a_sheet_cannot_say_survives_an_update() -> None:
    day = small_day()
    kept = day.requests[0].model_copy(update={"penalty_yuan": 7.0, "priority": 3})
    day = day.model_copy(update={"requests": (kept,)})
    after = filled(csv_of(row_of(农户姓名="01号户", 重量=70)), day, on_existing="update")
    (request,) = after.requests
    assert (request.id, request.kg, request.penalty_yuan, request.priority) == ("r001", 70, 7.0, 3)


def test_missing_requests_stay_unless_the_sheet_replaces_all() -> None:
    assert len(filled(FIRST).requests) == 3
    replaced = imported(FIRST, on_existing="replace")
    assert replaced.merged.removed == 1
    assert [request.id for request in replaced.into(small_day()).requests] == ["r002", "r003"]


def test_one_row_twice_is_refused_and_both_are_named() -> None:
    found = problem(csv_of(row_of(), row_of(品名="西红柿")))
    assert (found.code, str(found.spot), found.params["first"]) == ("SHEET_ROW_TWICE", "A3", "A2")


def test_two_lots_of_a_household_may_differ_in_time_or_product_or_place() -> None:
    data = csv_of(
        row_of(最早取货="7:00"), row_of(最早取货="10:00"), row_of(品名="辣子"), row_of(取货地点="中心")
    )
    assert counts(imported(data)) == (4, 0, 0, 1)
    once = filled(data)
    assert counts(imported(data, day=once)) == (0, 0, 4, 1)


def test_a_stall_that_the_day_has_given_away_is_refused() -> None:
    once = filled(csv_of(row_of(取货地点="中心", 摊位号=12)))
    found = problem_in(csv_of(row_of(农户姓名="08号户", 取货地点="中心", 摊位号=12)), once)
    assert (found.code, found.params["first"]) == ("STALL_TAKEN", "r002")


@pytest.mark.parametrize("household", ["sayibag-01", None])
def test_new_ids_never_meet_old_ones(household: str | None) -> None:
    day = small_day()
    odd = day.requests[0].model_copy(update={"id": "r0999", "household": household})
    day = day.model_copy(update={"requests": (odd,)})
    assert filled(csv_of(row_of()), day).requests[-1].id == "r1000"


def test_a_lock_on_a_request_that_would_go_stops_the_import() -> None:
    document = small_day().model_dump(mode="json")
    document["locks"] = {"requests": [{"request": "r001", "only_tricycle": "tricycle-01"}], "routes": []}
    day = Day.model_validate_json(json.dumps(document))
    with pytest.raises(InputError) as refused:
        filled(FIRST, day, on_existing="replace")
    assert refused.value.problems[0].where == "locks.requests[0].request"


def test_the_sample_day_written_down_as_a_clerk_would_comes_back_the_same() -> None:
    """Parcels out differ: a sheet has no earliest delivery. All produce is what it was."""
    day = make_day("qiaerbag")
    result = import_sheet(
        workbook_of([HEADER, *as_clerks_rows(day)]),
        master=Master.of(day),
        answers=Answers(on_existing="update"),
    )
    produce = [request for request in day.requests if request.product not in ("parcel", "fertiliser")]
    assert counts(result) == (0, len(day.requests) - len(produce), len(produce), 0)
    after = result.into(day)
    assert [
        request for request in after.requests if request.product not in ("parcel", "fertiliser")
    ] == produce


def as_clerks_rows(day: Day) -> Iterator[list[object]]:
    def called(place_id: str | None) -> str:
        place = day.place_by_id[str(place_id)]
        return place.names["zh-Hans"] + ("村" if place.kind == "village" else "")

    for request in day.requests:
        household = day.household_by_id[str(request.household)]
        (ready,) = request.pickup.windows
        yield [
            request.id,
            "6.15",
            called(household.place),
            household.name,
            None,
            day.product_by_id[str(request.product)].names["zh-Hans"],
            f"{2 * request.kg:g}斤",
            request.crates,
            called(request.pickup.place),
            f"{ready.start:%H:%M}",
            f"{ready.end:%H:%M}",
            "、".join(called(task.place) for task in request.dropoffs),
            None,
            request.pickup.stall,
            request.value_yuan,
            "是" if request.must else None,
            request.note,
        ]
