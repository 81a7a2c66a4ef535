"""Which language this run speaks: ``--lang``, else the environment, else English."""

import os
from contextvars import ContextVar

from fleet.texts import LANGUAGES, text

_chosen: ContextVar[str | None] = ContextVar("language", default=None)

VARIABLES = ("FLEET_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set decides."""


def forget_language() -> None:
    """Go back to the language of the environment."""
    _chosen.set(None)


def choose_language(language: str) -> None:
    """Speak a language from now on."""
    _chosen.set(language)


def language() -> str:
    """Return the language of this run, one of ``fleet.texts.LANGUAGES``."""
    return _chosen.get() or _from_environment()


def say(key: str, **params: object) -> str:
    """Return words of the command line in the language of this run."""
    return text(key, domain="cli", language=language(), **params)


def _from_environment() -> str:
    value = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), "")
    start = value.replace("_", "-").split("-")[0].split(".")[0].lower()
    return next((known for known in LANGUAGES if known.split("-")[0] == start), "en")
