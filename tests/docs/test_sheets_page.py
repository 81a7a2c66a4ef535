"""The clerk's page names every column, option and table that there is, and whatever it names is read."""

import re
from pathlib import Path

import pytest

from fleet.cli.sheet_options import HIDDEN, ON_EXISTING, UNITS
from fleet.formats.sheets.columns import TEMPLATE_COLUMNS, read_title
from fleet.formats.sheets.master_tables import PLACES, PRODUCTS, TRICYCLES
from fleet.formats.sheets.tables import Table


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "sheets.md").read_text(encoding="utf-8")


def rows_of(page: str, title: str) -> list[list[str]]:
    """The cells of the table whose first title this is."""
    table = page[page.index(f"| {title}") :].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_every_column_and_every_synonym_of_the_page_is_read(page: str) -> None:
    named = set()
    for first, synonyms, _ in rows_of(page, "column"):
        chinese, _, english = first.replace("*", "").partition(" ")
        titles = [read_title(title.strip(), index=1) for title in (chinese, english, *synonyms.split(","))]
        assert None not in titles
        (column,) = {title.column for title in titles if title is not None}
        named.add(column)
    assert named == set(TEMPLATE_COLUMNS)


@pytest.mark.parametrize("table", [PLACES, PRODUCTS, TRICYCLES], ids=lambda table: table.name)
def test_the_tables_of_master_data_are_documented(table: Table, page: str) -> None:
    rows = rows_of(page, table.name)
    named = [title for english, _, _ in rows for title in re.findall("`([^`]+)`", english)]
    required = [title for english, _, _ in rows for title in re.findall(r"\*\*`([^`]+)`\*\*", english)]
    assert sorted(named) == sorted(field.titles.split("|")[0] for field in table.fields)
    assert sorted(required) == sorted(field.titles.split("|")[0] for field in table.fields if field.required)
    chinese = [title.strip() for _, cells, _ in rows for title in cells.split(",")]
    assert all(
        title in {name for field in table.fields for name in field.titles.split("|")} for title in chinese
    )


def test_every_choice_is_documented(page: str) -> None:
    assert all(f"`{choice}`" in page for choice in ON_EXISTING)
    assert all(f"--hidden {choice}" in page for choice in HIDDEN if choice != "refuse")
    assert all(f"--unit {choice}" in page for choice in UNITS)
