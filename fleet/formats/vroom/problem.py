"""A VROOM problem in numbers: tasks, requests, vehicles and legs as the solver and the walk read them.

Time is in ticks of a hundredth of a second, VROOM's own, because a speed factor makes fractions of seconds.
Money is in ``COST_SCALE``-ths of a cost unit: an hour has 360,000 ticks, so an hourly rate is a whole number
a tick, and a rate per kilometre is 360 a metre.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from fleet.formats.vroom.model import Break, Costs, Document, Job, Vehicle, Visit
from fleet.formats.vroom.places import Places, places_of
from fleet.formats.vroom.reading import amount_size
from fleet.formats.vroom.travel import ProfileTravel, travel_of
from fleet.model import ErrorCode, bad_input
from fleet.model.base import MAX_PLACES
from fleet.solver.instance import NEVER, Ints
from maps.roads import RoadGraph

TICKS_PER_S = 100
COST_SCALE = 360_000
COST_PER_M = 360
LARGEST_TABLE = 100_000_000
"""Numbers in all matrices together (0.8 GB): profiles and speed factors multiply them."""

Kind = Literal["job", "pickup", "delivery"]
Loads = tuple[int, ...]


@dataclass(frozen=True)
class Task:
    """A job, a pickup or a delivery."""

    kind: Kind
    request: int
    visit: Visit
    place: int
    takes: Loads
    """What comes on board."""
    gives: Loads
    """What leaves the vehicle; of a job it is on board from the start."""
    skills: frozenset[int]
    priority: int

    def setup_s(self, vehicle_type: str) -> int:
        """Return the set-up of a type of vehicle."""
        return self.visit.setup_per_type.get(vehicle_type, self.visit.setup)

    def service_s(self, vehicle_type: str) -> int:
        """Return the service time of a type of vehicle."""
        return self.visit.service_per_type.get(vehicle_type, self.visit.service)


@dataclass(frozen=True)
class Carrier:
    """A vehicle with its travel."""

    spec: Vehicle
    start: int
    end: int
    """Places, -1 for an open end."""
    capacity: Loads
    breaks: tuple[Break, ...]
    """In the order of their first windows: VROOM keeps it in every route."""
    travel: ProfileTravel
    ticks_per_s: int
    """Of the given durations: ``TICKS_PER_S`` divided by the speed factor, rounded."""

    @property
    def costs(self) -> Costs:
        """What the vehicle costs."""
        return self.spec.costs

    def ticks(self, origin: int, destination: int) -> int:
        """Return the ticks of a leg, 0 where an end is open."""
        if origin < 0 or destination < 0:
            return 0
        return self.ticks_per_s * int(self.travel.duration_s[origin, destination])

    def metres(self, origin: int, destination: int) -> int:
        """Return the metres of a leg, 0 where an end is open."""
        if origin < 0 or destination < 0:
            return 0
        return int(self.travel.distance_m[origin, destination])

    def leg_cost(self, origin: int, destination: int) -> int:
        """Return a leg's entry of the costs matrix."""
        if self.travel.cost is None or origin < 0 or destination < 0:
            return 0
        return int(self.travel.cost[origin, destination])

    def has_skills(self, task: Task) -> bool:
        """Whether the vehicle has all skills that a task needs."""
        return task.skills <= self.spec.skills


@dataclass(frozen=True)
class VroomProblem:
    """Everything the solver, the plan mode and the answer need."""

    document: Document
    places: Places
    tasks: tuple[Task, ...]
    """Jobs in their order, then each shipment's pickup and delivery."""
    requests: tuple[tuple[int, ...], ...]
    """Tasks of each request."""
    vehicles: tuple[Carrier, ...]
    size: int
    """Number of load dimensions."""
    reports_distances: bool
    geometry: bool

    @cached_property
    def task_named(self) -> Mapping[tuple[str, int], int]:
        """The task of each kind and id."""
        return {(task.kind, task.visit.id): rank for rank, task in enumerate(self.tasks)}


