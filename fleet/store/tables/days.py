"""Master data, days and what was asked for."""

import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fleet.store.columns import Text
from fleet.store.tables.base import Base, Json


class Master(Base):
    """A place, tricycle, household or product (``kind``) as the township knows it; ``body`` is the model."""

    __tablename__ = "master"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    body: Mapped[Json]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime.datetime]
    changed_by: Mapped[str | None] = mapped_column(String(40))
    deleted_at: Mapped[datetime.datetime | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class MasterHistory(Base):
    """What a record or a standing order said, version by version; ``body`` is absent where it was deleted."""

    __tablename__ = "master_history"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[Json | None]
    changed_at: Mapped[datetime.datetime]
    changed_by: Mapped[str | None] = mapped_column(String(40))


class StoredDay(Base):
    """A day without its lists: ``body`` holds title, zone, rules, locks, assignments, closed roads.

    ``version`` grows with every change of the day, its items and its requests; it is the day's ETag.
    """

    __tablename__ = "days"

    date: Mapped[datetime.date] = mapped_column(primary_key=True)
    body: Mapped[Json]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime.datetime]
    changed_at: Mapped[datetime.datetime]
    changed_by: Mapped[str | None] = mapped_column(String(40))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DayHistory(Base):
    """A day as it was before it was replaced, deleted or assigned otherwise: the whole document.

    ``version`` is the one that the document had; requests changed one by one are in ``RequestHistory``.
    """

    __tablename__ = "day_history"

    date: Mapped[datetime.date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(Text, deferred=True)
    changed_at: Mapped[datetime.datetime]
    changed_by: Mapped[str | None] = mapped_column(String(40))


class DayItem(Base):
    """A place, tricycle, household or product that takes part in a day.

    ``body`` is absent where the day takes it from the master data as it is, and holds the day's own version
    where it differs. ``position`` keeps the order of the list.
    """

    __tablename__ = "day_items"
    __table_args__ = (ForeignKeyConstraint(["date"], ["days.date"], ondelete="CASCADE"),)

    date: Mapped[datetime.date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int]
    body: Mapped[Json | None]


class StoredRequest(Base):
    """A request of a day; ``source`` says where it came from: form, document, sheet or a standing order."""

    __tablename__ = "requests"
    __table_args__ = (ForeignKeyConstraint(["date"], ["days.date"], ondelete="CASCADE"),)

    date: Mapped[datetime.date] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int]
    body: Mapped[Json]
    source: Mapped[str] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime.datetime]
    changed_by: Mapped[str | None] = mapped_column(String(40))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class RequestHistory(Base):
    """Who changed what of a request when; ``body`` is absent where it was deleted."""

    __tablename__ = "request_history"
    __table_args__ = (Index(None, "date", "request_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    date: Mapped[datetime.date]
    request_id: Mapped[str] = mapped_column(String(80))
    body: Mapped[Json | None]
    changed_at: Mapped[datetime.datetime]
    changed_by: Mapped[str | None] = mapped_column(String(40))


class StandingOrder(Base):
    """A request that comes again: ``body`` holds weekdays, the season and the request with clock times."""

    __tablename__ = "standing_orders"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    body: Mapped[Json]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime.datetime]
    changed_by: Mapped[str | None] = mapped_column(String(40))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class StoredPlan(Base):
    """A plan, never changed: a change by hand makes another one, whose ``parent_id`` is the one it came from.

    ``day`` is the whole day as it was planned, so that the plan can be checked and explained for ever.
    """

    __tablename__ = "plans"
    __table_args__ = (Index(None, "date", "number", unique=True),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    date: Mapped[datetime.date] = mapped_column(index=True)
    number: Mapped[int]
    origin: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[str | None] = mapped_column(
        # Looked at when the transaction ends: a backup brings plans in any order.
        ForeignKey("plans.id", deferrable=True, initially="DEFERRED")
    )
    job_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    day_sha256: Mapped[str] = mapped_column(String(64))
    figures: Mapped[Json]
    day: Mapped[str] = mapped_column(Text, deferred=True)
    plan: Mapped[str] = mapped_column(Text, deferred=True)
    created_at: Mapped[datetime.datetime]
    created_by: Mapped[str | None] = mapped_column(String(40))


class Publication(Base):
    """A plan that drivers see from then on, or no longer; the latest of a date counts.

    ``withdrawn`` says that the plan was taken back; the columns then say when and by whom.
    """

    __tablename__ = "publications"
    __table_args__ = (Index(None, "date", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    date: Mapped[datetime.date]
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"))
    withdrawn: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime.datetime]
    published_by: Mapped[str | None] = mapped_column(String(40))
