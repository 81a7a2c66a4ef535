"""The pages of errors and of the command line are those of this program, and their examples are calls."""

import re
import shlex
from pathlib import Path

import pytest

from fleet.cli import main
from tests.docs.pages import DOCS, PAGES, commands, renewed

EXAMPLE = re.compile(r"^(?:\$ )?(fleet [^#\n]+)", re.MULTILINE)
BLOCK = re.compile(r"^```(?:sh|bash|console|text)?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """Every call of ``fleet`` in a block of code: page, call."""
    pages = [*DOCS.glob("*.md"), DOCS.parent / "README.md"]
    return [
        (page.name, call.strip())
        for page in pages
        for block in BLOCK.findall(page.read_text(encoding="utf-8").replace("\\\n", " "))
        for call in EXAMPLE.findall(block)
        if not re.search(r"\[|\.\.\.|COMMAND", call)
    ]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_is_up_to_date(page: str) -> None:
    assert (DOCS / page).read_text(encoding="utf-8") == renewed(page), "python -m tests.docs.pages renews it"


def test_there_are_examples_to_look_at() -> None:
    assert len(examples()) >= 15


@pytest.mark.parametrize(("page", "call"), sorted(set(examples())))
def test_an_example_is_a_call_of_this_program(
    page: str, call: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Its options and values are parsed; the work itself is left out.
    for _, group in commands():
        for command in (group, getattr(group, "default", group)):
            monkeypatch.setattr(command, "callback", lambda **_: 0)
    words = shlex.split(re.split(r" [|>&]", call)[0])[1:]
    assert main(words) == 0, capsys.readouterr().err


def test_the_docs_are_where_the_project_is(root: Path) -> None:
    assert root / "docs" == DOCS
