"""Words for codes: gettext catalogues in English, Chinese and Uyghur. Imports nothing of ours."""

from fleet.texts.catalogue import DOMAINS, LANGUAGES, has_text, keys, text
from fleet.texts.problems import problem_line

__all__ = ["DOMAINS", "LANGUAGES", "has_text", "keys", "problem_line", "text"]
