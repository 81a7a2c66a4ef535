"""Lists in pages: so many items, and a cursor to what follows."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from pydantic import Field

from fleet.model import ErrorCode, bad_input
from fleet.model.base import Document

T = TypeVar("T")
Row = TypeVar("Row")
Part = TypeVar("Part", str, int)
Key = tuple[str | int, ...]
"""What a list is ordered by; the last item's key is where the next page begins."""

DEFAULT_LIMIT = 100
MOST = 1_000
MOST_NUMBER = 2**63


class Page(Document, Generic[T]):
    """A page of a list."""

    items: tuple[T, ...]
    next: str | None = Field(default=None, description="cursor of the next page; absent on the last one")


def page_of(
    found: Sequence[Row], *, limit: int, key: Callable[[Row], Key], item: Callable[[Row], T]
) -> Page[T]:
    """Return the page of what was found.

    Parameters
    ----------
    found : sequence
        In the list's order, up to ``limit + 1``: one more than is shown says that there is a next page.
    limit : int
        Most items of a page.
    key : callable
        Returns what the list is ordered by.
    item : callable
        Returns what is shown.
    """
    shown = found[:limit]
    more = len(found) > limit
    return Page(items=tuple(map(item, shown)), next=cursor_of(*key(shown[-1])) if more else None)


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


def after_of(cursor: str | None, kind: type[Part]) -> Part | None:
    """Return the only part of the key that a cursor stands for, None at the first page.

    Raises
    ------
    InputError
        CURSOR_UNKNOWN.
    """
    key = key_of(cursor, kind)
    return None if key is None else kind(key[0])


def _is_sound(part: str | int) -> bool:
    """Say whether both databases take a part of a key: no zero bytes, no halves of characters, 64 bits."""
    if isinstance(part, int):
        return abs(part) < MOST_NUMBER
    return "\0" not in part and not any("\ud800" <= letter <= "\udfff" for letter in part)
