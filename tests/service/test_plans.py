"""Plans in the service: handed in, listed, checked, explained, compared, changed by hand, published."""

import datetime
import json
import threading
from collections.abc import Callable

import pytest

from fleet.model import ErrorCode, InputError, Plan
from fleet.model.moves import Assign, TakeOut
from fleet.service import differences, maps, moves, plan_checks, plans, publish
from fleet.service.audit import list_audit
from fleet.service.context import Context
from fleet.service.day_lists import list_days
from fleet.service.days import delete_day
from fleet.service.kept_plans import documents, keep_plan
from fleet.service.maps import MapFormat
from fleet.service.moves import PlanChange
from fleet.service.purge import purge
from fleet.service.roles import Caller
from fleet.store import Store
from fleet.store.plans import add_plan, day_of, get_plan, plan_of
from tests.days import context
from tests.kept_plans import (
    DISPATCHER,
    DRIVER,
    NAME,
    PLANNER,
    Kept,
    kept,
    small_day,
    small_plan,
    write_day,
)
from tests.planning.small import left_out, served_by

TITLE = "Another title"


@pytest.fixture
def ctx(store: Store) -> Context:
    return context(store)


@pytest.fixture
def here(ctx: Context) -> Kept:
    return kept(ctx)


def code_of(error: pytest.ExceptionInfo[InputError]) -> str:
    return error.value.problems[0].code


def change(here: Kept, *asked: Assign | TakeOut, plan_id: str | None = None) -> moves.ChangedPlan:
    return moves.change_plan(here.ctx, DISPATCHER, plan_id=plan_id or here.id, change=PlanChange(moves=asked))


def put_in(request: str, tricycle: str) -> Assign:
    return Assign(kind="assign", request=request, tricycle=tricycle)


def take_out(request: str) -> TakeOut:
    return TakeOut(kind="take_out", request=request)


def test_a_kept_plan_comes_back_with_its_day(here: Kept):
    with here.ctx.store.read() as session:
        stored = get_plan(session, here.id, with_day=True)
        assert stored is not None
        assert (plan_of(stored), day_of(stored)) == (here.plan, here.day)
    text = plans.read_plan_text(here.ctx, DISPATCHER, plan_id=here.id).text
    assert Plan.model_validate_json(text) == here.plan
    summary = plans.read_summary(here.ctx, DISPATCHER, plan_id=here.id)
    assert (summary.number, summary.origin, summary.figures) == (1, "upload", here.plan.figures)


