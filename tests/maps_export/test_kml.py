"""KML, read by pyogrio and as XML: folders to switch, styles, and descriptions that stay words."""

import html
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pyogrio

from fleet.model import Plan
from maps.export.palette import style_of

KML = "{http://www.opengis.net/kml/2.2}"
Write = Callable[..., Path]


def test_a_folder_a_tricycle_holds_its_line_and_its_visits(plan: Plan, written: Write) -> None:
    path = written(plan, "kml")
    layers = {name for name, _ in pyogrio.list_layers(path)}
    for route in plan.routes:
        assert f"{route.number:02d}" in layers
        table = pyogrio.read_dataframe(path, layer=f"{route.number:02d}")
        kinds = list(table.geometry.geom_type)
        assert kinds.count("LineString") == 1
        assert kinds.count("Point") == len(kinds) - 1 >= 2


def test_lines_follow_the_plan(plan: Plan, written: Write) -> None:
    path = written(plan, "kml")
    for route in plan.routes:
        table = pyogrio.read_dataframe(path, layer=f"{route.number:02d}")
        (line,) = table.geometry[table.geometry.geom_type == "LineString"]
        points = {(x, y) for x, y, *_ in line.coords}
        legs = [entry.leg for entry in route.entries if entry.leg]
        assert {(longitude, latitude) for leg in legs for latitude, longitude in leg.path} <= points


def test_what_is_not_served_has_its_own_folder(plan: Plan, written: Write) -> None:
    table = pyogrio.read_dataframe(written(plan, "kml"), layer="Not served")
    assert sorted(table["Name"]) == sorted(item.request for item in plan.unserved)


def test_every_style_that_is_asked_for_is_there_in_the_routes_colour(plan: Plan, written: Write) -> None:
    root = ElementTree.parse(written(plan, "kml")).getroot()
    colours = {
        f"#{style.get('id')}": style.findtext(f"{KML}LineStyle/{KML}color")
        for style in root.iter(f"{KML}Style")
    }
    for folder in root.iter(f"{KML}Folder"):
        name = folder.findtext(f"{KML}name") or ""
        urls = {mark.findtext(f"{KML}styleUrl") for mark in folder.iter(f"{KML}Placemark")} - {None}
        assert urls <= set(colours)
        if name.isdigit():
            red, green, blue = (style_of(int(name)).colour[i : i + 2] for i in (1, 3, 5))
            (url,) = urls
            assert (colours[str(url)] or "").endswith(blue + green + red)


def test_names_in_descriptions_stay_words_where_globes_show_html(
    hostile_plan: Plan, hostile: str, written: Write
) -> None:
    root = ElementTree.parse(written(hostile_plan, "kml")).getroot()
    description = root.findtext(f"{KML}Document/{KML}description") or ""
    assert "<img" not in description
    assert html.unescape(description) == hostile
