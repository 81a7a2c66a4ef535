"""Do jobs without serving anybody: ``python -m fleet.jobs``, for further machines on one PostgreSQL.

Each such process looks into the table by itself and searches in children of its own; a job goes to whoever
claims it first. What is not given as an option comes from the environment (``FLEET_...``) and ``fleet.toml``.
"""

import argparse
import logging
import sys
from collections.abc import Sequence

from fleet.jobs.carrier import Carrier
from fleet.model import InputError
from fleet.service.config import load_settings
from fleet.service.context import Context
from fleet.service.end_signals import ENDS_WITHIN_S, EndSignals
from fleet.store import migrate, open_store
from fleet.texts import problem_line

BAD_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Do jobs until SIGTERM or SIGINT; what runs then is handed back."""
    given = _given(arguments)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    end = EndSignals(within_s=ENDS_WITHIN_S)
    try:
        config = load_settings(flags=given).config
        store = open_store(config.database)
        migrate(store)
    except InputError as error:
        first = error.problems[0]
        line = problem_line(first.code, where=first.where, value=first.value, params=first.params)
        sys.stderr.write(line + "\n")
        return BAD_INPUT
    carrier = Carrier(Context(store=store, config=config))
    carrier.start()
    end.wait()
    carrier.stop()
    store.close()
    return 0


def _given(arguments: Sequence[str] | None) -> dict[str, str]:
    parser = argparse.ArgumentParser(prog="python -m fleet.jobs", description="Do jobs of a Fleet service.")
    parser.add_argument("--database", metavar="URL")
    parser.add_argument("--roads", metavar="FILE")
    parser.add_argument("--workers", metavar="N", help="how many jobs at a time")
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="send them to the workers of Dask")
    return {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}


if __name__ == "__main__":
    sys.exit(main())
