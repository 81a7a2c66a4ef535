"""The pages around signing in, in a browser: all languages, both sizes, and no secret where scripts look."""

import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from fleet.api import create_app
from fleet.service.config import Config
from fleet.service.context import Context
from fleet.service.devices import NewQr, make_qr
from fleet.service.roles import Role
from fleet.service.setup import ensure_setup_link
from fleet.store import Store
from fleet.texts import LANGUAGES, text
from tests.accounts import PASSWORD, SYSTEM, add_account
from tests.api_client import Client, client_of
from tests.browser import Browser

# No two neighbours differ behind "#" only: the browser would not load the page again.
PAGES = ("/sign-in", "/setup#secret", "/phone", "/setup", "/phone#secret", "/signed-out")
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
SMALLEST = """Math.min(...[...document.querySelectorAll("a, button, label.choice, input:not(label *)")]
    .filter((target) => target.offsetHeight).map((target) => target.offsetHeight))"""
OVERLAPS = "document.documentElement.scrollWidth > innerWidth"
TOLD = "document.querySelector('#failure').textContent"
HEADING = "[...document.querySelectorAll('h1')].find((h) => h.offsetHeight)?.textContent"


@pytest.fixture
def server() -> Iterator[BaseWSGIServer]:
    """A port on loopback; what answers there is the test's own."""
    server = make_server("127.0.0.1", 0, Flask("nothing"), threaded=True)
    server.log_startup = lambda: None
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def ctx(sqlite_store: Store, server: BaseWSGIServer) -> Context:
    url = f"http://127.0.0.1:{server.server_port}"
    ctx = Context(store=sqlite_store, config=Config(public_url=url))
    server.app = create_app(ctx)
    return ctx


def address(ctx: Context, path: str, language: str = "en") -> str:
    page, found, secret = path.partition("#")
    return f"{ctx.config.public_url}{page}?lang={language}{found}{secret}"


def words(key: str, language: str = "en") -> str:
    return text(key, domain="pages", language=language)


@EVERY_LANGUAGE
def test_every_page_fits_a_phone_and_loads_nothing_from_elsewhere(
    ctx: Context, browser: Browser, language: str
):
    with browser.live("about:blank", width=360, height=740, is_phone=True) as page:
        for path in PAGES:
            page.open(address(ctx, path, language))
            assert page.run(OVERLAPS) is False, path
            assert page.run(SMALLEST) >= 44, path
            assert page.run("document.documentElement.dir") == ("rtl" if language == "ug" else "ltr")
            assert page.run("document.documentElement.lang") == language
        assert page.console == []
        assert {urlsplit(request).netloc for request in page.requests} == {
            urlsplit(str(ctx.config.public_url)).netloc
        }


def test_signing_in_and_out(ctx: Context, browser: Browser):
    add_account(ctx, "aygul")
    with browser.live(address(ctx, "/", "zh-Hans"), width=1440, height=900) as page:
        # Nobody is signed in, so the way home leads here.
        assert page.run("location.pathname + location.search") == "/sign-in?lang=zh-Hans"
        page.type("aygul")
        page.click("#password")
        page.type("not the password")
        page.press("Enter")
        page.wait_for(f"{TOLD} !== ''")
        assert page.run(TOLD) == text("SIGN_IN_WRONG", domain="errors", language="zh-Hans")
        page.type(PASSWORD)
        page.press("Enter")
        page.wait_for("location.pathname === '/'")
        page.wait_for("document.readyState === 'complete'")
        assert page.run(HEADING) == words("signed_in", "zh-Hans")
        assert page.run("document.querySelector('.who').textContent") == "aygul"
        assert page.run("document.cookie") == ""
        page.click("button")
        page.wait_for("location.pathname === '/signed-out'")
        page.open(address(ctx, "/"))
        assert page.run("location.pathname") == "/sign-in"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("/docs", "/docs"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil.example", "/")],
)
def test_after_signing_in_one_stays_here(ctx: Context, wanted: str, found: str):
    client = create_app(ctx).test_client()
    page = client.get("/sign-in", query_string={"next": wanted}).get_data(as_text=True)
    assert f'data-next="{found}"' in page


def test_a_password_can_be_looked_at(ctx: Context, browser: Browser):
    with browser.live(address(ctx, "/sign-in")) as page:
        kind = "document.querySelector('#password').type"
        assert page.run(kind) == "password"
        page.click("#shown")
        assert page.run(kind) == "text"
        page.click("#shown")
        assert page.run(kind) == "password"


