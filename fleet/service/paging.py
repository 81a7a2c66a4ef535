"""Lists in pages: so many items, and a cursor to what follows."""

import base64
import json
from typing import Generic, TypeVar

from pydantic import Field

from fleet.model import ErrorCode, bad_input
from fleet.model.base import Document

T = TypeVar("T")
Key = tuple[str | int, ...]
"""What a list is ordered by; the last item's key is where the next page begins."""

DEFAULT_LIMIT = 100
MOST = 1_000
MOST_NUMBER = 2**63


class Page(Document, Generic[T]):
    """A page of a list."""

    items: tuple[T, ...]
    next: str | None = Field(default=None, description="cursor of the next page; absent on the last one")


def cursor_of(*key: str | int) -> str:
    """Return the cursor that continues behind the item of this key."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def key_of(cursor: str | None, *kinds: type) -> Key | None:
    """Return the key that a cursor stands for, None at the first page.

    Parameters
    ----------
    cursor : str or None
        As the caller gave it.
    *kinds : type
        What the parts of a key of this list are.

    Raises
    ------
    InputError
        CURSOR_UNKNOWN.
    """
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError) as error:
        raise bad_input(ErrorCode.CURSOR_UNKNOWN, where="cursor", value=cursor) from error
    if (
        not isinstance(key, list)
        or [type(part) for part in key] != list(kinds)
        or not all(map(_is_sound, key))
    ):
        raise bad_input(ErrorCode.CURSOR_UNKNOWN, where="cursor", value=cursor)
    return tuple(key)


def _is_sound(part: str | int) -> bool:
    """Say whether both databases take a part of a key: no zero bytes, no halves of characters, 64 bits."""
    if isinstance(part, int):
        return abs(part) < MOST_NUMBER
    return "\0" not in part and not any("\ud800" <= letter <= "\udfff" for letter in part)
