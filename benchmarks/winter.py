"""The June morning of Qiaerbag at 22 C and at -15 C: what cold does to the plan.

    python -m benchmarks.winter [--quick] [--csv FILE] [--iterations N] [--seed N]

Both days are planned with the same seed and the same number of iterations, so that neither the clock nor
the machine has a say in the comparison. `compare` is what the tests call, with fewer iterations.
"""

from benchmarks._table import arguments, print_table, write_csv
from fleet.model import Plan
from fleet.planning import SolveSettings, plan_day, travel_for
from fleet.samples import make_day, sample_roads

DAYS = ("qiaerbag", "winter")
ITERATIONS, QUICK_ITERATIONS = 3000, 50
BUDGET_S = 600.0
"""Never reached: the iterations end the search."""

HEADER = (
    "day", "temperature C", "musts left", "total yuan", "served", "served kg", "tricycles", "recharges", "km",
    "lowest charge",
)  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = arguments("The same day in June and in the cold")
    parser.add_argument("--iterations", type=int, help=f"of each search, {ITERATIONS} by default")
    parser.add_argument("--seed", type=int, default=1, help="seed of both searches")
    options = parser.parse_args()
    iterations = options.iterations or (QUICK_ITERATIONS if options.quick else ITERATIONS)
    plans = compare(iterations=iterations, seed=options.seed)
    rows = [row_of(name, plan) for name, plan in plans.items()]
    print_table(f"June and the cold ({iterations} iterations, seed {options.seed})", HEADER, rows)
    write_csv(options.csv, HEADER, rows)


def compare(*, iterations: int, seed: int) -> dict[str, Plan]:
    """Return the plans of both days, by the name of the sample."""
    settings = SolveSettings(budget_s=BUDGET_S, iterations=iterations, seed=seed)
    plans = {}
    for name in DAYS:
        day = make_day(name)
        plans[name] = plan_day(day, travel=travel_for(day, roads=sample_roads(name)), settings=settings)
    return plans


def recharges(plan: Plan) -> int:
    """Return how often a tricycle charges on its way."""
    return sum(entry.kind == "recharge" for route in plan.routes for entry in route.entries)


def row_of(name: str, plan: Plan) -> list[str | int | float]:
    """Return a plan's row of the table."""
    figures = plan.figures
    return [
        name,
        f"{make_day(name).rules.climate.temperature_c:g}",
        figures.unserved_musts,
        figures.total_yuan,
        figures.served_requests,
        round(figures.served_kg),
        figures.tricycles_used,
        recharges(plan),
        round(figures.distance_m / 1_000),
        1.0 if figures.lowest_charge is None else figures.lowest_charge,
    ]


if __name__ == "__main__":
    main()
