"""Which rows hold something of persons, and how it is taken out: in small transactions, again and again.

Each row is done or not: whoever is interrupted purges again. The service serves meanwhile, because no
transaction holds more than a few rows.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, undefer

from fleet.store import days, master, personal
from fleet.store.engine import Store
from fleet.store.jobs import JobState
from fleet.store.standing_orders import HISTORY_KIND
from fleet.store.tables import (
    Base,
    DayHistory,
    DayItem,
    Event,
    Job,
    KeptAnswer,
    Master,
    MasterHistory,
    RequestHistory,
    SignInFailure,
    StandingOrder,
    StoredDay,
    StoredPlan,
    StoredRequest,
)

AT_ONCE = 50
HOUSEHOLD: master.Kind = "household"
Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Purge:
    """All that is before a date; ``begins`` is the instant at which that begins on the township's clock."""

    store: Store
    before: datetime.date
    begins: datetime.datetime
    dry_run: bool = False

    def run(self) -> dict[str, int]:
        """Take out persons, and return by table how many rows were changed or deleted, or would be."""
        counts = {part.model.__tablename__: self._scrub(part) for part in _parts(self)}
        counts[Master.__tablename__] = self._forget_households()
        for model, condition in _of_no_use(self):
            counts[model.__tablename__] = self._delete(model, condition)
        return counts

    def _transaction(self) -> AbstractContextManager[Session]:
        return self.store.read() if self.dry_run else self.store.write()

    def _keys(self, model: type[Base], condition: ColumnElement[bool]) -> Iterator[list[Key]]:
        key = model.__mapper__.primary_key
        with self.store.read() as session:
            keys = [tuple(row) for row in session.execute(select(*key).where(condition).order_by(*key))]
        for start in range(0, len(keys), AT_ONCE):
            yield keys[start : start + AT_ONCE]

    def _scrub(self, part: "_Part") -> int:
        changed = 0
        for keys in self._keys(part.model, part.condition):
            with self._transaction() as session:
                touched = [row for key in keys if (row := self._scrub_row(session, part, key)) is not None]
                changed += len(touched)
                if part.is_of_day and not self.dry_run:
                    session.flush()
                    for date in {row.date for row in touched}:
                        days.bump(session, date=date, at=self.store.clock(), account_id=None)
        return changed

    def _scrub_row(self, session: Session, part: "_Part", key: Key) -> Any | None:
        """Return the row where there was something to take out of it."""
        row = session.get(
            part.model,
            key,
            options=[undefer(column) for column in part.scrubs],
            with_for_update=None if self.dry_run else True,
        )
        if row is None:
            return None
        if isinstance(row, DayItem) and row.body is None:
            new: dict[str, Any] = {"body": _pinned(session, row)}
        else:
            old = {column.key: getattr(row, column.key) for column in part.scrubs}
            new = {column.key: scrub(old[column.key]) for column, scrub in part.scrubs.items()}
            if new == old:
                return None
        if not self.dry_run:
            for name, value in new.items():
                setattr(row, name, value)
        return row

    def _forget_households(self) -> int:
        """Delete those whom nothing refers to any more, and take the person out of what stays of them."""
        condition = and_(Master.kind == HOUSEHOLD, Master.changed_at < self.begins)
        forgotten = 0
        for keys in self._keys(Master, condition):
            with self._transaction() as session:
                forgotten += sum(self._forget_household(session, household_id) for _, household_id in keys)
        return forgotten

    def _forget_household(self, session: Session, household_id: str) -> bool:
        record = master.get(session, kind=HOUSEHOLD, record_id=household_id, lock=not self.dry_run)
        if record is None or record.changed_at >= self.begins:
            return False
        blank = personal.household(record.body)
        if blank == record.body or self._is_used(session, household_id):
            return False
        if not self.dry_run:
            last = session.get(MasterHistory, (HOUSEHOLD, household_id, record.version))
            if last is not None and last.body is not None:
                last.body = personal.household(last.body)
            record.body = blank
            master.change(session, record, None, at=self.store.clock(), by=None)
        return True

    def _is_used(self, session: Session, household_id: str) -> bool:
        in_days = exists().where(
            DayItem.date >= self.before, DayItem.kind == HOUSEHOLD, DayItem.id == household_id
        )
        in_orders = exists().where(StandingOrder.body["request"]["household"].as_string() == household_id)
        return bool(session.scalar(select(in_days | in_orders)))

    def _delete(self, model: type[Base], condition: ColumnElement[bool]) -> int:
        with self._transaction() as session:
            number = session.scalar(select(func.count()).select_from(model).where(condition)) or 0
            if not self.dry_run:
                session.execute(delete(model).where(condition))
        return number


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Rows of a table and what is done to their columns; ``is_of_day`` where the day's ETag is to change."""

    model: type[Base]
    condition: ColumnElement[bool]
    scrubs: Mapping[InstrumentedAttribute[Any], Callable[[Any], Any]]
    is_of_day: bool = False


