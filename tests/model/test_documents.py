"""Documents: read, written, read again; frozen; limits; what their JSON Schema says."""

import copy
import json
from typing import Any

import pytest
from pydantic import ValidationError

from fleet.model import Day, ErrorCode, InputError, Plan, day_sha256, dump, read_day, read_plan, schema
from fleet.model.base import MAX_BYTES, MAX_PLACES, MAX_REQUESTS, MAX_TRICYCLES
from fleet.model.plan import Figures
from tests.model.small import DAY, accepted
from tests.planned import planned
from tests.random_days import random_day


@pytest.mark.parametrize("seed", range(12))
def test_a_day_written_and_read_is_the_same_day(seed: int) -> None:
    day = random_day(seed)
    again = read_day(dump(day))
    assert again == day
    assert dump(again) == dump(day)
    assert day_sha256(again) == day_sha256(day)


def test_a_plan_written_and_read_is_the_same_plan() -> None:
    plan = planned(random_day(5))
    assert plan.routes
    assert read_plan(dump(plan)) == plan


def test_the_hash_is_of_the_content_not_of_its_spelling() -> None:
    spelled = json.dumps(dict(reversed(DAY.items())), indent=4).replace(": 300.0", ": 300")
    assert day_sha256(read_day(spelled.encode())) == day_sha256(read_day(json.dumps(DAY).encode()))
    names = {"en": "Bostan", "ug": "بوستان"}
    turned = dict(reversed(names.items()))
    assert day_sha256(accepted("places/0/names", names)) == day_sha256(accepted("places/0/names", turned))
    assert day_sha256(accepted("tricycles/0/payload_kg", 300.001)) != day_sha256(accepted("title", ""))


def test_whole_numbers_may_be_written_as_json_allows() -> None:
    assert accepted("requests/0/crates", 2.0).requests[0].crates == 2


def test_kilograms_are_kept_to_the_gram() -> None:
    assert accepted("requests/0/kg", 20.00049).requests[0].kg == 20.0


def test_documents_do_not_change() -> None:
    day = accepted("title", "a title")
    with pytest.raises(ValidationError):
        day.title = "another"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        day.requests[0].kg = 1.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", ErrorCode.JSON_MALFORMED, id="empty"),
        pytest.param(b"{", ErrorCode.JSON_MALFORMED, id="cut off"),
        pytest.param(b"\xff\xfe{}", ErrorCode.JSON_MALFORMED, id="no UTF-8"),
        pytest.param(b"[" * 100_000, ErrorCode.JSON_MALFORMED, id="too deep"),
        pytest.param(b"[]", ErrorCode.WRONG_TYPE, id="a list"),
        pytest.param(b'{"format": "fleet-day/1", "format": "x"}', ErrorCode.DUPLICATE_KEY, id="key twice"),
        pytest.param(b"{}", ErrorCode.FORMAT_UNKNOWN, id="no format"),
        pytest.param(b'{"format": "fleet-day/9"}', ErrorCode.FORMAT_UNKNOWN, id="a later format"),
        pytest.param(b'{"format": "fleet-plan/1"}', ErrorCode.FORMAT_UNKNOWN, id="a plan"),
        pytest.param(b" " * (MAX_BYTES + 1), ErrorCode.LIMIT_EXCEEDED, id="20 MB and a byte"),
    ],
)
def test_what_is_no_day_is_refused(data: bytes, code: ErrorCode) -> None:
    with pytest.raises(InputError) as error:
        read_day(data, file="day.json")
    assert ([problem.code for problem in error.value.problems], error.value.file) == ([code], "day.json")


def test_the_place_of_half_a_pair_is_named() -> None:
    plan = {"format": "fleet-plan/1", "routes": [{"entries": [{"leg": {"path": [[41.7]]}}]}]}
    with pytest.raises(InputError) as refused:
        read_plan(json.dumps(plan).encode())
    missing = {problem.where for problem in refused.value.problems if problem.code == ErrorCode.MISSING_KEY}
    assert "routes[0].entries[0].leg.path[0][1]" in missing


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read_day(b"\xef\xbb\xbf" + json.dumps(DAY).encode()) == read_day(json.dumps(DAY).encode())


