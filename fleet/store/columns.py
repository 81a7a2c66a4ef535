"""Column types that behave alike on SQLite and PostgreSQL."""

import datetime
import gzip
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

COMPRESSION = 6


class Instant(TypeDecorator[datetime.datetime]):
    """An instant, stored in UTC: SQLite gives back naive datetimes, and a naive one is refused here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime.datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Refuse what has no offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs an offset, got {value!r}")
        return value.astimezone(datetime.UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime.datetime | None:  # noqa: ARG002
        """Give back UTC."""
        if value is None:
            return None
        aware: datetime.datetime = value if value.tzinfo else value.replace(tzinfo=datetime.UTC)
        return aware.astimezone(datetime.UTC)


class Text(TypeDecorator[str]):
    """A long text, such as a day or a plan as JSON, kept compressed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Compress; the same text gives the same bytes."""
        return None if value is None else gzip.compress(value.encode(), COMPRESSION, mtime=0)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Expand."""
        return None if value is None else gzip.decompress(bytes(value)).decode()
