"""Plan mode: the times of a given route that break its windows least.

The order of the steps is fixed, so times are the only choice. The sum of earliness and lateness comes first,
then the time from start to end, then the sum of all starts: three mixed-integer programs (HiGHS through
scipy), each with the optimum of those before as a constraint. Binary variables pick a window where a step
has several. VROOM weighs the first two goals against each other instead of putting one before the other.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from fleet.formats.vroom.answer import Route
from fleet.formats.vroom.model import ALWAYS, FOREVER, VehicleStep
from fleet.formats.vroom.problem import TICKS_PER_S, Carrier, VroomProblem
from fleet.formats.vroom.walk import Entry, timed_route
from fleet.model import ErrorCode, bad_input

Windows = Sequence[tuple[int, int]]
INFEASIBLE = 2
"""Status of ``scipy.optimize.milp``."""


def planned_route(problem: VroomProblem, vehicle: int) -> Route:
    """Return the route that a vehicle's ``steps`` describe, with its times chosen and its violations named.

    Raises
    ------
    InputError
        ROUTE_INFEASIBLE when ``service_at``, ``service_after`` and ``service_before`` contradict the travel.
    """
    chain = _chain(problem, vehicle)
    starts = _times(chain)
    if starts is None:
        raise bad_input(ErrorCode.ROUTE_INFEASIBLE, where=f"vehicles[{vehicle}].steps", detail="service_*")
    entries = [
        Entry(start, task=link.task, rest=link.rest)
        for start, link in zip(starts[1:-1], chain[1:-1], strict=True)
    ]
    return timed_route(problem, vehicle, entries, departure=starts[0])


@dataclass
class _Link:
    """A step in the chain; all times in ticks."""

    task: int = -1
    rest: int = -1
    work: int = 0
    windows: Windows = ()
    """In seconds; a start has no latest, an end no earliest."""
    earliest: int = 0
    latest: float = math.inf
    after: list[tuple[int, int]] = field(default_factory=list)
    """(step, ticks): at least that long after the start of that step."""


def _chain(problem: VroomProblem, vehicle: int) -> list[_Link]:
    carrier = problem.vehicles[vehicle]
    rest_named = {rest.id: rank for rank, rest in enumerate(carrier.breaks)}
    chain: list[_Link] = []
    here, drives_from = carrier.start, 0
    for step in carrier.spec.whole_steps:
        link = _bounded(step)
        if step.type == "start":
            link.windows = ((carrier.spec.time_window[0], FOREVER),)
        elif step.type == "break":
            link.rest = rest_named[step.id or 0]
            link.work = TICKS_PER_S * carrier.breaks[link.rest].service
            link.windows = carrier.breaks[link.rest].time_windows
        else:
            there = carrier.end
            if step.type == "end":
                link.windows = ((0, carrier.spec.time_window[1]),)
            else:
                link.task = problem.task_named[step.type, step.id or 0]
                there = problem.tasks[link.task].place
                link.work = _work(problem, carrier, link.task, here)
                link.windows = problem.tasks[link.task].visit.time_windows
            lasts = sum(before.work for before in chain[drives_from:])
            link.after.append((drives_from, lasts + carrier.ticks(here, there)))
            here, drives_from = there, len(chain)
        if chain:
            link.after.append((len(chain) - 1, chain[-1].work))
        chain.append(link)
    return chain


def _bounded(step: VehicleStep) -> _Link:
    earliest = [bound for bound in (step.service_at, step.service_after) if bound is not None]
    latest = [bound for bound in (step.service_at, step.service_before) if bound is not None]
    return _Link(
        earliest=TICKS_PER_S * max(earliest, default=0),
        latest=TICKS_PER_S * min(latest) if latest else math.inf,
    )


def _work(problem: VroomProblem, carrier: Carrier, rank: int, here: int) -> int:
    task = problem.tasks[rank]
    setup_s = 0 if task.place == here else task.setup_s(carrier.spec.type)
    return TICKS_PER_S * (setup_s + task.service_s(carrier.spec.type))


def _times(chain: list[_Link]) -> list[int] | None:
    """Return the start of each link, None when the bounds contradict each other."""
    program = _Program(chain)
    for goal in (program.violations, program.makespan, program.starts):
        if not program.minimise(goal):
            return None
    # Rounded, and then pushed on by whatever rounding broke: at most a tick.
    starts: list[int] = []
    for link, start in zip(chain, program.found(), strict=True):
        starts.append(max([start, *(starts[before] + ticks for before, ticks in link.after)]))
    return starts


class _Program:
    """Variables: a start and a violation of each link, and a binary for each of several windows."""

    def __init__(self, chain: list[_Link]) -> None:
        self._chain = chain
        n = len(chain)
        self._unit, self._origin = _scale(chain)
        choices = [len(link.windows) if len(link.windows) > 1 else 0 for link in chain]
        self._first = 2 * n + np.concatenate(([0], np.cumsum(choices, dtype=np.int64)))
        self._size = int(self._first[-1])
        self._rows: list[tuple[list[tuple[int, float]], float, float]] = []
        low, high = np.zeros(self._size), np.full(self._size, np.inf)
        high[2 * n :] = 1
        for i, link in enumerate(chain):
            low[i] = max(0.0, self._scaled(link.earliest))
            high[i] = self._scaled(link.latest)
            for before, ticks in link.after:
                self._rows.append(([(i, 1.0), (before, -1.0)], ticks / self._unit, math.inf))
            self._add_windows(i, link.windows)
        self._bounds = low, high
        self._solution = np.zeros(self._size)
        self.violations = np.zeros(self._size)
        self.violations[n : 2 * n] = 1
        self.makespan = np.zeros(self._size)
        self.makespan[[0, n - 1]] = -1, 1
        self.starts = np.zeros(self._size)
        self.starts[1 : n - 1] = 1

    def minimise(self, goal: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
        """Minimise a goal and hold it at its optimum from now on; False when nothing is feasible."""
        low, high = self._bounds
        if np.any(low > high):
            return False
        integral = np.zeros(self._size, np.int64)
        integral[2 * len(self._chain) :] = 1
        result = milp(goal, constraints=self._matrix(), bounds=Bounds(low, high), integrality=integral)
        if result.x is None:
            if result.status == INFEASIBLE:
                return False
            raise RuntimeError(result.message)
        self._solution = result.x
        terms = [(int(j), float(goal[j])) for j in np.flatnonzero(goal)]
        self._rows.append((terms, -math.inf, float(round(result.fun))))
        return True

    def found(self) -> list[int]:
        """Return the starts in ticks."""
        return [self._origin + self._unit * round(x) for x in self._solution[: len(self._chain)]]

    def _add_windows(self, i: int, windows: Windows) -> None:
        """A start plus its violation reaches its window's start; without it, it does not pass its end."""
        violation = len(self._chain) + i
        several = len(windows) > 1
        columns = range(int(self._first[i]), int(self._first[i + 1]))
        opens = [self._scaled(TICKS_PER_S * start) for start, _ in windows]
        closes = [self._scaled(TICKS_PER_S * end) for _, end in windows]
        if several:
            self._rows.append(([(column, 1.0) for column in columns], 1.0, 1.0))
        chosen = [(column, -value) for column, value in zip(columns, opens, strict=False)]
        self._rows.append(([(i, 1.0), (violation, 1.0), *chosen], 0.0 if several else opens[0], math.inf))
        if several or windows[0][1] < FOREVER:
            chosen = [(column, -value) for column, value in zip(columns, closes, strict=False)]
            self._rows.append(
                ([(i, 1.0), (violation, -1.0), *chosen], -math.inf, 0.0 if several else closes[0])
            )

    def _scaled(self, ticks: float) -> float:
        return (ticks - self._origin) / self._unit

    def _matrix(self) -> LinearConstraint:
        cells = [(row, j, a) for row, (terms, _, _) in enumerate(self._rows) for j, a in terms]
        rows, columns, values = zip(*cells, strict=True)
        shape = (len(self._rows), self._size)
        matrix = coo_array((np.array(values), (np.array(rows), np.array(columns))), shape=shape).tocsr()
        return LinearConstraint(
            matrix,
            np.array([low for _, low, _ in self._rows]),
            np.array([high for _, _, high in self._rows]),
        )


def _scale(chain: list[_Link]) -> tuple[int, int]:
    """Return the unit and the origin of time that keep the program's numbers small and whole.

    Nothing is gained by a start before the origin: all of the route would be over before its first window.
    """
    lags = [ticks for link in chain for _, ticks in link.after]
    # The end's window has no start, and a bound that is not given is 0.
    opens = [TICKS_PER_S * link.windows[0][0] for link in chain[:-1] if link.windows != ALWAYS]
    opens += [link.earliest for link in chain if link.earliest]
    origin = max(0, min(opens, default=0) - sum(lags))
    instants = [TICKS_PER_S * second for link in chain for window in link.windows for second in window]
    instants += [link.earliest for link in chain]
    instants += [int(link.latest) for link in chain if link.latest < math.inf]
    return math.gcd(*lags, *(instant - origin for instant in instants)) or 1, origin


def used_vehicles(problem: VroomProblem) -> Iterable[int]:
    """Return the vehicles whose route is given."""
    return (rank for rank, vehicle in enumerate(problem.vehicles) if vehicle.spec.steps)
