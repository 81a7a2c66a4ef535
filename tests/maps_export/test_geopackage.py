"""The GeoPackage, read by pyogrio and by SQLite."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pandas as pd
import pyogrio

from fleet.model import Plan

LAYERS = {
    "routes": "LineString",
    "visits": "Point",
    "pauses": "Point",
    "places": "Point",
    "unserved": "Point",
}
Write = Callable[..., Path]


def test_every_layer_is_there_with_as_many_rows_as_the_plan_has(plan: Plan, written: Write) -> None:
    path = written(plan, "gpkg")
    assert dict(pyogrio.list_layers(path)) == LAYERS
    counts = {name: pyogrio.read_info(path, layer=name)["features"] for name in LAYERS}
    pauses = sum(entry.request is None for route in plan.routes for entry in route.entries)
    assert counts["routes"] == len(plan.routes)
    assert counts["places"] == len(plan.places)
    assert counts["unserved"] == len(plan.unserved)
    assert counts["pauses"] == pauses
    assert counts["visits"] > counts["routes"]


def test_rows_carry_the_plans_figures_and_coordinates(plan: Plan, written: Write) -> None:
    path = written(plan, "gpkg")
    routes = pyogrio.read_dataframe(path, layer="routes")
    assert list(routes["distance_m"]) == [route.figures.distance_m for route in plan.routes]
    assert [t.to_pydatetime() for t in routes["departure"]] == [route.departure for route in plan.routes]
    assert list(routes["departure_clock"]) == [f"{route.departure:%H:%M}" for route in plan.routes]
    places = pyogrio.read_dataframe(path, layer="places")
    assert [(p.x, p.y) for p in places.geometry] == [(p.longitude, p.latitude) for p in plan.places]
    visits = pyogrio.read_dataframe(path, layer="visits")
    served = ", ".join(visits["requests"]).split(", ")
    assert len(served) == 2 * plan.figures.served_requests


def test_an_empty_layer_has_the_same_columns(plan: Plan, written: Write) -> None:
    full = pyogrio.read_info(written(plan, "gpkg"), layer="unserved")
    empty = pyogrio.read_info(written(plan.model_copy(update={"unserved": ()}), "gpkg"), layer="unserved")
    assert (full["features"], empty["features"]) == (len(plan.unserved), 0)
    assert list(empty["fields"]) == list(full["fields"])
    assert list(empty["ogr_types"]) == list(full["ogr_types"])


def test_a_tricycle_without_a_battery_has_no_charge(plan: Plan, written: Write) -> None:
    routes = tuple(
        route.model_copy(
            update={"entries": tuple(entry.model_copy(update={"charge": None}) for entry in route.entries)}
        )
        for route in plan.routes
    )
    table = pyogrio.read_dataframe(
        written(plan.model_copy(update={"routes": routes}), "gpkg"), layer="visits"
    )
    assert pd.isna(table["charge"]).all()


def test_attribution_stands_in_every_layers_description(osm_plan: Plan, written: Write) -> None:
    with closing(sqlite3.connect(written(osm_plan, "gpkg"))) as database:
        told = dict(database.execute("select table_name, description from gpkg_contents").fetchall())
        (metadata,) = database.execute(
            "select group_concat(metadata) from gpkg_metadata where metadata like '%OpenStreetMap%'"
        ).fetchone()
    assert told == dict.fromkeys(LAYERS, "© OpenStreetMap contributors, ODbL")
    assert "attribution" in metadata
