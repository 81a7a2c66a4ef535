"""Drives: who may begin when, travel as computed or believed, loads on every leg, charge."""

import math

from fleet.check.walk import SECOND, Replay, grams
from fleet.model import Rule
from fleet.model.base import GRAMS_PER_KG
from fleet.model.plan import Leg

CHARGE_TOLERANCE = 1e-6
"""Of the usable kWh: what the rounding of a plan's numbers may take from a charge."""
KWH_TOLERANCE = 1e-6


def check_arrival(replay: Replay) -> None:
    """Check the way into an entry, and that it begins when what precedes it has ended."""
    entry = replay.entry()
    leg = entry.leg
    here = replay.position
    # A start position on the road is no place: a tricycle may have its break there, nothing else.
    if entry.place not in replay.day.place_by_id and (entry.kind, entry.place) != ("break", here):
        replay.report(Rule.STRUCTURE, place=entry.place)
    if (leg is None) != (entry.place == here):
        replay.report(Rule.TRAVEL, origin=here, destination=entry.place)
    arrival = replay.ready
    if leg is not None:
        check_leg(replay, leg, entry.place)
        arrival = leg.arrival
        replay.ready = max(replay.ready, arrival)
    elif replay.index == 0:
        # Standing at the start is no part of the route: it arrives when it begins.
        arrival = entry.start
    if entry.arrival != arrival:
        replay.report(Rule.TIMES, arrival=entry.arrival.isoformat(), expected=arrival.isoformat())
    if entry.start < entry.arrival or entry.start < replay.ready:
        replay.report(Rule.TIMES, start=entry.start.isoformat(), ready=replay.ready.isoformat())


def check_leg(replay: Replay, leg: Leg, destination: str) -> None:
    """Check a drive, and take its energy out of the battery."""
    if leg.to != destination:
        replay.report(Rule.TRAVEL, origin=leg.to, destination=destination)
    if leg.departure < replay.ready:
        replay.report(Rule.TIMES, departure=leg.departure.isoformat(), ready=replay.ready.isoformat())
    if leg.arrival != leg.departure + leg.duration_s * SECOND:
        replay.report(Rule.TIMES, arrival=leg.arrival.isoformat(), duration_s=leg.duration_s)
    _check_travel(replay, leg, destination)
    _check_load(replay, leg)
    _take_energy(replay, leg)
    replay.walk.metres += leg.distance_m
    replay.walk.working_s += leg.duration_s
    replay.may_start += leg.duration_s * SECOND
    replay.position = destination


def _check_travel(replay: Replay, leg: Leg, destination: str) -> None:
    """Compare a drive with travel as computed; without travel it is believed."""
    index, travel, origin = replay.day.location_index, replay.travel, replay.position
    if travel is None or origin not in index or destination not in index:
        return
    speed = list(travel.speed_caps_kmh).index(replay.tricycle.speed_kmh)
    seconds = int(travel.durations_s[speed, index[origin], index[destination]])
    metres = int(travel.distances_m[speed, index[origin], index[destination]])
    if (seconds, metres) != (leg.duration_s, leg.distance_m):
        replay.report(
            Rule.TRAVEL,
            origin=origin,
            destination=destination,
            duration_s=leg.duration_s,
            distance_m=leg.distance_m,
            expected_s=seconds,
            expected_m=metres,
        )


def _check_load(replay: Replay, leg: Leg) -> None:
    """Kilograms and crates bind on every leg."""
    load_g, tricycle = replay.load_g, replay.tricycle
    if grams(leg.load_kg) != load_g:
        replay.report(Rule.LOAD, load_kg=leg.load_kg, expected_kg=load_g / GRAMS_PER_KG)
    # What frozen stops have loaded stays too much on the legs after them, whoever drives on.
    pardon = bool(replay.frozen) and not replay.loaded_later & replay.on_board.keys()
    if load_g > grams(tricycle.payload_kg):
        replay.report(Rule.CAPACITY_KG, pardon=pardon, kg=load_g / GRAMS_PER_KG, limit_kg=tricycle.payload_kg)
    if replay.crates > tricycle.crates:
        replay.report(Rule.CAPACITY_CRATES, pardon=pardon, crates=replay.crates, limit=tricycle.crates)


def _take_energy(replay: Replay, leg: Leg) -> None:
    battery, walk = replay.tricycle.battery, replay.walk
    kwh = 0.0
    if battery is not None:
        per_km = battery.empty_kwh_per_km
        per_km += battery.kwh_per_km_per_100_kg * replay.load_g / GRAMS_PER_KG / 100
        kwh = leg.distance_m / 1_000 * per_km * replay.day.consumption_factor
        replay.charge -= kwh / replay.usable_kwh
        check_reserve(replay)
        lowest = walk.lowest_charge
        walk.lowest_charge = replay.charge if lowest is None else min(lowest, replay.charge)
    walk.energy_kwh += kwh
    if not math.isclose(kwh, leg.energy_kwh, abs_tol=KWH_TOLERANCE):
        replay.report(Rule.CHARGE, energy_kwh=leg.energy_kwh, expected_kwh=kwh)


def check_reserve(replay: Replay) -> None:
    """Charge is never below the reserve, the end included."""
    battery = replay.tricycle.battery
    if battery is not None and replay.charge < battery.reserve - CHARGE_TOLERANCE:
        replay.report(Rule.RESERVE, charge=round(replay.charge, 6), reserve=battery.reserve)


def check_charge(replay: Replay, stated: float | None) -> None:
    """Check a charge that the plan states."""
    if replay.tricycle.battery is None:
        if stated is not None:
            replay.report(Rule.CHARGE, charge=stated)
        return
    lowest = replay.walk.lowest_charge
    replay.walk.lowest_charge = replay.charge if lowest is None else min(lowest, replay.charge)
    # Below empty a plan can only say empty: the reserve has been reported then.
    if stated is None or abs(stated - max(0.0, replay.charge)) > CHARGE_TOLERANCE:
        replay.report(Rule.CHARGE, charge=stated, expected=round(replay.charge, 9))
