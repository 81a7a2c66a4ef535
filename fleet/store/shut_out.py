"""A database for one writer alone, while all others may read it as it was."""

import time

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from fleet.store.tables import Base

TRIED_FOR_S = 30.0
AGAIN_S = 0.05
LOCK_NOT_AVAILABLE = "55P03"


def shut_out_writers(connection: Connection) -> None:
    """Let nobody else write until the transaction ends; on SQLite nobody does anyway.

    Taken all at once or not at all, again and again: who waits for one table while holding another makes a
    deadlock with the first writer that has them in another order.

    Raises
    ------
    OperationalError
        Somebody held a table all the time.
    """
    if connection.dialect.name == "sqlite":
        return
    tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    give_up_at_s = time.monotonic() + TRIED_FOR_S
    while True:
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"LOCK TABLE {tables} IN EXCLUSIVE MODE NOWAIT")
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE or time.monotonic() > give_up_at_s:
                raise
            time.sleep(AGAIN_S)
        else:
            return
