"""Sentences for what a plan says in codes: broken rules, reasons, changes that would admit, warnings."""

import datetime
import re
from collections.abc import Mapping

from fleet.texts.catalogue import has_text, text

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)")
_DETAILS = ("excess_kg", "excess", "missing_wh", "late_s", "request", "place")
"""What a broken rule is told with, in this order, where its parameters have it."""

Params = Mapping[str, object]


def rule_words(
    rule: str,
    params: Params,
    *,
    language: str,
    names: Params | None = None,
    zone: datetime.tzinfo | None = None,
) -> str:
    """Return the words for a broken rule, with by how much and where in brackets.

    Parameters
    ----------
    rule, params
        As a plan or a violation carries them.
    language
        One of ``LANGUAGES``.
    names
        What to call the places, by their keys.
    zone
        The clock that instants are shown in; their own offset without.
    """
    shown = _shown(params, language=language, names=names or {}, zone=zone)
    details = [
        text(f"with_{name}", domain="rules", language=language, **shown)
        for name in _DETAILS
        if name in params and not (name == "place" and "request" in params)
    ]
    words = text(rule, domain="rules", language=language, **shown)
    return f"{words} ({', '.join(details)})" if details else words


def reason_words(
    reason: str,
    params: Params,
    *,
    language: str,
    names: Params | None = None,
    zone: datetime.tzinfo | None = None,
) -> str:
    """Return the words for why a request is not served, or for a warning; parameters as in `rule_words`."""
    shown = _shown(params, language=language, names=names or {}, zone=zone)
    return text(reason, domain="reasons", language=language, **shown)


def change_words(
    kind: str,
    params: Params,
    *,
    tricycle: object,
    language: str,
    names: Params | None = None,
    zone: datetime.tzinfo | None = None,
) -> str:
    """Return the words for a change that would admit a request; parameters as in `rule_words`."""
    shown = _shown(params, language=language, names=names or {}, zone=zone)
    figures = {name: params[name] for name in ("before", "after") if name in params}
    if kind == "ON_BOARD_LIMIT":
        shown |= {name: _minutes(value) for name, value in figures.items()}
    if kind == "PENALTY":
        shown |= {name: f"{float(str(value)):.2f}" for name, value in figures.items()}
    return text(kind, domain="reasons", language=language, **shown | {"tricycle": tricycle})


def _shown(
    params: Params, *, language: str, names: Params, zone: datetime.tzinfo | None
) -> dict[str, object]:
    """Return parameters as people read them: clock times, names of places, minutes, words of rules."""
    shown: dict[str, object] = {}
    for name, value in params.items():
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            shown[name] = _clock(value, zone)
        elif name == "place":
            shown[name] = names.get(str(value), value)
        elif name == "rule" and has_text(str(value), domain="rules"):
            shown[name] = text(str(value), domain="rules", language=language)
        elif name.endswith("_s"):
            shown[name] = _minutes(value)
        elif isinstance(value, float):
            shown[name] = f"{value:.2f}" if name.endswith("_yuan") else f"{value:g}"
        else:
            shown[name] = value
    return shown


def _clock(instant: str, zone: datetime.tzinfo | None) -> str:
    """Return hours and minutes; the instant itself where it is none that a clock shows."""
    try:
        value = datetime.datetime.fromisoformat(instant)
        return f"{value.astimezone(zone) if zone else value:%H:%M}"
    except (ValueError, OverflowError):
        return instant


def _minutes(seconds: object) -> str:
    """Return whole minutes, rounded up: a second too late is too late."""
    return str(-(-int(str(seconds)) // 60)) if str(seconds).isdigit() else str(seconds)
