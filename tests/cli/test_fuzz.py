"""Documents with something changed at random: an answer or a refusal, never a fault of ours."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet.model import ErrorCode, InputError, read_day
from tests.cli.small import DAY, run, write_json
from tests.depth import count

VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1, 3.5, 1e300, 10**25, [], {}, [[]],
    "", "x", "r1", "upper", "t1", "dropoff", "break", "recharge",
    "2026-06-15T09:00:00+08:00", "2026-06-15T09:00:00Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
)  # fmt: skip


def spots(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a document."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from spots(value, (*path, key))


def changed(document: Any, rng: random.Random) -> Any:
    """A copy with one value replaced, taken away, doubled or swapped with another."""
    result = copy.deepcopy(document)
    way = rng.choice(list(spots(result)))
    parent = result
    for key in way[:-1]:
        parent = parent[key]
    key = way[-1]
    match rng.choice(("replace", "replace", "remove", "double", "nudge")):
        case "remove":
            del parent[key]
        case "double" if isinstance(parent, list):
            parent.append(copy.deepcopy(parent[key]))
        case "nudge" if isinstance(parent[key], (int, float)):
            parent[key] += rng.choice((-1, 1, 60))
        case _:
            parent[key] = rng.choice(VALUES)
    return result


@pytest.mark.parametrize("seed", range(count(short=4, long=40)))
def test_a_changed_plan_is_checked_explained_and_drawn_or_refused(
    seed: int, shelf: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = json.loads((shelf / "plan.json").read_text(encoding="utf-8"))
    rng = random.Random(seed)
    for _ in range(40):
        document = changed(plan, rng)
        write_json(tmp_path / "plan.json", document)
        for call in (
            ("check", shelf / "day.json", "plan.json"),
            ("explain", shelf / "day.json", "plan.json", "r3"),
            ("map", "plan.json", "--out", "maps", "--format", "geojson,gpx"),
        ):
            ran = run(capfd, *call)
            assert ran.status in (0, 1, 2), f"{ran.err}{json.dumps(document)}"


@pytest.mark.parametrize("seed", range(count(short=4, long=40)))
def test_a_changed_day_is_read_or_refused(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(400):
        document = changed(DAY, rng)
        if rng.random() < 0.3:
            document = changed(document, rng)
        try:
            read_day(json.dumps(document).encode())
        except InputError as error:
            codes = {problem.code for problem in error.problems}
        else:
            codes = set()
        assert codes <= set(ErrorCode)