def test_plans_are_numbered_once_however_many_are_kept_at_a_time(here: Kept):
    def keep_some() -> None:
        for _ in range(5):
            with here.ctx.store.write() as session:
                add_plan(
                    session,
                    day=here.day,
                    plan=here.plan,
                    origin="job",
                    created_by=None,
                    at=here.ctx.store.clock(),
                )

    threads = [threading.Thread(target=keep_some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    listed = plans.list_plans(here.ctx, DISPATCHER, date=here.day.date).items
    assert [plan.number for plan in listed] == list(range(21, 0, -1))


def test_the_list_goes_on_where_a_page_ends(here: Kept):
    for _ in range(4):
        keep_plan(here.ctx, DISPATCHER, day=here.day, plan=here.plan, origin="upload")
    numbers, cursor = [], None
    while True:
        page = plans.list_plans(here.ctx, DISPATCHER, date=here.day.date, limit=2, cursor=cursor)
        numbers.append([plan.number for plan in page.items])
        cursor = page.next
        if cursor is None:
            break
    assert numbers == [[5, 4], [3, 2], [1]]


def test_the_list_says_what_is_published_and_what_is_of_another_day_by_now(here: Kept):
    publish.publish_plan(here.ctx, DISPATCHER, plan_id=here.id)
    [plan] = plans.list_plans(here.ctx, DISPATCHER, date=here.day.date).items
    assert (plan.published, plan.day_changed) == (True, False)
    write_day(here.ctx, here.day, title=TITLE)
    [plan] = plans.list_plans(here.ctx, DISPATCHER, date=here.day.date).items
    assert (plan.published, plan.day_changed) == (True, True)


def test_a_plan_that_was_made_elsewhere_is_checked_before_it_is_kept(here: Kept):
    taken = plans.hand_in_plan(here.ctx, DISPATCHER, date=here.day.date, plan=here.plan)
    assert (taken.number, taken.origin) == (2, "upload")
    document = json.loads(here.plan.model_dump_json(by_alias=True))
    document["routes"][0]["entries"][0]["leg"]["distance_m"] += 1_000
    with pytest.raises(InputError) as error:
        plans.hand_in_plan(
            here.ctx, DISPATCHER, date=here.day.date, plan=Plan.model_validate_json(json.dumps(document))
        )
    assert {problem.code for problem in error.value.problems} == {ErrorCode.PLAN_BREAKS_RULES}
    assert "TRAVEL" in {problem.value for problem in error.value.problems}
    assert len(plans.list_plans(here.ctx, DISPATCHER, date=here.day.date).items) == 2


def test_a_plan_of_another_day_is_not_taken(here: Kept):
    write_day(here.ctx, here.day, title=TITLE)
    with pytest.raises(InputError) as error:
        plans.hand_in_plan(here.ctx, DISPATCHER, date=here.day.date, plan=here.plan)
    assert code_of(error) == ErrorCode.PLAN_OF_ANOTHER_DAY


def test_a_plan_is_checked_against_its_own_day_and_travel(here: Kept):
    write_day(here.ctx, here.day, title=TITLE)
    found = plan_checks.check_stored_plan(here.ctx, DISPATCHER, plan_id=here.id)
    assert (found.valid, found.legs_verified, found.violations) == (True, True, ())


def test_a_plan_is_still_checked_explained_and_changed_once_persons_are_purged(here: Kept):
    tomorrow = here.day.date + datetime.timedelta(days=1)
    assert purge(here.ctx, Caller.system(), before=tomorrow).rows["plans"] == 1
    day, plan = documents(here.ctx, plan_id=here.id)
    assert NAME not in day.model_dump_json() + plan.model_dump_json()
    assert plan_checks.check_stored_plan(here.ctx, DISPATCHER, plan_id=here.id).valid
    found = plan_checks.explain_unserved(here.ctx, DISPATCHER, plan_id=here.id, request="c")
    assert found.unserved is not None
    assert served_by(change(here, put_in("b", "t2")).plan) == {"a": "t1", "b": "t2"}


def test_legs_of_a_plan_on_roads_that_are_not_here_are_believed_and_that_is_said(here: Kept):
    on_roads = here.plan.model_copy(
        update={
            "travel": here.plan.travel.model_copy(
                update={"source": "roads", "roads_sha256": "0" * 64, "detour_factor": None}
            ),
            "warnings": (),
        }
    )
    other = keep_plan(here.ctx, DISPATCHER, day=here.day, plan=on_roads, origin="upload")
    found = plan_checks.check_stored_plan(here.ctx, DISPATCHER, plan_id=other.id)
    assert (found.valid, found.legs_verified) == (True, False)
    with pytest.raises(InputError) as error:
        plan_checks.explain_unserved(here.ctx, DISPATCHER, plan_id=other.id, request="c")
    assert code_of(error) == ErrorCode.ROADS_MISSING


def test_why_a_request_is_left_out_is_explained(here: Kept):
    found = plan_checks.explain_unserved(here.ctx, DISPATCHER, plan_id=here.id, request="c")
    assert found.served_by is None
    assert found.unserved is not None
    assert found.unserved.reason == "NOT_WORTH_ITS_COST"
    served = plan_checks.explain_unserved(here.ctx, DISPATCHER, plan_id=here.id, request="a")
    assert (served.served_by, served.unserved) == ("t1", None)
    with pytest.raises(InputError) as error:
        plan_checks.explain_unserved(here.ctx, DISPATCHER, plan_id=here.id, request="nobody")
    assert code_of(error) == ErrorCode.NOT_FOUND


def test_a_change_by_hand_makes_another_plan_and_the_one_before_is_still_there(here: Kept):
    made = change(here, put_in("b", "t2"))
    assert served_by(made.plan) == {"a": "t1", "b": "t2"}
    assert (made.summary.number, made.summary.origin, made.summary.parent_id) == (2, "moves", here.id)
    text = plans.read_plan_text(here.ctx, DISPATCHER, plan_id=here.id).text
    assert Plan.model_validate_json(text) == here.plan
    assert plan_checks.check_stored_plan(here.ctx, DISPATCHER, plan_id=made.summary.id).valid
    further = change(here, take_out("a"), plan_id=made.summary.id)
    assert left_out(further.plan, "a").reason == "TAKEN_OUT"
    assert further.summary.parent_id == made.summary.id


def test_a_change_that_breaks_rules_names_them_and_keeps_nothing(here: Kept):
    both = [
        Assign(kind="assign", request=key, tricycle="t2", pickup_position=0, dropoff_position=1)
        for key in "ab"
    ]
    nested = both[1].model_copy(update={"dropoff_position": 3})
    with pytest.raises(InputError) as error:
        change(here, both[0], nested)
    [problem] = error.value.problems
    assert (problem.code, problem.where, problem.value) == (
        ErrorCode.CHANGE_BREAKS_RULES,
        "t2",
        "CAPACITY_KG",
    )
    assert problem.params["excess_kg"] == 20.0
    assert len(plans.list_plans(here.ctx, DISPATCHER, date=here.day.date).items) == 1


def test_two_plans_are_compared(here: Kept):
    made = change(here, put_in("b", "t2"), take_out("a"), put_in("c", "t1"))
    found = differences.compare_plans(here.ctx, DISPATCHER, plan_id=made.summary.id, other_id=here.id)
    assert (found.before_figures, found.after_figures) == (here.plan.figures, made.plan.figures)
    assert [(route.tricycle, route.difference) for route in found.routes] == [
        ("t1", "changed"),
        ("t2", "new"),
    ]
    of = {item.request: item for item in found.requests}
    assert of["a"].before is not None
    assert (of["a"].after, of["a"].shift_s) == (None, None)
    was, now = of["b"].before, of["b"].after
    assert was is not None
    assert now is not None
    assert (was.tricycle, now.tricycle) == ("t1", "t2")
    assert of["b"].shift_s == (now.dropoff_start - was.dropoff_start).total_seconds()
    assert of["c"].before is None
    same = differences.compare_plans(here.ctx, DISPATCHER, plan_id=here.id, other_id=here.id)
    assert (same.routes, same.requests) == ((), ())


def test_drivers_see_what_was_published_last(here: Kept):
    with pytest.raises(InputError) as error:
        publish.read_published(here.ctx, DISPATCHER, date=here.day.date)
    assert code_of(error) == ErrorCode.NOT_PUBLISHED
    first = publish.publish_plan(here.ctx, DISPATCHER, plan_id=here.id)
    assert first.before is None
    assert [(r.tricycle, r.driver, r.difference) for r in first.routes] == [("t1", "Arzu", "new")]
    made = change(here, put_in("b", "t2"))
    wanted = publish.preview_publication(here.ctx, DISPATCHER, plan_id=made.summary.id)
    second = publish.publish_plan(here.ctx, DISPATCHER, plan_id=made.summary.id)
    assert second.before == here.id
    assert [(r.tricycle, r.difference) for r in second.routes] == [("t1", "changed"), ("t2", "new")]
    assert second.routes == wanted
    assert publish.read_published(here.ctx, DISPATCHER, date=here.day.date).plan == made.plan
    with here.ctx.store.read() as session:
        shown = publish.published_plan(session, date=here.day.date)
    assert shown is not None
    assert shown.id == made.summary.id


def test_publishing_a_plan_again_is_one_publication(here: Kept):
    first = publish.publish_plan(here.ctx, DISPATCHER, plan_id=here.id)
    again = publish.publish_plan(here.ctx, DISPATCHER, plan_id=here.id)
    assert again.publication == first.publication
    assert again.routes == ()
    other = change(here, put_in("b", "t2"))
    publish.publish_plan(here.ctx, DISPATCHER, plan_id=other.summary.id)
    publish.publish_plan(here.ctx, DISPATCHER, plan_id=here.id)
    first_page = publish.list_publications(here.ctx, DISPATCHER, date=here.day.date, limit=2)
    rest = publish.list_publications(here.ctx, DISPATCHER, date=here.day.date, cursor=first_page.next)
    numbers = [item.number for page in (first_page, rest) for item in page.items]
    assert numbers == [1, 2, 1]


def test_a_plan_of_a_day_that_changed_is_not_published(here: Kept):
    write_day(here.ctx, here.day, title=TITLE)
    with pytest.raises(InputError) as error:
        publish.publish_plan(here.ctx, DISPATCHER, plan_id=here.id)
    assert code_of(error) == ErrorCode.DAY_CHANGED
    assert publish.list_publications(here.ctx, DISPATCHER, date=here.day.date).items == ()
    write_day(here.ctx, here.day)
    publish.publish_plan(here.ctx, DISPATCHER, plan_id=here.id)


def test_a_phone_or_a_driver_corrected_after_planning_costs_no_plan(here: Kept):
    (household,) = here.day.households
    other_driver = here.day.assignments[0].model_copy(update={"driver": "d2", "name": "Memet"})
    write_day(
        here.ctx,
        here.day,
        households=(household.model_copy(update={"phone": "0996-7", "name": "Aynur"}),),
        requests=tuple(request.model_copy(update={"note": "Mind the dog"}) for request in here.day.requests),
        assignments=(other_driver,),
        dispatcher_phone="0996-8",
    )
    (listed,) = plans.list_plans(here.ctx, DISPATCHER, date=here.day.date).items
    assert not listed.day_changed
    assert publish.publish_plan(here.ctx, DISPATCHER, plan_id=here.id).publication.plan_id == here.id
    again = plans.hand_in_plan(here.ctx, DISPATCHER, date=here.day.date, plan=here.plan)
    assert plan_checks.check_stored_plan(here.ctx, DISPATCHER, plan_id=again.id).valid


def test_a_plan_that_was_published_by_mistake_is_taken_back(here: Kept):
    date = here.day.date
    shown = publish.publish_plan(here.ctx, DISPATCHER, plan_id=here.id).publication
    with pytest.raises(InputError) as error:
        publish.withdraw_plan(here.ctx, DISPATCHER, date=date, version=shown.version + 1)
    assert code_of(error) == ErrorCode.CHANGED_MEANWHILE
    publish.withdraw_plan(here.ctx, DISPATCHER, date=date, version=shown.version)
    for use in (publish.read_published, publish.withdraw_plan):
        with pytest.raises(InputError) as error:
            use(here.ctx, DISPATCHER, date=date)
        assert code_of(error) == ErrorCode.NOT_PUBLISHED
    told = publish.list_publications(here.ctx, DISPATCHER, date=date).items
    assert [(item.plan_id, item.withdrawn) for item in told] == [(here.id, True), (here.id, False)]
    assert not plans.list_plans(here.ctx, DISPATCHER, date=date).items[0].published
    (listed,) = list_days(here.ctx, DISPATCHER).items
    assert listed.latest_plan is not None
    assert listed.published_plan is None
    lines = list_audit(here.ctx, Caller.system(), action="withdrawn").items
    assert [(line.account_id, line.subject) for line in lines] == [(DISPATCHER.account_id, here.id)]
    again = publish.publish_plan(here.ctx, DISPATCHER, plan_id=here.id)
    assert again.before is None
    assert [route.difference for route in again.routes] == ["new"]
    assert again.publication.version > shown.version
    assert publish.read_published(here.ctx, DISPATCHER, date=date).plan == here.plan


def test_a_day_whose_plan_was_taken_back_may_be_deleted(here: Kept):
    publish.publish_plan(here.ctx, DISPATCHER, plan_id=here.id)
    with pytest.raises(InputError) as error:
        delete_day(here.ctx, DISPATCHER, date=here.day.date)
    assert code_of(error) == ErrorCode.STILL_USED
    publish.withdraw_plan(here.ctx, DISPATCHER, date=here.day.date)
    delete_day(here.ctx, DISPATCHER, date=here.day.date)


USES: list[Callable[[Context, Caller, str], object]] = [
    lambda ctx, caller, plan_id: plans.request_plan(ctx, caller, date=small_day().date),
    lambda ctx, caller, plan_id: plans.hand_in_plan(ctx, caller, date=small_day().date, plan=small_plan()),
    lambda ctx, caller, plan_id: plans.list_plans(ctx, caller, date=small_day().date),
    lambda ctx, caller, plan_id: plans.read_summary(ctx, caller, plan_id=plan_id),
    lambda ctx, caller, plan_id: plans.read_plan_text(ctx, caller, plan_id=plan_id),
    lambda ctx, caller, plan_id: plan_checks.check_stored_plan(ctx, caller, plan_id=plan_id),
    lambda ctx, caller, plan_id: plan_checks.explain_unserved(ctx, caller, plan_id=plan_id, request="c"),
    lambda ctx, caller, plan_id: differences.compare_plans(ctx, caller, plan_id=plan_id, other_id=plan_id),
    lambda ctx, caller, plan_id: moves.change_plan(
        ctx, caller, plan_id=plan_id, change=PlanChange(moves=(take_out("a"),))
    ),
    lambda ctx, caller, plan_id: publish.publish_plan(ctx, caller, plan_id=plan_id),
    lambda ctx, caller, plan_id: publish.preview_publication(ctx, caller, plan_id=plan_id),
    lambda ctx, caller, plan_id: publish.withdraw_plan(ctx, caller, date=small_day().date),
    lambda ctx, caller, plan_id: publish.read_published(ctx, caller, date=small_day().date),
    lambda ctx, caller, plan_id: publish.list_publications(ctx, caller, date=small_day().date),
    lambda ctx, caller, plan_id: maps.plan_map(ctx, caller, plan_id=plan_id, format=MapFormat.GPX),
]


@pytest.mark.parametrize("caller", [PLANNER, DRIVER], ids=["planner", "driver"])
def test_plans_are_the_dispatchers(sqlite_store: Store, caller: Caller):
    here = kept(context(sqlite_store))
    for use in USES:
        with pytest.raises(InputError) as error:
            use(here.ctx, caller, here.id)
        assert code_of(error) == ErrorCode.FORBIDDEN


def test_what_there_is_not_is_not_found(sqlite_store: Store):
    here = kept(context(sqlite_store))
    for use in USES[3:11]:
        with pytest.raises(InputError) as error:
            use(here.ctx, DISPATCHER, "nothing")
        assert code_of(error) == ErrorCode.NOT_FOUND
