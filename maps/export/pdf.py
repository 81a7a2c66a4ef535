"""A plan on paper (PDF, A4): the map of all routes, and a page of its own for each with its stops.

A page for a driver is that of the own route: nothing of others stands on it.
"""

import datetime
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from fleet.texts import text
from maps.export.content import Lot, MapContent, Pause, RouteOnMap, Visit
from maps.export.notes import notes
from maps.export.palette import badge
from maps.export.pdfmap import Box, draw_map
from maps.export.pdfsheet import TITLE_PT, Sheet
from maps.export.words import RIGHT_TO_LEFT, MapWords

CLOCKS = {name: ZoneInfo(name) for name in ("Asia/Shanghai", "Asia/Urumqi")}
"""The two that people in Xinjiang go by."""
MAP_MM, OVERVIEW_MM = 105.0, 150.0
GAP_MM = 2.5
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"


def to_pdf(content: MapContent) -> bytes:
    """Return the pages; a plan of one route has that route's alone."""
    words = MapWords(content)
    plan = content.plan
    title = f"{plan.title or words.say('map_of_the_day')} {plan.date.isoformat()}"
    note = " · ".join(notes(content, roads=content.roads))
    sheet = Sheet(language=content.language, title=title, note=note, date=plan.date)
    if len(content.routes) != 1 or content.left_out:
        _overview(sheet, content, words, title)
    for on_map in content.routes:
        _route(sheet, content, words, on_map, title)
    return bytes(sheet.output())


def _overview(sheet: Sheet, content: MapContent, words: MapWords, title: str) -> None:
    sheet.add_page()
    sheet.paragraph(title, points=TITLE_PT)
    sheet.paragraph(words.clock(), grey=True)
    _map(sheet, content, content.routes, height_mm=OVERVIEW_MM)
    sheet.rows(
        [
            words.say(key)
            for key in (
                "tricycles",
                "leaves",
                "returns",
                "visits",
                "distance_km",
                "served_kg",
                "lowest_charge",
            )
        ],
        [
            (
                _called(on_map, words),
                words.time(on_map.route.departure),
                words.time(on_map.route.return_),
                str(len(on_map.visits)),
                f"{on_map.route.figures.distance_m / 1_000:.1f}",
                f"{on_map.route.figures.served_kg:g}",
                _percent(on_map.route.figures.lowest_charge),
            )
            for on_map in content.routes
        ],
        (28, 10, 10, 9, 10, 12, 14),
    )
    sheet.ln(GAP_MM)
    if not content.left_out:
        sheet.paragraph(words.say("all_served"))
        return
    sheet.paragraph(words.say("unserved_count", count=len(content.left_out)), points=TITLE_PT * 0.75)
    sheet.rows(
        [words.say(key) for key in ("unserved", "place", "why_not", "what_would_help")],
        [
            (
                _inline(
                    words,
                    f"{item.unserved.request} {item.unserved.product_name}",
                    words.say("must") if item.unserved.must else "",
                    words.say("kg", kg=f"{item.unserved.kg:g}"),
                ),
                words.name(item.place),
                words.reason(item.unserved),
                words.change(item.unserved),
            )
            for item in content.left_out
        ],
        (22, 16, 31, 31),
    )


def _route(sheet: Sheet, content: MapContent, words: MapWords, on_map: RouteOnMap, title: str) -> None:
    route = on_map.route
    sheet.add_page()
    sheet.paragraph(
        _inline(words, words.say("tricycle", number=badge(route.number)), route.name), points=TITLE_PT
    )
    sheet.paragraph(title, grey=True)
    places = content.places
    for key, at, place in (
        ("starts_at", route.departure, route.start),
        ("ends_at" if route.end is not None else "ends_open", route.return_, route.end),
    ):
        where = "" if place is None else words.name(places[place])
        times = (
            f"{_clock(at, zone, content)} ({_clock_name(clock, words)})" for clock, zone in CLOCKS.items()
        )
        sheet.paragraph(words.say(key, place=where, time=" / ".join(times)))
    _map(sheet, content, [on_map], height_mm=MAP_MM)
    heads = ["", words.say("place"), *(_clock_name(clock, words) for clock in CLOCKS)]
    heads += [words.say(key) for key in ("load", "unload", "on_board_then")]
    sheet.rows(heads, list(_stops(content, words, on_map)), (4, 18, 13, 13, 27, 27, 15))


def _stops(content: MapContent, words: MapWords, on_map: RouteOnMap) -> Iterator[Sequence[str]]:
    """Yield what is done in turn: visits with their numbers, breaks and recharges between."""
    entries: list[Visit | Pause] = [*on_map.visits, *on_map.pauses]
    for entry in sorted(entries, key=lambda entry: entry.start):
        if isinstance(entry, Pause):
            when = [_span(entry.start, entry.end, zone, content) for zone in CLOCKS.values()]
            yield (
                "",
                f"{words.say(entry.kind)}, {words.name(entry.place)}",
                *when,
                "",
                "",
                _percent(entry.charge),
            )
            continue
        when = [_span(entry.arrival, entry.departure, zone, content) for zone in CLOCKS.values()]
        yield (
            str(entry.number),
            words.name(entry.place),
            *when,
            _lots([lot for lot in entry.lots if lot.loads], words),
            _lots([lot for lot in entry.lots if not lot.loads], words),
            _on_board(entry, words),
        )


def _lots(lots: Sequence[Lot], words: MapWords) -> str:
    return "\n".join(
        _inline(
            words,
            f"{lot.request} {lot.product}",
            words.say("kg", kg=f"{lot.kg:g}"),
            words.crates(lot.crates) if lot.crates else "",
            "" if lot.stall is None else words.say("stall", stall=lot.stall),
        )
        for lot in lots
    )


def _on_board(visit: Visit, words: MapWords) -> str:
    crates = words.crates(visit.load_crates) if visit.load_crates else ""
    return _inline(words, words.say("kg", kg=f"{visit.load_kg:g}"), crates, _percent(visit.charge))


def _map(sheet: Sheet, content: MapContent, routes: Sequence[RouteOnMap], *, height_mm: float) -> None:
    sheet.ln(GAP_MM)
    top = sheet.get_y()
    draw_map(sheet, content, routes, Box(x=sheet.l_margin, y=top, width=sheet.epw, height=height_mm))
    sheet.set_xy(sheet.l_margin, top + height_mm + GAP_MM)


def _called(on_map: RouteOnMap, words: MapWords) -> str:
    return _inline(words, badge(on_map.route.number), on_map.route.name)


def _inline(words: MapWords, *parts: str) -> str:
    """Join parts; marks between them keep numbers with their words, in either direction."""
    mark = RIGHT_TO_LEFT_MARK if words.language in RIGHT_TO_LEFT else LEFT_TO_RIGHT_MARK
    return f"{mark} · {mark}".join(part for part in parts if part)


def _percent(charge: float | None) -> str:
    return "" if charge is None else f"{round(charge * 100)} %"


def _clock_name(clock: str, words: MapWords) -> str:
    return text(f"clock_{clock}", domain="map", language=words.language)


def _span(start: datetime.datetime, end: datetime.datetime, zone: ZoneInfo, content: MapContent) -> str:
    return f"{_clock(start, zone, content)}–{_clock(end, zone, content)}"


def _clock(at: datetime.datetime, zone: ZoneInfo, content: MapContent) -> str:
    """Return hours and minutes, with the days that they lie off the plan's date."""
    local = at.astimezone(zone)
    days = (local.date() - content.plan.date).days
    return f"{local:%H:%M}" + (f" {days:+d}" if days else "")
