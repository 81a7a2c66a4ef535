"""Taking persons out of documents: names, phones and words that somebody wrote about somebody.

Works on JSON of any version, and leaves every document one that its model still reads.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from fleet.store.tables import Json

Scrub = Callable[[Json], Json]

HOUSEHOLD: Json = {"name": "", "phone": None}
REQUEST: Json = {"note": ""}
OF_ITEMS: Mapping[str, Json] = {
    "households": HOUSEHOLD,
    "assignments": {"name": ""},
    "requests": REQUEST,
    "routes": {"driver": ""},
    "entries": {"household_name": ""},
    "unserved": {"household_name": ""},
}
"""What stands in place of a field, by the list that its object is in."""
ANYWHERE: Json = {"dispatcher_phone": None}
REMARK = "–"
"""A remark is nothing but words, and may not be empty."""


def without_persons(document: Json) -> Json:
    """Return a day, a header of one, a plan, or a job's input that holds these, without persons."""
    return {key: _part(key, part) for key, part in document.items()}


def household(body: Json) -> Json:
    """Return a household that is nothing but its id and its place."""
    return _blanked(body, HOUSEHOLD)


def request(body: Json) -> Json:
    """Return a request without its note."""
    return _blanked(body, REQUEST)


def event(body: Json) -> Json:
    """Return an event without its note."""
    return _blanked(body, {"note": REMARK if body.get("kind") == "remark" else ""})


def record(body: Json) -> Json:
    """Return a version of a household or of a standing order without persons."""
    if isinstance(body.get("request"), dict):
        return {**body, "request": request(body["request"])}
    return household(body)


def in_text(text: str) -> str:
    """Return a document's JSON without persons; the same text where there are none in it."""
    document = json.loads(text)
    scrubbed = without_persons(document)
    if scrubbed == document:
        return text
    return json.dumps(scrubbed, ensure_ascii=False, separators=(",", ":"))


def _part(key: str, part: Any) -> Any:
    if key in ANYWHERE:
        return ANYWHERE[key]
    if isinstance(part, dict):
        return without_persons(part)
    if isinstance(part, list):
        blanks = OF_ITEMS.get(key, {})
        return [_blanked(without_persons(item), blanks) if isinstance(item, dict) else item for item in part]
    return part


def _blanked(body: Json, blanks: Json) -> Json:
    return {key: blanks.get(key, part) for key, part in body.items()}
