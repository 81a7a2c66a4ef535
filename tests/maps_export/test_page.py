"""The page in a browser: what it shows, and what clicking, typing and pointing do."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fleet.model import Plan
from fleet.model.plan import Route
from fleet.planning import travel_for
from fleet.samples import from_roads
from maps.export import write_maps
from maps.export.palette import badge
from maps.roads import RoadGraph, build_roads
from tests.browser import Browser
from tests.devtools import LivePage
from tests.planned import planned

READY = 'document.body.dataset.ready === "yes"'
CHECKED = "[...document.querySelectorAll('#tab .row input:checked')].length"
DRAWN = "document.querySelectorAll('.overlay .route .lines').length"
STOPS = "document.querySelectorAll('.overlay .stop').length"
TAB_WORDS = "document.querySelector('#tab').innerText"

Open = Callable[..., LivePage]


@pytest.fixture(scope="module")
def page_file(plan: Plan, roads: RoadGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    (path,) = write_maps(plan, tmp_path_factory.mktemp("page"), formats=("html",), roads=roads)
    return path


@pytest.fixture(scope="module")
def live(browser: Browser) -> Iterator[LivePage]:
    with browser.live("about:blank") as page:
        yield page


@pytest.fixture
def opened(live: LivePage, page_file: Path) -> Iterator[Open]:
    """Open the page anew, at an address after #, and see at the end that it was quiet."""

    def open_page(fragment: str = "") -> LivePage:
        live.open("about:blank")
        live.console.clear()
        live.open(f"{page_file.as_uri()}{fragment}")
        live.wait_for(READY)
        return live

    yield open_page
    assert live.console == []
    assert live.requests == set()


def stops_of(route: Route) -> int:
    places = [entry.place for entry in route.entries if entry.request]
    return sum(1 for i, place in enumerate(places) if i == 0 or place != places[i - 1])


def test_every_route_is_drawn_and_roads_and_water_beneath(opened: Open, plan: Plan) -> None:
    page = opened("#tab=tricycles")
    assert page.run(DRAWN) == page.run(CHECKED) == len(plan.routes)
    numbers = page.run("[...document.querySelectorAll('.overlay .badge text')].map((b) => b.textContent)")
    assert sorted(numbers) == [badge(route.number) for route in plan.routes]
    assert page.run("document.querySelector('.roads .road').getAttribute('d').length") > 1_000
    assert page.run("document.querySelectorAll('.roads .water[d]').length") == 1
    assert page.run("document.querySelector('#notes').innerText") == "Invented roads: no map of a real place"


def test_opened_from_a_file_it_asks_no_network_and_complains_of_nothing(
    browser: Browser, page_file: Path
) -> None:
    """Seen by the browser's own network log, which forgets nothing."""
    page = browser.open(page_file)
    assert 'data-ready="yes"' in page.dom
    assert page.requests == frozenset()
    assert page.console == ()


def test_the_policy_forbids_what_a_script_might_try(opened: Open) -> None:
    page = opened()
    tried = """new Promise((done) => {
        const seen = [];
        addEventListener("securitypolicyviolation", (e) => seen.push(e.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "document.title = 'owned'";
        document.body.append(script);
        fetch("https://example.org/").catch(() => setTimeout(() => done([...seen, document.title]), 50));
    })"""
    seen = page.run(tried)
    assert {"connect-src", "script-src-elem"} <= set(seen)
    assert "owned" not in seen
    page.console.clear()


def test_a_tricycle_is_switched_off_and_all_are_switched_on_again(opened: Open, plan: Plan) -> None:
    page = opened("#tab=tricycles")
    first = plan.routes[0].number
    page.click(f".row[data-number='{first}'] input")
    assert page.run(DRAWN) == len(plan.routes) - 1
    assert page.run("location.hash") == f"#tab=tricycles&off={first}"
    page.click("#none")
    assert (page.run(DRAWN), page.run(CHECKED)) == (0, 0)
    page.click("#all")
    assert (page.run(DRAWN), page.run(CHECKED)) == (len(plan.routes), len(plan.routes))


def test_the_list_is_searched_by_number_place_and_request(opened: Open, plan: Plan) -> None:
    page = opened("#tab=tricycles")
    shown = "[...document.querySelectorAll('#tab .row:not([hidden])')].map((r) => Number(r.dataset.number))"
    route = plan.routes[-1]
    request = next(entry.request for entry in route.entries if entry.request)
    place = next(place for place in plan.places if place.key == route.entries[-1].place)
    visiting = {r.number for r in plan.routes if any(e.place == place.key for e in r.entries)}
    for words, wanted in (
        (str(request), {r.number for r in plan.routes if any(e.request == request for e in r.entries)}),
        (place.name, visiting),
        (place.names["zh-Hans"], visiting),
    ):
        page.run("document.querySelector('#search').select()")
        page.type(words)
        assert wanted <= set(page.run(shown))
        assert len(page.run(shown)) < len(plan.routes)
    page.run("document.querySelector('#search').select()")
    page.type("no such thing")
    assert page.run(shown) == []
    assert "No tricycle matches" in page.run(TAB_WORDS)


