"""Road files: one zip archive of plain arrays, no pickled objects.

Members: ``header.json`` (format and the hash of the content), ``texts.json`` (names, places, origin)
and one ``.npy`` a array. Times and order are fixed, so equal graphs give equal bytes.
"""

import io
import json
import os
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maps.roads.errors import MapsError
from maps.roads.geometry import COORDINATE_SCALE
from maps.roads.graph import RoadGraph, RoadPlace, stored_arrays, stored_texts

FORMAT = "fleet-roads/1"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def save_roads(graph: RoadGraph, path: str | os.PathLike[str]) -> None:
    """Write a graph to a road file; a reader sees the old file or the whole new one, never a part."""
    target = Path(path)
    header = json.dumps({"format": FORMAT, "sha256": graph.sha256}, sort_keys=True).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _add(archive, "header.json", header)
        _add(archive, "texts.json", stored_texts(graph))
        for name, values in stored_arrays(graph).items():
            member = io.BytesIO()
            np.lib.format.write_array(
                member, np.ascontiguousarray(values), version=(1, 0), allow_pickle=False
            )
            _add(archive, f"{name}.npy", member.getvalue())
    write_atomically(target, buffer.getvalue())


def load_roads(path: str | os.PathLike[str]) -> RoadGraph:
    """Read a road file and check it against its hash.

    Raises
    ------
    MapsError
        ROADS_UNREADABLE when the file can't be opened, ROADS_FORMAT when it is foreign, truncated or
        changed.
    """
    name = Path(path).name
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise MapsError("ROADS_UNREADABLE", file=name, detail=error.strerror or "no such file") from error
    try:
        graph, expected = _parse(content)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, EOFError) as error:
        raise MapsError("ROADS_FORMAT", file=name, detail=str(error) or type(error).__name__) from error
    if graph.sha256 != expected:
        raise MapsError("ROADS_FORMAT", file=name, detail="the content does not match its hash")
    return graph


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside the target, then rename over it; a device or a pipe is written into."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, date_time=_ZIP_TIME)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system = 3
    member.external_attr = 0o644 << 16
    archive.writestr(member, content, compresslevel=6)


def _parse(content: bytes) -> tuple[RoadGraph, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        header = json.loads(archive.read("header.json"))
        if header["format"] != FORMAT:
            raise ValueError(f"format is {header['format']!r}, expected {FORMAT!r}")
        texts: dict[str, Any] = json.loads(archive.read("texts.json"))
        arrays: dict[str, Any] = {}
        for member in archive.namelist():
            if member.endswith(".npy"):
                arrays[member.removesuffix(".npy")] = _read_array(archive.read(member), member)
    texts["names"] = tuple(texts["names"])
    texts["places"] = tuple(RoadPlace(**place) for place in texts["places"])
    return RoadGraph(**arrays, **texts), str(header["sha256"])


def _read_array(content: bytes, member: str) -> NDArray[Any]:
    values = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    if member.endswith("itudes.npy"):
        return np.asarray(values / COORDINATE_SCALE, dtype=np.float64)
    if values.dtype.kind == "i":
        return values.astype(np.int64)
    return np.asarray(values)
