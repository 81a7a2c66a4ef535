"""One line for one problem: what, where, what to do."""

from collections.abc import Mapping

from fleet.texts.catalogue import has_text, text
from fleet.texts.reasons import rule_words

SEPARATORS = ("; ", "；", "؛ ")
"""A message of ``errors.po`` says what is wrong, then one of these, then what to do."""


def problem_line(
    code: str,
    *,
    file: str = "",
    where: str = "",
    value: str = "",
    params: Mapping[str, object],
    language: str = "en",
) -> str:
    """Return ``error[CODE]: what (file, where = value); what to do`` as one line."""
    message = problem_words(code, params=params, language=language)
    what, separator, advice = cause_and_advice(message)
    place = ", ".join(
        part for part in (file, f"{where} = {value}" if where and value else where or value) if part
    )
    return _one_line(f"error[{code}]: {what}{f' ({place})' if place else ''}{separator}{advice}")


def problem_words(code: str, *, params: Mapping[str, object], language: str = "en") -> str:
    """Return what is wrong and what to do.

    Names like the one written are offered where there are any; a limit that is not allowed itself is said so.
    """
    nothing_alike = params.get("candidates") == ""
    key = f"nothing_alike_{code}" if nothing_alike else f"above_{code}" if params.get("above") else code
    return text(key, domain="errors", language=language, **_in_words(params, language))


def cause_and_advice(message: str) -> tuple[str, str, str]:
    """Return what is wrong, what separates it, and what to do."""
    for separator in SEPARATORS:
        what, found, advice = message.partition(separator)
        if found:
            return what, found, advice
    return message, "", ""


def _in_words(params: Mapping[str, object], language: str) -> dict[str, object]:
    """Translate the parameters that are words of ours: a kind of id, a direction, a broken rule."""
    words = {
        name: text(f"{name}_{value}", domain="errors", language=language)
        if has_text(f"{name}_{value}", domain="errors")
        else value
        for name, value in params.items()
    }
    rule = str(params.get("rule", ""))
    if has_text(rule, domain="rules"):
        words["rule"] = rule_words(rule, params, language=language)
    return words


def _one_line(words: str) -> str:
    """Keep a line one line, whatever a file's name or a value holds."""
    return "".join(c if c.isprintable() or c == " " else c.encode("unicode_escape").decode() for c in words)
