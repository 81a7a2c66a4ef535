"""The day as one OR-Tools routing model: built from an instance, solved for a while, read back as tasks."""

from fleet.solver.routing_model.solve import solve_routing

__all__ = ["solve_routing"]
