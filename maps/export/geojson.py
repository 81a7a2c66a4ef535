"""A plan as GeoJSON (RFC 7946): routes, visits, pauses and unserved pickups in one collection."""

import json
from collections.abc import Iterator

from maps.export.content import LeftOut, MapContent, Pause, Point, RouteOnMap, Visit
from maps.export.notes import notes
from maps.export.palette import badge, style_of
from maps.export.words import MapWords

Feature = dict[str, object]


def to_geojson(content: MapContent) -> bytes:
    """Return a FeatureCollection; ``properties.layer`` is route, visit, pause or unserved.

    Positions are longitude, latitude. Instants are RFC 3339 in the plan's clock. Lines and points carry
    the colours of the map by the names of the simplestyle convention.
    """
    plan = content.plan
    head = {
        "type": "FeatureCollection",
        "title": plan.title,
        "date": plan.date.isoformat(),
        "zone": plan.zone,
        "attribution": list(notes(content)),
        "real": list(plan.about.real),
        "invented": list(plan.about.invented),
        "figures": plan.figures.model_dump(),
    }
    # One feature a line: small, and still readable and comparable line by line.
    features = ",\n".join(_json(feature) for feature in _features(content))
    return f'{_json(head)[:-1]},"features":[\n{features}\n]}}\n'.encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _features(content: MapContent) -> Iterator[Feature]:
    words = MapWords(content)
    for on_map in content.routes:
        yield _route(on_map)
        for visit in on_map.visits:
            yield _visit(on_map, visit, words)
        for pause in on_map.pauses:
            yield _pause(on_map, pause, words)
    for left_out in content.left_out:
        yield _unserved(left_out, words)


def _route(on_map: RouteOnMap) -> Feature:
    route, style = on_map.route, style_of(on_map.route.number)
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [_position(point) for point in on_map.path]},
        "properties": {
            "layer": "route",
            "tricycle": route.tricycle,
            "number": route.number,
            "name": badge(route.number),
            "departure": route.departure.isoformat(),
            "return": route.return_.isoformat(),
            "visits": len(on_map.visits),
            "payload_kg": route.payload_kg,
            "start_charge": route.start_charge,
            "end_charge": route.end_charge,
            **route.figures.model_dump(),
            "stroke": style.colour,
            "stroke-width": 3,
            "pattern": style.pattern,
        },
    }


def _visit(on_map: RouteOnMap, visit: Visit, words: MapWords) -> Feature:
    lots = [
        {
            "request": lot.request,
            "product": lot.product,
            "action": "load" if lot.loads else "unload",
            "kg": lot.kg,
            "crates": lot.crates,
            "stall": lot.stall,
            "start": lot.start.isoformat(),
            "end": lot.end.isoformat(),
            "on_board_s": lot.on_board_s,
        }
        for lot in visit.lots
    ]
    return _feature_at(
        (visit.place.latitude, visit.place.longitude),
        layer="visit",
        tricycle=on_map.route.tricycle,
        number=on_map.route.number,
        visit=visit.number,
        place=visit.place.key,
        name=words.name(visit.place),
        kind=visit.place.kind,
        arrival=visit.arrival.isoformat(),
        start=visit.start.isoformat(),
        departure=visit.departure.isoformat(),
        stay_s=visit.stay_s,
        loaded_kg=round(visit.loaded_kg, 3),
        unloaded_kg=round(visit.unloaded_kg, 3),
        load_kg=visit.load_kg,
        load_crates=visit.load_crates,
        charge=visit.charge,
        stops=lots,
        **{"marker-color": style_of(on_map.route.number).colour, "marker-symbol": str(visit.number)},
    )


def _pause(on_map: RouteOnMap, pause: Pause, words: MapWords) -> Feature:
    return _feature_at(
        (pause.place.latitude, pause.place.longitude),
        layer="pause",
        tricycle=on_map.route.tricycle,
        number=on_map.route.number,
        kind=pause.kind,
        place=pause.place.key,
        name=words.name(pause.place),
        start=pause.start.isoformat(),
        end=pause.end.isoformat(),
        load_kg=pause.load_kg,
        charge=pause.charge,
    )


def _unserved(left_out: LeftOut, words: MapWords) -> Feature:
    item = left_out.unserved
    return _feature_at(
        (left_out.place.latitude, left_out.place.longitude),
        layer="unserved",
        request=item.request,
        product=item.product_name,
        kg=item.kg,
        must=item.must,
        penalty_yuan=item.penalty_yuan,
        place=left_out.place.key,
        name=words.name(left_out.place),
        reason=str(item.reason),
        reason_words=words.reason(item),
        change_words=words.change(item),
        **{"marker-color": "#bb0000", "marker-symbol": "danger"},
    )


def _feature_at(point: Point, **properties: object) -> Feature:
    geometry = {"type": "Point", "coordinates": _position(point)}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _position(point: Point) -> list[float]:
    return [point[1], point[0]]
