"""Addresses that no database takes as they are: answered as what is not there or cannot be, never a fault."""

import base64
import json

import pytest

from fleet.store import Store
from tests.api_client import Client

ADDRESSES = [
    "/jobs/a%00b",
    "/jobs/a%00b/best",
    "/plans/a%00b",
    "/plans/%00/unserved/c",
    "/places/a%00b",
    "/days/2026-06-15/requests/%00",
]
LISTS = {"/places": str, "/jobs": str, "/days/2026-06-15/plans": int, "/days/2026-06-15/publications": int}
ODD: dict[type, list[str | int]] = {str: ["a\0b", "\ud800"], int: [2**63, -(10**30)]}


@pytest.fixture
def api_store(store: Store) -> Store:
    """On both databases."""
    return store


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_zero_byte_in_a_path_is_no_id(dispatcher: Client, address: str):
    refused = dispatcher.get(address)
    assert (refused.status_code, refused.json["error_code"]) == (422, "ID_MALFORMED")


@pytest.mark.parametrize("address", list(LISTS))
def test_a_cursor_that_no_database_takes_is_unknown(dispatcher: Client, address: str):
    for part in ODD[LISTS[address]]:
        cursor = base64.urlsafe_b64encode(json.dumps([part]).encode()).decode().rstrip("=")
        refused = dispatcher.get(f"{address}?cursor={cursor}")
        assert (refused.status_code, refused.json["error_code"]) == (422, "CURSOR_UNKNOWN")
