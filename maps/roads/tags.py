"""What a way's tags say to a slow electric vehicle: may it go, which way, how fast.

The tables are assumptions to be edited, not findings: no source was measured for them.
"""

import re
from collections.abc import Mapping

Tags = Mapping[str, str]

CLASS_SPEED_KMH = {
    "trunk": 60.0,
    "primary": 50.0,
    "secondary": 45.0,
    "tertiary": 40.0,
    "unclassified": 35.0,
    "residential": 25.0,
    "living_street": 10.0,
    "service": 15.0,
    "track": 20.0,
    "road": 25.0,
    "path": 10.0,
}
"""Free speed of a class on a good surface, before any vehicle's own cap."""

PATH_CLASSES = frozenset({"path", "footway", "cycleway", "pedestrian", "bridleway"})
"""Open only where a motor vehicle is admitted by name; then they count as the class path."""

SURFACE_SPEED_KMH = {
    "compacted": 30.0,
    "fine_gravel": 25.0,
    "unpaved": 20.0,
    "gravel": 20.0,
    "sett": 20.0,
    "pebblestone": 15.0,
    "unhewn_cobblestone": 15.0,
    "cobblestone": 15.0,
    "dirt": 15.0,
    "earth": 15.0,
    "ground": 15.0,
    "grass_paver": 15.0,
    "wood": 15.0,
    "grass": 10.0,
    "rock": 8.0,
    "sand": 8.0,
    "mud": 6.0,
}
TRACKTYPE_SPEED_KMH = {"grade1": 20.0, "grade2": 15.0, "grade3": 12.0, "grade4": 8.0, "grade5": 6.0}
SMOOTHNESS_SPEED_KMH = {"bad": 20.0, "very_bad": 12.0, "horrible": 8.0, "very_horrible": 5.0}

ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
"""Most particular first: the first key that is present decides. A tricycle has two tracks, like a car."""

BARRED_VALUES = frozenset(
    {
        "no",
        "private",
        "agricultural",
        "forestry",
        "military",
        "emergency",
        "permit",
        "bus",
        "psv",
        "official",
        "use_sidepath",
    }
)
ADMITTED_VALUES = frozenset({"yes", "designated", "permissive", "destination", "delivery", "customers"})

SLOWEST_MINSPEED_KMH = 25.0
"""A road with a higher minimum speed is barred to slow vehicles."""

BLOCKING_BARRIERS = frozenset(
    {
        "block",
        "bollard",
        "cycle_barrier",
        "debris",
        "jersey_barrier",
        "kissing_gate",
        "log",
        "motorcycle_barrier",
        "planter",
        "stile",
        "turnstile",
    }
)
"""Barriers a tricycle can't pass unless a tag admits motor vehicles; gates are open unless barred."""

_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?$")
_UNITS_KMH = {"mph": 1.609344, "knots": 1.852}


def road_class(tags: Tags) -> str | None:
    """The class of a way, or None when it is no road for slow vehicles.

    Motorways, motorroads and minimum speeds bar a way; so does ``area=yes``. Paths need admission by name.
    """
    highway = tags.get("highway", "").removesuffix("_link")
    if tags.get("motorroad") == "yes" or tags.get("area") == "yes":
        return None
    if tags.get("smoothness") == "impassable" or tags.get("service") == "emergency_access":
        return None
    minspeed_kmh = parse_speed_kmh(tags.get("minspeed"))
    if minspeed_kmh is not None and minspeed_kmh > SLOWEST_MINSPEED_KMH:
        return None
    if highway in PATH_CLASSES:
        admitted = {tags.get(key) for key in ("motorcar", "motor_vehicle")} & ADMITTED_VALUES
        return "path" if admitted else None
    return highway if highway in CLASS_SPEED_KMH else None


def way_speeds_kmh(tags: Tags) -> tuple[str, float, float] | None:
    """Class and free speed along and against a way's drawing direction; 0 where a direction is barred.

    None when the way is barred altogether.
    """
    name = road_class(tags)
    if name is None:
        return None
    limits = [CLASS_SPEED_KMH[name]]
    limits += [
        table[tags[key]]
        for key, table in (
            ("surface", SURFACE_SPEED_KMH),
            ("tracktype", TRACKTYPE_SPEED_KMH),
            ("smoothness", SMOOTHNESS_SPEED_KMH),
        )
        if tags.get(key) in table
    ]
    free_kmh = min(limits)
    speeds = []
    for direction, may_go in zip(("forward", "backward"), _directions(tags), strict=True):
        if not may_go or not admits(tags, direction=direction):
            speeds.append(0.0)
            continue
        signed = parse_speed_kmh(tags.get(f"maxspeed:{direction}", tags.get("maxspeed")))
        speeds.append(free_kmh if not signed else min(free_kmh, signed))
    return (name, speeds[0], speeds[1]) if any(speeds) else None


def admits(tags: Tags, *, direction: str | None = None) -> bool:
    """Whether the access tags let a tricycle through: the most particular key that is present decides."""
    for key in ACCESS_KEYS:
        value = tags.get(f"{key}:{direction}", tags.get(key)) if direction else tags.get(key)
        if value is not None:
            return value not in BARRED_VALUES
    return True


def node_blocks(tags: Tags) -> bool:
    """Whether a node on a road stops a tricycle: an impassable barrier, or one with barred access."""
    barrier = tags.get("barrier")
    if barrier is None:
        return False
    if any(key in tags for key in ACCESS_KEYS):
        return not admits(tags)
    return barrier in BLOCKING_BARRIERS


def parse_speed_kmh(text: str | None) -> float | None:
    """A speed tag in km/h; None when it holds no number ("none", "signals", "CN:urban")."""
    if text is None:
        return None
    if text == "walk":
        return 5.0
    found = _NUMBER.match(text.strip())
    if found is None:
        return None
    return float(found[1]) * _UNITS_KMH.get(found[2] or "", 1.0)


def _directions(tags: Tags) -> tuple[bool, bool]:
    implied = "yes" if tags.get("junction") in {"roundabout", "circular"} else "no"
    value = next(
        (tags[key] for key in ("oneway:motor_vehicle", "oneway:vehicle", "oneway") if key in tags), implied
    )
    if value in {"yes", "true", "1"}:
        return True, False
    if value in {"-1", "reverse"}:
        return False, True
    if value == "reversible":
        return False, False
    return True, True
