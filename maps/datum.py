"""Map datums of China: WGS 84 (inside this program), GCJ-02 (Amap, Tencent) and BD-09 (Baidu).

A public map of China has to shift what it shows by some hundred metres. The shift is not published; what
everybody uses since 2010 are a transverse-Mercator step on the Krasovsky ellipsoid and a sum of sines that
were found in map software. Independent implementations agree within millimetres.
"""

import math
from typing import NamedTuple

SEMI_MAJOR_AXIS_M = 6_378_245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
"""Of the Krasovsky ellipsoid of 1940."""
ORIGIN_LATITUDE, ORIGIN_LONGITUDE = 35.0, 105.0
"""Where the sums of sines are counted from."""
BAIDU_LATITUDE, BAIDU_LONGITUDE = 0.006, 0.0065
"""What Baidu adds, in degrees, after a small turn and stretch."""
WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271
"""Outside of this box nothing is shifted."""


class Point(NamedTuple):
    """Degrees, in whichever datum the function says."""

    latitude: float
    longitude: float


def gcj02(latitude: float, longitude: float) -> Point:
    """Return where Amap and Tencent draw a point of WGS 84."""
    if not (WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH):
        return Point(latitude, longitude)
    east, north = longitude - ORIGIN_LONGITUDE, latitude - ORIGIN_LATITUDE
    north_m, east_m = _shift_north_m(east, north), _shift_east_m(east, north)
    phi = math.radians(latitude)
    flattened = 1 - ECCENTRICITY_SQUARED * math.sin(phi) ** 2
    meridian_m = SEMI_MAJOR_AXIS_M * (1 - ECCENTRICITY_SQUARED) / flattened**1.5
    parallel_m = SEMI_MAJOR_AXIS_M / math.sqrt(flattened) * math.cos(phi)
    return Point(latitude + math.degrees(north_m / meridian_m), longitude + math.degrees(east_m / parallel_m))


def bd09(latitude: float, longitude: float) -> Point:
    """Return where Baidu draws a point of WGS 84: the shift of GCJ-02 and one of its own."""
    y, x = gcj02(latitude, longitude)
    turn = 3_000 * math.pi / 180
    radius = math.hypot(x, y) + 0.00002 * math.sin(y * turn)
    angle = math.atan2(y, x) + 0.000003 * math.cos(x * turn)
    return Point(radius * math.sin(angle) + BAIDU_LATITUDE, radius * math.cos(angle) + BAIDU_LONGITUDE)


def _shift_north_m(x: float, y: float) -> float:
    trend = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    waves = 20 * _sine(6 * x) + 20 * _sine(2 * x)
    waves += 20 * _sine(y) + 40 * _sine(y / 3)
    waves += 160 * _sine(y / 12) + 320 * _sine(y / 30)
    return trend + waves * 2 / 3


def _shift_east_m(x: float, y: float) -> float:
    trend = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    waves = 20 * _sine(6 * x) + 20 * _sine(2 * x)
    waves += 20 * _sine(x) + 40 * _sine(x / 3)
    waves += 150 * _sine(x / 12) + 300 * _sine(x / 30)
    return trend + waves * 2 / 3


def _sine(half_turns: float) -> float:
    return math.sin(half_turns * math.pi)
