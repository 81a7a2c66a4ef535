"""The whole document is called by a tool that knows nothing else of the service; `make fuzz-api` goes on."""

from pathlib import Path

import pytest
import structlog

from fleet.service.roles import Role
from tests.depth import count
from tests.fuzz_api import CALLERS, EVERY_PHASE, SIGNED_OUT, fuzz, fuzzed_service, quiet

SHORT_PHASES: dict[str, str] = {
    Role.DISPATCHER: "examples,fuzzing,stateful",
    Role.PLANNER: "examples",
    SIGNED_OUT: "examples",
}
"""The role that may change most goes from one call to the next as well; who may do least is asked least."""


@pytest.mark.parametrize("name", CALLERS)
def test_every_answer_is_as_the_document_says(name: str, tmp_path: Path):
    quiet()
    try:
        with fuzzed_service(tmp_path) as service:
            found = fuzz(
                service,
                caller=name,
                examples=count(short=1, long=20),
                phases=count(short=SHORT_PHASES.get(name, "examples,fuzzing"), long=EVERY_PHASE),
            )
    finally:
        structlog.reset_defaults()
    assert found.failures == ""
    assert found.calls >= count(short=40, long=5_000)
