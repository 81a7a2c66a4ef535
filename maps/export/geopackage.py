"""A plan as a GeoPackage: layers routes, visits, pauses, places and unserved.

geopandas is loaded only when one is written: it takes longer than all other maps together.
"""

import datetime
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

from fleet.model.plan import PlanPlace, RouteFigures
from maps.export.content import MapContent
from maps.export.notes import notes
from maps.export.palette import badge, style_of
from maps.export.words import MapWords

if TYPE_CHECKING:
    import geopandas

Row = Mapping[str, object]

_CRS = "EPSG:4326"
_TEXT, _WHOLE, _NUMBER, _TRUTH, _INSTANT = "str", "Int64", "float64", "bool", "datetime64[ms, UTC]"
_OF_TRICYCLE = {"tricycle": _TEXT, "number": _WHOLE}
_FIGURES = {
    name: _WHOLE if field.annotation is int else _NUMBER for name, field in RouteFigures.model_fields.items()
}
_COLUMNS: dict[str, dict[str, str]] = {
    "routes": {
        **_OF_TRICYCLE,
        "name": _TEXT,
        "colour": _TEXT,
        "pattern": _TEXT,
        "departure": _INSTANT,
        "return": _INSTANT,
        "departure_clock": _TEXT,
        "return_clock": _TEXT,
        "visits": _WHOLE,
        **_FIGURES,
    },
    "visits": {
        **_OF_TRICYCLE,
        "visit": _WHOLE,
        "place": _TEXT,
        "name": _TEXT,
        "arrival": _INSTANT,
        "departure": _INSTANT,
        "arrival_clock": _TEXT,
        "departure_clock": _TEXT,
        "stay_s": _WHOLE,
        "requests": _TEXT,
        "loaded_kg": _NUMBER,
        "unloaded_kg": _NUMBER,
        "load_kg": _NUMBER,
        "load_crates": _WHOLE,
        "charge": _NUMBER,
        "words": _TEXT,
    },
    "pauses": {
        **_OF_TRICYCLE,
        "kind": _TEXT,
        "place": _TEXT,
        "name": _TEXT,
        "start": _INSTANT,
        "end": _INSTANT,
        "start_clock": _TEXT,
        "end_clock": _TEXT,
        "charge": _NUMBER,
    },
    "places": {"place": _TEXT, "name": _TEXT, "kind": _TEXT, "visits": _WHOLE},
    "unserved": {
        "request": _TEXT,
        "product": _TEXT,
        "kg": _NUMBER,
        "must": _TRUTH,
        "penalty_yuan": _NUMBER,
        "place": _TEXT,
        "name": _TEXT,
        "reason": _TEXT,
        "reason_words": _TEXT,
        "change_words": _TEXT,
    },
}


def to_geopackage(content: MapContent) -> bytes:
    """Return the file's bytes; every layer is there, also an empty one.

    Instants are UTC, as GeoPackage has it; columns named ``*_clock`` tell them in the plan's clock.
    Attribution and the like stand in the description of each layer and in the file's metadata.
    """
    import pyogrio

    said = " · ".join(notes(content))
    plan, words = content.plan, MapWords(content)
    metadata = {"title": plan.title, "date": plan.date.isoformat(), "zone": plan.zone, "attribution": said}
    layers = {
        "routes": _routes(content, words),
        "visits": _visits(content, words),
        "pauses": _pauses(content, words),
        "places": _places(content, words),
        "unserved": _unserved(content, words),
    }
    with tempfile.TemporaryDirectory(prefix="fleet-map-") as folder:
        path = Path(folder) / "map.gpkg"
        for name, rows in layers.items():
            pyogrio.write_dataframe(
                _frame(name, list(rows)),
                path,
                layer=name,
                driver="GPKG",
                geometry_type="LineString" if name == "routes" else "Point",
                dataset_metadata=metadata,
                layer_metadata={"attribution": said},
                layer_options={"DESCRIPTION": said, "IDENTIFIER": name},
            )
        return path.read_bytes()


def _frame(name: str, rows: list[Row]) -> "geopandas.GeoDataFrame":
    """Give columns their types by the layer, so that an empty layer has the same ones."""
    import geopandas

    columns = _COLUMNS[name]
    table = geopandas.GeoDataFrame(rows, columns=[*columns, "geometry"], geometry="geometry", crs=_CRS)
    return table.astype(columns)


def _routes(content: MapContent, words: MapWords) -> Iterable[Row]:
    for on_map in content.routes:
        route, style = on_map.route, style_of(on_map.route.number)
        yield {
            "tricycle": route.tricycle,
            "number": route.number,
            "name": badge(route.number),
            "colour": style.colour,
            "pattern": style.pattern,
            **_instants(words, departure=route.departure, **{"return": route.return_}),
            "visits": len(on_map.visits),
            **route.figures.model_dump(),
            "geometry": shapely.LineString([(longitude, latitude) for latitude, longitude in on_map.path]),
        }


def _visits(content: MapContent, words: MapWords) -> Iterable[Row]:
    for on_map in content.routes:
        for visit in on_map.visits:
            yield {
                "tricycle": on_map.route.tricycle,
                "number": on_map.route.number,
                "visit": visit.number,
                **_place(words, visit.place),
                **_instants(words, arrival=visit.arrival, departure=visit.departure),
                "stay_s": visit.stay_s,
                "requests": ", ".join(lot.request for lot in visit.lots),
                "loaded_kg": round(visit.loaded_kg, 3),
                "unloaded_kg": round(visit.unloaded_kg, 3),
                "load_kg": visit.load_kg,
                "load_crates": visit.load_crates,
                "charge": visit.charge,
                "words": words.visit(visit),
            }


def _pauses(content: MapContent, words: MapWords) -> Iterable[Row]:
    for on_map in content.routes:
        for pause in on_map.pauses:
            yield {
                "tricycle": on_map.route.tricycle,
                "number": on_map.route.number,
                "kind": pause.kind,
                **_place(words, pause.place),
                **_instants(words, start=pause.start, end=pause.end),
                "charge": pause.charge,
            }


def _places(content: MapContent, words: MapWords) -> Iterable[Row]:
    for place in content.places.values():
        visits = sum(visit.place.key == place.key for on_map in content.routes for visit in on_map.visits)
        yield {**_place(words, place), "kind": place.kind, "visits": visits}


def _unserved(content: MapContent, words: MapWords) -> Iterable[Row]:
    for left_out in content.left_out:
        item = left_out.unserved
        yield {
            "request": item.request,
            "product": item.product_name,
            "kg": item.kg,
            "must": item.must,
            "penalty_yuan": item.penalty_yuan,
            **_place(words, left_out.place),
            "reason": str(item.reason),
            "reason_words": words.reason(item),
            "change_words": words.change(item),
        }


def _place(words: MapWords, place: PlanPlace) -> Row:
    return {
        "place": place.key,
        "name": words.name(place),
        "geometry": shapely.Point(place.longitude, place.latitude),
    }


def _instants(words: MapWords, **instants: datetime.datetime) -> Row:
    row: dict[str, object] = {}
    for name, instant in instants.items():
        row[name] = instant.astimezone(datetime.UTC)
        row[f"{name}_clock"] = words.time(instant)
    return row
