"""What stands on the pages of a PDF."""

import re

from pypdf import PageObject

MARKS_OF_DIRECTION = "[\u200e\u200f\u202a-\u202e\u2066-\u2069]"


def words(page: PageObject) -> str:
    """Return what stands on a page, without line breaks and marks of direction."""
    return " ".join(re.sub(MARKS_OF_DIRECTION, "", page.extract_text()).split())