def crowd(part: str, number: int) -> dict[str, Any]:
    """Return the small day, free of locks and states, with so many items of a part."""
    document = copy.deepcopy(DAY) | {"locks": {}, "start_state": {}}
    first = document[part][-1]
    for index in range(len(document[part]), number):
        extra = {"id": f"{part[0]}{index}"}
        if part == "tricycles":
            extra["number"] = index + 1
        document[part].append(first | extra)
    return document


def test_a_day_of_five_thousand_requests_is_accepted() -> None:
    day = read_day(json.dumps(crowd("requests", MAX_REQUESTS)).encode())
    assert len(day.requests) == 5_000
    assert len(dump(day)) < MAX_BYTES


@pytest.mark.parametrize(
    ("part", "limit"),
    [("requests", MAX_REQUESTS), ("tricycles", MAX_TRICYCLES), ("places", MAX_PLACES)],
)
def test_beyond_a_limit_is_refused_and_the_limit_named(part: str, limit: int) -> None:
    assert {"requests": 5_000, "tricycles": 500, "places": 2_000}[part] == limit
    read_day(json.dumps(crowd(part, limit)).encode())
    with pytest.raises(InputError) as error:
        read_day(json.dumps(crowd(part, limit + 1)).encode())
    (problem,) = error.value.problems
    assert (problem.code, problem.where, problem.params["limit"]) == (ErrorCode.LIMIT_EXCEEDED, part, limit)


@pytest.mark.parametrize(("name", "model"), [("day", Day), ("plan", Plan)])
def test_the_schema_names_the_fields_that_the_model_reads(name: str, model: type[Day] | type[Plan]) -> None:
    described = schema(name)
    fields = {field.alias or key for key, field in model.model_fields.items()}
    assert described["properties"].keys() == fields
    assert described["additionalProperties"] is False
    required = {field.alias or key for key, field in model.model_fields.items() if field.is_required()}
    assert set(described["required"]) == required


def test_the_schema_knows_every_key_of_a_day_and_a_plan() -> None:
    day = random_day(3)
    for name, document in (("day", json.loads(dump(day))), ("plan", json.loads(dump(planned(day))))):
        described = schema(name)
        assert list(unknown_keys(document, described, described["$defs"])) == []


def unknown_keys(value: Any, part: dict[str, Any], known: dict[str, Any], where: str = "") -> list[str]:
    """Return the keys of a document that its schema does not name."""
    choices = part.get("anyOf", [part])
    found: list[str] = []
    for choice in choices:
        resolved = known[choice["$ref"].rsplit("/", 1)[1]] if "$ref" in choice else choice
        if isinstance(value, dict) and "properties" in resolved:
            for key, item in value.items():
                if key not in resolved["properties"]:
                    found.append(f"{where}.{key}")
                else:
                    found += unknown_keys(item, resolved["properties"][key], known, f"{where}.{key}")
        elif isinstance(value, list) and isinstance(resolved.get("items"), dict):
            for item in value:
                found += unknown_keys(item, resolved["items"], known, f"{where}[]")
    return found


def test_sums_of_a_plan_end_where_their_digits_mean_nothing() -> None:
    sums = {
        "cost_yuan": 0.1 + 0.2,
        "total_yuan": 4581.8333999999995,
        "served_kg": 1.1 * 3,
        "energy_kwh": 4.35 * 100,
    }
    counts = dict.fromkeys(
        ("served_requests", "unserved_requests", "unserved_musts", "tricycles_used", "distance_m"), 0
    )
    figures = Figures(**counts, duration_s=0, waiting_s=0, loss_yuan=0, **sums)
    assert figures.model_dump(include=set(sums)) == {
        "cost_yuan": 0.3,
        "total_yuan": 4581.8334,
        "served_kg": 3.3,
        "energy_kwh": 435.0,
    }
