"""How deep a run of the tests goes: short by default, long with ``FLEET_TEST_DEPTH=long``."""

import os
from typing import TypeVar

T = TypeVar("T")

LONG = os.environ.get("FLEET_TEST_DEPTH", "short") == "long"


def count(*, short: T, long: T) -> T:
    """Pick the count of cases (seeds, days, seconds ...) for the depth of this run.

    Short depth keeps ``make test`` under twelve minutes; long depth has the counts that issues name.
    """
    return long if LONG else short
