"""The pages of the formats say what the JSON Schema says, field by field."""

import re
from pathlib import Path
from typing import Any

import pytest

from fleet.model import schema

DOCS = Path(__file__).parents[2] / "docs"
Rows = dict[str, tuple[str, str]]
"""Type and default by field."""


def described(node: dict[str, Any]) -> str:
    """What a field may hold, in the words of the pages."""
    if "oneOf" in node:
        return " or ".join(described(choice) for choice in node["oneOf"])
    if "anyOf" in node:
        choices = [described(choice) for choice in node["anyOf"]]
        return " or ".join(sorted(choices, key=lambda choice: choice == "null"))
    if "$ref" in node:
        return str(node["$ref"].rsplit("/", 1)[1])
    if "const" in node:
        return f'"{node["const"]}"'
    if "enum" in node:
        return ", ".join(f'"{value}"' for value in node["enum"])
    kind = str(node.get("format", node["type"]))
    if kind == "array":
        if "prefixItems" in node:
            return f"[{', '.join(described(item) for item in node['prefixItems'])}]"
        limits = _limits(node.get("minItems"), node.get("maxItems"))
        return f"list of {described(node['items'])}" + (f", {limits} items" if limits else "")
    if kind == "object":
        value = node.get("additionalProperties") or next(iter(node["patternProperties"].values()))
        keys = node.get("propertyNames", {}).get("enum")
        of = f" by {', '.join(keys)}" if keys else ""
        return f"object of {described(value)}{of}"
    if kind == "string":
        least, most = node.get("minLength"), node.get("maxLength")
        limits = _limits(least, most)
        return kind + (f", {limits} characters" if limits else "")
    above = node.get("exclusiveMinimum")
    limits = f"above {above:g}" if above is not None else ""
    rest = _limits(node.get("minimum"), node.get("maximum"))
    return ", ".join(part for part in (kind, limits, rest) if part)


def _limits(least: float | None, most: float | None) -> str:
    def text(value: float) -> str:
        return f"{value:g}" if isinstance(value, float) and value < 1e6 else str(int(value))

    if least is not None and most is not None:
        return f"{text(least)} to {text(most)}"
    if least is not None:
        return f"at least {text(least)}"
    return f"at most {text(most)}" if most is not None else ""


def default_of(name: str, model: dict[str, Any]) -> str:
    """What a field holds when it is left out."""
    if name in model.get("required", []):
        return "required"
    value = model["properties"][name].get("default")
    if value is None:
        return "none"
    if isinstance(value, (dict, list)):
        return "see there" if value else "empty"
    if isinstance(value, str):
        return f'"{value}"'
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"


def expected(document: str) -> dict[str, Rows]:
    """Type and default of every field of every record of a document."""
    whole = schema(document)
    models = {whole["title"]: whole, **whole["$defs"]}
    return {
        title: {
            name: (described(node), default_of(name, model)) for name, node in model["properties"].items()
        }
        for title, model in models.items()
        if "properties" in model
    }


def told(page: Path) -> dict[str, Rows]:
    """The tables of a page, by the heading they stand under."""
    tables: dict[str, Rows] = {}
    heading = ""
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ").split(" ")[0].strip("`")
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if line.startswith("| `") and len(cells) == 4:
            tables.setdefault(heading, {})[cells[0].strip("`")] = (cells[1], cells[2])
            assert re.search(r"\w", cells[3]), f"{heading}.{cells[0]} has no meaning"
    return tables


@pytest.mark.parametrize("document", ["day", "plan"])
def test_every_field_is_told_with_its_type_and_default(document: str) -> None:
    assert told(DOCS / f"{document}-format.md") == expected(document)


def test_every_field_of_events_is_told_and_those_that_all_have_once() -> None:
    models = expected("events")
    shared = {name: row for name, row in models["Left"].items() if name != "kind"}
    once = {
        title: {
            name: row for name, row in rows.items() if "occurred_at" not in rows or row != shared.get(name)
        }
        for title, rows in models.items()
    }
    assert told(DOCS / "events.md") == once | {"Event": shared}
