"""``fleet`` by a clock that a test lets jump: ``python -m tests.odd_clock serve ...``.

Everything else is the same service. The file that ``ODD_CLOCK`` names has the days by which the clock is
wrong. Processes that Dask starts import the main module of the one that starts them, so they have this clock
too.
"""

import datetime
import os
import sys
from pathlib import Path

from fleet.cli import main
from fleet.store import engine

FILE = Path(os.environ["ODD_CLOCK"])


def odd_now() -> datetime.datetime:
    return engine.utc_now() + datetime.timedelta(days=float(FILE.read_text()))


engine.open_store.__kwdefaults__["clock"] = odd_now

if __name__ == "__main__":
    sys.exit(main())
