"""What jobs are given: whole documents, so that a job depends on nothing that changes meanwhile."""

from typing import Annotated

from pydantic import Field, JsonValue

from fleet.model import Day
from fleet.model.base import AS_WHOLE, Document

MAX_BUDGET_S = 600.0
MAX_WORKERS = 64


class SearchSettings(Document):
    """How long to search, with how many threads, and from which seed."""

    budget_s: Annotated[float, Field(gt=0, le=MAX_BUDGET_S)] = 10.0
    iterations: Annotated[int, Field(ge=1, le=1_000_000_000), AS_WHOLE] | None = None
    workers: Annotated[int, Field(ge=1, le=MAX_WORKERS), AS_WHOLE] = 1
    seed: Annotated[int, Field(ge=0, le=2**31 - 1), AS_WHOLE] = 1


class PlanInput(Document):
    """A day to plan."""

    day: Day
    settings: SearchSettings = SearchSettings()


class SolveInput(Document):
    """A VROOM problem to solve."""

    problem: dict[str, JsonValue]
    geometry: bool = False
    settings: SearchSettings = SearchSettings()
