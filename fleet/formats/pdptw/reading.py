"""Readers of the two texts; the first line tells which it is."""

from collections.abc import Sequence

import numpy as np

from fleet.formats.pdptw.benchmark import EUCLIDEAN_SCALE, Benchmark
from fleet.model import ErrorCode, InputError, bad_input
from fleet.model.base import MAX_BYTES, MAX_REQUESTS, MAX_TRICYCLES
from fleet.solver.instance import Floats, Ints

LARGEST_NUMBER = 10**9
LI_LIM_COLUMNS = 9
SARTORI_BURIOL_COLUMNS = 9


def read_benchmark(data: bytes, *, file: str = "") -> Benchmark:
    """Read a Li & Lim or a Sartori & Buriol text.

    Raises
    ------
    InputError
        BENCHMARK_MALFORMED names the line and what is wrong with it; LIMIT_EXCEEDED.
    """
    if len(data) > MAX_BYTES:
        raise bad_input(ErrorCode.LIMIT_EXCEEDED, where="file", value=len(data), file=file, limit=MAX_BYTES)
    lines = data.decode("utf-8-sig", errors="replace").splitlines()
    try:
        if any(line.strip() == "NODES" for line in lines):
            return _sartori_buriol(lines)
        return _li_lim(lines, name=file)
    except InputError as error:
        error.file = file
        raise


def _li_lim(lines: Sequence[str], *, name: str) -> Benchmark:
    vehicles, capacity, _speed = _row(lines, 0, 3)
    rows = [_row(lines, n, LI_LIM_COLUMNS) for n in range(1, len(lines)) if lines[n].strip()]
    table = _table(rows, first_line=2)
    x, y = table[:, 1], table[:, 2]
    partner = np.maximum(table[:, 7], table[:, 8])
    if not 1 <= vehicles <= MAX_TRICYCLES:
        raise _malformed(1, f"{vehicles} vehicles")
    return _checked(
        Benchmark(
            name=name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0],
            vehicles=vehicles,
            capacity=capacity,
            demand=table[:, 3],
            ready=table[:, 4],
            due=table[:, 5],
            service=table[:, 6],
            partner=partner,
            travel=np.hypot(x[:, None] - x, y[:, None] - y),
            scale=EUCLIDEAN_SCALE,
            decimals=2,
        ),
        first_line=2,
    )


def _sartori_buriol(lines: Sequence[str]) -> Benchmark:
    at = next(n for n, line in enumerate(lines) if line.strip() == "NODES")
    head = dict(line.split(":", 1) for line in lines[:at] if ":" in line)
    head = {key.strip(): value.strip() for key, value in head.items()}
    sizes = {key: head.get(key, "") for key in ("SIZE", "CAPACITY")}
    for key, value in sizes.items():
        if not value.isascii() or not value.isdigit() or int(value) > LARGEST_NUMBER:
            raise _malformed(at, f"{key} is not a whole number")
    size, capacity = int(sizes["SIZE"]), int(sizes["CAPACITY"])
    _check_size(size)
    if len(lines) < at + 2 * size + 2 or lines[at + size + 1].strip() != "EDGES":
        raise _malformed(min(len(lines), at + size + 2), f"{size} nodes and then EDGES are expected")
    rows = [_row(lines, at + 1 + n, SARTORI_BURIOL_COLUMNS, real=(1, 2)) for n in range(size)]
    table = _table(rows, first_line=at + 2)
    travel = np.array([_row(lines, at + size + 2 + n, size) for n in range(size)], np.float64)
    if np.any(travel < 0):
        raise _malformed(at + size + 3 + int(np.argwhere(travel < 0)[0][0]), "a negative travel time")
    return _checked(
        Benchmark(
            name=head.get("NAME", ""),
            vehicles=min(size // 2, MAX_TRICYCLES),
            capacity=capacity,
            demand=table[:, 3],
            ready=table[:, 4],
            due=table[:, 5],
            service=table[:, 6],
            partner=np.maximum(table[:, 7], table[:, 8]),
            travel=travel,
            scale=1,
            decimals=0,
        ),
        first_line=at + 2,
    )


def _row(lines: Sequence[str], n: int, columns: int, *, real: tuple[int, ...] = ()) -> list[int]:
    """Return the numbers of a line; columns in ``real`` may be fractions and are not kept."""
    parts = lines[n].split() if n < len(lines) else []
    if len(parts) != columns:
        raise _malformed(n + 1, f"{columns} numbers are expected, not {len(parts)}")
    numbers = []
    for column, part in enumerate(parts):
        try:
            value = float(part)
        except ValueError as error:
            raise _malformed(n + 1, f"{part[:20]} is not a number") from error
        if not abs(value) <= LARGEST_NUMBER:
            raise _malformed(n + 1, f"{part[:20]} is too large")
        if column not in real and not value.is_integer():
            raise _malformed(n + 1, f"{part[:20]} is not a whole number")
        numbers.append(0 if column in real else int(value))
    return numbers


def _table(rows: Sequence[Sequence[int]], *, first_line: int) -> Ints:
    _check_size(len(rows))
    table = np.array(rows, np.int64)
    wrong = np.flatnonzero(table[:, 0] != np.arange(len(rows)))
    if len(wrong):
        raise _malformed(first_line + int(wrong[0]), "nodes are numbered from 0 on without a gap")
    return table


def _check_size(nodes: int) -> None:
    if nodes < 3:
        raise _malformed(1, "a depot, a pickup and a delivery are expected")
    if nodes > MAX_REQUESTS + 1:
        raise bad_input(ErrorCode.LIMIT_EXCEEDED, where="nodes", value=nodes, limit=MAX_REQUESTS + 1)


def _checked(benchmark: Benchmark, *, first_line: int) -> Benchmark:
    """Refuse nodes that do not pair up, and numbers that make no sense."""
    n = len(benchmark.demand)
    nodes = np.arange(n)
    partner = benchmark.partner
    inside = (partner >= 0) & (partner < n)
    back = partner[np.where(inside, partner, 0)]
    mated = inside & (back == nodes) & (partner != nodes)
    mate = np.where(inside, partner, 0)
    faults = (
        (nodes > 0) & ~mated,
        (nodes > 0) & ((benchmark.demand == 0) | (benchmark.demand != -benchmark.demand[mate])),
        (benchmark.ready < 0) | (benchmark.due < benchmark.ready),
        benchmark.service < 0,
    )
    words = (
        "pickup and delivery do not name each other",
        "the loads of pickup and delivery are not opposite",
        "the time window ends before it starts",
        "a negative service time",
    )
    for fault, what in zip(faults, words, strict=True):
        if fault.any():
            raise _malformed(first_line + int(fault.argmax()), what)
    if benchmark.capacity <= 0:
        raise _malformed(1, "the capacity is not positive")
    return benchmark


def _malformed(line: int, detail: str) -> InputError:
    return bad_input(ErrorCode.BENCHMARK_MALFORMED, where=f"line {line}", detail=detail)


def distance_of(travel: Floats, nodes: Sequence[int]) -> float:
    """Return the length of a route from the depot and back, in the text's own precision."""
    stops = [0, *nodes, 0]
    return float(travel[stops[:-1], stops[1:]].sum())
