"""What browsers are told, and the page of the documentation, which loads nothing from elsewhere."""

import dataclasses
import threading

import pytest
from flask import Flask
from werkzeug.serving import make_server

from fleet.api import create_app
from fleet.service.context import Context
from tests.api_client import Client
from tests.browser import Browser


def test_browsers_are_told_to_refuse_what_is_not_ours(nobody: Client):
    headers = nobody.get("/health").headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Strict-Transport-Security" not in headers


def test_errors_carry_the_same_headers(nobody: Client):
    headers = nobody.get("/nowhere").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_https_is_for_good(nobody: Client):
    assert (
        "max-age"
        in nobody.get("/health", base_url="https://fleet.example").headers["Strict-Transport-Security"]
    )


def test_a_proxy_is_believed_only_where_it_is_named(ctx: Context):
    told = {"X-Forwarded-For": "10.1.2.3", "X-Forwarded-Proto": "https"}
    for number, is_secure in ((0, False), (1, True)):
        config = ctx.config.model_copy(update={"trusted_proxies": number})
        client = Client(create_app(dataclasses.replace(ctx, config=config)))
        headers = client.get("/health", headers=told).headers
        assert ("Strict-Transport-Security" in headers) == is_secure
        assert client.get("/metrics", headers=told).status_code == 401


@pytest.fixture
def address(app: Flask):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_documentation_shows_every_endpoint_and_asks_no_other_host(browser: Browser, address: str):
    with browser.live(f"{address}/docs") as page:
        page.wait_for("document.body.innerText.includes('/api/v1/health')")
        assert page.requests
        assert all(request.startswith(address) for request in page.requests)
        assert page.console == []
