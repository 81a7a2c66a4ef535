"""The route packet: all that a driver needs until the evening, and nothing of other routes."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from fleet.model import ErrorCode, InputError
from fleet.model.plan import Route
from fleet.model.route_packet import PacketStop, RoutePacket
from fleet.service.context import Context
from fleet.service.days import put_day, read_day
from fleet.service.kept_plans import keep_plan
from fleet.service.master import change_record
from fleet.service.packets import read_route, read_route_version
from fleet.service.publish import publish_plan, withdraw_plan
from fleet.service.roles import Caller, Role
from fleet.store import Store
from maps.datum import bd09, gcj02
from tests.accounts import context
from tests.database import Clock
from tests.running_day import (
    DISPATCHER,
    PHONE,
    SYSTEM,
    RunningDay,
    day_and_plan,
    driver,
    publish,
    published,
    stops,
)

FIRST, SECOND = driver(0), driver(1)


@pytest.fixture
def ctx(store: Store) -> Context:
    return context(store)


@pytest.fixture
def running(ctx: Context, clock: Clock) -> RunningDay:
    """Published in the evening before; now it is noon of the day."""
    running = published(ctx)
    clock.now = running.noon
    return running


def packet(running: RunningDay, caller: Caller = FIRST) -> RoutePacket:
    return read_route(running.ctx, caller, date=running.day.date)


def packed_stops(packet: RoutePacket) -> list[PacketStop]:
    return [entry for visit in packet.visits for entry in visit.entries if isinstance(entry, PacketStop)]


def refused(ctx: Context, caller: Caller, date: datetime.date | None) -> str:
    with pytest.raises(InputError) as error:
        read_route(ctx, caller, date=date)
    with pytest.raises(InputError) as also:
        read_route_version(ctx, caller, date=date)
    assert also.value.problems == error.value.problems
    return error.value.problems[0].code


def test_a_packet_has_every_stop_of_the_own_route_as_planned(running: RunningDay):
    for caller, route in zip((FIRST, SECOND), running.routes, strict=True):
        found = packet(running, caller)
        assert (found.tricycle, found.tricycle_number, found.plan) == (
            route.tricycle,
            route.number,
            running.plan_id,
        )
        assert [
            (stop.request, stop.kind, stop.start.at, stop.end.at, stop.load_kg, stop.charge)
            for stop in packed_stops(found)
        ] == [
            (entry.request, entry.kind, entry.start, entry.end, entry.load_kg, entry.charge)
            for entry in stops(route)
        ]
        assert (found.departure.at, found.return_.at) == (route.departure, route.return_)
        assert found.distance_m == route.figures.distance_m


def test_every_place_is_named_in_three_languages_and_every_time_by_two_clocks(running: RunningDay):
    found = packet(running)
    for visit in found.visits:
        assert set(visit.place.names) == {"en", "zh-Hans", "ug"}
        assert all(visit.place.names.values())
    first = found.departure
    assert first.shanghai == f"{first.at.astimezone(ZoneInfo('Asia/Shanghai')):%H:%M}"
    later = datetime.datetime.strptime(first.shanghai, "%H:%M") - datetime.timedelta(hours=2)
    assert first.urumqi == f"{later:%H:%M}"


def test_a_visit_adds_up_what_is_loaded_and_unloaded(running: RunningDay):
    for visit in packet(running, SECOND).visits:
        by_kind = {"pickup": visit.loads, "dropoff": visit.unloads}
        for kind, amount in by_kind.items():
            entries = [e for e in visit.entries if isinstance(e, PacketStop) and e.kind == kind]
            assert amount.stops == len(entries)
            assert amount.kg == pytest.approx(sum(entry.kg for entry in entries))
            assert amount.crates == sum(entry.crates for entry in entries)


def test_visits_are_driven_to_in_turn(running: RunningDay):
    for caller in (FIRST, SECOND):
        found = packet(running, caller)
        for before, after in zip(found.visits, found.visits[1:], strict=False):
            assert after.leg is not None
            assert after.arrival == after.leg.arrival
            assert before.arrival.at < after.arrival.at


def test_links_lead_to_the_place_in_the_datum_of_each_map(running: RunningDay):
    place = packet(running).visits[0].place
    amap, baidu = gcj02(place.latitude, place.longitude), bd09(place.latitude, place.longitude)
    assert f"to={amap.longitude:.6f},{amap.latitude:.6f}," in place.links.amap
    assert f"tocoord={amap.latitude:.6f},{amap.longitude:.6f}" in place.links.tencent
    assert f"latlng:{baidu.latitude:.6f},{baidu.longitude:.6f}" in place.links.baidu
    assert place.links.geo.startswith(f"geo:{place.latitude:.6f},{place.longitude:.6f}?")


def test_phones_stand_where_goods_are_fetched_and_nowhere_else(running: RunningDay):
    for caller in (FIRST, SECOND):
        for stop in packed_stops(packet(running, caller)):
            if stop.household is not None:
                assert (stop.household.phone is not None) == (stop.kind == "pickup")


def test_a_packet_says_nothing_of_the_households_of_other_routes(running: RunningDay):
    of_others = [stop.household for stop in packed_stops(packet(running, SECOND))]
    own = packet(running, FIRST).model_dump_json()
    strangers = {h.phone for h in of_others if h and h.phone}
    assert strangers
    assert not any(phone in own for phone in strangers)
    left_out = {unserved.household for unserved in running.plan.unserved}
    phones = [running.day.household_by_id[name].phone for name in left_out if name]
    assert not any(phone in own for phone in phones if phone)


def test_the_dispatchers_phone_is_that_of_the_day_now(running: RunningDay):
    assert packet(running).dispatcher_phone == PHONE
    before = read_route_version(running.ctx, FIRST, date=running.day.date)
    known = read_day(running.ctx, SYSTEM, date=running.day.date).day
    changed = known.model_copy(update={"dispatcher_phone": "12345"})
    put_day(running.ctx, SYSTEM, date=running.day.date, day=changed)
    assert packet(running).dispatcher_phone == "12345"
    assert read_route_version(running.ctx, FIRST, date=running.day.date) != before


def test_a_phone_that_is_corrected_in_the_morning_reaches_its_driver_without_a_plan(running: RunningDay):
    date, pickup = running.day.date, packed_pickup(packet(running))
    household_id = running.day.request_by_id[pickup.request].household
    assert household_id is not None
    versions = [read_route_version(running.ctx, caller, date=date) for caller in (FIRST, SECOND)]
    household = running.day.household_by_id[household_id]
    corrected = household.model_copy(update={"phone": "0996-7", "name": "Aynur"})
    change_record(running.ctx, DISPATCHER, record_id=household_id, record=corrected)
    found = packet(running)
    assert [
        (stop.household.name, stop.household.phone if stop.kind == "pickup" else "0996-7")
        for stop in packed_stops(found)
        if running.day.request_by_id[stop.request].household == household_id and stop.household
    ] == [("Aynur", "0996-7")] * 2
    now = [read_route_version(running.ctx, caller, date=date) for caller in (FIRST, SECOND)]
    assert (now[0], found.plan) == (found.version, running.plan_id)
    # Only who has one of its stops fetches anew.
    assert [before != after for before, after in zip(versions, now, strict=True)] == [True, False]
    assert not publish_plan(running.ctx, DISPATCHER, plan_id=running.plan_id).routes


def test_a_note_is_that_of_the_day_now_as_long_as_the_day_has_the_request(running: RunningDay):
    date, pickup = running.day.date, packed_pickup(packet(running))
    known = read_day(running.ctx, SYSTEM, date=date).day
    noted = tuple(request.model_copy(update={"note": "Mind the dog"}) for request in known.requests)
    put_day(running.ctx, SYSTEM, date=date, day=known.model_copy(update={"requests": noted}))
    assert {stop.note for stop in packed_stops(packet(running))} == {"Mind the dog"}
    gone = tuple(request for request in noted if request.id != pickup.request)
    put_day(running.ctx, SYSTEM, date=date, day=known.model_copy(update={"requests": gone}))
    notes = {stop.request: stop.note for stop in packed_stops(packet(running))}
    assert notes[pickup.request] == running.day.request_by_id[pickup.request].note != "Mind the dog"
    assert set(notes) == {stop.request for stop in stops(running.routes[0])}


def packed_pickup(packet: RoutePacket) -> PacketStop:
    """The first pickup from a household."""
    return next(stop for stop in packed_stops(packet) if stop.household and stop.kind == "pickup")


def test_a_version_stays_until_something_is_published(running: RunningDay, clock: Clock):
    versions = [read_route_version(running.ctx, FIRST, date=running.day.date)]
    clock.forward(hours=1)
    assert packet(running).version == versions[0]
    publish(running.ctx, day=running.day, plan=running.plan)
    assert packet(running).version != versions[0]
    assert read_route_version(running.ctx, FIRST, date=running.day.date) == packet(running).version


def test_what_came_and_what_went_since_the_version_before_is_told(running: RunningDay):
    assert packet(running).changes is None
    first, second = running.routes
    swapped = [route for route in running.plan.routes if route not in running.routes]
    swapped += [as_tricycle(second, first), as_tricycle(first, second)]
    newer = running.plan.model_copy(update={"routes": tuple(swapped)})
    publish(running.ctx, day=running.day, plan=newer)
    changes = packet(running).changes
    assert changes is not None
    assert changes.since == 1
    assert [stop.request for stop in changes.added] == [entry.request for entry in stops(second)]
    assert [stop.request for stop in changes.removed] == [entry.request for entry in stops(first)]
    publish(running.ctx, day=running.day, plan=running.plan)
    back = packet(running).changes
    assert back is not None
    assert (back.added, back.removed) == (changes.removed, changes.added)


def as_tricycle(route: Route, other: Route) -> Route:
    """A route's stops, driven by another tricycle."""
    return route.model_copy(update={"tricycle": other.tricycle, "number": other.number})


