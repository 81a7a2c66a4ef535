import networkx
import pytest

from maps.roads import build_roads, to_networkx


def restriction(kind, from_way, to_way, **tags):
    return (
        {"restriction": kind, **tags},
        [("from", "way", from_way), ("via", "node", 5), ("to", "way", to_way)],
    )


def turns(graph):
    """Turns at the crossing that the expanded graph allows, as pairs of ways."""
    graph_nx = to_networkx(graph)
    (crossing,) = [
        node
        for node in range(graph.node_count)
        if (graph.node_latitudes[node], graph.node_longitudes[node]) == (41.7, 86.1)
    ]
    states = [state for state, node in graph_nx.nodes(data="node") if node == crossing]
    return {
        (into["way_id"], out["way_id"])
        for state in states
        for _, _, into in graph_nx.in_edges(state, data=True)
        for _, _, out in graph_nx.out_edges(state, data=True)
    }


EVERY_TURN = {(a, b) for a in (10, 20, 30, 40) for b in (10, 20, 30, 40)}


def test_without_restrictions_every_turn_is_allowed(cross):
    graph = cross()
    assert turns(graph) == EVERY_TURN
    assert graph.counts["restrictions_applied"] == 0


def test_no_left_turn_bars_one_turn(cross):
    graph = cross(restriction("no_left_turn", 10, 40))
    assert turns(graph) == EVERY_TURN - {(10, 40)}
    assert graph.counts["restrictions_applied"] == 1


def test_only_straight_on_bars_all_others(cross):
    graph = cross(restriction("only_straight_on", 10, 30))
    assert turns(graph) == EVERY_TURN - {(10, 40), (10, 20), (10, 10)}


def test_no_u_turn(cross):
    assert turns(cross(restriction("no_u_turn", 20, 20))) == EVERY_TURN - {(20, 20)}


def test_several_restrictions_at_one_junction(cross):
    graph = cross(restriction("no_left_turn", 10, 40), restriction("no_right_turn", 20, 30))
    assert turns(graph) == EVERY_TURN - {(10, 40), (20, 30)}
    assert len(networkx.DiGraph(to_networkx(graph))) == graph.node_count + 2


def test_no_entry_from_several_ways(cross):
    members = [("from", "way", 10), ("from", "way", 20), ("via", "node", 5), ("to", "way", 40)]
    graph = cross(({"restriction": "no_entry"}, members))
    assert turns(graph) == EVERY_TURN - {(10, 40), (20, 40)}


@pytest.mark.parametrize("exempt", ["motorcar", "psv;motor_vehicle", "bicycle; motorcar"])
def test_exempt_vehicles(cross, exempt):
    graph = cross(restriction("no_left_turn", 10, 40, **{"except": exempt}))
    assert turns(graph) == EVERY_TURN
    assert graph.counts["restrictions_exempt"] == 1


def test_exempt_buses_are_not_us(cross):
    graph = cross(restriction("no_left_turn", 10, 40, **{"except": "bus"}))
    assert turns(graph) == EVERY_TURN - {(10, 40)}


def test_what_is_not_applied_is_counted(cross):
    graph = cross(
        (
            {"restriction:conditional": "no_left_turn @ (07:00-09:00)"},
            [("from", "way", 10), ("via", "node", 5), ("to", "way", 40)],
        ),
        (
            {"restriction:hgv": "no_left_turn"},
            [("from", "way", 10), ("via", "node", 5), ("to", "way", 40)],
        ),
        (
            {"restriction": "no_u_turn"},
            [("from", "way", 10), ("via", "way", 40), ("to", "way", 20)],
        ),
        ({"restriction": "no_left_turn"}, [("from", "way", 10), ("via", "node", 5), ("to", "way", 99)]),
        ({"restriction": "no_left_turn"}, [("from", "way", 10), ("to", "way", 40)]),
        ({"restriction": "give_way"}, [("from", "way", 10), ("via", "node", 5), ("to", "way", 40)]),
    )
    assert turns(graph) == EVERY_TURN
    counts = {key: value for key, value in graph.counts.items() if key.startswith("restrictions_") and value}
    assert counts == {
        "restrictions_conditional": 1,
        "restrictions_other_vehicles": 1,
        "restrictions_via_way": 1,
        "restrictions_absent": 1,
        "restrictions_unknown": 2,
    }


def test_a_member_that_passes_through_is_ambiguous(write_osm):
    road = {"highway": "residential"}
    ways = {10: ([1, 5, 3], road), 20: ([2, 5], road), 50: ([1, 2, 3, 4, 1], road)}
    nodes = {1: (-2, 0), 2: (0, -2), 3: (2, 0), 4: (0, 2), 5: (0, 0)}
    graph = build_roads(write_osm(nodes=nodes, ways=ways, restrictions=[restriction("no_left_turn", 10, 20)]))
    assert graph.counts["restrictions_ambiguous"] == 1
    assert len(graph.banned_turns) == 0


def test_a_oneway_that_passes_through_is_not(write_osm):
    road = {"highway": "residential"}
    ways = {10: ([1, 5, 3], {**road, "oneway": "yes"}), 20: ([2, 5], road), 50: ([1, 2, 3, 4, 1], road)}
    nodes = {1: (-2, 0), 2: (0, -2), 3: (2, 0), 4: (0, 2), 5: (0, 0)}
    graph = build_roads(write_osm(nodes=nodes, ways=ways, restrictions=[restriction("no_left_turn", 10, 20)]))
    assert graph.counts["restrictions_applied"] == 1
    assert (10, 20) not in turns(graph)


def test_only_junctions_with_restrictions_are_expanded(cross):
    graph = cross(restriction("only_straight_on", 10, 30))
    assert len(to_networkx(graph)) == graph.node_count + 1


def test_a_direction_that_may_only_end_blindly_is_closed(write_osm):
    """From the west one may only go on to a street that nobody can leave."""
    road = {"highway": "residential"}
    ways = {
        10: ([1, 5], road),
        20: ([2, 5], road),
        50: ([1, 2], road),
        60: ([5, 6], {**road, "oneway": "yes"}),
    }
    nodes = {1: (-2, 0), 2: (0, -2), 5: (0, 0), 6: (2, 0)}
    graph = build_roads(
        write_osm(nodes=nodes, ways=ways, restrictions=[restriction("only_straight_on", 10, 60)])
    )
    assert sorted(graph.way_ids) == [10, 20, 50]
    assert graph.counts["closed_directions"] == 1
    assert graph.counts["dropped_segments"] == 1
    assert sorted(turns(graph)) == [(20, 10), (20, 20)]
    assert networkx.is_strongly_connected(to_networkx(graph))
