"""Travel for a day as a command is asked for it: progress shown, the road file checked."""

from typing import TYPE_CHECKING

from fleet.cli.files import load_road_file
from fleet.cli.progress import Report
from fleet.model import Day, ErrorCode, Plan, Travel, bad_input
from fleet.service.travel import travel_on

if TYPE_CHECKING:
    from maps.roads import RoadGraph


def travel_of(
    day: Day,
    *,
    day_file: str,
    roads: "RoadGraph | None",
    cached: bool = True,
    report: Report | None = None,
) -> Travel:
    """Compute travel on roads, or on great circles without.

    Raises
    ------
    InputError
        A place off the roads or out of reach, named by its place in the day's file.
    """

    def computing(_stage: str, fraction: float) -> None:
        if report is not None:
            report("travel", fraction)

    return travel_on(roads, day, file=day_file, cached=cached, progress=computing)


def travel_of_plan(
    day: Day, plan: Plan, *, day_file: str, plan_file: str, roads_file: str | None
) -> Travel | None:
    """Compute the travel that a plan was made from; None where that takes a road file and none is given.

    Raises
    ------
    InputError
        PLAN_OF_OTHER_ROADS when the road file is not the plan's.
    """
    if roads_file is None:
        if plan.travel.source == "roads":
            return None
        return travel_of(day, day_file=day_file, roads=None)
    roads = load_road_file(roads_file)
    if plan.travel.roads_sha256 != roads.sha256:
        raise bad_input(
            ErrorCode.PLAN_OF_OTHER_ROADS,
            file=plan_file,
            where="travel.roads_sha256",
            value=plan.travel.roads_sha256 or plan.travel.source,
        )
    return travel_of(day, day_file=day_file, roads=roads)
