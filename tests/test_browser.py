"""The helper that opens pages, so that a green test of a page means something."""

from pathlib import Path

import pytest

from tests.browser import Browser

PAGE = """<!doctype html><meta charset="utf-8"><title>t</title><p id="a">before</p>
<script>
setTimeout(() => { document.getElementById("a").textContent = "绿洲 after"; }, 1000);
console.warn("a word\\nin two lines");
</script>{more}
"""


def test_a_page_is_seen_after_its_scripts_ran(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page with space.html"
    page.write_text(PAGE.replace("{more}", ""), encoding="utf-8")
    seen = browser.open(page)
    assert "绿洲 after" in seen.dom
    assert seen.console == ("a word\nin two lines",)


def test_an_error_of_a_script_is_told(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE.replace("{more}", "<script>nothing.at.all()</script>"), encoding="utf-8")
    assert "nothing is not defined" in browser.open(page).console[-1]


def test_a_page_that_asks_the_network_is_told_from_one_that_does_not(
    browser: Browser, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE.replace("{more}", ""), encoding="utf-8")
    assert browser.open(page).requests == frozenset()
    more = '<script src="https://example.org/a.js"></script><img src="https://example.org/b.png">'
    page.write_text(PAGE.replace("{more}", more), encoding="utf-8")
    assert browser.open(page).requests == {"https://example.org/a.js", "https://example.org/b.png"}


def test_a_picture_has_the_size_asked_for(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE.replace("{more}", ""), encoding="utf-8")
    picture = browser.screenshot(page, tmp_path / "page.png", width=390, height=844).read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")) == (390, 844)


def test_a_live_page_is_clicked_typed_into_and_pictured(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    more = """<input id="i"><button id="b" onclick="this.textContent = i.value">x</button>
<img src="https://example.org/b.png">"""
    page.write_text(PAGE.replace("{more}", more), encoding="utf-8")
    with browser.live(page, width=390, height=844) as live:
        assert live.run("[innerWidth, innerHeight]") == [390, 844]
        live.click("#i")
        live.type("绿洲")
        live.press("Tab")
        live.press("Enter")
        live.wait_for("b.textContent === '绿洲'")
        live.wait_for("a.textContent === '绿洲 after'")
        assert live.requests == {"https://example.org/b.png"}
        # The picture that cannot be loaded may be told of first.
        assert "a word\nin two lines" in live.console
        picture = live.screenshot(tmp_path / "page.png").read_bytes()
        assert live.pdf(tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")) == (390, 844)


def test_errors_of_a_live_page_are_told(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE.replace("{more}", "<script>nothing.at.all()</script>"), encoding="utf-8")
    with browser.live(page) as live:
        assert any("nothing is not defined" in line for line in live.console)
        with pytest.raises(AssertionError, match="something is not defined"):
            live.run("something.else")
        with pytest.raises(AssertionError, match="nothing on the page matches #none"):
            live.click("#none")


def test_waiting_goes_on_on_the_page_that_this_one_leads_to(browser: Browser, tmp_path: Path) -> None:
    """An expression of the page that is left, still being worked out, is no failure and no answer."""
    first, second = tmp_path / "first.html", tmp_path / "second.html"
    first.write_text(f"<script>setTimeout(() => location = '{second.as_uri()}', 300)</script>")
    second.write_text("<p>here</p>")
    with browser.live(first) as page:
        page.wait_for("document.querySelector('p')?.textContent ?? new Promise(() => {})")
        assert page.run("document.querySelector('p').textContent") == "here"
