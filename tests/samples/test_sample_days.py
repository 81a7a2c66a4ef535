"""The sample days hold what the design names: numbers, classes, windows, teaching lots."""

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest

from fleet.model import Day, dump, read_day
from fleet.model.documents import InputError
from fleet.samples import make_day, sample_names, sample_roads
from fleet.samples.geography import kuqa_geography_of, qiaerbag_geography_of
from fleet.samples.products import FARM_CHEMICALS, kuqa_lines
from fleet.samples.tricycles import INSULATED_BOX

HEAVY, STRAWBERRY = 520, 20 * 60


@pytest.fixture(scope="module")
def june() -> Day:
    return make_day("qiaerbag")


def produce_of(day: Day) -> list:
    return [request for request in day.requests if request.product not in ("parcel", "fertiliser")]


def clock(instant) -> str:
    return instant.strftime("%H:%M")


def test_four_samples_are_named_with_a_line_each() -> None:
    assert list(sample_names()) == ["qiaerbag", "kuqa", "winter", "january"]
    assert all(text and "\n" not in text for text in sample_names().values())


@pytest.mark.parametrize("name", ["qiaerbag", "kuqa", "winter", "january"])
def test_a_sample_is_a_valid_day_and_always_the_same(name: str) -> None:
    day = make_day(name)
    assert read_day(dump(day)) == day
    assert dump(make_day(name)) == dump(day)
    assert day.about.real
    assert day.about.invented


@pytest.mark.parametrize("name", ["qiaerbag", "kuqa", "january"])
def test_no_person_has_a_name_or_a_phone(name: str) -> None:
    day = make_day(name)
    assert all(household.phone is None for household in day.households)
    assert all(household.name.endswith("号户") for household in day.households)
    assert all(item.name == f"{int(item.driver[-2:]):02d}号驾驶员" for item in day.assignments)
    assert len(day.assignments) == len(day.tricycles)


def test_an_unknown_sample_is_bad_input() -> None:
    with pytest.raises(InputError, match="UNKNOWN_ID sample july"):
        make_day("july")
    with pytest.raises(InputError, match="UNKNOWN_ID sample july"):
        sample_roads("july")


def test_june_has_120_requests_of_the_seven_villages(june: Day) -> None:
    produce = produce_of(june)
    of_village = Counter(june.household_by_id[request.household].place for request in produce)
    assert of_village == {
        "village-qiaerbag": 12,
        "village-kazanqi": 16,
        "village-sayibag": 22,
        "village-kaladun": 14,
        "village-bositan": 13,
        "village-upper-kuoshibag": 14,
        "village-lower-kuoshibag": 13,
    }
    assert len(june.requests) == 120
    assert sum(request.must for request in june.requests) == 8
    assert june.place_by_id["village-sayibag"].names["zh-Hans"] == "萨依巴格"
    assert june.household_by_id["sayibag-07"].name == "萨依巴格 07号户"