def test_a_plan_that_is_taken_back_leaves_an_empty_route_that_says_so(running: RunningDay, clock: Clock):
    before = packet(running)
    clock.forward(minutes=5)
    withdraw_plan(running.ctx, DISPATCHER, date=running.day.date)
    found = packet(running)
    assert found.version == read_route_version(running.ctx, FIRST, date=running.day.date) != before.version
    assert (found.withdrawn_at, found.published_at) == (clock.now, before.published_at)
    assert (found.plan, found.number, found.tricycle) == (before.plan, before.number, before.tricycle)
    assert (found.visits, found.last_leg, found.distance_m) == ((), None, 0)
    assert found.changes is not None
    assert [stop.request for stop in found.changes.removed] == [stop.request for stop in packed_stops(before)]
    assert found.changes.added == ()
    publish(running.ctx, day=running.day, plan=running.plan)
    again = packet(running)
    assert (again.withdrawn_at, again.visits) == (None, before.visits)


def test_without_a_date_it_is_today_by_the_days_own_clock(running: RunningDay, clock: Clock):
    clock.now = running.noon.replace(hour=0, minute=1)
    assert read_route(running.ctx, FIRST).date == running.day.date
    clock.now = running.noon.replace(hour=23, minute=59)
    assert read_route(running.ctx, FIRST).date == running.day.date
    clock.now = running.noon + datetime.timedelta(hours=13)
    assert refused(running.ctx, FIRST, None) == ErrorCode.NOT_PUBLISHED


