"""Long lists of ids in queries: a database takes only so many parameters at once."""

from collections.abc import Collection, Iterator
from typing import TypeVar

T = TypeVar("T")
SIZE = 5_000


def chunks(items: Collection[T]) -> Iterator[list[T]]:
    """Give the items in lists that one query may name."""
    ordered = list(items)
    for start in range(0, len(ordered), SIZE):
        yield ordered[start : start + SIZE]
