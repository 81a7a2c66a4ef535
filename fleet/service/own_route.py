"""Whose route is whose: a driver drives what the assignments of the day say, now."""

from fleet.service.roles import Caller, Role
from fleet.store.tables import Json, StoredDay


def own_assignment(stored: StoredDay, caller: Caller) -> Json | None:
    """Return the assignment of the driver who calls, None for who drives nothing that day."""
    if caller.driver is None:
        return None
    assignments: list[Json] = stored.body["assignments"]
    return next((found for found in assignments if found["driver"] == caller.driver), None)


def own_tricycle(stored: StoredDay, caller: Caller) -> str | None:
    """Return the tricycle of the driver who calls."""
    assignment = own_assignment(stored, caller)
    return None if assignment is None else str(assignment["tricycle"])


def is_driver(caller: Caller) -> bool:
    """Say whether the caller is held to one route."""
    return caller.account_id is not None and caller.role == Role.DRIVER
