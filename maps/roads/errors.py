"""Errors of the maps rooms.

There is one exception, `MapsError`; what went wrong is its ``code``:

====================== ==========================================================================
code                   meaning (parameters)
====================== ==========================================================================
ROADS_UNREADABLE       the file can't be opened or isn't OpenStreetMap data (file, detail)
ROADS_TRUNCATED        the file ends in the middle (file, detail)
ROADS_EMPTY            no usable road in the file or the box (file)
ROADS_FORMAT           not a road file of this project, or a damaged one (file, detail)
BBOX_INVALID           the box isn't south, west, north, east in degrees (bbox)
SEGMENTS_INVALID       arrays handed to `graph_from_segments` don't fit together (detail)
COORDINATES_INVALID    a latitude or longitude is not a number or out of range (name)
SPEED_CAP_INVALID      a speed cap is not a positive number (speed_cap_kmh)
TOO_MANY_SPEED_CLASSES more distinct speed caps than the limit (count, limit)
PLACE_OFF_ROADS        no usable road near the place (name, distance_m, limit_m)
PLACE_UNREACHABLE      no way ``direction`` ("to" or "from") the place (name, direction, other)
OASIS_FULL             no spot left for a place of an invented oasis (name, least_km, greatest_km)
CLOSURE_INVALID        a closed polygon is not a ring of latitudes and longitudes (index)
====================== ==========================================================================
"""

_MESSAGES = {
    "ROADS_UNREADABLE": "cannot read roads from {file}: {detail}",
    "ROADS_TRUNCATED": "the road data in {file} ends in the middle: {detail}",
    "ROADS_EMPTY": "no usable roads in {file}",
    "ROADS_FORMAT": "{file} is not an intact road file: {detail}",
    "BBOX_INVALID": "bbox must be south, west, north, east in degrees, got {bbox}",
    "SEGMENTS_INVALID": "segments do not fit together: {detail}",
    "COORDINATES_INVALID": "the coordinates of {name} are not a latitude and a longitude",
    "SPEED_CAP_INVALID": "a speed cap must be > 0 km/h, got {speed_cap_kmh}",
    "TOO_MANY_SPEED_CLASSES": "{count} distinct speed caps, at most {limit} are supported",
    "PLACE_OFF_ROADS": "{name} is {distance_m} m from the nearest usable road, the limit is {limit_m} m",
    "PLACE_UNREACHABLE": "no way {direction} {name} (tried with {other})",
    "OASIS_FULL": "no free spot for {name} between {least_km} and {greatest_km} km from the centre",
    "CLOSURE_INVALID": "closed polygon {index} is not a ring of at least three latitudes and longitudes",
}


class MapsError(Exception):
    """An error of the maps rooms: a stable code with parameters.

    Parameters
    ----------
    code
        One of the codes listed in this module.
    params
        What the message names: places, limits, files (names without folders).
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params: dict[str, object] = params
        super().__init__(_MESSAGES[code].format(**params))

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by code and parameters: errors cross process borders."""
        return (_rebuild, (self.code, self.params))


def _rebuild(code: str, params: dict[str, object]) -> MapsError:
    return MapsError(code, **params)
