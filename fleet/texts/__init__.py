"""Words for codes: gettext catalogues in English, Chinese and Uyghur. Imports nothing of ours."""

from fleet.texts.catalogue import DOMAINS, LANGUAGES, has_text, keys, templates, text
from fleet.texts.problems import cause_and_advice, problem_line, problem_words
from fleet.texts.reasons import change_words, reason_words, rule_words

__all__ = [
    "DOMAINS",
    "LANGUAGES",
    "cause_and_advice",
    "change_words",
    "has_text",
    "keys",
    "problem_line",
    "problem_words",
    "reason_words",
    "rule_words",
    "templates",
    "text",
]
