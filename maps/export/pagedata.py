"""What the HTML page is given: the plan with every time and figure as it is to be read, and the words.

The page computes no time and formats no instant: it shows what stands here.
"""

import base64
import gzip
import json
from collections.abc import Mapping, Sequence

from fleet.texts import LANGUAGES, templates
from maps.export.content import LeftOut, MapContent, Pause, Point, RouteOnMap, Visit
from maps.export.notes import notes
from maps.export.palette import badge, style_of
from maps.export.words import MapWords
from maps.roads import roads_geojson

MARGIN = 0.15
"""How far roads reach beyond what the plan touches, as a part of its extent."""
LEAST_MARGIN_DEGREES = 0.01
_MICRODEGREES = 1_000_000
_NAMES_OF_LANGUAGES = {"en": "English", "zh-Hans": "中文", "ug": "ئۇيغۇرچە"}

Json = dict[str, object]


def page_data(content: MapContent) -> Json:
    """Return the plan for the page; what is worded stands there once a language."""
    plan = content.plan
    words = {language: MapWords(content, language) for language in LANGUAGES}
    places = {key: index for index, key in enumerate(content.places)}
    return {
        "title": plan.title,
        "date": plan.date.isoformat(),
        "language": content.language,
        "languages": [{"code": code, "name": _NAMES_OF_LANGUAGES[code]} for code in LANGUAGES],
        "clock": {code: of.clock() for code, of in words.items()},
        "notes": {code: notes(content, language=code, roads=content.roads) for code in LANGUAGES},
        "real": plan.about.real,
        "invented": plan.about.invented,
        "figures": plan.figures.model_dump(),
        "solver": {"used_s": plan.solver.used_s, "seed": plan.solver.seed, "versions": plan.solver.versions},
        "places": [
            {
                "name": place.name,
                "names": {code: of.name(place) for code, of in words.items()},
                "kind": place.kind,
                "at": [place.latitude, place.longitude],
            }
            for place in content.places.values()
        ],
        "routes": [_route(on_map, places, words[content.language]) for on_map in content.routes],
        "unserved": [_unserved(left_out, places, words) for left_out in content.left_out],
        "warnings": [{code: of.warning(warning) for code, of in words.items()} for warning in plan.warnings],
    }


def texts() -> dict[str, dict[str, str]]:
    """Return the maps' catalogue in every language; parameters stay as ``{name}``."""
    return {language: templates("map", language=language) for language in LANGUAGES}


def roads_data(content: MapContent) -> str:
    """Return the roads around the plan as base64 of gzipped GeoJSON; empty without roads."""
    if content.roads is None:
        return ""
    south, west, north, east = content.bbox
    tall = max((north - south) * MARGIN, LEAST_MARGIN_DEGREES)
    wide = max((east - west) * MARGIN, LEAST_MARGIN_DEGREES)
    around = (south - tall, west - wide, north + tall, east + wide)
    # A fixed time in the header: the same plan gives the same bytes.
    packed = gzip.compress(roads_geojson(content.roads, bbox=around), mtime=0)
    return base64.b64encode(packed).decode()


def as_json(value: object) -> str:
    """Return JSON that may stand between script tags: no character there can end them."""
    text_ = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text_ = text_.replace(character, f"\\u{ord(character):04x}")
    return text_


def _route(on_map: RouteOnMap, places: Mapping[str, int], words: MapWords) -> Json:
    route, style = on_map.route, style_of(on_map.route.number)
    figures = route.figures
    entries = [
        *((visit.start, _visit(visit, places, words)) for visit in on_map.visits),
        *((pause.start, _pause(pause, places, words)) for pause in on_map.pauses),
    ]
    return {
        "number": route.number,
        "badge": badge(route.number),
        "name": route.name,
        "colour": style.colour,
        "pattern": style.pattern,
        "path": _packed(on_map.path),
        "start": places[route.start],
        "end": None if route.end is None else places[route.end],
        "departure": words.time(route.departure),
        "return": words.time(route.return_),
        "payload_kg": route.payload_kg,
        "start_charge": route.start_charge,
        "end_charge": route.end_charge,
        "figures": figures.model_dump(),
        "entries": [entry for _, entry in sorted(entries, key=lambda pair: pair[0])],
    }


def _visit(visit: Visit, places: Mapping[str, int], words: MapWords) -> Json:
    return {
        "kind": "visit",
        "number": visit.number,
        "place": places[visit.place.key],
        "arrival": words.time(visit.arrival),
        "start": words.time(visit.start),
        "departure": words.time(visit.departure),
        "waiting_s": round((visit.start - visit.arrival).total_seconds()),
        "stay_s": visit.stay_s,
        "loaded_kg": round(visit.loaded_kg, 3),
        "unloaded_kg": round(visit.unloaded_kg, 3),
        "load_kg": visit.load_kg,
        "load_crates": visit.load_crates,
        "charge": visit.charge,
        "lots": [
            {
                "request": lot.request,
                "product": lot.product,
                "loads": lot.loads,
                "kg": lot.kg,
                "crates": lot.crates,
                "stall": lot.stall,
                "on_board_s": lot.on_board_s,
            }
            for lot in visit.lots
        ],
    }


def _pause(pause: Pause, places: Mapping[str, int], words: MapWords) -> Json:
    return {
        "kind": pause.kind,
        "place": places[pause.place.key],
        "arrival": words.time(pause.start),
        "departure": words.time(pause.end),
        "load_kg": pause.load_kg,
        "charge": pause.charge,
    }


def _unserved(left_out: LeftOut, places: Mapping[str, int], words: Mapping[str, MapWords]) -> Json:
    item = left_out.unserved
    return {
        "request": item.request,
        "product": item.product_name,
        "kg": item.kg,
        "must": item.must,
        "penalty_yuan": item.penalty_yuan,
        "place": places[left_out.place.key],
        "reason": {code: of.reason(item) for code, of in words.items()},
        "change": {code: of.change(item) for code, of in words.items()},
        "tricycles": {code: list(of.by_tricycle(item)) for code, of in words.items()},
    }


def _packed(path: Sequence[Point]) -> list[int]:
    """Return latitudes and longitudes in turn, in microdegrees, each as the step from the one before."""
    steps: list[int] = []
    before = (0, 0)
    for latitude, longitude in path:
        here = (round(latitude * _MICRODEGREES), round(longitude * _MICRODEGREES))
        steps += [here[0] - before[0], here[1] - before[1]]
        before = here
    return steps
