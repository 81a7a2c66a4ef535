"""What browsers are told, and the page of the documentation, which loads nothing from elsewhere."""

import threading

import pytest
from flask import Flask
from werkzeug.serving import make_server

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
    page = browser.open(f"{address}/docs", wait_ms=8000)
    assert "/api/v1/health" in page.dom
    assert page.requests
    assert all(request.startswith(address) for request in page.requests)
    assert page.console == ()
