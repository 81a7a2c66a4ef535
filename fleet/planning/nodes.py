"""One thing that a tricycle does, in the day's seconds: what routes are made of before they are a plan."""

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Node:
    """A start, stop, break, recharge or end. ``begin_s`` includes the set-up; the drive came before it."""

    kind: Literal["start", "stop", "break", "recharge", "end"]
    location: int
    """Index into ``Day.locations``; -1 for an open end."""
    arrival_s: int
    begin_s: int
    metres: int = 0
    travel_s: int = 0
    setup_s: int = 0
    work_s: int = 0
    stay_s: int = 0
    request: str = ""
    alternative: int = -1
    """Number of the drop-off alternative, -1 for the pickup."""
    number: int = 0
    """Which break of the tricycle's list."""

    @property
    def end_s(self) -> int:
        """The end of handling, break or recharge; a stay comes after it."""
        return self.begin_s + self.setup_s + self.work_s


def is_drive(before: Node, node: Node) -> bool:
    """Whether a tricycle drives between two nodes that follow each other: not to an open end."""
    return node.location >= 0 and node.location != before.location
