"""From what each tricycle does to the plan: its routes, what it leaves out, figures, warnings."""

from collections.abc import Iterable, Sequence

from fleet.model import Day, Plan, ReasonCode, WarningCode, day_sha256
from fleet.model.plan import (
    Change,
    Figures,
    Params,
    PlanPlace,
    PlanWarning,
    Route,
    SolverRun,
    TravelSource,
    TricycleReason,
    Unserved,
)
from fleet.model.requests import Request
from fleet.model.travel import Travel
from fleet.planning.beginning import Beginning
from fleet.planning.lines import lines_of
from fleet.planning.nodes import Node
from fleet.planning.route import build_route


def build_plan(
    day: Day,
    travel: Travel,
    *,
    timelines: Sequence[list[Node]],
    beginnings: Sequence[Beginning],
    unserved: Iterable[Unserved],
    solver: SolverRun,
    further_warnings: Iterable[PlanWarning] = (),
    with_paths: bool = True,
) -> Plan:
    """Build the plan of a day.

    Parameters
    ----------
    day, travel
        What was planned.
    timelines : sequence of list of Node
        For each tricycle of the day what it does, empty when it does not leave.
    beginnings : sequence of Beginning
        For each tricycle its start state as the day has it (frozen stops not replayed).
    unserved : iterable of Unserved
        The requests that no timeline drops off.
    solver : SolverRun
        How the plan was found.
    further_warnings : iterable of PlanWarning
        Warnings beside those of travel and charging plugs.
    with_paths : bool
        Whether legs carry the path they take.
    """
    used = [(beginning, nodes) for beginning, nodes in zip(beginnings, timelines, strict=True) if nodes]
    lines = lines_of(travel, used) if with_paths else None
    routes = [
        build_route(day, travel, nodes=nodes, beginning=beginning, lines=lines) for beginning, nodes in used
    ]
    return plan_of_routes(
        day, travel, routes=routes, unserved=unserved, solver=solver, further_warnings=further_warnings
    )


def plan_of_routes(
    day: Day,
    travel: Travel,
    *,
    routes: Sequence[Route],
    unserved: Iterable[Unserved],
    solver: SolverRun,
    further_warnings: Iterable[PlanWarning] = (),
) -> Plan:
    """Put routes together to the plan of a day: its figures and warnings; parameters as of ``build_plan``."""
    left_out = tuple(unserved)
    return Plan(
        title=day.title,
        about=day.about,
        day_sha256=day_sha256(day),
        date=day.date,
        zone=day.zone,
        travel=TravelSource(
            source="roads" if travel.source == "roads" else "great-circle",
            roads_sha256=travel.roads_sha256,
            profile=travel.profile,
            detour_factor=travel.detour_factor,
            attribution=travel.attribution,
            invented=travel.invented,
        ),
        places=_places(day),
        routes=tuple(routes),
        unserved=left_out,
        warnings=(*_warnings(day, travel, routes), *further_warnings),
        figures=figures(routes, left_out),
        solver=solver,
    )


def unserved_request(
    day: Day,
    request: Request,
    *,
    reason: ReasonCode,
    params: Params | None = None,
    tricycles: tuple[TricycleReason, ...] = (),
    change: Change | None = None,
    change_sought: bool = True,
) -> Unserved:
    """Return what a plan says of a request that it leaves out."""
    household = day.household_by_id.get(request.household or "")
    product = day.product_by_id.get(request.product or "")
    return Unserved(
        request=request.id,
        must=request.must,
        penalty_yuan=day.penalty_yuan(request),
        household=request.household,
        household_name=household.name if household else "",
        product_name=product.name if product else "",
        kg=request.kg,
        pickup_place=request.pickup.place,
        reason=reason,
        params=params or {},
        tricycles=tricycles,
        change=change,
        change_sought=change_sought,
    )


def unexamined_request(day: Day, request: Request) -> Unserved:
    """Return what a plan says of a request that it leaves out where nobody looked for the reasons."""
    return unserved_request(day, request, reason=ReasonCode.NOT_EXAMINED, change_sought=False)


def figures(routes: Sequence[Route], unserved: Sequence[Unserved]) -> Figures:
    """Add up a plan's figures."""
    cost = sum(route.figures.cost_yuan for route in routes)
    loss = sum(item.penalty_yuan for item in unserved if not item.must)
    lowest = [r.figures.lowest_charge for r in routes if r.figures.lowest_charge is not None]
    return Figures(
        served_requests=sum(route.figures.served_requests for route in routes),
        unserved_requests=len(unserved),
        unserved_musts=sum(item.must for item in unserved),
        served_kg=sum(route.figures.served_kg for route in routes),
        tricycles_used=len(routes),
        distance_m=sum(route.figures.distance_m for route in routes),
        duration_s=sum(route.figures.duration_s for route in routes),
        waiting_s=sum(route.figures.waiting_s for route in routes),
        energy_kwh=sum(route.figures.energy_kwh for route in routes),
        cost_yuan=cost,
        loss_yuan=loss,
        total_yuan=cost + loss,
        lowest_charge=min(lowest, default=None),
        longest_on_board_s=max((route.figures.longest_on_board_s for route in routes), default=0),
    )


def _places(day: Day) -> tuple[PlanPlace, ...]:
    places = [
        PlanPlace(
            key=p.id,
            name=p.name,
            names=dict(p.names),
            kind=p.kind,
            latitude=p.latitude,
            longitude=p.longitude,
        )
        for p in day.places
    ]
    places += [
        PlanPlace(
            key=location.key,
            name=location.name,
            kind="position",
            latitude=location.latitude,
            longitude=location.longitude,
        )
        for location in day.locations[len(day.places) :]
    ]
    return tuple(places)


def _warnings(day: Day, travel: Travel, routes: Sequence[Route]) -> Iterable[PlanWarning]:
    if travel.source != "roads":
        yield PlanWarning(
            code=WarningCode.GREAT_CIRCLE_TRAVEL, params={"detour_factor": travel.detour_factor}
        )
        if day.closed_roads:
            yield PlanWarning(code=WarningCode.CLOSED_ROADS_IGNORED, params={"roads": len(day.closed_roads)})
    elif travel.invented:
        yield PlanWarning(code=WarningCode.INVENTED_ROADS)
    for place in day.places:
        if place.charger is None:
            continue
        changes = sorted(
            change
            for route in routes
            for entry in route.entries
            if entry.kind == "recharge" and entry.place == place.id
            for change in ((entry.start, 1), (entry.end, -1))
        )
        at_once = most = 0
        since = None
        for instant, change in changes:
            at_once += change
            if at_once > most:
                most, since = at_once, instant
        if since is not None and most > place.charger.plugs:
            yield PlanWarning(
                code=WarningCode.PLUGS_EXCEEDED,
                params={
                    "place": place.id,
                    "plugs": place.charger.plugs,
                    "at_once": most,
                    "since": since.isoformat(),
                },
            )
