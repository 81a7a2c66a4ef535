"""The samples by name."""

from collections.abc import Callable
from typing import NamedTuple

from fleet.model.codes import ErrorCode
from fleet.model.day import Day
from fleet.model.documents import bad_input
from fleet.samples.geography import Geography, kuqa_geography, qiaerbag_geography
from fleet.samples.kuqa import kuqa_day
from fleet.samples.qiaerbag import january_day, june_day, winter_day
from maps.roads import RoadGraph


class _Sample(NamedTuple):
    description: str
    day: Callable[[], Day]
    geography: Callable[[], Geography]


_SAMPLES = {
    "qiaerbag": _Sample(
        "A June morning of Qiaerbag Township: 20 tricycles, 7 villages, 12 communities, 120 requests.",
        june_day,
        qiaerbag_geography,
    ),
    "kuqa": _Sample(
        "A September day of Kuqa: 12 tricycles, 8 enterprises, 25 products, 19 sales sites, 86 requests.",
        kuqa_day,
        kuqa_geography,
    ),
    "winter": _Sample(
        "The June morning of Qiaerbag with nothing changed but the temperature: -15 C.",
        winter_day,
        qiaerbag_geography,
    ),
    "january": _Sample(
        "A January day of Qiaerbag at -15 C: stored pears, dates, walnuts, greenhouse tomatoes, 70 requests.",
        january_day,
        qiaerbag_geography,
    ),
}


def sample_names() -> dict[str, str]:
    """Return a line of description by the name of each sample."""
    return {name: sample.description for name, sample in _SAMPLES.items()}


def make_day(name: str) -> Day:
    """Return a sample day, always the same one.

    Raises
    ------
    InputError
        UNKNOWN_ID when there is no such sample.
    """
    return _sample(name).day()


def sample_roads(name: str) -> RoadGraph:
    """Return the invented roads on which the places of a sample lie.

    Raises
    ------
    InputError
        UNKNOWN_ID when there is no such sample.
    """
    return _sample(name).geography().graph


def _sample(name: str) -> _Sample:
    if name not in _SAMPLES:
        raise bad_input(
            ErrorCode.UNKNOWN_ID, where="sample", value=name, kind="sample", expected=", ".join(_SAMPLES)
        )
    return _SAMPLES[name]
