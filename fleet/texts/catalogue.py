"""Catalogues are ``locale/<language>/<domain>.po``; a message's id is a stable key, not English words."""

import functools
import importlib.resources

from babel.messages.pofile import read_po

LANGUAGES = ("en", "zh-Hans", "ug")
"""English, Chinese (simplified) and Uyghur, which is written from right to left."""
DOMAINS = ("cli", "errors", "events", "help", "map", "pages", "reasons", "rules", "sheets")
_FOLDERS = {"en": "en", "zh-Hans": "zh_Hans", "ug": "ug"}


def text(key: str, *, domain: str, language: str = "en", **params: object) -> str:
    """Return the words for a key.

    Parameters
    ----------
    key : str
        A code, or another stable name.
    domain : str
        One of ``DOMAINS``.
    language : str
        One of ``LANGUAGES``; a key that a catalogue does not have is taken from the English one.
    params
        What the words name. A parameter that is missing shows as a dash.

    Raises
    ------
    KeyError
        When no catalogue has the key, or there is no such language.
    """
    found = _catalogue(domain, language).get(key) or _catalogue(domain, "en").get(key)
    if found is None:
        raise KeyError(f"{domain}/{key}")
    return found.format_map(_Forgiving(params))


def has_text(key: str, *, domain: str, language: str = "en") -> bool:
    """Whether a catalogue has words for a key in this very language."""
    return key in _catalogue(domain, language)


def keys(domain: str, *, language: str = "en") -> frozenset[str]:
    """Return the keys of a catalogue."""
    return frozenset(_catalogue(domain, language))


def templates(domain: str, *, language: str = "en") -> dict[str, str]:
    """Return all words of a domain, parameters still as ``{name}``, for pages that fill them in."""
    return _catalogue(domain, "en") | _catalogue(domain, language)


class _Forgiving(dict[str, object]):
    """Parameters of a message; one that is missing is no reason to lose the message."""

    def __missing__(self, key: str) -> str:
        return "–"


@functools.cache
def _catalogue(domain: str, language: str) -> dict[str, str]:
    source = importlib.resources.files("fleet.texts") / "locale" / _FOLDERS[language] / f"{domain}.po"
    if not source.is_file():
        return {}
    with source.open("rb") as stream:
        catalogue = read_po(stream, abort_invalid=True)
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}