def new_problem(
    document: Document, *, roads: RoadGraph | None = None, geometry: bool = False
) -> VroomProblem:
    """Bring a document into numbers; travel that it does not give is computed.

    Raises
    ------
    InputError
        Travel that cannot be computed, a limit exceeded, numbers too large to add.
    MapsError
        A place is off the roads, or cannot be reached.
    """
    places = places_of(document)
    if len(places.points) > MAX_PLACES:
        raise bad_input(
            ErrorCode.LIMIT_EXCEEDED, where="locations", value=len(places.points), limit=MAX_PLACES
        )
    travel = travel_of(document, places, roads=roads, geometry=geometry)
    size = amount_size(document)
    tasks, requests = _tasks(document, places, size)
    vehicles = tuple(_carrier(vehicle, places, travel) for vehicle in document.vehicles)
    _check_sizes(vehicles, len(places.points))
    given = any(matrices.distances is not None for matrices in document.profiles.values())
    by_km = any(vehicle.costs.per_km for vehicle in document.vehicles)
    return VroomProblem(
        document, places, tasks, requests, vehicles, size, given or by_km or geometry, geometry
    )


def classes_of(problem: VroomProblem) -> list[tuple[str, int]]:
    """Return the distinct pairs of profile and ticks per second: each has matrices of its own."""
    return list(dict.fromkeys((v.spec.profile_name, v.ticks_per_s) for v in problem.vehicles))


def _tasks(
    document: Document, places: Places, size: int
) -> tuple[tuple[Task, ...], tuple[tuple[int, ...], ...]]:
    tasks: list[Task] = []
    requests: list[tuple[int, ...]] = []
    nothing = (0,) * size
    for job in document.jobs:
        requests.append((len(tasks),))
        tasks.append(_job_task(job, len(requests) - 1, places, nothing))
    for shipment in document.shipments:
        request = len(requests)
        amount = nothing if shipment.amount is None else shipment.amount
        requests.append((len(tasks), len(tasks) + 1))
        for kind, visit in (("pickup", shipment.pickup), ("delivery", shipment.delivery)):
            tasks.append(
                Task(
                    "pickup" if kind == "pickup" else "delivery",
                    request,
                    visit,
                    places.of(visit.location, visit.location_index),
                    amount if kind == "pickup" else nothing,
                    amount if kind == "delivery" else nothing,
                    shipment.skills,
                    shipment.priority,
                )
            )
    return tuple(tasks), tuple(requests)


def _job_task(job: Job, request: int, places: Places, nothing: Loads) -> Task:
    return Task(
        "job",
        request,
        job,
        places.of(job.location, job.location_index),
        nothing if job.pickup is None else job.pickup,
        nothing if job.delivered is None else job.delivered,
        job.skills,
        job.priority,
    )


def _carrier(vehicle: Vehicle, places: Places, travel: Mapping[str, ProfileTravel]) -> Carrier:
    return Carrier(
        vehicle,
        places.of(vehicle.start, vehicle.start_index),
        places.of(vehicle.end, vehicle.end_index),
        vehicle.capacity or (),
        tuple(sorted(vehicle.breaks, key=lambda rest: rest.time_windows[0])),
        travel[vehicle.profile_name],
        # Half a tick up, as VROOM rounds.
        int(TICKS_PER_S / vehicle.speed_factor + 0.5),
    )


def _check_sizes(vehicles: tuple[Carrier, ...], n: int) -> None:
    """Refuse matrices that do not fit into memory and durations that do not fit into the solver's clock."""
    kinds = {(vehicle.spec.profile_name, vehicle.ticks_per_s): vehicle for vehicle in vehicles}
    arrays = 3 if any(vehicle.travel.cost is not None for vehicle in vehicles) else 2
    numbers = len(kinds) * arrays * n * n
    if numbers > LARGEST_TABLE:
        raise bad_input(ErrorCode.LIMIT_EXCEEDED, where="matrices", value=numbers, limit=LARGEST_TABLE)
    for vehicle in kinds.values():
        slowest_s = _largest(vehicle.travel.duration_s)
        if slowest_s * vehicle.ticks_per_s > NEVER // 4:
            raise bad_input(
                ErrorCode.VALUE_TOO_LARGE,
                where=f"matrices.{vehicle.spec.profile_name}.durations",
                value=slowest_s,
                limit=NEVER // 4 // vehicle.ticks_per_s,
            )


def _largest(matrix: Ints) -> int:
    return int(np.max(matrix, initial=0))
