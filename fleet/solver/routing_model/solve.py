"""Solving the routing model: iterated local search with ruins by slack induction, read back as tasks."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2, routing_ils_pb2

from fleet.solver.instance import Instance
from fleet.solver.routing_model.model import Model

AVERAGE_REMOVED = 10
LONGEST_STRING = 10
BYPASS = 0.01


def solve_routing(
    instance: Instance,
    *,
    requests: Sequence[int],
    begin: Sequence[Sequence[int]],
    time_limit_s: float,
    iterations: int | None,
    seed: int,
) -> list[list[int]] | None:
    """Search for routes with OR-Tools.

    Parameters
    ----------
    instance : Instance
        The problem.
    requests : sequence of int
        The requests that may be served; one that no vehicle can serve would only cost time.
    begin : sequence of sequence of int
        Tasks of each vehicle in order, from which the search begins as far as the model can hold them.
    time_limit_s : float
        Seconds for building and solving.
    iterations : int, optional
        Rounds of ruin and recreate.
    seed : int
        OR-Tools has no seed here: the order of the nodes stands in for it.

    Returns
    -------
    list of list of int, or None
        Tasks of each vehicle in order: they hold the model's rules, which are not all of the day's. None
        when there was no solution in time.
    """
    began = time.monotonic()
    order = np.random.default_rng(seed).permutation(np.array(requests, np.int64)).tolist()
    model = Model(instance, order)
    left_s = time_limit_s - (time.monotonic() - began)
    return model.solve(search_parameters(time_limit_s=left_s, iterations=iterations), begin)


def search_parameters(*, time_limit_s: float, iterations: int | None) -> Any:
    """Return the parameters of the search."""
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.time_limit.FromMilliseconds(max(1, int(time_limit_s * 1_000)))
    if iterations is not None:
        parameters.solution_limit = max(1, iterations)
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.LOCAL_CHEAPEST_INSERTION
    parameters.use_iterated_local_search = True
    local = parameters.iterated_local_search_parameters
    local.improve_perturbed_solution = False
    local.perturbation_strategy = routing_ils_pb2.PerturbationStrategy.RUIN_AND_RECREATE
    ruin = local.ruin_recreate_parameters.ruin_strategies.add().sisr
    ruin.avg_num_removed_visits = AVERAGE_REMOVED
    ruin.max_removed_sequence_size = LONGEST_STRING
    ruin.bypass_factor = BYPASS
    local.ruin_recreate_parameters.recreate_strategy.heuristic = (
        routing_enums_pb2.FirstSolutionStrategy.LOCAL_CHEAPEST_INSERTION
    )
    annealing = local.reference_solution_acceptance_strategy.simulated_annealing
    annealing.automatic_temperatures = True
    return parameters
