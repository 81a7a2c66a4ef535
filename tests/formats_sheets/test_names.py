"""Names: the column decides the kind, near misses are offered and never taken, households are told apart."""

import pytest

from tests.request_sheets import (
    codes,
    csv_of,
    imported,
    one,
    problem,
    problem_of,
    requests_of,
    row_of,
    small_day,
)


def household_of(**cells: object) -> str | None:
    return one(**cells).household


def test_one_name_is_a_village_in_one_column_and_a_community_in_the_other() -> None:
    request = one(村="萨依巴格", 送往社区="萨依巴格")
    assert request.pickup.place == "village-sayibag"
    assert [task.place for task in request.dropoffs] == ["community-sayibag"]


@pytest.mark.parametrize(
    "village", ["萨依巴格", "萨依巴格村", " 萨依 巴格 ", "SAYIBAG", "village-sayibag", "萨依巴格村委会"]
)
def test_exact_spellings_of_a_village(village: str) -> None:
    assert one(村=village).pickup.place == "village-sayibag"


@pytest.mark.parametrize(
    ("written", "note"), [("萨依巴格村3组", "3组"), ("萨依巴格 第二小组", "第二小组"), ("萨依巴格村", "")]
)
def test_the_group_within_a_village_is_told_to_the_driver(written: str, note: str) -> None:
    request = one(村=written)
    assert (request.pickup.place, request.note) == ("village-sayibag", note)
    assert one(村=written, 备注="门口").note == f"{note} 门口".strip()


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("萨依巴各", "萨依巴格"),
        ("阔什巴格", "上阔什巴格"),
        ("中阔什巴格", "下阔什巴格"),
        ("Sayibak", "Sayibag"),
    ],
)
def test_a_name_that_differs_by_a_letter_is_offered_and_not_taken(written: str, offered: str) -> None:
    found = problem_of(村=written)
    assert found.code == "SHEET_PLACE_UNKNOWN"
    assert offered in str(found.params["candidates"])


def test_a_name_like_no_other_has_no_candidates() -> None:
    assert problem_of(村="乌鲁木齐").params["candidates"] == ""


def test_a_place_of_the_wrong_kind_is_named_as_such() -> None:
    assert problem_of(送往社区="上阔什巴格").code == "SHEET_PLACE_KIND"
    assert problem_of(村="梨花").code == "SHEET_PLACE_KIND"


def test_a_name_that_says_its_kind_holds_in_every_column() -> None:
    assert [task.place for task in one(送往社区="上阔什巴格村").dropoffs] == ["village-upper"]


@pytest.mark.parametrize("written", ["电商运营中心", "中心", "centre"])
def test_goods_may_wait_at_the_centre(written: str) -> None:
    assert one(取货地点=written).pickup.place == "centre"


@pytest.mark.parametrize(
    ("written", "product"),
    [
        ("西红柿", "tomato"),
        ("番茄", "tomato"),
        ("Tomatoes", "tomato"),
        ("پەمىدۇر", "tomato"),
        ("辣子", "pepper"),
        ("皮牙子", "onion"),
        ("洋芋", "potato"),
        ("马铃薯", "potato"),
        ("پىياز", "onion"),
        ("tomato", "tomato"),
    ],
)
def test_products_by_all_their_names(written: str, product: str) -> None:
    assert one(品名=written).product == product


def test_an_unknown_product_is_offered_its_neighbours() -> None:
    found = problem_of(品名="蕃茄")
    assert found.code == "SHEET_PRODUCT_UNKNOWN"
    assert "番茄" in str(found.params["candidates"])


@pytest.mark.parametrize(
    "name", ["01号户", "萨依巴格 01号户", "萨依巴格01号户", "萨依巴格村01号户", "０１号户"]
)
def test_a_known_household_is_found_however_it_is_spaced(name: str) -> None:
    assert household_of(农户姓名=name, 品名="辣子") == "sayibag-01"


def test_households_of_one_name_are_told_apart_by_the_last_four_digits_of_the_phone() -> None:
    assert household_of(农户姓名="同名户", 电话="13800001111") == "same-a"
    assert household_of(农户姓名="同名户", 电话="1380 000 2222") == "same-b"
    found = problem_of(农户姓名="同名户")
    assert found.code == "SHEET_HOUSEHOLD_AMBIGUOUS"
    assert found.params["candidates"] == "…1111, …2222"


def test_another_phone_is_another_household() -> None:
    assert household_of(农户姓名="阿依古丽", 电话="13900003333") == "ayi"
    assert household_of(农户姓名="阿依古丽", 电话="13900009999") not in ("ayi", None)


def test_a_household_new_to_the_village_is_added_once() -> None:
    result = imported(
        csv_of(
            row_of(农户姓名="新户", 电话="13700000001"),
            row_of(农户姓名="新 户", 电话="13700000001", 品名="辣子"),
        )
    )
    day = result.into(small_day())
    assert len(day.households) == len(small_day().households) + 1
    assert {request.household for request in day.requests[1:]} == {day.households[-1].id}
    assert (day.households[-1].name, day.households[-1].phone) == ("新户", "13700000001")


def test_a_household_of_a_bad_row_is_not_added() -> None:
    result = imported(csv_of(row_of(), row_of(农户姓名="坏户", 重量=0)), skip_bad=True)
    assert "坏户" not in [household.name for household in result.households]


def test_a_new_household_one_letter_from_a_known_one_is_pointed_out() -> None:
    found = imported(csv_of(row_of(农户姓名="阿衣古丽"))).marks
    assert [mark.params["other"] for mark in found if mark.code == "HOUSEHOLD_SIMILAR"] == ["阿依古丽"]
    assert "HOUSEHOLD_SIMILAR" not in codes(imported(csv_of(row_of(农户姓名="02号户"))).marks)


def test_a_missing_phone_and_a_lost_one_are_warnings() -> None:
    assert "PHONE_MISSING" in codes(imported(csv_of(row_of())).marks)
    lost = [mark for mark in imported(csv_of(row_of(电话="1.38E+10"))).marks if mark.code == "PHONE_LOST"]
    assert [(str(mark.spot), mark.value) for mark in lost] == [("E2 电话", "")]


def test_a_stall_belongs_to_the_centre_wherever_it_is_named() -> None:
    assert one(取货地点="中心", 摊位号=12).pickup.stall == 12
    assert [task.stall for task in one(送往社区="中心", 摊位号="12号").dropoffs] == [12]


@pytest.mark.parametrize("cells", [{"摊位号": 5}, {"取货地点": "中心", "摊位号": 39}])
def test_a_stall_that_no_place_has_is_refused(cells: dict[str, object]) -> None:
    assert problem_of(**cells).code == "STALL_UNKNOWN"


def test_two_households_on_one_stall_name_both_rows() -> None:
    first = row_of(取货地点="中心", 摊位号=12)
    data = csv_of(first, row_of(农户姓名="08号户", 取货地点="中心", 摊位号=12))
    found = problem(data)
    assert (found.code, str(found.spot), found.params["first"]) == ("STALL_TAKEN", "N3 摊位号", "N2 摊位号")
    assert len(requests_of(data, skip_bad=True)) == 1
    assert len(requests_of(csv_of(first, row_of(品名="辣子", 取货地点="中心", 摊位号=12)))) == 2
