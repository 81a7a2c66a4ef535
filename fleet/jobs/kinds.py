"""What each kind of job does."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from fleet.jobs.run import Ending, Outcome, Run
from fleet.model import Plan
from fleet.service.job_inputs import PlanInput, SolveInput
from fleet.service.jobs import BestSoFar, JobKind, JobProgress
from fleet.service.travel import as_input_error, travel_of
from maps.roads.errors import MapsError

if TYPE_CHECKING:
    from fleet.planning import Progress
    from fleet.solver.search import Snapshot

Kind = Callable[[Run], Outcome]
"""Works on a job until its end, or until ``run.ending`` says why not."""


class EndedError(Exception):
    """A run ends before its time."""


def plan(run: Run) -> Outcome:
    """Plan a day; of a cancelled search the best plan so far is kept, what it leaves out not examined."""
    from fleet.planning import SolveSettings, plan_day

    given = PlanInput.model_validate_json(run.claim.input)
    run.tell(JobProgress(phase="travel", fraction=0.0))
    travel = travel_of(run.ctx, given.day)
    latest: Progress | None = None

    def tell(step: "Progress") -> None:
        nonlocal latest
        if step.phase == "explain" and run.is_ending():
            # To examine what is left out takes longer than somebody who cancels wants to wait.
            raise EndedError
        best = BestSoFar(
            unserved_musts=step.unserved_musts,
            served_requests=step.served_requests,
            total_yuan=step.total_yuan,
            iterations=step.iterations,
        )
        latest = step if step.is_complete else latest
        run.tell(
            JobProgress(phase=step.phase, fraction=step.fraction, best=best),
            draft=step.plan if step.is_complete else None,
        )

    try:
        made: Plan | None = plan_day(
            given.day,
            travel=travel,
            settings=SolveSettings(**given.settings.model_dump()),
            progress=tell,
            cancelled=run.is_ending,
            child=run.child,
        )
    except EndedError:
        kept = latest is not None and run.ending is Ending.CANCELLED
        made = latest.plan() if latest is not None and kept else None
    return Outcome(day=given.day, plan=made)


def solve(run: Run) -> Outcome:
    """Solve a VROOM problem."""
    from fleet.formats.vroom import dump_answer, new_problem, read_document, solve_problem

    given = SolveInput.model_validate_json(run.claim.input)
    run.tell(JobProgress(phase="travel", fraction=0.0))
    try:
        document = read_document(json.dumps(given.problem).encode())
        problem = new_problem(document, roads=run.ctx.roads, geometry=given.geometry)
    except MapsError as error:
        raise as_input_error(error) from error
    stands = False

    def tell(snapshot: "Snapshot") -> None:
        nonlocal stands
        stands = stands or snapshot.is_complete
        best = BestSoFar(
            unserved_musts=snapshot.unserved_musts,
            served_requests=snapshot.served,
            iterations=snapshot.iterations,
        )
        run.tell(JobProgress(phase=snapshot.phase, fraction=snapshot.fraction, best=best))

    answer = solve_problem(
        problem, **given.settings.model_dump(), progress=tell, cancelled=run.is_ending, child=run.child
    )
    if run.is_ending() and not (stands and run.ending is Ending.CANCELLED):
        return Outcome()
    return Outcome(answer=dump_answer(answer).decode())


KINDS: dict[JobKind, Kind] = {JobKind.PLAN: plan, JobKind.SOLVE: solve}
