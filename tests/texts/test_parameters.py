"""What words name is what the code that raises them hands over: read from the source of every call."""

import ast
import string
from collections import defaultdict
from pathlib import Path

import pytest

from fleet.model import ErrorCode
from fleet.texts import templates
from tests.texts.test_catalogues import ERROR_CODES

CLASSES = {"ErrorCode": "errors", "WarningCode": "reasons"}
FROM_PYDANTIC = {
    # Raised by the validation of fields: tests of bad days see their words.
    ErrorCode.VALUE_TOO_SMALL,
    ErrorCode.VALUE_TOO_LARGE,
    ErrorCode.VALUE_NOT_ALLOWED,
    ErrorCode.TEXT_TOO_LONG,
    ErrorCode.LIST_EMPTY,
    ErrorCode.LIMIT_EXCEEDED,
    ErrorCode.WRONG_TYPE,
}


def placeholders(domain: str, code: str) -> set[str]:
    """The parameters of a code's English words."""
    return {name for _, name, _, _ in string.Formatter().parse(templates(domain)[code]) if name}


def code_of(node: ast.expr) -> tuple[str, str] | None:
    """The domain and code that an argument names."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in CLASSES:
        return CLASSES[node.value.id], node.attr
    if isinstance(node, ast.Constant) and node.value in ERROR_CODES:
        return "errors", str(node.value)
    return None


def handed_over(call: ast.Call) -> set[str] | None:
    """The parameters of a call; None where they are made elsewhere (``**params``)."""
    names = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    dictionaries = [k.value for k in call.keywords if k.arg == "params"]
    dictionaries += [argument for argument in call.args if isinstance(argument, ast.Dict)]
    if any(k.arg is None for k in call.keywords) or not all(isinstance(d, ast.Dict) for d in dictionaries):
        return None
    for dictionary in dictionaries:
        assert isinstance(dictionary, ast.Dict)
        names |= {key.value for key in dictionary.keys if isinstance(key, ast.Constant)}
    return names


def calls(root: Path) -> list[tuple[str, str, str, set[str]]]:
    """Every call that raises or reports a code: where, domain, code, the parameters it hands over."""
    found = []
    for path in (*(root / "fleet").rglob("*.py"), *(root / "maps").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not isinstance(node, ast.Call):
                continue
            arguments = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "code")]
            named = next((code for code in map(code_of, arguments) if code), None)
            given = handed_over(node)
            if named and given is not None:
                found.append((f"{path.relative_to(root)}:{node.lineno}", *named, given))
    return found


def test_every_parameter_of_the_words_is_handed_over(root: Path) -> None:
    lacking = {
        where: (code, placeholders(domain, code) - given)
        for where, domain, code, given in calls(root)
        if not placeholders(domain, code) <= given
    }
    assert lacking == {}


def test_every_code_is_raised_somewhere(root: Path) -> None:
    raised: dict[str, list[str]] = defaultdict(list)
    for path in (*(root / "fleet").rglob("*.py"), *(root / "maps").rglob("*.py")):
        # There they are listed, not raised.
        if path in (root / "fleet/model/codes.py", root / "maps/roads/errors.py"):
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            named = code_of(node) if isinstance(node, ast.expr) else None
            if named and named[0] == "errors":
                raised[named[1]].append(path.name)
    assert ERROR_CODES - raised.keys() == set()


@pytest.mark.parametrize("code", sorted(FROM_PYDANTIC))
def test_codes_of_field_validation_are_in_use(code: ErrorCode) -> None:
    source = Path(__file__).parents[1] / "cli" / "bad_days.py"
    assert f'"{code}"' in source.read_text(encoding="utf-8")