def test_the_first_account_is_made_by_the_link(ctx: Context, browser: Browser):
    link = str(ensure_setup_link(ctx))
    with browser.live(link, width=1440, height=900) as page:
        # The secret stays where it is when another language is chosen.
        page.click("#languages a[lang=ug]")
        page.wait_for("document.documentElement?.lang === 'ug' && document.readyState === 'complete'")
        page.click("#name")
        page.type("ئايگۈل")
        page.click("#password")
        page.type("1234567890")
        page.press("Enter")
        page.wait_for(f"{TOLD} !== ''")
        assert page.run(TOLD) == text("PASSWORD_WEAK", domain="errors", language="ug", least=10)
        page.run("document.querySelector('#password').value = ''")
        page.click("#password")
        page.type(PASSWORD)
        page.press("Enter")
        page.wait_for("location.pathname === '/' && document.readyState === 'complete'")
        assert page.run("document.querySelector('.who').textContent") == "ئايگۈل"
        page.open(link)
        page.click("#name")
        page.type("other")
        page.click("#password")
        page.type(PASSWORD)
        page.press("Enter")
        page.wait_for(f"{TOLD} !== ''")
        assert page.run(TOLD) == text("LINK_OVER", domain="errors")


@EVERY_LANGUAGE
def test_a_code_makes_the_phone_the_drivers(ctx: Context, browser: Browser, language: str):
    add_account(ctx, "萨依巴格 07号", Role.DRIVER, password=None)
    link = make_qr(ctx, SYSTEM, driver="萨依巴格 07号", qr=NewQr()).link
    secret = urlsplit(link).fragment
    with browser.live(
        address(ctx, f"/phone#{secret}", language), width=360, height=740, is_phone=True
    ) as page:
        assert page.run(HEADING) == words("phone", language)
        page.click("#with-secret button")
        page.wait_for("!document.querySelector('#done').hidden")
        assert page.run(HEADING) == words("phone_done", language)
        assert page.run("document.querySelector('#driver').textContent") == "萨依巴格 07号"
        assert page.run("location.hash + document.cookie") == ""
        page.click("#done a")
        page.wait_for("location.pathname === '/' && document.readyState === 'complete'")
        assert page.run(HEADING) == words("phone_signed_in", language)
        assert words("driver_route", language) in page.run("document.body.innerText")
        page.open(address(ctx, f"/phone#{secret}", language))
        page.click("#with-secret button")
        page.wait_for(f"{TOLD} !== ''")
        assert page.run(TOLD) == text("LINK_OVER", domain="errors", language=language)
        assert page.console == [] or all("410" in line for line in page.console)


def test_looking_at_a_code_does_not_use_it(ctx: Context, browser: Browser):
    """Messengers open a link to draw a preview before its reader does."""
    add_account(ctx, "d07", Role.DRIVER, password=None)
    link = make_qr(ctx, SYSTEM, driver="d07", qr=NewQr()).link
    browser.open(link, wait_ms=1000)
    used = Client(create_app(ctx)).post("/devices", json={"secret": urlsplit(link).fragment})
    assert used.status_code == 201


def test_a_service_that_does_not_answer_is_said_to(ctx: Context, browser: Browser, server: BaseWSGIServer):
    with browser.live(address(ctx, "/sign-in", "ug")) as page:
        server.app = Flask("nothing")
        page.type("aygul")
        page.click("#password")
        page.type(PASSWORD)
        page.press("Enter")
        page.wait_for(f"{TOLD} !== ''")
        assert page.run(TOLD) == words("unreachable", "ug")


def test_the_printed_code_is_one_page_of_a6(ctx: Context, browser: Browser, tmp_path: Path):
    add_account(ctx, "萨依巴格 07号", Role.DRIVER, password=None)
    page_file = tmp_path / "qr.html"
    dispatcher = client_of(create_app(ctx), ctx, role=Role.DISPATCHER)
    printed = dispatcher.post("/drivers/萨依巴格 07号/qr/page", json={})
    page_file.write_bytes(printed.get_data())
    with browser.live(page_file) as page:
        told = page.run("document.body.innerText")
        assert all(words("qr_about", language) in told for language in LANGUAGES)
        assert "萨依巴格 07号" in told
        page.as_paper()
        side = page.run("document.querySelector('svg').getBoundingClientRect().width")
        assert side == pytest.approx(72 * 96 / 25.4, abs=1)
        paper = page.pdf(tmp_path / "qr.pdf").read_bytes()
        assert paper.count(b"/Type /Page\n") + paper.count(b"/Type/Page\n") == 1
        assert page.requests == set()
        assert page.console == []
