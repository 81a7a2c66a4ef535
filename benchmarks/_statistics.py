"""What may be claimed of paired results."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import binomtest

TIE_SHARE = 0.003
"""Costs within 0.3 % of each other are equal."""

Score = tuple[float, ...]
"""Smaller is better: counts, compared exactly, and a cost or distance at the end."""


@dataclass(frozen=True, kw_only=True)
class SignTest:
    """How often the first of two solvers was better, and how likely that is by chance."""

    wins: int
    ties: int
    losses: int
    p_value: float
    """Two-sided; ties say nothing and are left out."""


def sign_test(pairs: Sequence[tuple[Score, Score]]) -> SignTest:
    """Compare results in pairs, one of each solver on the same problem."""
    signs = [compare(ours, theirs) for ours, theirs in pairs]
    wins, losses = signs.count(-1), signs.count(1)
    decided = wins + losses
    p_value = float(binomtest(wins, decided).pvalue) if decided else 1.0
    return SignTest(wins=wins, ties=signs.count(0), losses=losses, p_value=p_value)


def compare(ours: Score, theirs: Score) -> int:
    """Return -1 where the first is better, 1 where the second is, 0 for a tie."""
    for a, b in zip(ours[:-1], theirs[:-1], strict=True):
        if a != b:
            return -1 if a < b else 1
    a, b = ours[-1], theirs[-1]
    if abs(a - b) <= TIE_SHARE * min(abs(a), abs(b)) or a == b:
        return 0
    return -1 if a < b else 1
