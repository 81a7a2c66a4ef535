"""Faults of ours in logs: what kind and where, never what they say: it may be people's names and phones."""

import traceback


def places_of(error: BaseException) -> list[str]:
    """Return where an error happened, the innermost place last."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def told(error: BaseException) -> str:
    """Return an error as lines of a log."""
    return "\n  ".join((type(error).__name__, *places_of(error)))
