import pytest

from maps.roads.tags import admits, node_blocks, parse_speed_kmh, way_speeds_kmh


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({"highway": "motorway"}, "motorways bar slow vehicles"),
        ({"highway": "motorway_link"}, "so do their links"),
        ({"highway": "trunk", "motorroad": "yes"}, "a motorroad is as good as a motorway"),
        ({"highway": "primary", "minspeed": "40"}, "too slow for it"),
        ({"highway": "footway"}, "no motor vehicles"),
        ({"highway": "cycleway", "motor_vehicle": "no"}, "no motor vehicles"),
        ({"highway": "steps"}, "not a road"),
        ({"highway": "construction"}, "not open"),
        ({"highway": "proposed"}, "not there"),
        ({"highway": "pedestrian", "area": "yes"}, "an area"),
        ({"highway": "residential", "access": "private"}, "private"),
        ({"highway": "residential", "access": "no"}, "barred"),
        ({"highway": "track", "motor_vehicle": "agricultural"}, "farm vehicles only"),
        ({"highway": "service", "vehicle": "no"}, "no vehicles"),
        ({"highway": "service", "service": "emergency_access"}, "fire engines only"),
        ({"highway": "track", "smoothness": "impassable"}, "impassable"),
        ({"highway": "residential", "oneway": "reversible"}, "direction not known"),
    ],
)
def test_ways_that_are_barred(tags, why):
    assert way_speeds_kmh(tags) is None, why


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential"}, ("residential", 25, 25)),
        ({"highway": "trunk_link"}, ("trunk", 60, 60)),
        ({"highway": "primary", "minspeed": "20"}, ("primary", 50, 50)),
        ({"highway": "secondary", "maxspeed": "30"}, ("secondary", 30, 30)),
        ({"highway": "secondary", "maxspeed": "20 mph"}, ("secondary", 32.18688, 32.18688)),
        ({"highway": "secondary", "maxspeed": "none"}, ("secondary", 45, 45)),
        ({"highway": "secondary", "maxspeed:forward": "20"}, ("secondary", 20, 45)),
        ({"highway": "tertiary", "surface": "gravel"}, ("tertiary", 20, 20)),
        ({"highway": "track", "tracktype": "grade4", "surface": "gravel"}, ("track", 8, 8)),
        ({"highway": "track", "smoothness": "horrible"}, ("track", 8, 8)),
        ({"highway": "residential", "oneway": "yes"}, ("residential", 25, 0)),
        ({"highway": "residential", "oneway": "-1"}, ("residential", 0, 25)),
        ({"highway": "residential", "junction": "roundabout"}, ("residential", 25, 0)),
        ({"highway": "residential", "junction": "circular"}, ("residential", 25, 0)),
        ({"highway": "residential", "junction": "roundabout", "oneway": "no"}, ("residential", 25, 25)),
        ({"highway": "residential", "oneway": "yes", "oneway:motor_vehicle": "no"}, ("residential", 25, 25)),
        ({"highway": "residential", "motor_vehicle:backward": "no"}, ("residential", 25, 0)),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, ("residential", 25, 25)),
        ({"highway": "residential", "access": "destination"}, ("residential", 25, 25)),
        ({"highway": "footway", "motor_vehicle": "delivery"}, ("path", 10, 10)),
    ],
)
def test_class_and_speeds(tags, expected):
    assert way_speeds_kmh(tags) == pytest.approx(expected)


def test_the_most_particular_access_key_decides():
    assert admits({"access": "no", "vehicle": "no", "motor_vehicle": "no", "motorcar": "yes"})
    assert not admits({"access": "yes", "vehicle": "yes", "motor_vehicle": "no"})
    assert not admits({"access": "yes", "vehicle": "private"})


def test_bicycle_tags_say_nothing_about_tricycles():
    assert not admits({"access": "no", "bicycle": "yes"})


def test_barriers():
    assert node_blocks({"barrier": "bollard"})
    assert not node_blocks({"barrier": "bollard", "motor_vehicle": "yes"})
    assert not node_blocks({"barrier": "gate"})
    assert node_blocks({"barrier": "gate", "access": "private"})
    assert not node_blocks({"highway": "crossing"})


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50),
        ("50 km/h", 50),
        ("10 knots", 18.52),
        ("walk", 5),
        ("CN:urban", None),
        ("", None),
        (None, None),
    ],
)
def test_speeds_in_tags(text, kmh):
    assert parse_speed_kmh(text) == (None if kmh is None else pytest.approx(kmh))