def test_choosing_a_tricycle_shows_its_stops_times_and_loads(opened: Open, plan: Plan) -> None:
    page = opened("#tab=tricycles")
    route = plan.routes[1]
    page.click(f".row[data-number='{route.number}'] button")
    assert page.run(STOPS) == stops_of(route)
    assert page.run("document.querySelectorAll('.overlay .arrow').length") > 0
    assert page.run("document.querySelector('.overlay').classList.contains('dimmed')") is True
    told = page.run(TAB_WORDS)
    assert "Beijing time (UTC+8)" in told
    for entry in route.entries:
        assert f"{entry.start:%H:%M}–{entry.end:%H:%M}" in told or entry.request
    for entry in route.entries:
        if entry.request:
            assert f"{entry.arrival:%H:%M}–" in told or entry.leg is None
            assert f"{entry.request} · {entry.product_name} · " in told
    # The pointer would rest on a row of the list, which emphasises, too.
    page.hover("#title")
    page.press("Escape")
    assert page.run(STOPS) == 0
    assert page.run("document.querySelectorAll('#tab .row').length") == len(plan.routes)


def test_a_link_opens_the_page_at_a_tricycle_in_a_language(opened: Open, plan: Plan) -> None:
    route = plan.routes[0]
    page = opened(f"#tricycle={route.number}&lang=zh-Hans")
    assert page.run(STOPS) == stops_of(route)
    assert "北京时间" in page.run(TAB_WORDS)


def test_pointing_at_a_line_emphasises_it_until_the_pointer_leaves(opened: Open) -> None:
    page = opened("#tab=tricycles")
    page.hover("#map .badge")
    assert page.run(STOPS) > 0
    page.hover("#title")
    page.wait_for(f"{STOPS} === 0")


def test_a_click_on_a_line_chooses_its_tricycle(opened: Open, plan: Plan) -> None:
    page = opened("#tab=tricycles")
    # Pointing at a line puts its stop numbers on the places: a spot well away from them stays line.
    spot = """(() => {
        const signs = [...document.querySelectorAll(".overlay [data-place]")]
            .map((sign) => sign.getBoundingClientRect())
            .map((box) => [box.x + box.width / 2, box.y + box.height / 2]);
        const clear = (x, y) => signs.every(([left, top]) => Math.hypot(x - left, y - top) > 30);
        for (const hit of document.querySelectorAll(".overlay .route .hit")) {
            const index = hit.closest(".route").dataset.route;
            for (let part = 0.1; part < 1; part += 0.05) {
                const { x, y } = hit.getPointAtLength(hit.getTotalLength() * part);
                const at = new DOMPoint(x, y).matrixTransform(hit.getScreenCTM());
                const there = document.elementFromPoint(at.x, at.y)?.closest(".route")?.dataset.route;
                if (there === index && clear(at.x, at.y))
                    return [at.x, at.y, Number(index)];
            }
        }
    })()"""
    x, y, index = page.run(spot)
    page.click_at(x, y)
    page.wait_for(f"location.hash === '#tricycle={plan.routes[index].number}'")


def test_a_place_tells_who_comes_when_and_what_it_leaves(opened: Open, plan: Plan) -> None:
    page = opened("#tab=unserved")
    item = plan.unserved[0]
    page.click(f"[data-request='{item.request}'] button")
    told = page.run("document.querySelector('.leaflet-popup').innerText")
    assert item.request in told
    assert "Beijing time (UTC+8)" in told
    visiting = [r for r in plan.routes if any(e.place == item.pickup_place and e.request for e in r.entries)]
    assert page.run("document.querySelectorAll('.leaflet-popup article button').length") >= len(visiting)
    page.press("Escape")
    page.wait_for("document.querySelector('.leaflet-popup') === null")


def test_what_is_not_served_is_told_in_words_with_what_would_help(opened: Open, plan: Plan) -> None:
    told = opened("#tab=unserved").run(TAB_WORDS)
    for item in plan.unserved:
        assert item.request in told
    assert "too heavy for the tricycle" in told
    assert told.count("What would admit it:") == len(plan.unserved)


