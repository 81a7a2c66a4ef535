"""Which language an answer speaks: the best of ``Accept-Language`` that there are words in."""

from flask import request

from fleet.texts import LANGUAGES


def language() -> str:
    """Return one of ``fleet.texts.LANGUAGES``: ``zh-CN`` is answered in ``zh-Hans``."""
    for wanted, quality in request.accept_languages:
        start = wanted.split("-")[0].lower()
        for known in LANGUAGES:
            if quality > 0 and known.split("-")[0] == start:
                return known
    return LANGUAGES[0]
