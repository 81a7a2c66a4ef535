"""Roads: reading extracts, and matrices by ours, networkx and igraph on one graph in one run.

    python -m benchmarks.roads [--osm FOLDER]

networkx is run from some places only and scaled to all (its searches are independent of each other, so
time grows with their number). networkx and igraph get the road graph with turns expanded and places hung
in, ready made, and compute seconds only; ours starts from the bare coordinates, leaves out dead ends and
contracts chains within its time, and computes the metres along the fastest paths too. All three must agree.
"""

import argparse
import multiprocessing
import resource
import time
from pathlib import Path

import igraph
import networkx
import numpy as np

from maps.roads import RoadGraph, build_roads
from maps.travel import TravelMatrices, road_travel
from maps.travel.network import TimedNetwork, build_network, timed_network

EXTRACTS = ("north-bayreuth-2014.osm.gz", "liechtenstein-2021-05.osm.pbf", "heidelberg.osm.pbf")
MATRIX_EXTRACT = "heidelberg.osm.pbf"
PLACE_COUNTS = (400, 1000)
SPEED_CAP_KMH = 25.0
NETWORKX_SOURCES = 40
DEFAULT_FOLDER = Path(__file__).parents[1] / ".." / "shared" / "data" / "osm"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="Benchmark of roads and travel")
    parser.add_argument("--osm", type=Path, default=DEFAULT_FOLDER, help="folder of the extracts")
    folder = parser.parse_args().osm
    print(f"{'reading':34} {'s':>6} {'MB peak':>8} {'nodes':>7} {'segments':>9} {'km':>6}")
    for name in EXTRACTS:
        # A process of its own each, so that one file's peak of memory isn't another's.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seconds, peak_mb, nodes, segments, km = pool.apply(read, (folder / name,))
        print(f"{name:34} {seconds:6.2f} {peak_mb:8.0f} {nodes:7d} {segments:9d} {km:6.0f}")

    graph = build_roads(folder / MATRIX_EXTRACT)
    latitudes, longitudes = places(graph, 20)
    road_travel(graph, latitudes=latitudes, longitudes=longitudes, speed_caps_kmh=[SPEED_CAP_KMH])
    print(f"\n{MATRIX_EXTRACT}, one speed class; networkx from {NETWORKX_SOURCES} places, scaled")
    print(f"{'matrix':>11} {'ours s':>8} {'networkx s':>11} {'igraph s':>9} {'nx/ours':>8} {'ig/ours':>8}")
    for count in PLACE_COUNTS:
        ours, by_networkx, by_igraph = compare(graph, count)
        print(
            f"{count:>4} x {count:<4} {ours:8.2f} {by_networkx:11.1f} {by_igraph:9.2f} "
            f"{by_networkx / ours:8.1f} {by_igraph / ours:8.1f}"
        )


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
