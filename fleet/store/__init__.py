"""Where everything is kept: tables, migrations and repositories, on SQLite or PostgreSQL."""

from fleet.store.engine import Store, open_store
from fleet.store.migrate import migrate

__all__ = ["Store", "migrate", "open_store"]
