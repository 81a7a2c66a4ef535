"""What the checker reports."""

from dataclasses import dataclass, field

from fleet.model import Rule
from fleet.model.plan import Params


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule, with where and by how much.

    ``entry`` counts the entries of the tricycle's route from 0; None where a rule concerns more than one.
    """

    rule: Rule
    tricycle: str | None = None
    entry: int | None = None
    request: str | None = None
    params: Params = field(default_factory=dict)
