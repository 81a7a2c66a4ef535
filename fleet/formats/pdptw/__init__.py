"""Benchmark texts of pickup and delivery with time windows: Li & Lim, Sartori & Buriol.

All requests are to be served, by as few vehicles as possible, over as little distance as possible.
"""

from fleet.formats.pdptw.benchmark import Benchmark
from fleet.formats.pdptw.reading import read_benchmark
from fleet.formats.pdptw.solve import BenchmarkSolution, dump_solution, solve_benchmark

__all__ = ["Benchmark", "BenchmarkSolution", "dump_solution", "read_benchmark", "solve_benchmark"]
