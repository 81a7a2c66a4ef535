"""A benchmark instance or a generated day, whichever: how it is told, judged and written down."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from benchmarks._days import generated_day, judge
from benchmarks._pdptw import BestKnown, best_known, distance_of, faults_of, load
from benchmarks._statistics import Score
from benchmarks._table import Row
from fleet.formats.pdptw import Benchmark


class Problem(Protocol):
    """What benchmarks over both kinds need."""

    @property
    def name(self) -> str:
        """What tables call it."""

    def told(self) -> dict[str, Any]:
        """Return the part of a job that says what is to be solved."""

    def score(self, routes: Any) -> Score | None:
        """Return what routes are worth, smaller is better; None where they break a rule."""

    def text(self, score: Score) -> str:
        """Return a score in words for a table."""

    def value(self, score: Score) -> float:
        """Return a score as one number to draw."""

    def columns(self, score: Score) -> Row:
        """Return priority, requests, vehicles and cost, empty where the score does not say."""


@dataclass(frozen=True)
class Published:
    """An instance of Li & Lim or Sartori & Buriol."""

    folder: Path
    name: str

    @cached_property
    def _benchmark(self) -> Benchmark:
        return load(self.folder, self.name)

    @cached_property
    def _best(self) -> BestKnown:
        return best_known(self.folder)[self.name]

    def told(self) -> dict[str, Any]:
        """Return folder and name."""
        return {"instance": (self.folder, self.name)}

    def score(self, routes: Any) -> Score | None:
        """Return vehicles and distance; all has to be served."""
        if faults_of(self._benchmark, routes):
            return None
        return len(routes), distance_of(self._benchmark, routes)

    def text(self, score: Score) -> str:
        """Return vehicles above best known and the gap."""
        vehicles, distance = score
        return f"{vehicles - self._best.vehicles:.1f} / {100 * (distance / self._best.distance - 1):.1f}"

    def value(self, score: Score) -> float:
        """Return vehicles above best known, with the distance as a fraction of one."""
        return score[0] - self._best.vehicles + min(0.99, score[1] / (10 * self._best.distance))

    def columns(self, score: Score) -> Row:
        """Return vehicles and distance."""
        return "", "", int(score[0]), round(score[1], 3)


@dataclass(frozen=True)
class Generated:
    """A generated day."""

    requests: int
    fleet: str
    day: int

    @property
    def name(self) -> str:
        """Requests, fleet and day."""
        return f"{self.requests} requests, {self.fleet}, day {self.day}"

    @cached_property
    def _problem(self) -> dict[str, Any]:
        return generated_day(requests=self.requests, fleet=self.fleet, seed=self.day)

    def told(self) -> dict[str, Any]:
        """Return the problem in VROOM's JSON."""
        return {"problem": self._problem}

    def score(self, routes: Any) -> Score | None:
        """Return priority and requests served, negative, and cost."""
        judged = judge(
            self._problem, {int(vehicle): [(k, t) for k, t in tasks] for vehicle, tasks in routes.items()}
        )
        return (-judged.priority, -judged.served, judged.cost) if judged.status == "done" else None

    def text(self, score: Score) -> str:
        """Return requests served and cost."""
        return f"{-score[1]:.1f} / {score[2]:.0f}"

    def value(self, score: Score) -> float:
        """Return the cost, with a day's dearest second for a request left out."""
        return score[2] + 10_000 * (self.requests + score[1])

    def columns(self, score: Score) -> Row:
        """Return priority, requests and cost."""
        return -int(score[0]), -int(score[1]), "", int(score[2])
