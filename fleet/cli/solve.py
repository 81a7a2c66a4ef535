"""``fleet solve``: VROOM's JSON in, VROOM's JSON out; a benchmark text in, its solution out."""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, TypedDict

import click

from fleet.cli.base import Command
from fleet.cli.failures import ANSWER_IS_NO, DONE, INTERRUPTED, naming
from fleet.cli.files import STANDARD, check_apart, check_writable, load_road_file, read_bytes, write_whole
from fleet.cli.interrupt import first_interrupt
from fleet.cli.language import say
from fleet.cli.options import MAX_BUDGET_S, budget, iterations, output_file, road_file, seed, workers
from fleet.cli.progress import Report, progress
from fleet.model import ErrorCode, InputError, bad_input
from fleet.texts import problem_line

if TYPE_CHECKING:
    from fleet.formats.vroom import Answer, VroomProblem
    from fleet.solver.search import Snapshot

DEFAULT_BUDGET_S = 10.0
INTERNAL_ERROR: Final = 1
INPUT_ERROR: Final = 2
ROUTING_ERROR: Final = 3
"""VROOM's codes."""
ROUTING_CODES = ("ROADS_", "PLACE_")
"""How those of our codes begin that VROOM would blame on the routing engine."""


class Effort(TypedDict):
    """How long to search, with how many workers, and from which seed."""

    budget_s: float
    iterations: int | None
    workers: int
    seed: int


class SearchArguments(Effort):
    """What every search of a problem is called with."""

    progress: "Callable[[Snapshot], None]"
    cancelled: Callable[[], bool]


@click.command("solve", cls=Command)
@click.argument("problem_file", metavar="PROBLEM")
@output_file()
@budget()
@iterations()
@workers()
@seed()
@click.option("--check", "check", is_flag=True)
@click.option("--geometry", "geometry", is_flag=True)
@road_file()
def command(
    problem_file: str,
    output: str | None,
    budget_s: float | None,
    iterations: int | None,
    workers: int,
    seed: int,
    check: bool,
    geometry: bool,
    roads: str | None,
) -> int:
    """Solve a routing problem of another program."""
    check_apart({"--output": output}, inputs={"PROBLEM": problem_file, "--roads": roads})
    data = read_bytes(problem_file)
    if output is not None:
        check_writable(output)
    target = STANDARD if output is None else output
    effort = Effort(
        budget_s=budget_s or (MAX_BUDGET_S if iterations else DEFAULT_BUDGET_S),
        iterations=iterations,
        workers=workers,
        seed=seed,
    )
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[", b'"')) and data.strip():
        for given, option in ((check, "--check"), (geometry, "--geometry"), (roads, "--roads")):
            if given:
                raise bad_input(ErrorCode.OPTIONS_CONTRADICT, where=option, other="PROBLEM")
        return _benchmark(data, file=problem_file, output=target, effort=effort)
    try:
        problem = _vroom_problem(data, file=problem_file, geometry=geometry, roads=roads)
        answer, interrupted = _answered(problem, check=check, effort=effort)
    except Exception as error:
        _print_failure(error)
        raise
    from fleet.formats.vroom import dump_answer

    write_whole(target, dump_answer(answer))
    if interrupted:
        click.echo(say("interrupted"), err=True)
        return INTERRUPTED
    return ANSWER_IS_NO if answer.summary.violations or not answer.routes else DONE


def _vroom_problem(data: bytes, *, file: str, geometry: bool, roads: str | None) -> "VroomProblem":
    from fleet.formats.vroom import new_problem, read_document

    document = read_document(data, file=file)
    graph = load_road_file(roads) if roads is not None else None
    with naming(file):
        return new_problem(document, roads=graph, geometry=geometry)


def _answered(problem: "VroomProblem", *, check: bool, effort: Effort) -> tuple["Answer", bool]:
    """Return the answer, and whether somebody interrupted the search for a better one."""
    from fleet.formats.vroom import check_problem, solve_problem

    if check:
        return check_problem(problem), False
    with _search(effort) as (arguments, asked):
        return solve_problem(problem, **arguments), asked.is_set()


def _benchmark(data: bytes, *, file: str, output: str, effort: Effort) -> int:
    from fleet.formats.pdptw import dump_solution, read_benchmark, solve_benchmark

    benchmark = read_benchmark(data, file=file)
    with _search(effort) as (arguments, asked):
        solution = solve_benchmark(benchmark, **arguments)
    write_whole(output, dump_solution(benchmark, solution))
    distance = f"{solution.distance:.{benchmark.decimals}f}"
    figures = say(
        "benchmark_figures", vehicles=len(solution.routes), distance=distance, unserved=solution.unserved
    )
    click.echo(figures, err=True)
    if asked.is_set():
        click.echo(say("interrupted"), err=True)
        return INTERRUPTED
    return ANSWER_IS_NO if solution.unserved else DONE


@contextlib.contextmanager
def _search(effort: Effort) -> Iterator[tuple[SearchArguments, threading.Event]]:
    """Yield what a search is called with, and the event that an interrupt sets; its progress is shown."""
    from fleet.solver.warm import warm

    with progress() as report, first_interrupt() as asked:
        # Where nobody has compiled the kernels yet they would eat the budget of the search unseen.
        report("kernels", 0.0)
        warm()
        yield (
            {
                **effort,
                "progress": lambda snapshot: _show(report, snapshot),
                "cancelled": asked.is_set,
            },
            asked,
        )


def _show(report: Report, snapshot: "Snapshot") -> None:
    routes = sum(route is not None for route in snapshot.routes)
    words = say("routes_so_far", routes=routes, served=snapshot.served, iterations=snapshot.iterations)
    report(snapshot.phase, snapshot.fraction, words)


def _print_failure(error: Exception) -> None:
    """Print the failure as VROOM does, on standard output even where a file was named: nothing is written."""
    from fleet.formats.vroom import Failure, dump_answer

    if isinstance(error, InputError):
        of_roads = error.problems[0].code.startswith(ROUTING_CODES)
        failure = Failure(code=ROUTING_ERROR if of_roads else INPUT_ERROR, error=_words(error))
    else:
        failure = Failure(code=INTERNAL_ERROR, error=type(error).__name__)
    sys.stdout.flush()
    write_whole(STANDARD, dump_answer(failure))


def _words(error: InputError) -> str:
    """Return the line of an error's first problem in English, whatever the language of the run."""
    first = error.problems[0]
    return problem_line(
        first.code, file=error.file, where=first.where, value=first.value, params=first.params
    )
