"""Every code has words in every language, alike in their parameters."""

import re
import string
from pathlib import Path
from typing import get_args

import pytest

from fleet.model import ChangeKind, ErrorCode, ReasonCode, Rule, WarningCode
from fleet.model.events import EventFlag, FailureReason
from fleet.texts import DOMAINS, LANGUAGES, has_text, keys, templates, text
from maps.roads import errors as maps_errors

SEPARATOR = {"en": "; ", "zh-Hans": "；", "ug": "؛ "}
MAPS_CODES = set(re.findall(r"^([A-Z_]{5,}) {2,}", str(maps_errors.__doc__), re.MULTILINE)) | {
    "TOO_MANY_SPEED_CLASSES"
}
ERROR_CODES = {str(code) for code in ErrorCode} | MAPS_CODES
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
EVERY_DOMAIN = pytest.mark.parametrize("domain", DOMAINS)


def parameters(words: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


@EVERY_LANGUAGE
def test_every_code_has_words(language: str) -> None:
    wanted = {
        "errors": ERROR_CODES,
        "rules": {*map(str, Rule), "NOT_WORTH_ITS_COST"},
        "events": {*map(str, EventFlag), *get_args(FailureReason)},
        "reasons": {*map(str, ReasonCode), *map(str, WarningCode), *map(str, ChangeKind), "NO_CHANGE"},
    }
    for domain, codes in wanted.items():
        missing = {code for code in codes if not has_text(code, domain=domain, language=language)}
        assert (domain, missing) == (domain, set())


def test_every_error_of_the_maps_has_its_code_in_the_table_of_its_module() -> None:
    source = Path(maps_errors.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r'^    "([A-Z_]+)":', source, re.MULTILINE)) == MAPS_CODES


def test_no_words_are_without_a_code() -> None:
    spare = {key for key in keys("errors") if key.isupper()} - ERROR_CODES
    assert spare == set()
    assert keys("events") == {*map(str, EventFlag), *get_args(FailureReason)}


@EVERY_DOMAIN
@EVERY_LANGUAGE
def test_languages_have_the_same_keys_and_parameters(domain: str, language: str) -> None:
    english, other = templates(domain), templates(domain, language=language)
    assert keys(domain, language=language) == keys(domain)
    unequal = {key for key in english if parameters(english[key]) != parameters(other[key])}
    assert unequal == set()


@EVERY_LANGUAGE
def test_an_error_says_what_is_wrong_and_then_what_to_do(language: str) -> None:
    words = templates("errors", language=language)
    unclear = {code for code in ERROR_CODES if words[code].count(SEPARATOR[language]) != 1}
    assert unclear == set()


@EVERY_LANGUAGE
def test_only_errors_of_starting_the_program_send_to_a_command(language: str) -> None:
    # Whoever calls the interface has no command line.
    words = templates("errors", language=language)
    assert {code for code in ERROR_CODES if re.search(r"fleet [a-z]", words[code])} == {"ROADS_FORMAT"}


@EVERY_DOMAIN
def test_uyghur_words_await_their_review(domain: str, root: Path) -> None:
    path = root / "fleet" / "texts" / "locale" / "ug" / f"{domain}.po"
    head = path.read_text(encoding="utf-8").split("msgid", 1)[0]
    assert "native speaker" in head


@EVERY_DOMAIN
@EVERY_LANGUAGE
def test_no_key_stands_twice(domain: str, language: str, root: Path) -> None:
    path = root / "fleet" / "texts" / "locale" / language.replace("-", "_") / f"{domain}.po"
    found = re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(found) == sorted(set(found))


def test_a_word_that_is_missing_is_english_and_a_missing_key_is_an_error() -> None:
    assert text("kg", domain="cli", language="zh-Hans") == "公斤"
    with pytest.raises(KeyError, match="cli/nothing"):
        text("nothing", domain="cli")


def test_a_parameter_that_is_missing_is_a_dash() -> None:
    assert text("wrote", domain="cli") == "wrote –"
