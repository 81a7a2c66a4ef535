"""A day of several townships on one road file: a centre, villages and communities around each."""

from dataclasses import replace

import numpy as np

from fleet.model.day import Day
from fleet.model.requests import Task
from fleet.samples import from_roads
from maps.roads import RoadGraph, RoadPlace
from maps.roads.geometry import great_circle_m

APART_M = 450.0
"""Places of the network lie at least so far from each other."""
NEAR_M = 6_500.0
"""Places of a township lie at most so far from its middle."""
BUYS, SENDS = "community", "village"
SHARED = ("title", "about", "date", "zone", "rules", "products")
JOINED = ("places", "households", "tricycles", "requests", "assignments")


def network_day(
    graph: RoadGraph, *, requests: int, tricycles: int, centres: int, places: int, seed: int
) -> Day:
    """Return a day whose tricycles may serve every township, each from a centre of its own.

    Places are junctions; townships lie side by side from west to east, each with an equal share of
    everything and goods for its own communities. A few places that were drawn lie too far by road.
    """
    rng = np.random.default_rng(seed)
    latitudes, longitudes = graph.node_latitudes, graph.node_longitudes
    taken: list[int] = []
    days = []
    for number in range(centres):
        east = float(np.quantile(longitudes, (number + 0.5) / centres))
        from_middle_m = great_circle_m(latitudes, longitudes, float(np.median(latitudes)), east)
        own: list[int] = []
        for node in rng.permutation(np.flatnonzero(from_middle_m < NEAR_M)).tolist():
            others = [*taken, *own]
            gaps_m = great_circle_m(latitudes[others], longitudes[others], latitudes[node], longitudes[node])
            if len(own) < places // centres and gaps_m.min(initial=np.inf) >= APART_M:
                own.append(node)
        taken += own
        spots = tuple(
            RoadPlace(
                name=f"Junction {node}",
                kind=SENDS if k % 3 else BUYS,
                latitude=float(latitudes[node]),
                longitude=float(longitudes[node]),
            )
            for k, node in enumerate(own)
        )
        fleet = tricycles // centres
        day = from_roads(
            replace(graph, places=spots), requests=requests // centres, tricycles=fleet, seed=seed + number
        )
        days.append(_named(day, f"t{number + 1}-", fleet * number))
    shared = {name: getattr(days[0], name) for name in SHARED}
    joined = {name: tuple(item for day in days for item in getattr(day, name)) for name in JOINED}
    return Day.model_validate(shared | joined)


def _named(day: Day, prefix: str, number: int) -> Day:
    """Return a township's day with ids and numbers that no other one has."""

    def there(task: Task | None) -> Task | None:
        return None if task is None else task.model_copy(update={"place": prefix + task.place})

    return day.model_copy(
        update={
            "places": tuple(p.model_copy(update={"id": prefix + p.id}) for p in day.places),
            "households": tuple(
                h.model_copy(update={"id": prefix + h.id, "place": prefix + h.place}) for h in day.households
            ),
            "tricycles": tuple(
                t.model_copy(
                    update={
                        "id": prefix + t.id,
                        "number": number + t.number,
                        "start_place": prefix + t.start_place,
                        "end_place": prefix + (t.end_place or ""),
                    }
                )
                for t in day.tricycles
            ),
            "requests": tuple(
                r.model_copy(
                    update={
                        "id": prefix + r.id,
                        "household": prefix + r.household,
                        "pickup": there(r.pickup),
                        "dropoffs": tuple(there(d) for d in r.dropoffs),
                    }
                )
                for r in day.requests
            ),
            "assignments": tuple(
                a.model_copy(update={"driver": prefix + a.driver, "tricycle": prefix + a.tricycle})
                for a in day.assignments
            ),
        }
    )
