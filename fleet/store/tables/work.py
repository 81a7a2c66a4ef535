"""What is being worked on: jobs, events of the morning, and answers kept for repeated calls."""

import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, column_property, mapped_column

from fleet.store.columns import Text
from fleet.store.tables.base import Base, Json


class Job(Base):
    """A job: this row is the truth, and its lease alone decides who runs it.

    ``state`` is queued, running, succeeded, failed or cancelled. ``rank`` puts a dispatcher's plan before a
    planner's sweep, smaller first. ``lease`` is the secret of one run: who no longer holds it writes nothing.
    Within each second that run adds one to ``beats``: who watches and sees none for long, by a clock that
    never jumps, takes the lease away. ``attempts`` counts the runs that were not handed back.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index(None, "state", "rank", "created_at"), Index(None, "account_id", "state"))

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    rank: Mapped[int]
    account_id: Mapped[str | None] = mapped_column(String(40))
    date: Mapped[datetime.date | None]
    input: Mapped[str] = mapped_column(Text, deferred=True)
    progress: Mapped[Json] = mapped_column(default=dict)
    best: Mapped[str | None] = mapped_column(Text, deferred=True)
    result: Mapped[str | None] = mapped_column(Text, deferred=True)
    result_id: Mapped[str | None] = mapped_column(String(40))
    error: Mapped[Json | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(40))
    beats: Mapped[int] = mapped_column(default=0)
    cancel_asked_at: Mapped[datetime.datetime | None]
    created_at: Mapped[datetime.datetime]
    started_at: Mapped[datetime.datetime | None]
    finished_at: Mapped[datetime.datetime | None]
    expires_at: Mapped[datetime.datetime | None] = mapped_column(index=True)

    has_result: Mapped[bool] = column_property(result.is_not(None))


class Event(Base):
    """What a phone or the dispatcher reported, by the sender's own id: sent again, it is the same event.

    ``number`` counts the events of a date in the order in which they were committed. The same id with
    another content is another event. ``counts`` is false for what is of somebody else's route. ``flags`` are
    those that depend on the moment of receipt; nothing is dropped.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "date", "sender", "id", "content_sha256", unique=True),
        Index(None, "date", "tricycle"),
    )

    date: Mapped[datetime.date] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sender: Mapped[str] = mapped_column(String(40))
    id: Mapped[str] = mapped_column(String(80))
    content_sha256: Mapped[str] = mapped_column(String(64))
    tricycle: Mapped[str] = mapped_column(String(80))
    request: Mapped[str | None] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    body: Mapped[Json]
    occurred_at: Mapped[datetime.datetime]
    received_at: Mapped[datetime.datetime]
    counts: Mapped[bool]
    flags: Mapped[Json] = mapped_column(default=dict)


class KeptAnswer(Base):
    """The answer to a POST with an ``Idempotency-Key``, given again when the call is repeated."""

    __tablename__ = "kept_answers"
    __table_args__ = (Index(None, "created_at"),)

    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    call_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    headers: Mapped[Json] = mapped_column(default=dict)
    body: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime.datetime]
