"""What is no call of HTTP is refused like any other error, and nothing of it is repeated."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.serving import Running, serving

SECRET = "Bearer-of-a-secret"
HEAD = f"GET /api/v1/health HTTP/1.1\r\nHost: here\r\nAuthorization: {SECRET}\r\n"

LONGEST_HEAD = 262_144
"""waitress' own; who sends still more may be cut off before the answer is read."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.mark.parametrize(
    ("status", "sent"),
    [
        (400, f"{HEAD}{SECRET}\r\n\r\n"),
        (400, f"{SECRET.upper()} {SECRET} /\r\n\r\n"),
        (400, f"{HEAD}Content-Length: {SECRET}\r\n\r\n"),
        (431, f"{HEAD}Cookie: {SECRET}".ljust(LONGEST_HEAD, "x")),
        (501, f"{HEAD}Transfer-Encoding: {SECRET}\r\n\r\n"),
    ],
    ids=["a header without a colon", "a first line", "a length", "too long", "a coding"],
)
def test_it_is_refused_without_an_echo(service: Running, status: int, sent: str):
    host, port = urlsplit(service.address).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(sent.encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert head.split(" ")[1] == str(status)
    assert "Content-Type: application/problem+json" in head
    assert SECRET.lower() not in answer.lower()
    document = json.loads(body)
    assert (document["status"], document["error_code"]) == (status, "HEADER_MALFORMED")
    assert document["request_id"] in head
