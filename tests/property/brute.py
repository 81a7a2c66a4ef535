"""An exhaustive solver for tiny days, written from the rules of the domain; it shares no code with planning.

Two tricycles at most, a handful of requests. Every assignment, order, drop-off alternative, window, placing
of breaks and recharges is looked at; the times of each are exact (``brute_times``). Bays count where they
hold one tricycle: with two tricycles more bays never bind. Not here: frozen stops.
"""

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from fleet.model import Day, Travel
from tests.property.brute_entries import Skeleton, skeletons_of
from tests.property.brute_orders import Dropped, Order, orders_of
from tests.property.brute_times import duration_s, joint_cost_yuan

EPSILON_YUAN = 1e-6


@dataclass(frozen=True)
class Best:
    """The best pair, and what the used tricycles do."""

    unserved_musts: int
    total_yuan: float
    skeletons: tuple[Skeleton, ...]


@dataclass
class Ranked:
    """Routes of one tricycle for one set of drop-offs, cheapest first, timed only when asked for."""

    orders: list[Order]
    found: list[tuple[float, Skeleton]] = field(default_factory=list)
    _heap: list[tuple[float, int, Order | Skeleton]] | None = None
    _ticket: Iterator[int] = field(default_factory=itertools.count)

    @property
    def least_yuan(self) -> float:
        """Return a cost below which none of the routes is done."""
        return min(order.least_yuan for order in self.orders)

    def at(self, index: int) -> tuple[float, Skeleton] | None:
        """Return the route of a rank with its cost, None beyond the last."""
        if self._heap is None:
            self._heap = [(order.least_yuan, next(self._ticket), order) for order in self.orders]
            heapq.heapify(self._heap)
        while len(self.found) <= index and self._heap:
            cost, _, item = heapq.heappop(self._heap)
            if isinstance(item, Skeleton):
                self.found.append((cost, item))
                continue
            for skeleton in skeletons_of(item):
                seconds = duration_s(skeleton)
                if seconds is not None:
                    exact = skeleton.fixed_yuan + skeleton.yuan_per_s * seconds
                    heapq.heappush(self._heap, (exact, next(self._ticket), skeleton))
        return self.found[index] if index < len(self.found) else None


def best_of(day: Day, travel: Travel, *, box_at_stops: bool = False) -> Best:
    """Find the best pair of a tiny day, and routes that reach it.

    The payload binds on every leg. With ``box_at_stops`` also between two stops at one place: loading first
    what has room only once something else is unloaded is no way out then.
    """
    tables = [
        {dropped: Ranked(orders) for dropped, orders in orders_of(day, travel, t, box_at_stops).items()}
        for t in day.tricycles
        if t.available
    ]
    choices: list[list[tuple[Dropped, Ranked | None]]] = [
        [(frozenset(), None), *table.items()] for table in tables
    ]
    assignments = []
    for chosen in itertools.product(*choices):
        dropped = [drop for drops, _ranked in chosen for drop in drops]
        served = {number for number, _alternative in dropped}
        if len(served) < len(dropped) or not _caps_hold(day, dropped):
            continue
        left_out = [request for number, request in enumerate(day.requests) if number not in served]
        musts = sum(request.must for request in left_out)
        loss = sum(day.penalty_yuan(request) for request in left_out if not request.must)
        used = [ranked for _requests, ranked in chosen if ranked is not None]
        least = loss + sum(ranked.least_yuan for ranked in used)
        assignments.append((musts, least, loss, used))
    assignments.sort(key=lambda item: item[:2])
    best = Best(len(day.requests) + 1, float("inf"), ())
    for musts, least, loss, used in assignments:
        if (musts, least) >= (best.unserved_musts, best.total_yuan - EPSILON_YUAN):
            continue
        limit = best.total_yuan if musts == best.unserved_musts else float("inf")
        cost, skeletons = _cheapest(used, limit - loss)
        if cost < limit - loss - EPSILON_YUAN:
            best = Best(musts, loss + cost, skeletons)
    return best


def _cheapest(used: list[Ranked], limit: float) -> tuple[float, tuple[Skeleton, ...]]:
    """Return the least cost below ``limit`` of one route from each list that hold together."""
    if not used:
        return 0.0, ()
    best: tuple[float, tuple[Skeleton, ...]] = (limit, ())
    first = [ranked.at(0) for ranked in used]
    if any(entry is None for entry in first):
        return best
    start = tuple(0 for _ in used)
    heap = [(sum(entry[0] for entry in first if entry), start)]
    seen = {start}
    while heap:
        bound, ranks = heapq.heappop(heap)
        if bound >= best[0] - EPSILON_YUAN:
            break
        entries = [ranked.at(rank) for ranked, rank in zip(used, ranks, strict=True)]
        skeletons = tuple(entry[1] for entry in entries if entry)
        cost = joint_cost_yuan(skeletons, best[0])
        if cost < best[0] - EPSILON_YUAN:
            best = (cost, skeletons)
        for position in range(len(used)):
            further = (*ranks[:position], ranks[position] + 1, *ranks[position + 1 :])
            entry = used[position].at(further[position])
            if entry is not None and further not in seen:
                seen.add(further)
                before = entries[position]
                heapq.heappush(heap, (bound - (before[0] if before else 0.0) + entry[0], further))
    return best


def _caps_hold(day: Day, dropped: list[tuple[int, int]]) -> bool:
    """Whether no place receives more than it takes, in all and of each product."""
    received = [(past.place, past.product, past.kg) for past in day.start_state.delivered]
    for number, alternative in dropped:
        request = day.requests[number]
        received.append((request.dropoffs[alternative].place, request.product, request.kg))
    for place in day.places:
        here = [(product, kg) for where, product, kg in received if where == place.id]
        if place.max_kg is not None and sum(kg for _product, kg in here) > place.max_kg + 1e-9:
            return False
        for product, limit in place.max_kg_of_product.items():
            if sum(kg for of, kg in here if of == product) > limit + 1e-9:
                return False
    return True
