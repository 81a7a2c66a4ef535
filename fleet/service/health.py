"""Whether the service can do its work."""

import datetime
from typing import Literal

from sqlalchemy import func, select, text

from fleet.model import InputError
from fleet.model.base import Document
from fleet.service.context import Context
from fleet.store.kept_answers import keep_nothing
from fleet.store.tables import Job

State = Literal["ok", "missing", "failing"]
WAITS_TOO_LONG = datetime.timedelta(minutes=2)
"""A job that nobody has taken for this long says that no worker takes any."""


class Part(Document):
    """How one part is."""

    state: State
    detail: str = ""


class Queue(Document):
    """What waits and what runs."""

    queued: int
    running: int
    oldest_wait_s: int


class Health(Document):
    """How the parts are; ``ok`` where the service does all that it is for.

    The database is ``failing`` where it cannot be read or takes nothing that is written: ``detail`` says why.
    """

    ok: bool
    database: Part
    workers: Part
    roads: Part
    queue: Queue | None = None


def health(ctx: Context) -> Health:
    """Look at every part; nothing here raises."""
    roads = Part(state="missing") if ctx.roads is None else Part(state="ok")
    try:
        queue = _queue(ctx)
    except InputError as error:
        failing = Part(state="failing", detail=error.problems[0].code)
        return Health(ok=False, database=failing, workers=Part(state="failing"), roads=roads)
    failure = ctx.store.writable.failure(lambda: keep_nothing(ctx.store))
    database = Part(state="ok") if failure is None else Part(state="failing", detail=failure)
    places = None if ctx.places is None else ctx.places()
    stuck = queue.oldest_wait_s > WAITS_TOO_LONG.total_seconds() and queue.running == 0
    works = places != 0 and not stuck
    workers = Part(state="ok" if works else "failing", detail="" if places is None else str(places))
    return Health(ok=works and failure is None, database=database, workers=workers, roads=roads, queue=queue)


def _queue(ctx: Context) -> Queue:
    with ctx.store.read() as session:
        session.execute(text("SELECT 1"))
        waiting = select(func.count(), func.min(Job.created_at)).where(Job.state == "queued")
        queued, oldest = session.execute(waiting).one()
        running = session.scalar(select(func.count()).where(Job.state == "running")) or 0
    waits = (ctx.store.clock() - oldest).total_seconds() if oldest else 0.0
    return Queue(queued=queued, running=running, oldest_wait_s=max(0, int(waits)))
