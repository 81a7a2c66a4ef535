"""The log of a worker says where a job failed, and nothing of what it was about."""

import logging
import threading

import pytest

from fleet.jobs.work import work_once
from fleet.service.context import Context
from fleet.service.jobs import JobKind
from fleet.store import Store
from fleet.store import jobs as rows
from fleet.store.jobs import JobState


def test_a_fault_names_its_place_and_nobody(sqlite_store: Store, caplog: pytest.LogCaptureFixture):
    with sqlite_store.write() as session:
        job = rows.add_job(
            session,
            kind=JobKind.PLAN,
            rank=1,
            account_id=None,
            # As a later version of the program may have written it.
            input='{"day": "Patigul"}',
            date=None,
            at=sqlite_store.clock(),
        )
    with caplog.at_level(logging.WARNING):
        assert work_once(Context(store=sqlite_store), child=None, stopping=threading.Event())
    with sqlite_store.read() as session:
        ended = rows.get_job(session, job.id)
    assert ended is not None
    assert ended.state == JobState.FAILED
    assert ended.error is not None
    assert ended.error["params"]["file"] in caplog.text
    assert "ValidationError" in caplog.text
    assert "kinds.py" in caplog.text
    assert "Patigul" not in caplog.text
