"""The instance as the kernels read it: one reference instead of sixty arrays in every call.

Passing the named tuple itself costs half a millisecond a call and twice the time to compile.
"""

from numba import njit, typeof, types
from numba.experimental import structref

from fleet.solver.instance import Instance, new_instance
from fleet.solver.kernels.borrowed import borrowed


@structref.register
class RecordType(types.StructRef):  # type: ignore[misc]
    """The compiler's type of a record."""


class Record(structref.StructRefProxy):  # type: ignore[misc]
    """A handle on an instance inside the kernels' memory."""


structref.define_boxing(RecordType, Record)

_EXAMPLE = new_instance(
    duration_s=[[[0]]],
    distance_m=[[[0]]],
    task_request=[0],
    task_location=[0],
    request_pickup=[-1],
    delivery_ptr=[0, 1],
    delivery_task=[0],
    load=[[0]],
    start=[0],
    end=[0],
    capacity=[[0]],
)
_TYPE = RecordType([(name, typeof(value)) for name, value in _EXAMPLE._asdict().items()])


@njit(cache=True, nogil=True)
def _filled(instance):  # type: ignore[no-untyped-def]
    record = structref.new(_TYPE)
    record.duration_s = borrowed(instance.duration_s)
    record.distance_m = borrowed(instance.distance_m)
    record.travel_cost = borrowed(instance.travel_cost)
    record.setup_at_start = instance.setup_at_start
    record.breaks_on_legs = instance.breaks_on_legs
    record.stay_s = borrowed(instance.stay_s)
    record.bays = borrowed(instance.bays)
    record.held_bays = borrowed(instance.held_bays)
    record.charger_w = borrowed(instance.charger_w)
    record.task_request = borrowed(instance.task_request)
    record.task_location = borrowed(instance.task_location)
    record.task_delivers = borrowed(instance.task_delivers)
    record.task_setup_s = borrowed(instance.task_setup_s)
    record.task_handling_s = borrowed(instance.task_handling_s)
    record.task_rank = borrowed(instance.task_rank)
    record.task_cap = borrowed(instance.task_cap)
    record.window_ptr = borrowed(instance.window_ptr)
    record.window_open = borrowed(instance.window_open)
    record.window_close = borrowed(instance.window_close)
    record.window_finish = borrowed(instance.window_finish)
    record.request_pickup = borrowed(instance.request_pickup)
    record.delivery_ptr = borrowed(instance.delivery_ptr)
    record.delivery_task = borrowed(instance.delivery_task)
    record.load = borrowed(instance.load)
    record.take = borrowed(instance.take)
    record.cap_use = borrowed(instance.cap_use)
    record.penalty = borrowed(instance.penalty)
    record.must = borrowed(instance.must)
    record.on_board_limit_s = borrowed(instance.on_board_limit_s)
    record.on_board_since_s = borrowed(instance.on_board_since_s)
    record.label = borrowed(instance.label)
    record.carried_by = borrowed(instance.carried_by)
    record.allowed = borrowed(instance.allowed)
    record.carried_load = borrowed(instance.carried_load)
    record.carried_label = borrowed(instance.carried_label)
    record.carried_labelled = borrowed(instance.carried_labelled)
    record.cap_left = borrowed(instance.cap_left)
    record.start = borrowed(instance.start)
    record.end = borrowed(instance.end)
    record.earliest_s = borrowed(instance.earliest_s)
    record.latest_s = borrowed(instance.latest_s)
    record.departs_at_once = borrowed(instance.departs_at_once)
    record.speed_class = borrowed(instance.speed_class)
    record.vehicle_type = borrowed(instance.vehicle_type)
    record.capacity = borrowed(instance.capacity)
    record.fixed_cost = borrowed(instance.fixed_cost)
    record.cost_per_m = borrowed(instance.cost_per_m)
    record.cost_per_s = borrowed(instance.cost_per_s)
    record.cost_per_travel_s = borrowed(instance.cost_per_travel_s)
    record.cost_per_task_s = borrowed(instance.cost_per_task_s)
    record.max_tasks = borrowed(instance.max_tasks)
    record.max_travel_s = borrowed(instance.max_travel_s)
    record.max_distance_m = borrowed(instance.max_distance_m)
    record.visit_location = borrowed(instance.visit_location)
    record.visit_delivered = borrowed(instance.visit_delivered)
    record.visit_stay_s = borrowed(instance.visit_stay_s)
    record.break_ptr = borrowed(instance.break_ptr)
    record.break_duration_s = borrowed(instance.break_duration_s)
    record.break_max_load = borrowed(instance.break_max_load)
    record.break_window_ptr = borrowed(instance.break_window_ptr)
    record.break_open = borrowed(instance.break_open)
    record.break_close = borrowed(instance.break_close)
    record.usable_wh = borrowed(instance.usable_wh)
    record.start_charge_wh = borrowed(instance.start_charge_wh)
    record.reserve_wh = borrowed(instance.reserve_wh)
    record.wh_per_m = borrowed(instance.wh_per_m)
    record.wh_per_m_per_g = borrowed(instance.wh_per_m_per_g)
    record.charging_w = borrowed(instance.charging_w)
    record.charging_efficiency = borrowed(instance.charging_efficiency)
    record.most_charging_w = borrowed(instance.most_charging_w)
    record.recharges_left = borrowed(instance.recharges_left)
    record.energy_load = instance.energy_load
    return record


def record_of(instance: Instance) -> Record:
    """Return the record of an instance, whose arrays it borrows: it must not outlive the instance."""
    record: Record = _filled(instance)
    return record
