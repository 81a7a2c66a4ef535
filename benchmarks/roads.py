"""Roads: reading extracts, and matrices by ours, networkx and igraph on one graph in one run.

    python -m benchmarks.roads [--quick] [--csv FILE] [--data FOLDER]

networkx is run from some places only and scaled to all (its searches are independent of each other, so
time grows with their number). networkx and igraph get the road graph with turns expanded and places hung
in, ready made, and compute seconds only; ours starts from the bare coordinates, leaves out dead ends and
contracts chains within its time, and computes the metres along the fastest paths too. All three must agree.
"""

import multiprocessing
import resource
import sys
import time
from pathlib import Path

import igraph
import networkx
import numpy as np

from benchmarks._table import DEFAULT_DATA, Row, arguments, machine, print_table, write_csv
from maps.roads import RoadGraph, build_roads
from maps.travel import TravelMatrices, road_travel
from maps.travel.network import TimedNetwork, build_network, timed_network

EXTRACTS = ("north-bayreuth-2014.osm.gz", "liechtenstein-2021-05.osm.pbf", "heidelberg.osm.pbf")
MATRIX_EXTRACT = "heidelberg.osm.pbf"
PLACE_COUNTS, QUICK_PLACE_COUNTS = (400, 1000), (100,)
SPEED_CAP_KMH = 25.0
NETWORKX_SOURCES = 40
LEAST_RATIO = 15.0
"""How many times faster than networkx the matrices have to be; the command fails where they are not."""

READ_HEADER = ("extract", "s", "MB peak", "nodes", "segments", "km")
MATRIX_HEADER = ("matrix", "ours s", "networkx s", "igraph s", "networkx / ours", "igraph / ours")


def main() -> None:
    """Print both tables."""
    parser = arguments("Benchmark of roads and travel")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with the extracts in osm/")
    options = parser.parse_args()
    folder = options.data / "osm"
    reading = read_all(folder, EXTRACTS[:1] if options.quick else EXTRACTS)
    print_table(f"Reading ({machine()})", READ_HEADER, reading)
    matrices = compare_all(folder / MATRIX_EXTRACT, QUICK_PLACE_COUNTS if options.quick else PLACE_COUNTS)
    title = f"Matrices on {MATRIX_EXTRACT}, one speed class; networkx from {NETWORKX_SOURCES} places, scaled"
    print_table(title, MATRIX_HEADER, matrices)
    write_csv(options.csv, READ_HEADER, reading)
    write_csv(options.csv and options.csv.with_suffix(".matrices.csv"), MATRIX_HEADER, matrices)
    if not options.quick and any(float(row[4]) < LEAST_RATIO for row in matrices):
        sys.exit(f"less than {LEAST_RATIO:g} times as fast as networkx")


def read_all(folder: Path, names: tuple[str, ...]) -> list[Row]:
    """Read each extract in a process of its own, so that one file's peak of memory isn't another's."""
    rows: list[Row] = []
    for name in names:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seconds, peak_mb, nodes, segments, km = pool.apply(read, (folder / name,))
        rows.append((name, seconds, round(peak_mb), nodes, segments, round(km)))
    return rows


def compare_all(extract: Path, counts: tuple[int, ...]) -> list[Row]:
    """Compute matrices of several sizes by ours, networkx and igraph."""
    graph = build_roads(extract)
    latitudes, longitudes = places(graph, 20)
    # The first call compiles.
    road_travel(graph, latitudes=latitudes, longitudes=longitudes, speed_caps_kmh=[SPEED_CAP_KMH])
    rows: list[Row] = []
    for count in counts:
        ours, by_networkx, by_igraph = compare(graph, count)
        rows.append(
            (f"{count} x {count}", ours, by_networkx, by_igraph, by_networkx / ours, by_igraph / ours)
        )
    return rows


def read(path: Path) -> tuple[float, float, int, int, float]:
    """Seconds, peak memory of the process, nodes, segments and km of one extract."""
    started = time.perf_counter()
    graph = build_roads(path)
    seconds = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds, peak_mb, graph.node_count, graph.segment_count, float(graph.lengths_m.sum()) / 1000


def places(graph: RoadGraph, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Points scattered some 30 m about the roads."""
    random = np.random.default_rng(count)
    points = random.integers(0, len(graph.shape_latitudes), count)
    return (
        graph.shape_latitudes[points] + random.normal(0, 3e-4, count),
        graph.shape_longitudes[points] + random.normal(0, 3e-4, count),
    )


def compare(graph: RoadGraph, count: int) -> tuple[float, float, float]:
    """Seconds of ours, networkx and igraph; they have to agree."""
    latitudes, longitudes = places(graph, count)
    started = time.perf_counter()
    matrices = road_travel(graph, latitudes=latitudes, longitudes=longitudes, speed_caps_kmh=[SPEED_CAP_KMH])
    ours = time.perf_counter() - started

    # The others get all roads: to leave out dead ends and contract chains is part of ours, and of its time.
    snapped = matrices.path_finder.network.snapped
    network = build_network(graph, snapped=snapped, usable=np.ones(graph.segment_count, dtype=bool))
    timed = timed_network(network, speed_cap_kmh=SPEED_CAP_KMH)
    sources = np.repeat(np.arange(network.state_count), np.diff(timed.row_starts))
    by_networkx = networkx_seconds(matrices, timed, sources, network.departures, network.arrivals)
    by_igraph = igraph_seconds(matrices, timed, sources, network.departures, network.arrivals)
    return ours, by_networkx, by_igraph


def networkx_seconds(
    matrices: TravelMatrices,
    timed: TimedNetwork,
    sources: np.ndarray,
    departures: np.ndarray,
    arrivals: np.ndarray,
) -> float:
    """Seconds networkx would need for all rows; its graph is ready before the clock starts."""
    graph = networkx.DiGraph()
    graph.add_weighted_edges_from(
        zip(sources.tolist(), timed.columns.tolist(), timed.seconds.tolist(), strict=True)
    )
    rows = np.linspace(0, len(departures) - 1, NETWORKX_SOURCES).astype(int)
    started = time.perf_counter()
    found = [networkx.single_source_dijkstra_path_length(graph, int(departures[row])) for row in rows]
    seconds = time.perf_counter() - started
    table = np.array([[lengths[state] for state in arrivals.tolist()] for lengths in found])
    assert np.array_equal(np.ceil(table - 1e-6), matrices.durations_s[0][rows])
    return seconds * len(departures) / len(rows)


def igraph_seconds(
    matrices: TravelMatrices,
    timed: TimedNetwork,
    sources: np.ndarray,
    departures: np.ndarray,
    arrivals: np.ndarray,
) -> float:
    """Seconds igraph needs for the whole matrix; its graph is ready before the clock starts."""
    edges = np.column_stack([sources, timed.columns]).tolist()
    graph = igraph.Graph(n=len(timed.row_starts) - 1, edges=edges, directed=True)
    weights = timed.seconds.tolist()
    distinct, columns = np.unique(arrivals, return_inverse=True)
    started = time.perf_counter()
    found = graph.distances(source=departures.tolist(), target=distinct.tolist(), weights=weights)
    seconds = time.perf_counter() - started
    assert np.array_equal(np.ceil(np.array(found)[:, columns] - 1e-6), matrices.durations_s[0])
    return seconds


if __name__ == "__main__":
    main()
