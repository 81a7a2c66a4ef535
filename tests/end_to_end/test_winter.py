"""The June morning in the cold: a worse pair, and the docs say rightly what changed."""

from pathlib import Path

import pytest

from benchmarks.winter import HEADER, compare, row_of
from fleet.model import Plan
from tests.depth import count

PAGE = Path(__file__).parents[2] / "docs" / "samples.md"


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    return compare(iterations=count(short=150, long=3000), seed=1)


def pair(plan: Plan) -> tuple[int, float]:
    return plan.figures.unserved_musts, plan.figures.total_yuan


def direction(before: float, after: float) -> str:
    return "the same" if before == after else "more" if after > before else "less"


def told() -> dict[str, str]:
    """What the page says of each figure in the cold: more, less or the same."""
    text = PAGE.read_text(encoding="utf-8")
    lines = text[text.index("## The winter day") :].split("\n## ")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return {row[0]: row[1] for row in rows if row[1] in ("more", "less", "the same")}


def test_the_cold_makes_the_pair_worse(plans: dict[str, Plan]) -> None:
    assert pair(plans["winter"]) > pair(plans["qiaerbag"])


def test_the_page_says_which_of_served_tricycles_and_recharges_changed(plans: dict[str, Plan]) -> None:
    rows = {name: dict(zip(HEADER, row_of(name, plan), strict=True)) for name, plan in plans.items()}
    june, winter = rows["qiaerbag"], rows["winter"]
    changed = {name: direction(float(june[name]), float(winter[name])) for name in ("tricycles", "recharges")}
    assert told() == {"served": "the same", **changed}
    # Few iterations may leave out a request that more of them serve; it is never more in the cold.
    assert 0 <= int(june["served"]) - int(winter["served"]) <= count(short=3, long=0)
