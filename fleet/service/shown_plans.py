"""What drivers of a day are shown, kept parsed: plans never change, and every phone asks for them."""

import contextlib
import gc
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from fleet.model import Day, Plan
from fleet.planning.following import PlannedStops
from fleet.store.plans import day_of, get_plan, plan_of
from fleet.store.tables import StoredPlan

MOST_KEPT = 4
"""Today's and tomorrow's plan, each with the one before; a large one with its paths takes some 20 MB."""


@dataclass(frozen=True, kw_only=True)
class ShownPlan:
    """A stored plan with its documents, and where its stops are."""

    id: str
    number: int
    plan: Plan
    day: Day
    stops: PlannedStops = field(compare=False)


_kept: OrderedDict[str, ShownPlan] = OrderedDict()
_lock = threading.Lock()
_parsing = threading.Lock()


def shown_plan(session: Session, plan_id: str) -> ShownPlan:
    """Return a plan that was published, parsed once for all who ask."""
    found = _known(plan_id)
    if found is not None:
        return found
    # All phones ask within moments of a publication: the first one parses, the others wait for it, while who
    # asks for a plan that is known does not.
    with _parsing:
        found = _known(plan_id)
        if found is not None:
            return found
        stored = get_plan(session, plan_id, with_day=True)
        if stored is None:
            raise LookupError(f"{plan_id} was published and is gone")
        with _kept_from_the_collector():
            found = _parsed(stored)
        with _lock:
            _kept[plan_id] = found
            if len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
        return found


def _known(plan_id: str) -> ShownPlan | None:
    with _lock:
        found = _kept.get(plan_id)
        if found is not None:
            _kept.move_to_end(plan_id)
        return found


@contextlib.contextmanager
def _kept_from_the_collector() -> Iterator[None]:
    """Let the collector, which stops everybody while it looks, never walk through what is made in the block.

    Nothing in a plan refers back, so that it is freed without the collector when others take its place.
    """
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _parsed(stored: StoredPlan) -> ShownPlan:
    plan = plan_of(stored)
    return ShownPlan(
        id=stored.id, number=stored.number, plan=plan, day=day_of(stored), stops=PlannedStops(plan)
    )
