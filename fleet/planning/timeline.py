"""From the solver's routes to what each tricycle does, and back to tasks."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from fleet.planning.beginning import origin_s
from fleet.planning.instance import Problem
from fleet.planning.nodes import Node
from fleet.solver.instance import Instance, Ints
from fleet.solver.kernels import codes as c
from fleet.solver.routes import Route, Routes, presence


def timelines(problem: Problem, routes: Sequence[Route | None]) -> list[list[Node]]:
    """Return what each tricycle does; where only frozen stops are left it goes home beside the others."""
    found = []
    held = problem.instance.held_bays
    for vehicle, route in enumerate(routes):
        if route is not None or not problem.beginnings[vehicle].nodes:
            found.append(timeline(problem, vehicle, route))
            continue
        standing = Routes(problem.instance._replace(held_bays=held))
        standing.restore(list(routes))
        tail = standing.evaluate(vehicle, []).route
        if tail is not None:
            stays = [(vehicle, *stay) for stay in presence(tail.nodes, problem.instance.bays, stands=True)]
            held = np.concatenate((held, np.array(stays, np.int64).reshape(-1, 4)))
        found.append(timeline(problem, vehicle, tail))
    return found


def timeline(problem: Problem, vehicle: int, route: Route | None) -> list[Node]:
    """Return a tricycle's nodes from start to end, frozen part included; empty when it does not leave.

    Frozen stops without a ``route`` after them are followed by the plain way home.
    """
    frozen = problem.beginnings[vehicle].nodes
    if route is None:
        return _driven_home(problem, vehicle, frozen) if frozen else []
    nodes = [_node(problem, vehicle, row) for row in _loaded_late(problem.instance, route.nodes).tolist()]
    if not frozen:
        return nodes
    # The tail's start is the moment after the last frozen stop; a stay still owed there comes first,
    # unless the visit has further stops.
    joined = [dataclasses.replace(node) for node in frozen]
    following = next((node.location for node in nodes if node.kind == "stop"), None)
    if following != frozen[-1].location and problem.beginnings[vehicle].visit_delivered:
        joined[-1].stay_s = problem.beginnings[vehicle].visit_stay_s
    return joined + nodes[1:]


def _loaded_late(instance: Instance, nodes: Ints) -> Ints:
    """Return the nodes with every pickup as late as what follows it allows, so that goods wait on the ground.

    Neither the duration nor any later begin changes. Where bays are counted nothing moves: waiting takes one.
    """
    moved = nodes.copy()
    for k in range(len(moved) - 2, 0, -1):
        node, following = moved[k], moved[k + 1]
        task = int(node[c.REF])
        if node[c.KIND] != c.TASK or instance.task_delivers[task] or instance.bays[node[c.LOCATION]] >= 0:
            continue
        length = int(node[c.SETUP] + node[c.WORK] + node[c.STAY])
        due = int(following[c.BEGIN] - following[c.TRAVEL_S]) - length
        windows = slice(*instance.window_ptr[task : task + 2])
        latest = np.minimum(instance.window_close[windows], instance.window_finish[windows] - length)
        begins = np.minimum(latest, due)[instance.window_open[windows] <= np.minimum(latest, due)]
        node[c.BEGIN] = max([int(node[c.BEGIN]), *begins.tolist()])
        following[c.ARRIVAL] = max(following[c.ARRIVAL], node[c.BEGIN] + length + following[c.TRAVEL_S])
    return moved


def _node(problem: Problem, vehicle: int, row: list[int]) -> Node:
    kind = row[c.KIND]
    node = Node(
        kind=("start", "stop", "break", "recharge", "end")[kind],
        location=row[c.LOCATION],
        arrival_s=row[c.ARRIVAL],
        begin_s=row[c.BEGIN],
        metres=row[c.DISTANCE_M],
        travel_s=row[c.TRAVEL_S],
        setup_s=row[c.SETUP],
        work_s=row[c.WORK],
        stay_s=row[c.STAY],
    )
    if kind == c.TASK:
        stop = problem.stops[row[c.REF]]
        node.request = problem.requests[stop.request].id
        node.alternative = stop.alternative
    elif kind == c.BREAK_NODE:
        node.number = problem.beginnings[vehicle].breaks_taken + row[c.REF]
    return node


def _driven_home(problem: Problem, vehicle: int, frozen: list[Node]) -> list[Node]:
    """End a route whose frozen stops leave no lawful way home: at once, but for the breaks that are due."""
    beginning = problem.beginnings[vehicle]
    stay_s = beginning.visit_stay_s if beginning.visit_delivered else 0
    joined = [dataclasses.replace(node) for node in frozen]
    joined[-1].stay_s = stay_s
    clock = joined[-1].end_s + stay_s
    end = int(problem.instance.end[vehicle])
    here = beginning.location
    metres = seconds = 0
    if end >= 0 and end != here:
        speed = int(problem.instance.speed_class[vehicle])
        metres = int(problem.instance.distance_m[speed, here, end])
        seconds = int(problem.instance.duration_s[speed, here, end])
    origin = origin_s(problem.day)
    for number, pause in enumerate(beginning.tricycle.breaks):
        opens, closes = (int(edge.timestamp()) - origin for edge in (pause.window.start, pause.window.end))
        if number >= beginning.breaks_taken and clock + seconds > closes >= clock:
            begins = max(clock, opens)
            joined.append(Node("break", here, clock, begins, work_s=pause.duration_s, number=number))
            clock = begins + pause.duration_s
    arrives = clock + seconds
    return [*joined, Node("end", end, arrives, arrives, metres=metres, travel_s=seconds)]
