"""A body that is too large is refused by the running service in its own words, however it is sent."""

import contextlib
import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from fleet.api.limits import MAX_BODY_BYTES
from fleet.cli.http_bodies import READ_AT_MOST
from fleet.service.roles import Role
from tests.serving import Running, serving

PIECE = b" " * 500_000


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.fixture(scope="module")
def token(service: Running) -> str:
    return service.token(Role.DISPATCHER)


def pieces(length: int) -> Iterator[bytes]:
    for start in range(0, length, len(PIECE)):
        yield PIECE[: length - start]


def sent(
    service: Running, token: str, length: int, *, path: str = "/places", chunked: bool = False
) -> tuple[int, Any, str]:
    """Send so many bytes: the status, the document and its media type."""
    connection = http.client.HTTPConnection(urlsplit(service.address).netloc, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if not chunked:
        headers["Content-Length"] = str(length)
    with contextlib.closing(connection):
        connection.request(
            "POST", f"/api/v1{path}", body=pieces(length), headers=headers, encode_chunked=chunked
        )
        answer = connection.getresponse()
        return answer.status, json.load(answer), answer.headers.get_content_type()


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
@pytest.mark.parametrize("length", [MAX_BODY_BYTES + 1, 2 * MAX_BODY_BYTES])
def test_who_sends_too_much_is_told_the_limit(service: Running, token: str, length: int, chunked: bool):
    status, document, media_type = sent(service, token, length, chunked=chunked)
    assert (status, media_type) == (413, "application/problem+json")
    assert document["error_code"] == "BODY_TOO_LARGE"
    assert str(MAX_BODY_BYTES) in document["detail"]


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_as_much_as_the_limit_is_read(service: Running, token: str, chunked: bool):
    status, document, _ = sent(service, token, MAX_BODY_BYTES, chunked=chunked)
    assert (status, document["error_code"]) == (400, "JSON_MALFORMED")


def test_programs_for_vroom_are_told_in_its_form(service: Running, token: str):
    status, document, _ = sent(service, token, MAX_BODY_BYTES + 1, path="/solve")
    assert (status, document["code"], document["error_code"]) == (413, 4, "BODY_TOO_LARGE")


def opened(service: Running, token: str, *headers: str) -> socket.socket:
    """A connection on which the head of a call was sent."""
    host, port = urlsplit(service.address).netloc.split(":")
    connection = socket.create_connection((host, int(port)), timeout=60)
    own = ("Host: here", f"Authorization: Bearer {token}", "Content-Type: application/json")
    lines = ("POST /api/v1/places HTTP/1.1", *own, *headers, "", "")
    connection.sendall("\r\n".join(lines).encode())
    return connection


@pytest.mark.parametrize(
    "headers",
    [(f"Content-Length: {MAX_BODY_BYTES + 1}", "Expect: 100-continue"), (f"Content-Length: {READ_AT_MOST}",)],
    ids=["asks first", "announces far too much"],
)
def test_who_need_not_send_it_is_answered_at_once(service: Running, token: str, headers: tuple[str, ...]):
    with opened(service, token, *headers) as connection:
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
    assert answer.startswith("HTTP/1.1 413")
    assert "BODY_TOO_LARGE" in answer
    assert "Connection: close" in answer


def test_who_never_ends_is_cut_off(service: Running, token: str):
    chunk = f"{len(PIECE):x}\r\n".encode() + PIECE + b"\r\n"
    total = 0
    with opened(service, token, "Transfer-Encoding: chunked") as connection, contextlib.suppress(OSError):
        while total < 3 * READ_AT_MOST:
            connection.sendall(chunk)
            total += len(chunk)
    assert total < 2 * READ_AT_MOST
    assert service.get("/health")["database"]["state"] == "ok"