def _parts(purge: Purge) -> Sequence[_Part]:
    before, text = purge.before, personal.in_text
    return (
        _Part(
            model=StoredDay,
            condition=StoredDay.date < before,
            scrubs={StoredDay.body: personal.without_persons},
        ),
        _Part(
            model=DayItem,
            condition=and_(DayItem.date < before, DayItem.kind == HOUSEHOLD),
            scrubs={DayItem.body: personal.household},
            is_of_day=True,
        ),
        _Part(
            model=StoredRequest,
            condition=StoredRequest.date < before,
            scrubs={StoredRequest.body: personal.request},
            is_of_day=True,
        ),
        _Part(
            model=RequestHistory,
            condition=and_(RequestHistory.date < before, RequestHistory.body.is_not(None)),
            scrubs={RequestHistory.body: personal.request},
        ),
        _Part(model=DayHistory, condition=DayHistory.date < before, scrubs={DayHistory.document: text}),
        _Part(
            model=StoredPlan,
            condition=StoredPlan.date < before,
            scrubs={StoredPlan.day: text, StoredPlan.plan: text},
        ),
        _Part(model=Event, condition=Event.date < before, scrubs={Event.body: personal.event}),
        _Part(
            model=MasterHistory,
            condition=_is_past_version(purge.begins),
            scrubs={MasterHistory.body: personal.record},
        ),
    )


def _is_past_version(begins: datetime.datetime) -> ColumnElement[bool]:
    """What records said before an instant, but not what one that was written then says until now."""
    of_household = and_(
        Master.kind == MasterHistory.kind,
        Master.id == MasterHistory.id,
        Master.version == MasterHistory.version,
    )
    of_order = and_(
        MasterHistory.kind == HISTORY_KIND,
        StandingOrder.id == MasterHistory.id,
        StandingOrder.version == MasterHistory.version,
    )
    return and_(
        MasterHistory.kind.in_((HOUSEHOLD, HISTORY_KIND)),
        MasterHistory.body.is_not(None),
        MasterHistory.changed_at < begins,
        ~exists().where(of_household),
        ~exists().where(of_order),
    )


def _of_no_use(purge: Purge) -> Sequence[tuple[type[Base], ColumnElement[bool]]]:
    """What nobody asks for any more, whatever it holds."""
    over = [state for state in JobState if state.is_over]
    return (
        # A past day may have been planned again since.
        (Job, and_(Job.state.in_(over), or_(Job.created_at < purge.begins, Job.date < purge.before))),
        (KeptAnswer, KeptAnswer.created_at < purge.begins),
        (SignInFailure, SignInFailure.at < purge.begins),
    )


def _pinned(session: Session, item: DayItem) -> dict[str, Any]:
    """Return a household of a past day that the day took from the master data: its own from now on."""
    record = session.get(Master, (item.kind, item.id))
    return personal.household({"id": item.id, "name": "", **(record.body if record else {})})
