"""The orders of stops that moves make of a plan's, as tasks of the search; whether they hold comes later."""

from collections.abc import Iterable
from typing import Any

from fleet.model import ErrorCode, InputError, Plan, Rule, bad_input
from fleet.model.moves import Assign, ChooseDropoff, Move, Reorder, Swap, TakeOut
from fleet.planning.broken import refusal
from fleet.planning.examine import tasks_of
from fleet.planning.instance import Problem
from fleet.planning.standing import beside
from fleet.solver.routes import Routes, Trial

Tasks = list[int]


class Orders:
    """Each tricycle's tasks after its frozen stops, moved about.

    Parameters
    ----------
    problem, plan
        The plan that is changed, and its day's instance.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._problem = problem
        self._plan = plan
        self._vehicle = {tricycle.id: index for index, tricycle in enumerate(problem.day.tricycles)}
        self._request = {request.id: index for index, request in enumerate(problem.day.requests)}
        self._frozen = [beginning.n_frozen for beginning in problem.beginnings]
        self._before = tasks_of(problem, plan)
        self.tasks: list[Tasks] = [list(tasks) for tasks in self._before]

    @property
    def changed(self) -> list[int]:
        """The tricycles whose order is another than it was."""
        return [vehicle for vehicle, tasks in enumerate(self.tasks) if tasks != self._before[vehicle]]

    def standing(self, changed: Iterable[int] = (), **instead: Any) -> Routes:
        """Return routes for those that change to be set, beside all others as the plan has them.

        Parameters
        ----------
        changed : iterable of int
            Tricycles that count as changed although they are not.
        **instead
            Fields of the instance that are to be other ones.
        """
        free = {*self.changed, *changed}
        instance = beside(self._problem, self._plan, self._before, free)
        return Routes(instance._replace(**instead))

    def do(self, move: Move, *, where: str) -> None:
        """Do a move; ``where`` names it in errors.

        Raises
        ------
        InputError
            UNKNOWN_ID for a request, tricycle or stop that there is not; VALUE_TOO_LARGE for a position or an
            alternative; SWAP_WITH_ITSELF; CHANGE_BREAKS_RULES where frozen stops would have to move.
        """
        if isinstance(move, Swap):
            one = self._tricycle(move.tricycle, f"{where}.tricycle")
            other = self._tricycle(move.other, f"{where}.other")
            if one == other:
                raise bad_input(ErrorCode.SWAP_WITH_ITSELF, where=f"{where}.other", value=move.other)
            self.tasks[one], self.tasks[other] = self.tasks[other], self.tasks[one]
            return
        request = self._known(self._request, move.request, "request", f"{where}.request")
        if any(move.request in beginning.served for beginning in self._problem.beginnings):
            raise self._frozen_stop(move)
        if isinstance(move, TakeOut):
            self._take_out(request)
        elif isinstance(move, Assign):
            self._assign(move, request, where)
        elif isinstance(move, Reorder):
            self._reorder(move, request, where)
        else:
            self._choose_dropoff(move, request, where)

    def _assign(self, move: Assign, request: int, where: str) -> None:
        vehicle = self._tricycle(move.tricycle, f"{where}.tricycle")
        self._take_out(request)
        pickup = int(self._problem.instance.request_pickup[request])
        deliveries = self._problem.instance.deliveries(request)
        if move.alternative is not None:
            deliveries = [self._delivery(request, move.alternative, where)]
        if move.pickup_position is None and move.dropoff_position is None:
            self.tasks[vehicle] = self._cheapest_insertion(request, vehicle, deliveries)
            return
        if pickup < 0 and move.pickup_position is not None:
            raise self._frozen_stop(move)
        stops = 1 if pickup < 0 else 2
        firsts = self._positions(vehicle, move.pickup_position, stops, f"{where}.pickup_position")
        seconds = self._positions(vehicle, move.dropoff_position, stops, f"{where}.dropoff_position")
        orders = [
            self._with(vehicle, {delivery: second} if pickup < 0 else {pickup: first, delivery: second})
            for delivery in deliveries
            for first in (firsts if pickup >= 0 else [0])
            for second in seconds
        ]
        self.tasks[vehicle] = self._cheapest(vehicle, orders)

    def _reorder(self, move: Reorder, request: int, where: str) -> None:
        vehicle, task = self._stop(request, move.stop == "pickup", where)
        if task is None:
            raise self._frozen_stop(move)
        self.tasks[vehicle].remove(task)
        [position] = self._positions(vehicle, move.position, 1, f"{where}.position")
        self.tasks[vehicle] = self._with(vehicle, {task: position})

    def _choose_dropoff(self, move: ChooseDropoff, request: int, where: str) -> None:
        vehicle, task = self._stop(request, False, where)
        delivery = self._delivery(request, move.alternative, where)
        self.tasks[vehicle] = [other for other in self.tasks[vehicle] if other != task]
        positions = self._positions(vehicle, move.position, 1, f"{where}.position")
        self.tasks[vehicle] = self._cheapest(
            vehicle, [self._with(vehicle, {delivery: position}) for position in positions]
        )

    def _take_out(self, request: int) -> None:
        of_task = self._problem.instance.task_request
        self.tasks = [[task for task in tasks if of_task[task] != request] for tasks in self.tasks]

    def _cheapest_insertion(self, request: int, vehicle: int, deliveries: Tasks) -> Tasks:
        """Return the cheapest order with the request in it, else the one that got furthest."""
        instance = self._problem.instance
        only = instance.delivery_task.copy()
        if len(deliveries) == 1:
            only[slice(*instance.delivery_ptr[request : request + 2])] = deliveries[0]
        routes = self._now(vehicle, delivery_task=only)
        pickup = int(instance.request_pickup[request])
        base = self.tasks[vehicle]
        if routes.tasks(vehicle).tolist() != base or not instance.allowed[request, vehicle]:
            # No position is the cheapest of a route that breaks a rule anyway.
            return [*base, *([] if pickup < 0 else [pickup]), deliveries[0]]
        trial = routes.insertion(request, vehicle)
        if trial.route is None:
            trial = routes.insertion(request, vehicle, why=True)
        return [int(task) for task in trial.tasks]

    def _cheapest(self, vehicle: int, orders: list[Tasks]) -> Tasks:
        """Return the cheapest order that holds at this moment, else the one that got furthest."""
        if len(orders) == 1:
            return orders[0]
        routes = self._now(vehicle)
        return min(orders, key=lambda order: _rank(routes.evaluate(vehicle, order)))

    def _now(self, vehicle: int, **instead: Any) -> Routes:
        """Return the routes as the moves so far have made them; those that break a rule are left out."""
        routes = self.standing([vehicle], **instead)
        for other in {*self.changed, vehicle}:
            routes.put(other, routes.evaluate(other, self.tasks[other]).route)
        return routes

    def _with(self, vehicle: int, tasks: dict[int, int]) -> Tasks:
        """Return a tricycle's order with tasks put in at their positions, one after the other."""
        order = list(self.tasks[vehicle])
        for task, position in tasks.items():
            order.insert(position, task)
        return order

    def _positions(self, vehicle: int, given: int | None, stops: int, where: str) -> list[int]:
        """Return the positions behind the frozen stops that a stop may take where so many are put in."""
        room = len(self.tasks[vehicle]) + stops
        if given is None:
            return list(range(room))
        position = given - self._frozen[vehicle]
        if position >= room:
            limit = self._frozen[vehicle] + room - 1
            raise bad_input(ErrorCode.VALUE_TOO_LARGE, where=where, value=given, limit=limit)
        if position < 0:
            tricycle = self._problem.day.tricycles[vehicle].id
            raise InputError([refusal(self._problem.day, Rule.FROZEN, tricycle, {})])
        return [position]

    def _stop(self, request: int, is_pickup: bool, where: str) -> tuple[int, int | None]:
        """Return who serves a request, and the task of one of its stops; None where that is frozen."""
        instance = self._problem.instance
        for vehicle, tasks in enumerate(self.tasks):
            of_request = [task for task in tasks if instance.task_request[task] == request]
            if of_request:
                found = (task for task in of_request if is_pickup == (not instance.task_delivers[task]))
                return vehicle, next(found, None)
        name = self._problem.day.requests[request].id
        raise bad_input(ErrorCode.UNKNOWN_ID, where=f"{where}.request", value=name, kind="stop")

    def _delivery(self, request: int, alternative: int, where: str) -> int:
        deliveries = self._problem.instance.deliveries(request)
        if alternative >= len(deliveries):
            limit = len(deliveries) - 1
            raise bad_input(
                ErrorCode.VALUE_TOO_LARGE, where=f"{where}.alternative", value=alternative, limit=limit
            )
        return deliveries[alternative]

    def _tricycle(self, key: str, where: str) -> int:
        return self._known(self._vehicle, key, "tricycle", where)

    def _known(self, numbers: dict[str, int], key: str, kind: str, where: str) -> int:
        if key not in numbers:
            raise bad_input(ErrorCode.UNKNOWN_ID, where=where, value=key, kind=kind)
        return numbers[key]

    def _frozen_stop(self, move: Assign | Reorder | ChooseDropoff | TakeOut) -> InputError:
        return InputError([refusal(self._problem.day, Rule.FROZEN, None, {"request": move.request})])


def _rank(trial: Trial) -> tuple[int, int, int]:
    """Order evaluations: what holds by its cost, then what got furthest and is broken by least."""
    if trial.route is not None:
        return 0, trial.route.cost, 0
    return 1, -trial.rule, trial.amount
