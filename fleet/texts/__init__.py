"""Words for codes: gettext catalogues in English, Chinese and Uyghur. Imports nothing of ours."""

from fleet.texts.catalogue import DOMAINS, LANGUAGES, has_text, keys, text

__all__ = ["DOMAINS", "LANGUAGES", "has_text", "keys", "text"]
