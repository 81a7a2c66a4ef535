"""Shifts of Chinese maps, held against the figures of other implementations."""

import pytest

from maps.datum import Point, bd09, gcj02
from maps.roads.geometry import great_circle_m

# WGS 84, then GCJ-02 and BD-09 by prcoords 1.0.2 (eviltransform 0.1.1 differs by less than 1 cm).
KNOWN = {
    "Korla": ((41.76055, 86.15231), (41.7620426, 86.1549446), (41.7682929, 86.1613255)),
    "Yuli": ((41.33699, 86.25663), (41.3382247, 86.2590509), (41.3443436, 86.2654960)),
    "Kuqa": ((41.71500, 82.96000), (41.7161713, 82.9628380), (41.7220096, 82.9694025)),
    "Urumqi": ((43.82560, 87.61680), (43.8268054, 87.6196499), (43.8329498, 87.6260998)),
    "Kashgar": ((39.47040, 75.98980), (39.4706270, 75.9927550), (39.4765899, 75.9992636)),
    "Beijing": ((39.90870, 116.39750), (39.9101035, 116.4037436), (39.9164427, 116.4101166)),
}


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(great_circle_m(*a, *b))


@pytest.mark.parametrize("town", KNOWN)
def test_points_are_where_other_implementations_put_them(town: str) -> None:
    here, amap, baidu = KNOWN[town]
    assert metres(gcj02(*here), amap) < 0.02
    assert metres(bd09(*here), baidu) < 0.02


def test_round_korla_a_point_that_was_not_shifted_would_be_228_to_284_m_off() -> None:
    box = [(41.5 + i / 50, 85.9 + j / 50) for i in range(26) for j in range(26)]
    shifts = [metres(point, gcj02(*point)) for point in box]
    assert 225 < min(shifts) < max(shifts) < 290


def test_nothing_is_shifted_outside_of_china() -> None:
    assert gcj02(47.14, 9.52) == Point(47.14, 9.52)
