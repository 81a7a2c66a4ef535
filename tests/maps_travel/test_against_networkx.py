"""An independent check: networkx on a graph cut open at the places, against our matrices and paths."""

import networkx
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from maps.roads import MapsError, graph_from_segments, to_networkx
from maps.roads.geometry import great_circle_m
from maps.travel import road_travel


def reference(graph, matrices, cap_kmh, sources):
    """Seconds by networkx: each place's departure and arrival hung into the expanded graph by hand."""
    snapped = matrices.path_finder.network.snapped
    expanded = to_networkx(graph)
    arcs = list(expanded.edges(data=True))

    def seconds(length_m, speed_kmh):
        return length_m / min(speed_kmh, cap_kmh) * 3.6

    for _, _, data in arcs:
        data["seconds"] = seconds(data["length_m"], data["speed_kmh"])
    places = range(len(snapped.segments))
    by_segment = {}
    for source, target, data in arcs:
        by_segment.setdefault(data["segment"], []).append((source, target, data))
    for place in places:
        segment, node = int(snapped.segments[place]), int(snapped.nodes[place])
        at_m = snapped.positions_m[place]
        if node >= 0:
            expanded.add_edge(("from", place), node, seconds=0.0)
            for state, physical in list(expanded.nodes(data="node")):
                if physical == node and isinstance(state, int):
                    expanded.add_edge(state, ("to", place), seconds=0.0)
            continue
        for source, target, data in by_segment[segment]:
            length_m = data["length_m"]
            done_m = at_m if data["arc"] % 2 == 0 else length_m - at_m
            expanded.add_edge(source, ("to", place), seconds=seconds(done_m, data["speed_kmh"]))
            expanded.add_edge(("from", place), target, seconds=seconds(length_m - done_m, data["speed_kmh"]))
            for other in places:
                if int(snapped.segments[other]) == segment and int(snapped.nodes[other]) < 0:
                    ahead_m = snapped.positions_m[other] - at_m
                    ahead_m = ahead_m if data["arc"] % 2 == 0 else -ahead_m
                    if ahead_m >= 0:
                        expanded.add_edge(
                            ("from", place), ("to", other), seconds=seconds(ahead_m, data["speed_kmh"])
                        )
    result = []
    for source in sources:
        found = networkx.single_source_dijkstra_path_length(expanded, ("from", source), weight="seconds")
        row = [found[("to", place)] for place in places]
        row[source] = 0.0
        result.append(row)
    return np.array(result)


def scattered(graph, count, seed):
    """Points near roads, some exactly on junctions, some twice."""
    random = np.random.default_rng(seed)
    points = random.integers(0, len(graph.shape_latitudes) - 1, count)
    latitudes = graph.shape_latitudes[points] + random.normal(0, 3e-4, count)
    longitudes = graph.shape_longitudes[points] + random.normal(0, 3e-4, count)
    nodes = random.integers(0, graph.node_count, count // 5)
    latitudes[: len(nodes)] = graph.node_latitudes[nodes]
    longitudes[: len(nodes)] = graph.node_longitudes[nodes]
    latitudes[-1], longitudes[-1] = latitudes[-2], longitudes[-2]
    return latitudes, longitudes


def check_paths(matrices, speed_class, pairs):
    origins, destinations = pairs
    lines = matrices.paths(speed_class=speed_class, origins=origins, destinations=destinations)
    for origin, destination, line in zip(origins, destinations, lines, strict=True):
        assert len(line) >= 2
        metres = great_circle_m(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1]).sum()
        assert abs(metres - matrices.distances_m[speed_class, origin, destination]) <= 0.51


