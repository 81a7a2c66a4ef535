"""Where the service listens, and whether the address that people are sent to leads there."""

import pytest

from fleet.service.addresses import address_for_people, is_out_of_reach, listening_address
from fleet.service.config import Config


@pytest.mark.parametrize(
    ("host", "public_url", "out_of_reach"),
    [
        ("127.0.0.1", None, False),
        ("127.0.0.1", "http://192.168.1.5:8080", True),
        ("localhost", "http://fleet.example:8080", True),
        ("0.0.0.0", "http://192.168.1.5:8080", False),
        ("0.0.0.0", "http://192.168.1.5", True),
        ("192.168.1.5", "http://192.168.1.5:8080", False),
        ("127.0.0.1", "http://localhost:8080", False),
        # Only a proxy speaks https, and it has a port of its own.
        ("127.0.0.1", "https://fleet.example", False),
        ("0.0.0.0", "https://fleet.example:8080", True),
    ],
)
def test_an_address_that_cannot_lead_here_by_itself_is_known(
    host: str, public_url: str | None, out_of_reach: bool
):
    assert is_out_of_reach(Config(host=host, public_url=public_url)) is out_of_reach


def test_where_it_listens_is_told_from_where_people_are_sent():
    config = Config(public_url="https://fleet.example/")
    assert listening_address(config) == "http://127.0.0.1:8080"
    assert address_for_people(config) == "https://fleet.example"
