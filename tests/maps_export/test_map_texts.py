"""The words of maps, complete in every language, with the same parameters in each."""

import re

import pytest

from fleet.texts import LANGUAGES, keys, templates


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_with_the_same_parameters(language: str) -> None:
    english, words = templates("map"), templates("map", language=language)
    assert keys("map", language=language) == keys("map")
    for key, said in words.items():
        assert set(re.findall(r"{(\w+)}", said)) == set(re.findall(r"{(\w+)}", english[key])), key
