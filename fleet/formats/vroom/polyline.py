"""Lines as text: Google's encoded polyline format, five decimals, which VROOM's ``geometry`` uses."""

from collections.abc import Iterable

PRECISION = 100_000


def encoded(points: Iterable[tuple[float, float]]) -> str:
    """Encode latitudes and longitudes."""
    text: list[str] = []
    before = (0, 0)
    for latitude, longitude in points:
        point = round(latitude * PRECISION), round(longitude * PRECISION)
        for now, then in zip(point, before, strict=True):
            value = now - then
            value = ~(value << 1) if value < 0 else value << 1
            while value >= 0x20:
                text.append(chr((0x20 | (value & 0x1F)) + 63))
                value >>= 5
            text.append(chr(value + 63))
        before = point
    return "".join(text)
