"""Answers to calls with an ``Idempotency-Key``, kept for a day."""

import datetime
from dataclasses import dataclass

from sqlalchemy import delete

from fleet.model import ErrorCode, InputError, bad_input
from fleet.store.engine import Store
from fleet.store.ids import new_id
from fleet.store.tables import KeptAnswer

KEPT = datetime.timedelta(hours=24)
AS_TEXT = "latin-1"
"""Any bytes are text in it, and the same bytes again: an answer may be a workbook."""
RUNS_AT_MOST = datetime.timedelta(minutes=5)
"""A call that has not ended after this died with its process and is done again."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An answer as it was given."""

    status: int
    headers: dict[str, str]
    body: bytes


def keep_nothing(store: Store) -> None:
    """Write an answer that nobody was given, and take it away: whether the database takes what is written."""
    key = {"account_id": "", "key": new_id()}
    with store.write() as session:
        session.add(KeptAnswer(**key, call_sha256="", created_at=store.clock()))
        session.flush()
        session.execute(delete(KeptAnswer).filter_by(**key))


def begin(store: Store, *, account_id: str, key: str, call_sha256: str) -> Kept | None:
    """Reserve a key for a call.

    Returns
    -------
    Kept or None
        The answer that the same call got before; None where it has to be done.

    Raises
    ------
    InputError
        KEY_REUSED for another call; CALL_STILL_RUNS.
    """
    now = store.clock()
    try:
        with store.write() as session:
            session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < now - KEPT))
            row = session.get(KeptAnswer, (account_id, key), with_for_update=True)
            if row is None:
                session.add(
                    KeptAnswer(account_id=account_id, key=key, call_sha256=call_sha256, created_at=now)
                )
                return None
            if row.call_sha256 != call_sha256:
                raise bad_input(ErrorCode.KEY_REUSED, where="Idempotency-Key", value=key)
            if row.status is not None:
                return Kept(
                    status=row.status, headers=dict(row.headers), body=(row.body or "").encode(AS_TEXT)
                )
            if row.created_at > now - RUNS_AT_MOST:
                raise bad_input(ErrorCode.CALL_STILL_RUNS, where="Idempotency-Key", value=key)
            row.created_at = now
            return None
    except InputError as error:
        if error.problems[0].code != ErrorCode.CHANGED_MEANWHILE:
            raise
        # Another process reserved the same key between our look and our insert.
        raise bad_input(ErrorCode.CALL_STILL_RUNS, where="Idempotency-Key", value=key) from error


def finish(store: Store, *, account_id: str, key: str, answer: Kept) -> None:
    """Keep the answer of a call."""
    with store.write() as session:
        row = session.get(KeptAnswer, (account_id, key))
        if row is not None:
            row.status, row.headers = answer.status, dict(answer.headers)
            row.body = answer.body.decode(AS_TEXT)


def forget(store: Store, *, account_id: str, key: str) -> None:
    """Set a key free whose call changed nothing."""
    with store.write() as session:
        session.execute(
            delete(KeptAnswer).where(
                KeptAnswer.account_id == account_id, KeptAnswer.key == key, KeptAnswer.status.is_(None)
            )
        )