def test_june_has_the_products_of_the_table(june: Day) -> None:
    counts = Counter(request.product for request in june.requests)
    vegetables = counts.pop("cucumber") + counts.pop("pepper") + counts.pop("eggplant")
    assert vegetables == 20
    assert counts == {
        "tomato": 26,
        "apricot": 14,
        "strawberry": 12,
        "greens": 12,
        "mulberry": 8,
        "eggs": 7,
        "naan": 5,
        "parcel": 12,
        "fertiliser": 4,
    }
    limits = {product.id: product.on_board_limit_s for product in june.products}
    assert limits["mulberry"] == 75 * 60
    assert limits["eggs"] is None
    for request in june.requests:
        product = june.product_by_id[request.product]
        assert request.crates == -(-request.kg // product.kg_per_crate)
        if request.product == "tomato" and request.kg != HEAVY:
            assert 40 <= request.kg <= 120
            assert request.value_yuan == pytest.approx(3 * request.kg)


def test_parcels_go_out_and_fertiliser_stays_apart_from_food(june: Day) -> None:
    parcels = [request for request in june.requests if request.product == "parcel"]
    sacks = [request for request in june.requests if request.product == "fertiliser"]
    assert all(2 <= request.kg <= 15 for request in parcels)
    assert all(40 <= request.kg <= 50 for request in sacks)
    for request in parcels + sacks:
        assert request.pickup.place == "centre"
        assert [june.place_by_id[task.place].kind for task in request.dropoffs] == ["village"]
    assert june.product_by_id["fertiliser"].keep_apart == FARM_CHEMICALS
    assert {june.product_by_id[request.product].keep_apart for request in produce_of(june)} == {"food"}


def test_goods_are_ready_early_and_a_fifth_of_them_late(june: Day) -> None:
    starts = [clock(request.pickup.windows[0].start) for request in produce_of(june)]
    assert all("07:00" <= start <= "09:30" or "10:00" <= start <= "11:30" for start in starts)
    assert sum(start >= "10:00" for start in starts) == round(0.2 * 104)


def test_twenty_lots_wait_at_stalls_of_the_centre(june: Day) -> None:
    waiting = [request for request in june.requests if request.pickup.stall is not None]
    assert len(waiting) == 20
    assert all(request.pickup.place == "centre" for request in waiting)
    assert june.place_by_id["centre"].stalls == 38
    stall_of = {(request.pickup.stall, request.household) for request in waiting}
    assert len({stall for stall, _ in stall_of}) == len(stall_of)


@pytest.mark.parametrize("name", ["qiaerbag", "january"])
def test_produce_goes_to_three_to_five_communities(name: str) -> None:
    day = make_day(name)
    for request in produce_of(day):
        places = [task.place for task in request.dropoffs]
        assert 3 <= len(set(places)) == len(places) <= 5
        assert {day.place_by_id[place].kind for place in places} == {"community"}


def test_june_communities_open_as_designed(june: Day) -> None:
    communities = [place for place in june.places if place.kind == "community"]
    opening = Counter(
        f"{clock(window.start)}-{clock(window.end)}" for place in communities for window in place.opening
    )
    assert opening == {"08:30-12:30": 6, "09:00-13:30": 4, "10:00-14:00": 2}
    stays_min = sorted(place.stay_s // 60 for place in communities)
    assert stays_min[:2] == [45, 45]
    assert all(60 <= minutes <= 75 for minutes in stays_min[2:])
    assert {place.bays for place in communities} == {2}
    assert {place.setup_s for place in communities} == {240}


def test_the_fleet_has_three_classes(june: Day) -> None:
    classes = Counter(
        (item.battery.capacity_kwh, item.battery.health, item.payload_kg, item.crates, item.speed_kmh)
        for item in june.tricycles
    )
    assert classes == {(3.5, 0.80, 250, 16, 20): 8, (5.8, 0.85, 400, 24, 25): 8, (7.2, 0.95, 500, 30, 28): 4}
    assert [item.number for item in june.tricycles] == list(range(1, 21))
    assert sum(item.equipment == (INSULATED_BOX,) for item in june.tricycles) == 4
    assert sorted(item.battery.charge for item in june.tricycles)[:3] == [0.8, 0.8, 1.0]
    shifts = Counter(f"{clock(item.shift.start)}-{clock(item.shift.end)}" for item in june.tricycles)
    assert shifts == {"07:30-14:30": 16, "06:45-13:45": 4}
    for item in june.tricycles:
        assert (item.fixed_yuan, item.yuan_per_km, item.yuan_per_hour) == (20, 0.4, 18)
        (pause,) = item.breaks
        assert (pause.duration_s, clock(pause.window.start), clock(pause.window.end)) == (
            1800,
            "11:00",
            "13:00",
        )
    charger = june.place_by_id["centre"].charger
    assert (charger.power_kw, charger.plugs) == (1.5, 4)


def test_handling_grows_with_the_crates(june: Day) -> None:
    for request in june.requests:
        for task in (request.pickup, *request.dropoffs):
            assert task.handling_s == 60 + 20 * request.crates


def test_winter_is_june_with_another_temperature(june: Day) -> None:
    winter = make_day("winter")
    assert winter.rules.climate.temperature_c == -15.0
    climate = winter.rules.climate.model_copy(update={"temperature_c": 22.0})
    rules = winter.rules.model_copy(update={"climate": climate})
    assert winter.model_copy(update={"rules": rules}) == june


def test_january_has_its_own_goods_clock_and_cold() -> None:
    january = make_day("january")
    assert len(january.requests) == 70
    assert january.rules.climate.temperature_c == -15.0
    assert {clock(item.shift.start) for item in january.tricycles} == {"10:00"}
    assert january.product_by_id["greenhouse-tomato"].equipment == (INSULATED_BOX,)
    communities = [place for place in january.places if place.kind == "community"]
    assert sum(len(place.opening) == 2 for place in communities) == 4
    assert all(45 <= place.stay_s // 60 <= 60 for place in communities)
    for request in produce_of(january):
        assert "10:00" <= clock(request.pickup.windows[0].start) <= "12:30"


def test_kuqa_has_the_numbers_of_the_report() -> None:
    kuqa = make_day("kuqa")
    kinds = Counter(place.kind for place in kuqa.places)
    assert kinds == {"centre": 1, "station": 8, "site": 19}
    assert len(kuqa_lines()) == 25
    assert {request.product for request in kuqa.requests} == {product.id for product in kuqa.products}
    assert all(product.names["zh-Hans"] for product in kuqa.products)
    served = {task.place for request in kuqa.requests for task in request.dropoffs}
    assert served == {place.id for place in kuqa.places if place.kind == "site"}
    assert {request.pickup.place for request in kuqa.requests if request.product != "parcel"} == {
        place.id for place in kuqa.places if place.kind == "station"
    }
    assert {item.fleet for item in kuqa.tricycles} == {"kuqa"}
    assert {item.chemistry for item in (tricycle.battery for tricycle in kuqa.tricycles)} == {
        "lead-acid",
        "lithium",
    }


@pytest.mark.parametrize("name", list(sample_names()))
def test_windows_are_on_the_days_date(name: str) -> None:
    day = make_day(name)
    for request in day.requests:
        for window in request.pickup.windows:
            assert window.start.date() == window.end.date() == day.date
            assert window.start.utcoffset() == timedelta(hours=8)


def test_another_seed_gives_another_oasis() -> None:
    for geography_of in (qiaerbag_geography_of, kuqa_geography_of):
        one, other = geography_of(seed=24), geography_of(seed=62)
        assert one.positions.keys() == other.positions.keys()
        assert not np.allclose(list(one.positions.values())[1:], list(other.positions.values())[1:])