def test_without_a_published_plan_there_is_no_route(ctx: Context):
    day, _ = day_and_plan()
    assert refused(ctx, FIRST, day.date) == ErrorCode.NOT_PUBLISHED
    put_day(ctx, SYSTEM, date=day.date, day=day)
    assert refused(ctx, FIRST, day.date) == ErrorCode.NOT_PUBLISHED


def test_who_drives_nothing_today_has_no_route(running: RunningDay):
    stranger = Caller(account_id="account-x", role=Role.DRIVER, driver="d-x")
    assert refused(running.ctx, stranger, running.day.date) == ErrorCode.NO_ROUTE_OF_YOURS


def test_whose_tricycle_stays_at_home_has_no_route(running: RunningDay):
    only = running.plan.model_copy(update={"routes": (running.routes[1],)})
    publish(running.ctx, day=running.day, plan=only)
    with pytest.raises(InputError) as error:
        packet(running, FIRST)
    assert error.value.problems[0].code == ErrorCode.NO_ROUTE_OF_YOURS
    assert packed_stops(packet(running, SECOND))


def test_a_dispatcher_has_no_own_route(running: RunningDay):
    assert refused(running.ctx, DISPATCHER, running.day.date) == ErrorCode.FORBIDDEN


def test_what_a_dispatcher_publishes_is_what_the_driver_gets(ctx: Context, clock: Clock):
    day, plan = day_and_plan()
    put_day(ctx, SYSTEM, date=day.date, day=day)
    kept = keep_plan(ctx, DISPATCHER, day=day, plan=plan, origin="upload")
    assert refused(ctx, FIRST, day.date) == ErrorCode.NOT_PUBLISHED
    publish_plan(ctx, DISPATCHER, plan_id=kept.id)
    assert read_route(ctx, FIRST, date=day.date).plan == kept.id
