"""Benchmarks solved: valid in double precision, never better than the best known, seldom far from it."""

import json
from pathlib import Path

import pytest

from benchmarks._pdptw import distance_of, faults_of
from fleet.cli import main
from fleet.formats.pdptw import dump_solution, read_benchmark, solve_benchmark
from tests.depth import count
from tests.formats_pdptw.replay import routes_in, shared
from tests.formats_pdptw.test_reading import LI_LIM, SARTORI_BURIOL

NAMES = count(
    short=("lc101", "bar-n100-1"),
    long=("lc101", "lr101", "lrc103", "lr203", "bar-n100-1", "ber-n200-5", "lc1_2_2", "lrc2_2_2"),
)
SURPLUS_VEHICLES = 0.35
"""How far above the best known a short search may leave the fleet."""


@pytest.mark.parametrize("name", NAMES)
def test_a_solution_is_valid_and_not_better_than_the_best_known(name: str, shared_data: Path) -> None:
    file = shared(shared_data, name)
    benchmark = read_benchmark(file.read_bytes(), file=str(file))
    best = json.loads((shared_data / "pdptw" / "bks.json").read_text(encoding="utf-8"))[name]
    solution = solve_benchmark(benchmark, budget_s=300, iterations=count(short=100, long=1_000))
    routes = routes_in(dump_solution(benchmark, solution).decode())
    assert faults_of(benchmark, routes) == []
    assert solution.unserved == 0
    assert sum(map(len, routes)) == len(benchmark.demand) - 1
    distance = distance_of(benchmark, routes)
    assert distance == pytest.approx(solution.distance)
    assert (len(routes), distance) >= (best["vehicles"], best["distance"] - 0.01)
    assert len(routes) <= best["vehicles"] * (1 + SURPLUS_VEHICLES) + 1


def test_the_replay_sees_what_is_wrong() -> None:
    benchmark = read_benchmark(LI_LIM.encode())
    assert faults_of(benchmark, [[1, 2]]) == []
    assert faults_of(benchmark, [[2, 1]]) != []
    assert faults_of(benchmark, [[1], [2]]) != []
    assert faults_of(benchmark, [[1, 2], [1, 2]]) != []


@pytest.mark.parametrize(("text", "distance"), [(LI_LIM, "20.00"), (SARTORI_BURIOL, "18")])
def test_the_command_tells_the_text_by_its_content(
    text: str, distance: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tiny.txt"
    file.write_text(text, encoding="utf-8")
    out = tmp_path / "tiny.sol"
    assert main(["solve", str(file), "-o", str(out), "--iterations", "20", "--workers", "2"]) == 0
    assert out.read_text(encoding="utf-8").splitlines() == [
        "Instance name : tiny",
        "Authors       : Oasis Fleet",
        "Reference     : -",
        "Vehicles      : 1",
        f"Distance      : {distance}",
        "Solution",
        "Route 1 : 1 2",
    ]
    assert f"1 vehicles, distance {distance}, 0 requests not served" in capfd.readouterr().err


def test_a_request_that_nobody_can_serve_is_counted_and_the_status_says_so(tmp_path: Path) -> None:
    file = tmp_path / "late.txt"
    file.write_text(LI_LIM.replace("0\t300", "0\t3"), encoding="utf-8")
    assert main(["solve", str(file), "-o", str(tmp_path / "late.sol"), "--iterations", "20"]) == 1
    assert "Route" not in (tmp_path / "late.sol").read_text(encoding="utf-8")


def test_options_of_vroom_problems_are_refused_for_a_text(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tiny.txt"
    file.write_text(LI_LIM, encoding="utf-8")
    assert main(["solve", str(file), "--check"]) == 2
    assert "error[OPTIONS_CONTRADICT]" in capfd.readouterr().err
