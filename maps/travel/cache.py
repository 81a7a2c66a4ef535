"""Matrices kept on disk by content: equal roads, places, caps and closures are computed once."""

import contextlib
import hashlib
import io
import zipfile
import zlib
from pathlib import Path

import numpy as np

from maps.roads.geometry import IntArray
from maps.roads.store import write_atomically

_DAMAGE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


def read_cached(folder: Path, key: str, *, shape: tuple[int, int, int]) -> tuple[IntArray, IntArray] | None:
    """Durations and distances kept under a key; None when there are none or they are damaged."""
    try:
        with np.load(io.BytesIO(_file(folder, key).read_bytes()), allow_pickle=False) as members:
            durations_s, distances_m = members["durations_s"], members["distances_m"]
            digest = str(members["sha256"])
    except _DAMAGE:
        return None
    if (
        durations_s.shape != shape
        or distances_m.shape != shape
        or digest != _digest(durations_s, distances_m)
    ):
        return None
    return durations_s.astype(np.int64), distances_m.astype(np.int64)


def write_cached(folder: Path, key: str, *, durations_s: IntArray, distances_m: IntArray) -> None:
    """Keep durations and distances under a key."""
    buffer = io.BytesIO()
    np.savez(
        buffer,
        durations_s=durations_s,
        distances_m=distances_m,
        sha256=np.array(_digest(durations_s, distances_m)),
    )
    # A full or read-only disk costs the next run some seconds; it is no reason to refuse this one.
    with contextlib.suppress(OSError):
        write_atomically(_file(folder, key), buffer.getvalue())


def _file(folder: Path, key: str) -> Path:
    return folder / f"travel-{key}.npz"


def _digest(durations_s: IntArray, distances_m: IntArray) -> str:
    digest = hashlib.sha256(np.ascontiguousarray(durations_s).tobytes())
    digest.update(np.ascontiguousarray(distances_m).tobytes())
    return digest.hexdigest()
