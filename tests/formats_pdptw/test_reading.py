"""The two texts read: what stands where, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from fleet.formats.pdptw import read_benchmark
from fleet.formats.pdptw.benchmark import instance_of
from fleet.model import InputError

LI_LIM = """\
3\t10\t1
0\t0\t0\t0\t0\t1000\t0\t0\t0
1\t3\t4\t7\t10\t200\t5\t0\t2
2\t6\t8\t-7\t0\t300\t5\t1\t0
"""
SARTORI_BURIOL = """\
NAME: tiny
LOCATION: nowhere
TYPE: PDPTW
SIZE: 3
CAPACITY: 10
NODES
0 41.1 2.1 0 0 100 0 0 0
1 41.2 2.2 7 10 90 5 0 2
2 41.3 2.3 -7 0 95 5 1 0
EDGES
0 5 9
6 0 4
9 4 0
EOF
"""


def test_li_and_lim_travel_is_euclidean() -> None:
    found = read_benchmark(LI_LIM.encode(), file="folder/lc1.txt")
    assert (found.name, found.vehicles, found.capacity) == ("lc1", 3, 10)
    assert found.travel.tolist() == [[0, 5, 10], [5, 0, 5], [10, 5, 0]]
    assert found.pickups.tolist() == [1]
    assert found.partner.tolist() == [0, 2, 1]


def test_sartori_and_buriol_travel_is_a_matrix_in_whole_numbers() -> None:
    found = read_benchmark(SARTORI_BURIOL.encode())
    assert (found.name, found.vehicles, found.scale, found.decimals) == ("tiny", 1, 1, 0)
    assert found.travel.tolist() == [[0, 5, 9], [6, 0, 4], [9, 4, 0]]
    assert (found.ready.tolist(), found.due.tolist()) == ([0, 10, 0], [100, 90, 95])


def test_durations_are_rounded_up_so_that_windows_hold_in_double_precision() -> None:
    text = LI_LIM.replace("2\t6\t8\t", "2\t5\t5\t")
    benchmark = read_benchmark(text.encode())
    instance = instance_of(benchmark, vehicles=1, vehicle_cost=0)
    exact = benchmark.travel * benchmark.scale
    assert np.all(instance.duration_s[0] >= exact - 1e-6)
    assert np.all(instance.duration_s[0] < exact + 1)
    assert instance.duration_s[0, 0, 1] == 5 * benchmark.scale


LI_LIM_FAULTS = [
    ("", "line 1"),
    ("3 10", "line 1"),
    (LI_LIM.replace("3\t10\t1", "0\t10\t1"), "line 1"),
    (LI_LIM.replace("3\t10\t1", "3\t-1\t1"), "line 1"),
    (LI_LIM.replace("\t0\t2\n", "\t0\n"), "line 3"),
    (LI_LIM.replace("\t0\t2\n", "\t0\t3\n"), "line 3"),
    (LI_LIM.replace("\t0\t2\n", "\t0\t1\n"), "line 3"),
    (LI_LIM.replace("-7", "-6"), "line 3"),
    (LI_LIM.replace("-7", "x"), "line 4"),
    (LI_LIM.replace("-7", "nan"), "line 4"),
    (LI_LIM.replace("-7", "1e30"), "line 4"),
    (LI_LIM.replace("10\t200", "201\t200"), "line 3"),
    (LI_LIM.replace("200\t5", "200\t-5"), "line 3"),
    (LI_LIM.replace("2\t6\t8", "4\t6\t8"), "line 4"),
    (LI_LIM.splitlines()[0], "line 1"),
]
SARTORI_BURIOL_FAULTS = [
    (SARTORI_BURIOL.replace("SIZE: 3", "SIZE: 4"), "line"),
    (SARTORI_BURIOL.replace("SIZE: 3", "SIZE: x"), "line"),
    (SARTORI_BURIOL.replace("CAPACITY: 10\n", ""), "line"),
    (SARTORI_BURIOL.replace("6 0 4", "6 0"), "line 12"),
    (SARTORI_BURIOL.replace("6 0 4", "6 0 -4"), "line 12"),
    (SARTORI_BURIOL.replace("6 0 4", "6 0 4.5"), "line 12"),
    (SARTORI_BURIOL.replace("EDGES\n", ""), "line"),
    (SARTORI_BURIOL[: SARTORI_BURIOL.index("9 4 0")], "line"),
]


@pytest.mark.parametrize(("text", "where"), LI_LIM_FAULTS + SARTORI_BURIOL_FAULTS)
def test_a_faulty_text_is_refused_by_its_line(text: str, where: str) -> None:
    with pytest.raises(InputError, match="BENCHMARK_MALFORMED") as refused:
        read_benchmark(text.encode(), file="a.txt")
    assert refused.value.problems[0].where.startswith(where)
    assert refused.value.file == "a.txt"


def test_more_nodes_than_the_limit_are_refused() -> None:
    nodes = "\n".join(f"{n} 0 0 0 0 0 0 0 0" for n in range(5_002))
    with pytest.raises(InputError, match="LIMIT_EXCEEDED"):
        read_benchmark(f"3 10 1\n{nodes}".encode())


def test_every_shared_benchmark_is_read(shared_data: Path) -> None:
    best = json.loads((shared_data / "pdptw" / "bks.json").read_text(encoding="utf-8"))
    for name in best:
        file = shared_data / "pdptw" / f"{name}.txt"
        found = read_benchmark(file.read_bytes(), file=str(file))
        assert found.name.lower() == name
        assert len(found.pickups) == (len(found.demand) - 1) / 2
        assert best[name]["vehicles"] <= found.vehicles