def test_the_language_is_switched_and_uyghur_runs_from_right_to_left(opened: Open, plan: Plan) -> None:
    page = opened("#tab=about")
    choose = """(() => { const select = document.querySelector("#language");
        select.value = "%s"; select.dispatchEvent(new Event("change")); })()"""
    page.run(choose % "ug")
    assert page.run("[document.documentElement.dir, document.documentElement.lang]") == ["rtl", "ug"]
    assert "بېيجىڭ ۋاقتى" in page.run("document.querySelector('#when').innerText")
    left = page.run("document.querySelector('#panel').getBoundingClientRect().left")
    assert left > page.run("document.querySelector('#stage').getBoundingClientRect().left")
    page.run(choose % "zh-Hans")
    assert page.run("document.documentElement.dir") == "ltr"
    assert "道路为虚构" in page.run("document.querySelector('#notes').innerText")
    names = page.run("[...document.querySelectorAll('.overlay .name')].map((n) => n.textContent)")
    assert set(names) <= {place.names["zh-Hans"] for place in plan.places if place.names}
    assert len(names) > 3


def test_real_and_invented_are_told_apart(opened: Open, plan: Plan) -> None:
    told = opened("#tab=about").run(TAB_WORDS)
    for line in (*plan.about.real, *plan.about.invented):
        assert line in told
    assert "the roads are invented" in told


def test_keys_alone_reach_a_tricycle(opened: Open) -> None:
    page = opened("#tab=tricycles")
    page.run("document.querySelector('#search').focus()")
    focused = "document.activeElement.closest('.row')?.dataset.number ?? document.activeElement.id"
    reached = []
    for _ in range(4):
        page.press("Tab")
        reached.append(page.run(focused))
    assert reached[:2] == ["all", "none"]
    assert reached[2] == reached[3] != ""
    page.press("Enter")
    assert page.run(STOPS) > 0


def test_names_that_would_be_markup_stay_names(
    live: LivePage, hostile_plan: Plan, hostile: str, tmp_path: Path
) -> None:
    (path,) = write_maps(hostile_plan, tmp_path, formats=("html",))
    number = hostile_plan.routes[0].number
    for fragment in ("#tab=about", "#tab=unserved", f"#tricycle={number}"):
        live.open("about:blank")
        live.open(f"{path.as_uri()}{fragment}")
        live.wait_for(READY)
        live.run("document.querySelector('.overlay .place').focus()")
        live.press("Enter")
        assert hostile in live.run("document.querySelector('.leaflet-popup').textContent")
        assert live.run("document.querySelectorAll('img').length") == 0
        assert live.run("document.title").startswith(hostile)
        assert live.run("document.querySelector('#title').textContent") == hostile
        assert hostile in live.run("document.querySelector('#tab').textContent")
        assert hostile in live.run("document.querySelector('#sheet').textContent")
    assert live.console == []
    assert live.requests == set()


def test_500_tricycles_are_drawn_listed_and_found(browser: Browser, plan: Plan, tmp_path: Path) -> None:
    routes = tuple(
        plan.routes[i % len(plan.routes)].model_copy(update={"number": i + 1, "tricycle": f"t{i + 1}"})
        for i in range(500)
    )
    many = plan.model_copy(update={"routes": routes})
    (path,) = write_maps(many, tmp_path, formats=("html",))
    with browser.live(f"{path.as_uri()}#tricycle=437") as page:
        page.wait_for(READY)
        assert page.run(DRAWN) == 500
        assert page.run(STOPS) == stops_of(routes[436])
        assert "437" in page.run(TAB_WORDS)
        page.press("Escape")
        assert page.run("document.querySelectorAll('#tab .row').length") == 500
        assert page.console == []


def test_a_day_on_real_roads_shows_them_with_attribution(
    live: LivePage, shared_data: Path, tmp_path: Path
) -> None:
    roads = build_roads(shared_data / "osm" / "liechtenstein-2021-05.osm.pbf")
    day = from_roads(roads, requests=30, tricycles=6, seed=7)
    (path,) = write_maps(
        planned(day, travel=travel_for(day, roads=roads), iterations=1),
        tmp_path,
        formats=("html",),
        roads=roads,
    )
    live.open(path.as_uri())
    live.wait_for(READY)
    assert live.run("document.querySelector('#notes').innerText") == "© OpenStreetMap contributors, ODbL"
    lines = "[...document.querySelectorAll('.roads .road')].map((line) => line.getAttribute('d').length)"
    assert sum(length > 500 for length in live.run(lines)) >= 5
    assert live.run("document.querySelectorAll('.roads .water').length") == 0
    assert live.run(DRAWN) > 0
    assert live.console == []
    assert live.requests == set()


def test_a_plan_of_nothing_is_a_page_too(browser: Browser, plan: Plan, tmp_path: Path) -> None:
    nothing = plan.model_copy(update={"routes": (), "unserved": (), "places": ()})
    (path,) = write_maps(nothing, tmp_path, formats=("html",))
    with browser.live(path) as page:
        page.wait_for(READY)
        assert page.run(DRAWN) == 0
        assert page.console == []
