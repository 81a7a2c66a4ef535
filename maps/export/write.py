"""Writing maps: all files of a call aside first, then moved into place, so that an error leaves none."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from fleet.model import ErrorCode, Plan, bad_input
from fleet.texts import LANGUAGES
from maps.export.content import MapContent, map_content
from maps.export.geojson import to_geojson
from maps.export.geopackage import to_geopackage
from maps.export.gpx import to_gpx
from maps.export.html import to_html
from maps.export.kml import to_kml
from maps.roads import RoadGraph

STEM = "map"


def _to_pdf(content: MapContent) -> bytes:
    # Loaded only when one is written: fonts and their shaping take longer than the other maps.
    from maps.export.pdf import to_pdf

    return to_pdf(content)


_WRITERS: dict[str, Callable[[MapContent], bytes]] = {
    "geojson": to_geojson,
    "gpx": to_gpx,
    "kml": to_kml,
    "gpkg": to_geopackage,
    "html": to_html,
    "pdf": _to_pdf,
}

FORMATS = tuple(_WRITERS)
"""The formats, which are the files' endings, too."""


def write_maps(
    plan: Plan,
    directory: str | os.PathLike[str],
    *,
    formats: Sequence[str] = FORMATS,
    roads: RoadGraph | None = None,
    language: str = "en",
) -> list[Path]:
    """Write maps of a plan, ``map.<format>`` each; all of them or, when one fails, none.

    Parameters
    ----------
    plan
        Complete by itself; its day isn't needed.
    directory
        Made where it doesn't exist.
    formats
        Some of `FORMATS`.
    roads
        Drawn beneath the routes of the HTML map.
    language
        One of `fleet.texts.LANGUAGES`; the HTML map holds all of them and starts with this one.

    Returns
    -------
    list of Path
        The files in the order of ``formats``.

    Raises
    ------
    InputError
        FORMAT_UNSUPPORTED, VALUE_NOT_ALLOWED for a language, PLAN_OF_OTHER_ROADS when the plan was made
        with other roads, UNKNOWN_ID when it names a place it doesn't have.
    OSError
        When the files can't be written.
    """
    wanted = list(dict.fromkeys(formats))
    for name in wanted:
        if name not in _WRITERS:
            raise bad_input("FORMAT_UNSUPPORTED", where="format", value=name, expected=", ".join(FORMATS))
    if language not in LANGUAGES:
        raise bad_input(
            ErrorCode.VALUE_NOT_ALLOWED, where="language", value=language, expected=", ".join(LANGUAGES)
        )
    made_with = plan.travel.roads_sha256
    if roads is not None and made_with is not None and roads.sha256 != made_with:
        raise bad_input(ErrorCode.PLAN_OF_OTHER_ROADS, where="travel.roads_sha256", value=made_with)
    content = map_content(plan, language=language, roads=roads)
    files = {f"{STEM}.{name}": _WRITERS[name](content) for name in wanted}
    return _write_all(files, Path(directory))


def _write_all(files: Mapping[str, bytes], directory: Path) -> list[Path]:
    directory.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=directory, prefix=".map-"))
    try:
        for name, data in files.items():
            (aside / name).write_bytes(data)
            if (directory / name).is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(directory / name))
        for name in files:
            os.replace(aside / name, directory / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return [directory / name for name in files]
