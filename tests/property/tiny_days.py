"""Seeded tiny days in which rules bite: each seed has one rule as its theme, and a few more by chance."""

import dataclasses
import random

import numpy as np

from fleet.model import Day
from fleet.model.locks import Locks
from fleet.model.requests import Request
from fleet.model.state import StartState
from fleet.planning import travel_for
from maps.travel import TravelMatrices
from tests.property.tiny_draft import Document, Draft
from tests.property.tiny_themes import MIXED, THEMES


def theme_of(seed: int) -> str:
    """Return the theme of a seed."""
    return list(THEMES)[seed % len(THEMES)]


def tiny_day(seed: int) -> tuple[Day, TravelMatrices]:
    """Return the day of a seed, and its travel."""
    rng = random.Random(seed)
    draft = Draft(rng)
    theme = theme_of(seed)
    for other in rng.sample(MIXED, rng.randint(0, 2)):
        if other != theme:
            THEMES[other](draft)
    THEMES[theme](draft)
    day = draft.day()
    travel = travel_for(day)
    return day, travel if draft.metric else _one_ways(travel, rng)


def _one_ways(travel: TravelMatrices, rng: random.Random) -> TravelMatrices:
    """Stretch every leg by its own factor, the same for all speeds."""
    n = travel.place_count
    factor = np.array([[rng.uniform(1.0, 1.4) for _ in range(n)] for _ in range(n)])
    return dataclasses.replace(
        travel,
        durations_s=np.ceil(travel.durations_s * factor).astype(np.int64),
        distances_m=np.round(travel.distances_m * factor).astype(np.int64),
    )


def lifted(day: Day, theme: str) -> Day | None:
    """Return a day without its theme's rule, None where the theme is none."""
    requests: dict[str, Document] = {
        "several windows": {"windows": True},
        "pickup windows": {"windows": True},
        "drop-off windows": {"windows": True},
        "on-board limit": {"on_board_limit_s": None, "product": None},
        "on board at the start": {"on_board_limit_s": None},
        "keep apart": {"product": None},
        "cap of a product": {"product": None},
        "equipment": {"equipment": (), "product": None},
        "fleets": {"allowed_fleets": ()},
        "musts": {"must": False},
        "penalties": {"penalty_yuan": 100.0},
        "alternatives": {"first": True},
    }
    places: dict[str, Document] = {
        "opening": {"opening": ()},
        "stay": {"stay_s": 0},
        "set-up": {"setup_s": 0},
        "cap of a place": {"max_kg": None},
        "bays": {"bays": None},
        "charger": {"charger": None},
    }
    tricycles: dict[str, Document] = {
        "payload": {"payload_kg": 1_000.0},
        "crates": {"crates": 1_000},
        "breaks": {"breaks": ()},
        "energy": {"battery": None},
        "open end": {"end_place": "centre"},
        "fixed cost": {"fixed_yuan": 0.0},
        "unavailable": {"available": True},
    }
    whole: dict[str, Document] = {
        "only tricycle": {"locks": Locks()},
        "not tricycles": {"locks": Locks()},
        "sequence": {"locks": Locks()},
        "has left": {"start_state": StartState()},
        "open visit": {"start_state": _without_visits(day)},
        "burden": {"assignments": ()},
    }
    parts: Document = dict(whole.get(theme, {}))
    if theme in requests:
        parts["requests"] = tuple(_eased(request, requests[theme]) for request in day.requests)
    if theme in places:
        parts["places"] = tuple(place.model_copy(update=places[theme]) for place in day.places)
    if theme in tricycles:
        parts["tricycles"] = tuple(t.model_copy(update=tricycles[theme]) for t in day.tricycles)
    if not parts:
        return None
    return Day(**({name: getattr(day, name) for name in Day.model_fields} | parts))


def _eased(request: Request, update: Document) -> Request:
    update = dict(update)
    if update.pop("first", False):
        update["dropoffs"] = request.dropoffs[:1]
    if update.pop("windows", False):
        update["pickup"] = request.pickup.model_copy(update={"windows": ()})
        update["dropoffs"] = tuple(task.model_copy(update={"windows": ()}) for task in request.dropoffs)
    return request.model_copy(update=update)


def _without_visits(day: Day) -> StartState:
    states = tuple(state.model_copy(update={"visit": None}) for state in day.start_state.tricycles)
    return day.start_state.model_copy(update={"tricycles": states})
