"""The sheet of paper, opened by a PDF reader: who goes where when, in three languages, and nobody's name."""

import datetime
import io
import re
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pypdf import PageObject, PdfReader

from fleet.model import Plan
from fleet.model.plan import Route
from fleet.texts import LANGUAGES, text
from maps.export.content import map_content
from maps.export.pdf import to_pdf
from maps.export.pdfsheet import MISSING, Sheet
from maps.export.words import RIGHT_TO_LEFT
from maps.roads import RoadGraph
from tests.pdfs import words

A4_PT = (595.28, 841.89)
CLOCKS = [ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Urumqi")]


@pytest.fixture(scope="module")
def few(plan: Plan) -> Plan:
    """The plan's first three routes: a page takes a while."""
    return plan.model_copy(update={"routes": plan.routes[:3]})


def pages(plan: Plan, *, language: str = "en", roads: RoadGraph | None = None) -> list[PageObject]:
    content = map_content(plan, language=language, roads=roads)
    return list(PdfReader(io.BytesIO(to_pdf(content))).pages)


def alone(plan: Plan, route: Route) -> Plan:
    return plan.model_copy(update={"routes": (route,), "unserved": ()})


def clock(at: datetime.datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"


def test_there_is_a_page_of_all_routes_and_one_for_each(few: Plan, roads: RoadGraph) -> None:
    found = pages(few, roads=roads)
    assert len(found) == 1 + len(few.routes)
    for page in found:
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(A4_PT, abs=0.1)
    overview = words(found[0])
    assert "2026-06-15" in overview
    assert "Invented roads: no map of a real place" in overview
    for route in few.routes:
        assert re.search(rf"\b{route.number:02d} · {re.escape(route.name)}", overview)
    for item in few.unserved:
        assert item.request in overview


def test_a_route_tells_every_stop_by_both_clocks(few: Plan) -> None:
    for route, page in zip(few.routes, pages(few)[1:], strict=True):
        said = words(page)
        assert f"Tricycle {route.number:02d}" in said
        for at in (route.departure, route.return_):
            assert all(clock(at, zone) in said for zone in CLOCKS)
        for visit in map_content(alone(few, route)).routes[0].visits:
            for zone in CLOCKS:
                assert f"{clock(visit.arrival, zone)}–{clock(visit.departure, zone)}" in said
            for lot in visit.lots:
                assert f"{lot.request} {lot.product}" in said


def test_a_route_alone_has_nothing_of_others_on_it(plan: Plan) -> None:
    route, *others = plan.routes
    (page,) = pages(alone(plan, route))
    said = words(page)
    own = {entry.request for entry in route.entries}
    strangers = {entry.request for other in others for entry in other.entries} - own
    assert strangers
    assert not [request for request in strangers if request and re.search(rf"\b{request}\b", said)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_in_the_language_asked_for(language: str, plan: Plan, roads: RoadGraph) -> None:
    reader = PdfReader(
        io.BytesIO(to_pdf(map_content(alone(plan, plan.routes[0]), language=language, roads=roads)))
    )
    assert reader.root_object["/Lang"] == language
    said = words(reader.pages[0])
    assert MISSING not in said
    if language in RIGHT_TO_LEFT:
        # Of joined letters this reader tells but some.
        assert len(re.findall("[\u0620-\u06ff]", said)) > 100
        return
    for key in ("place", "load", "unload", "clock_Asia/Urumqi"):
        assert text(key, domain="map", language=language) in said


def test_letters_of_uyghur_are_joined() -> None:
    sheet = Sheet(language="ug", title="", note="", date=datetime.date(2026, 6, 15))
    sheet.add_page()
    one, two = sheet.get_string_width("ب"), sheet.get_string_width("بب")
    # To write it closes the files of the fonts, too.
    sheet.output()
    assert two < 1.9 * one


def test_a_table_of_uyghur_is_read_from_the_right(plan: Plan) -> None:
    content = map_content(alone(plan, plan.routes[0]), language="ug")
    sheet = PdfReader(io.BytesIO(to_pdf(content))).pages[0]
    ends: dict[str, float] = {}

    def see(said: str, _of_user: object, matrix: list[float], *_font: object) -> None:
        for request in ("1", "2"):
            if said.strip() == request:
                ends[request] = max(ends.get(request, 0.0), matrix[4])

    sheet.extract_text(visitor_text=see)
    # The numbers of the visits stand in the first column.
    assert all(x > 0.9 * A4_PT[0] for x in ends.values())


def test_what_no_font_has_is_a_box(plan: Plan) -> None:
    odd = alone(plan, plan.routes[0]).model_copy(update={"title": "Township \U0001f345\x01 of 龘"})
    assert f"Township {MISSING}{MISSING} of {MISSING}" in words(pages(odd)[0])


def test_names_that_would_be_something_else_are_names(hostile_plan: Plan, hostile: str) -> None:
    page, *_ = pages(alone(hostile_plan, hostile_plan.routes[0]))
    assert hostile.replace(" ", "")[:20] in words(page).replace(" ", "")


def test_lines_without_roads_are_told_as_such(circle_plan: Plan) -> None:
    (page,) = pages(alone(circle_plan, circle_plan.routes[0]))
    assert "Straight lines, not roads" in words(page)


def test_a_long_route_goes_on_with_the_same_heads(plan: Plan) -> None:
    route = max(plan.routes, key=lambda route: len(route.entries))
    many = route.model_copy(update={"entries": route.entries * 4})
    found = pages(alone(plan, many))
    assert len(found) > 1
    assert all("Xinjiang time" in words(page) and "on board then" in words(page) for page in found)


def test_a_plan_without_routes_is_a_page(plan: Plan, written: Callable[..., Path]) -> None:
    path = written(plan.model_copy(update={"routes": ()}), "pdf")
    assert len(PdfReader(path).pages) == 1
