"""Our search beside VROOM's own on the same problems in VROOM's JSON.

    python -m benchmarks.vroom [--quick] [--csv FILE]

Random problems: shipments and jobs with windows in a square of 15 km, two sizes of vehicles. VROOM searches
at its highest level until it ends by itself, on one thread; ours gets a budget. Both answers are compared in
VROOM's order of goals: tasks served, then cost.
"""

import importlib
import json
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._table import arguments, machine, print_table, write_csv
from fleet.formats.vroom import dump_answer, new_problem, read_document, solve_problem
from fleet.solver.warm import warm

HORIZON_S = 8 * 3600
SIDE_M = 15_000
METRES_PER_S = 7
HEADER = (
    "tasks", "seed", "VROOM s", "VROOM unassigned", "VROOM cost", "ours s", "unassigned", "cost", "cost %",
)  # fmt: skip


def main() -> None:
    """Print the table."""
    options = arguments("Beside VROOM").parse_args()
    cases = [(60, 2.0)] if options.quick else [(60, 2.0), (60, 10.0), (200, 10.0), (200, 30.0)]
    warm()
    rows = []
    for tasks, budget_s in cases:
        for seed in (1,) if options.quick else (1, 2, 3):
            problem = random_problem(seed=seed, tasks=tasks)
            theirs, theirs_s = vroom_itself(problem)
            began = time.monotonic()
            found = solve_problem(
                new_problem(read_document(json.dumps(problem).encode())), budget_s=budget_s, seed=1
            )
            ours_s = time.monotonic() - began
            ours = json.loads(dump_answer(found))["summary"]
            more = 100 * (ours["cost"] / theirs["cost"] - 1)
            rows.append(
                (tasks, seed, theirs_s, theirs["unassigned"], theirs["cost"], ours_s, ours["unassigned"],
                 ours["cost"], more)
            )  # fmt: skip
    print_table(f"Beside VROOM, exploration 5 ({machine()})", HEADER, rows)
    write_csv(options.csv, HEADER, rows)


def random_problem(*, seed: int, tasks: int) -> dict[str, Any]:
    """Return a problem in which two thirds of the tasks belong to shipments."""
    rng = random.Random(seed)
    points = [(rng.uniform(0, SIDE_M), rng.uniform(0, SIDE_M)) for _ in range(tasks + 1)]
    seconds = [[round(_metres(a, b) / METRES_PER_S) for b in points] for a in points]
    shipments = [
        {
            "amount": [rng.randint(1, 6)],
            "pickup": _visit(rng, 2 * k + 1),
            "delivery": _visit(rng, 2 * k + 2),
        }
        for k in range(tasks // 3)
    ]
    jobs = [
        {**_visit(rng, place), "pickup": [rng.randint(1, 6)]}
        for place in range(2 * (tasks // 3) + 1, tasks + 1)
    ]
    vehicles = [
        {
            "id": v,
            "start_index": 0,
            "end_index": 0,
            "capacity": [16 if v % 2 else 24],
            "costs": {"fixed": 1_000 if v % 2 else 1_400},
            "time_window": [0, HORIZON_S],
        }
        for v in range(1, 2 + tasks // 8)
    ]
    return {
        "vehicles": vehicles,
        "jobs": jobs,
        "shipments": shipments,
        "matrices": {"car": {"durations": seconds}},
    }


def _metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return 1.3 * ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5


def _visit(rng: random.Random, place: int) -> dict[str, Any]:
    opens = rng.randrange(0, HORIZON_S - 2 * 3600)
    window = [opens, opens + rng.choice([3600, 2 * 3600, HORIZON_S - opens])]
    return {"id": place, "location_index": place, "service": 180, "time_windows": [window]}


def vroom_itself(problem: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """Return the summary of VROOM's answer, and the seconds it took."""
    vroom = importlib.import_module("vroom")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "problem.json"
        file.write_text(json.dumps(problem), encoding="utf-8")
        began = time.monotonic()
        answer = vroom.Input.from_json(file).solve(exploration_level=5, nb_threads=1).to_dict()
    return answer["summary"], time.monotonic() - began


if __name__ == "__main__":
    main()
