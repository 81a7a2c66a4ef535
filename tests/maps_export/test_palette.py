"""The colours of routes: told apart by colour-blind readers, readable under white numbers.

CIEDE2000 after Sharma, Wu and Dalal (2005), colour vision deficiency after Machado, Oliveira and Fernandes
(2009), contrast after WCAG 2.2. A few lines each, tested on their papers' own figures first.
"""

import math
from itertools import combinations

import numpy as np
import pytest

from maps.export.palette import COLOURS, PATTERNS, badge, style_of

LEAST_DIFFERENCE = 15.0
LEAST_CONTRAST = 4.5

# Severity 1.0, on linear RGB.
SIGHTS = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = TO_XYZ.sum(axis=1)


def linear_rgb(colour: str) -> np.ndarray:
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(linear: np.ndarray) -> tuple[float, float, float]:
    ratio = TO_XYZ @ linear.clip(0, 1) / WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def ciede2000(first: tuple[float, float, float], second: tuple[float, float, float]) -> float:
    (l1, a1, b1), (l2, a2, b2) = first, second
    mean_c = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = math.degrees(math.atan2(b1, a1)) % 360, math.degrees(math.atan2(b2, a2)) % 360
    grey = c1 * c2 == 0
    turn = 0.0 if grey else (h2 - h1 + 180) % 360 - 180
    mean_h = h1 + h2 if grey else (h1 + h2) / 2 + (180 if abs(h1 - h2) > 180 else 0)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * math.cos(math.radians(mean_h - 30))
        + 0.24 * math.cos(math.radians(2 * mean_h))
        + 0.32 * math.cos(math.radians(3 * mean_h + 6))
        - 0.20 * math.cos(math.radians(4 * mean_h - 63))
    )
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / math.sqrt(20 + (mean_l - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    turning = 60 * math.exp(-(((mean_h % 360 - 275) / 25) ** 2))
    r = -2 * math.sqrt(mean_c**7 / (mean_c**7 + 25**7)) * math.sin(math.radians(turning))
    d_l, d_c = (l2 - l1) / s_l, (c2 - c1) / s_c
    d_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / s_h
    return math.sqrt(d_l**2 + d_c**2 + d_h**2 + r * d_c * d_h)


@pytest.mark.parametrize(
    ("first", "second", "difference"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.0, 2.0), (50, 0, 0), 2.3669),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_difference_is_that_of_its_paper(first: tuple, second: tuple, difference: float) -> None:
    assert ciede2000(first, second) == pytest.approx(difference, abs=1e-4)


@pytest.mark.parametrize("sight", SIGHTS)
def test_any_two_colours_differ_for_every_sight(sight: str) -> None:
    seen = {colour: lab(SIGHTS[sight] @ linear_rgb(colour)) for colour in COLOURS}
    differences = {(a, b): ciede2000(seen[a], seen[b]) for a, b in combinations(COLOURS, 2)}
    assert min(differences.values()) >= LEAST_DIFFERENCE, min(differences, key=differences.__getitem__)


def test_twenty_colours_cannot_be_told_apart() -> None:
    """Why there are seven and the number counts: a usual palette of twenty falls to next to nothing."""
    twenty = [
        "1f77b4",
        "aec7e8",
        "ff7f0e",
        "ffbb78",
        "2ca02c",
        "98df8a",
        "d62728",
        "ff9896",
        "9467bd",
        "c5b0d5",
        "8c564b",
        "c49c94",
        "e377c2",
        "f7b6d2",
        "7f7f7f",
        "c7c7c7",
        "bcbd22",
        "dbdb8d",
        "17becf",
        "9edae5",
    ]
    seen = [lab(SIGHTS["protan"] @ linear_rgb(f"#{colour}")) for colour in twenty]
    assert min(ciede2000(a, b) for a, b in combinations(seen, 2)) < 1


@pytest.mark.parametrize("colour", COLOURS)
def test_white_numbers_are_readable_on_every_colour(colour: str) -> None:
    luminance = float(TO_XYZ[1] @ linear_rgb(colour))
    assert 1.05 / (luminance + 0.05) >= LEAST_CONTRAST


def test_the_first_21_numbers_have_styles_of_their_own() -> None:
    styles = [style_of(number) for number in range(1, 22)]
    assert len(set(styles)) == len(COLOURS) * len(PATTERNS) == 21
    assert [style.pattern for style in styles[6:8]] == ["solid", "dash"]
    assert style_of(22) == style_of(1)


def test_a_number_has_at_least_two_digits() -> None:
    assert [badge(number) for number in (1, 20, 500)] == ["01", "20", "500"]