@pytest.mark.parametrize(
    "name", ["liechtenstein-2021-05.osm.pbf", "heidelberg.osm.pbf", "north-bayreuth-2014.osm.gz"]
)
def test_real_roads(real_roads, name):
    graph = real_roads(name)
    latitudes, longitudes = scattered(graph, 60, seed=5)
    matrices = road_travel(
        graph, latitudes=latitudes, longitudes=longitudes, speed_caps_kmh=[15, 28], snap_limit_m=300
    )
    sources = [0, 7, 31, 58, 59]
    for speed_class, cap in enumerate((15, 28)):
        expected = reference(graph, matrices, cap, sources)
        durations_s = matrices.durations_s[speed_class][sources]
        assert np.array_equal(durations_s, np.ceil(expected - 1e-6))
        random = np.random.default_rng(1)
        check_paths(matrices, speed_class, random.integers(0, 60, (2, 80)).tolist())


@st.composite
def towns(draw):
    """Small grids with oneways, slow roads, bends and barred turns."""
    size = draw(st.integers(2, 4))
    seed = draw(st.integers(0, 10_000))
    random = np.random.default_rng(seed)
    nodes = [(i, j) for i in range(size) for j in range(size)]
    number = {node: index for index, node in enumerate(nodes)}
    pairs = [
        (number[i, j], number[k, m])
        for i, j in nodes
        for k, m in ((i + 1, j), (i, j + 1))
        if (k, m) in number
    ]
    count = len(pairs)
    latitudes = [41.7 + 0.005 * j + random.uniform(-1e-3, 1e-3) for _, j in nodes]
    longitudes = [86.1 + 0.005 * i + random.uniform(-1e-3, 1e-3) for i, _ in nodes]
    fields = {
        "node_latitudes": latitudes,
        "node_longitudes": longitudes,
        "tails": [tail for tail, _ in pairs],
        "heads": [head for _, head in pairs],
        "speeds_kmh": random.choice([5.0, 15, 25, 50], size=count),
        "oneways": random.random(count) < 0.2,
        "shapes": [
            [(np.mean([latitudes[a], latitudes[b]]) + 3e-4, np.mean([longitudes[a], longitudes[b]]))]
            if random.random() < 0.5
            else []
            for a, b in pairs
        ],
        "banned_turns": _turns(pairs, random) if draw(st.booleans()) else [],
    }
    try:
        return graph_from_segments(**fields), seed
    except MapsError as error:
        assume(error.code != "ROADS_EMPTY")  # oneways and turns may leave nothing one can come back from
        raise


def _turns(pairs, random):
    arcs = [
        (arc, (a, b) if arc % 2 == 0 else (b, a))
        for s, (a, b) in enumerate(pairs)
        for arc in (2 * s, 2 * s + 1)
    ]
    possible = [(into, out) for into, (_, via) in arcs for out, (start, _) in arcs if start == via]
    return [turn for turn in possible if random.random() < 0.15]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns())
def test_invented_towns(town):
    graph, seed = town
    latitudes, longitudes = scattered(graph, 12, seed=seed)
    matrices = road_travel(graph, latitudes=latitudes, longitudes=longitudes, speed_caps_kmh=[10, 30])
    for speed_class, cap in enumerate((10, 30)):
        expected = reference(graph, matrices, cap, range(12))
        assert np.array_equal(matrices.durations_s[speed_class], np.ceil(expected - 1e-6))
        pairs = np.indices((12, 12)).reshape(2, -1).tolist()
        check_paths(matrices, speed_class, pairs)
        assert (matrices.durations_s[speed_class] >= matrices.distances_m[speed_class] / 30 * 3.6 - 1).all()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns())
def test_triangles_hold_on_seconds(town):
    """A detour over a third place is never faster, but for what rounding up takes."""
    graph, seed = town
    assume(not len(graph.banned_turns))  # one may turn round at a place, past a restriction
    latitudes, longitudes = scattered(graph, 8, seed=seed)
    durations_s = road_travel(
        graph, latitudes=latitudes, longitudes=longitudes, speed_caps_kmh=[20]
    ).durations_s[0]
    detours = durations_s[:, :, None] + durations_s[None, :, :]
    assert (durations_s <= detours.min(axis=1)).all()
