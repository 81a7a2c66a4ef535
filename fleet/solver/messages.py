"""What a search's child process and its parent tell each other: a length and a pickle each."""

import pickle
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

from fleet.solver.instance import Instance

BEFOREHAND: Final = "--beforehand"
"""Tells a child to load its kernels before it reads its job."""
READY: Final = "ready"
"""What it then says when it waits for the job."""

_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One search; ``asked_at`` is when its budget began, by ``time.monotonic()``, one for all processes."""

    instance: Instance
    budget_s: float
    iterations: int | None
    workers: int
    seed: int
    fewest_vehicles: bool
    first: Sequence[Sequence[int]]
    asked_at: float


def write_message(stream: IO[bytes], message: object) -> None:
    """Write one message, and what is buffered with it."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def read_message(stream: IO[bytes]) -> Any:
    """Return the next message, None at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    # Our own process at the other end: nobody else can write to this pipe.
    return pickle.loads(data) if len(data) == length else None
