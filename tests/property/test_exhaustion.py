"""The exhaustive solver of tiny days: the checker finds no fault with it, and the rules of its days bite."""

import pytest

from fleet.check import check_plan
from tests.depth import count
from tests.property.as_plan import plan_of
from tests.property.brute import Best, best_of
from tests.property.tiny_days import lifted, theme_of, tiny_day
from tests.property.tiny_themes import THEMES

SEEDS = range(count(short=100, long=1000))
SAME_YUAN = 0.01


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"{seed} {theme_of(seed)}")
def test_what_exhaustion_finds_breaks_no_rule(seed: int) -> None:
    day, travel = tiny_day(seed)
    best = best_of(day, travel)
    plan = plan_of(day, travel, best)
    assert check_plan(day, plan, travel=travel) == ()
    assert plan.figures.unserved_musts == best.unserved_musts
    assert plan.figures.total_yuan == pytest.approx(best.total_yuan, abs=SAME_YUAN)


def test_the_rules_of_the_tiny_days_bite() -> None:
    """With its theme's rule lifted, some day of each theme would have another plan: equality is no luck."""
    biting = set()
    for seed in range(6 * len(THEMES)):
        if theme_of(seed) in biting:
            continue
        day, travel = tiny_day(seed)
        free = lifted(day, theme_of(seed))
        if free is not None and _pair(best_of(day, travel)) != _pair(best_of(free, travel)):
            biting.add(theme_of(seed))
    assert set(THEMES) - biting == {"one-way"}


def _pair(best: Best) -> tuple[int, float]:
    return best.unserved_musts, round(best.total_yuan, 2)
