"""Whoever reaches the workers of this machine runs code as the service does: strangers are turned away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client
from distributed.security import Security

from fleet.jobs.cluster import Cluster
from fleet.service.config import Config


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address of a cluster of ours that has its worker."""
    cluster = Cluster(Config(database=f"sqlite:///{tmp_path}/fleet.db", workers=1))
    try:
        assert cluster.places() == 1
        assert cluster._client is not None
        yield cluster._client.scheduler.address
    finally:
        cluster.close()


def test_a_stranger_cannot_send_tasks_to_the_workers_of_this_machine(address: str) -> None:
    assert address.startswith("tls://127.0.0.1:")
    with pytest.raises(OSError, match="TLS certificate does not match"):
        Client(address, security=Security.temporary(), timeout=5.0)
    with pytest.raises(OSError, match=r"Timed out|TLS|closed"):
        Client(address.replace("tls://", "tcp://"), timeout=5.0)
