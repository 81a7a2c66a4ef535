"""How a route is drawn: two-digit number, then one of 7 colours and 3 patterns, fixed per tricycle.

Twenty colours can't be told apart, least of all by colour-blind readers, so a route's identity is its
number. The colours were searched for: CIEDE2000 differences of at least 15 between any two for normal,
protan, deutan and tritan sight, white text on them at a contrast of at least 4.5 to 1 (both tested).
"""

from typing import Literal, NamedTuple

Pattern = Literal["solid", "dash", "double"]

COLOURS = ("#0000aa", "#aa5588", "#550011", "#220033", "#4466ff", "#bb0000", "#227755")
PATTERNS: tuple[Pattern, ...] = ("solid", "dash", "double")


class RouteStyle(NamedTuple):
    """Colour ``#rrggbb`` and pattern of a route's line."""

    colour: str
    pattern: Pattern


def style_of(number: int) -> RouteStyle:
    """Return the style of a tricycle's number, 1 or more; styles repeat after 21."""
    turn, index = divmod(max(number, 1) - 1, len(COLOURS))
    return RouteStyle(colour=COLOURS[index], pattern=PATTERNS[turn % len(PATTERNS)])


def badge(number: int) -> str:
    """Return the number as a route is called by: at least two digits."""
    return f"{number:02d}"
