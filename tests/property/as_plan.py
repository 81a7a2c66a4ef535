"""What the exhaustive solver found, written as a plan, so that the checker can look at it too."""

from fleet.model import Day, Plan, ReasonCode, Travel
from fleet.model.plan import SolverRun, Unserved
from fleet.planning.beginning import origin_s, state_of
from fleet.planning.nodes import Node
from fleet.planning.plan import build_plan
from tests.property.brute import Best
from tests.property.brute_times import times_of


def plan_of(day: Day, travel: Travel, best: Best) -> Plan:
    """Return the plan of a best pair."""
    origin = origin_s(day)
    timelines: dict[str, list[Node]] = {}
    served = set()
    for skeleton, (system, instants) in zip(best.skeletons, times_of(best.skeletons), strict=True):
        machine = skeleton.machine
        departs = int(instants[1]) - origin
        nodes = [Node("start", machine.start, departs, departs)]
        here = machine.start
        for entry, start, leaves in zip(skeleton.entries, system.starts, system.departures[:-1], strict=True):
            begins = int(instants[start]) - origin
            seconds = machine.drive_s(here, entry.location)
            arrives = begins if leaves is None else int(instants[leaves]) - origin + seconds
            node = Node(
                entry.kind,
                entry.location,
                arrives,
                begins,
                metres=machine.drive_m(here, entry.location),
                travel_s=seconds,
                setup_s=entry.setup_s,
                work_s=entry.work_s,
                stay_s=entry.stay_s,
                number=max(0, entry.break_index),
            )
            if entry.kind == "stop":
                node.request = day.requests[entry.request].id
                node.alternative = entry.alternative
            nodes.append(node)
            here = entry.location
        served |= {e.request for e in skeleton.entries if e.kind == "stop" and e.alternative >= 0}
        end = machine.end
        home = system.departures[-1]
        seconds = 0 if home is None or end is None else machine.drive_s(here, end)
        returns = int(instants[2]) - origin if home is None else int(instants[home]) - origin + seconds
        metres = 0 if home is None or end is None else machine.drive_m(here, end)
        nodes.append(
            Node("end", -1 if end is None else end, returns, returns, metres=metres, travel_s=seconds)
        )
        timelines[machine.tricycle.id] = nodes
    left_out = [
        Unserved(
            request=request.id,
            must=request.must,
            penalty_yuan=day.penalty_yuan(request),
            product_name=day.product_by_id[request.product].name if request.product else "",
            kg=request.kg,
            pickup_place=request.pickup.place,
            reason=ReasonCode.NO_ROOM_IN_PLAN,
        )
        for number, request in enumerate(day.requests)
        if number not in served
    ]
    return build_plan(
        day,
        travel,
        timelines=[timelines.get(tricycle.id, []) for tricycle in day.tricycles],
        beginnings=[state_of(day, tricycle) for tricycle in day.tricycles],
        unserved=left_out,
        solver=SolverRun(versions={}, seed=0, used_s=0.0),
    )
