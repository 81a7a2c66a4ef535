"""How the page looks: not empty, on a phone, on paper."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fleet.model import Plan
from maps.export import write_maps
from maps.export.palette import style_of
from maps.roads import RoadGraph
from tests.browser import Browser

READY = 'document.body.dataset.ready === "yes"'
HEIGHT = "document.querySelector('%s').getBoundingClientRect().height"
MM_PX = 96 / 25.4
MANY_COLOURS = 300
COUNT_COLOURS = """new Promise((done) => {
    const picture = new Image();
    picture.onload = () => {
        const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
        canvas.drawImage(picture, 0, 0);
        const { data } = canvas.getImageData(0, 0, picture.width, picture.height);
        const counts = {};
        for (let i = 0; i < data.length; i += 4) {
            const colour = "#" + [data[i], data[i + 1], data[i + 2]]
                .map((channel) => channel.toString(16).padStart(2, "0")).join("");
            counts[colour] = (counts[colour] ?? 0) + 1;
        }
        done(counts);
    };
    picture.src = "data:image/png;base64,%s";
})"""

Colours = Callable[[Path], dict[str, int]]


@pytest.fixture(scope="module")
def page_file(plan: Plan, roads: RoadGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    (path,) = write_maps(plan, tmp_path_factory.mktemp("look"), formats=("html",), roads=roads)
    return path


@pytest.fixture(scope="module")
def colours_of(browser: Browser) -> Iterator[Colours]:
    """Count the pixels of each colour in a picture."""
    with browser.live("about:blank") as page:
        yield lambda path: page.run(COUNT_COLOURS % base64.b64encode(path.read_bytes()).decode())


def test_the_picture_shows_every_number_in_its_colour(
    browser: Browser, page_file: Path, plan: Plan, colours_of: Colours, tmp_path: Path
) -> None:
    with browser.live(f"{page_file.as_uri()}#tab=about", width=1400, height=900) as page:
        page.wait_for(READY)
        colours = colours_of(page.screenshot(tmp_path / "page.png"))
    assert sum(colours.values()) == 1400 * 900
    assert len(colours) > MANY_COLOURS
    # With the list away, full colour is in the numbers alone: lines are drawn at less than half.
    assert min(colours.get(style_of(route.number).colour, 0) for route in plan.routes) > 100


def test_the_chosen_route_stands_out_of_grey_ones(
    browser: Browser, page_file: Path, plan: Plan, colours_of: Colours, tmp_path: Path
) -> None:
    route = plan.routes[2]
    with browser.live(f"{page_file.as_uri()}#tricycle={route.number}", width=1400, height=900) as page:
        page.wait_for(READY)
        colours = colours_of(page.screenshot(tmp_path / "page.png"))
    others = {style_of(r.number).colour for r in plan.routes} - {style_of(route.number).colour}
    assert colours[style_of(route.number).colour] > 2_000
    assert all(colours.get(colour, 0) < 50 for colour in others)


def test_a_phone_shows_map_and_panel_and_folds_the_panel_away(browser: Browser, page_file: Path) -> None:
    with browser.live(page_file, width=360, height=740, is_phone=True) as page:
        page.wait_for(READY)
        assert page.run("[document.documentElement.scrollWidth, innerWidth]") == [360, 360]
        assert page.run(HEIGHT % "#map") >= 300
        assert page.run(HEIGHT % "#panel") >= 250
        targets = "[...document.querySelectorAll('#tools > *, #tabs > *')].filter((t) => t.offsetHeight)"
        assert page.run(f"Math.min(...{targets}.map((t) => t.offsetHeight))") >= 40
        page.click("#fold")
        page.wait_for(f"{HEIGHT % '#map'} > 600")
        assert page.run("document.querySelector('#fold').getAttribute('aria-expanded')") == "false"
        assert page.console == []


def test_paper_has_the_map_every_route_and_what_is_not_served(
    browser: Browser, page_file: Path, plan: Plan
) -> None:
    with browser.live(page_file, width=1200, height=800) as page:
        page.wait_for(READY)
        assert page.run(HEIGHT % "#sheet") == 0
        page.as_paper()
        assert page.run("document.querySelectorAll('#sheet table:first-of-type tbody tr').length") == len(
            plan.routes
        )
        told = page.run("document.querySelector('#sheet').innerText")
        assert all(item.request in told for item in plan.unserved)
        assert "Invented roads: no map of a real place" in told
        assert page.run("document.querySelector('#map').offsetWidth") == pytest.approx(188 * MM_PX, abs=1)
        assert page.run(f"{HEIGHT % '#tools'} + {HEIGHT % '#tabs'} + {HEIGHT % '#tab'}") == 0
        # The whole plan is inside the frame.
        inside = """(() => { const frame = document.querySelector("#map").getBoundingClientRect();
            const isInside = ({ left, right, top, bottom }) => left >= frame.left && right <= frame.right
                && top >= frame.top && bottom <= frame.bottom;
            return [...document.querySelectorAll(".overlay .badge")]
                .every((badge) => isInside(badge.getBoundingClientRect())); })()"""
        assert page.run(inside) is True


def test_printing_gives_pages_and_the_window_back(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    with browser.live(page_file, width=1200, height=800) as page:
        page.wait_for(READY)
        before = page.run("document.querySelector('#map').offsetWidth")
        paper = page.pdf(tmp_path / "map.pdf").read_bytes()
        assert paper.startswith(b"%PDF")
        assert 1 <= paper.count(b"/Type /Page\n") + paper.count(b"/Type/Page\n") <= 6
        assert len(paper) > 50_000
        assert page.run("document.body.classList.contains('printing')") is False
        assert page.run("document.querySelector('#map').offsetWidth") == before
        assert page.console == []
