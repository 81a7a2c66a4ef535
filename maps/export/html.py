"""A plan as one self-contained HTML page: Leaflet, roads, data and words of all languages inside.

The page opens from a file and asks no network for anything; its content security policy forbids it to. All
of a plan's words travel as JSON and reach the page as text nodes, so no name can become markup.
"""

import base64
import hashlib
import html
import importlib.resources
import re
import string
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from xstatic.pkg import leaflet

from maps.export.bundle import bundle
from maps.export.content import MapContent
from maps.export.pagedata import as_json, page_data, roads_data, texts
from maps.export.words import RIGHT_TO_LEFT, MapWords


def to_html(content: MapContent) -> bytes:
    """Return the page; it starts in the content's language and holds the others, too."""
    words = MapWords(content)
    scripts, styles = _scripts(), _styles()
    plan = content.plan
    page = string.Template(_page_file("page.html")).substitute(
        language=content.language,
        direction="rtl" if content.language in RIGHT_TO_LEFT else "ltr",
        title=html.escape(f"{plan.title or words.say('map_of_the_day')} {plan.date.isoformat()}"),
        policy=html.escape(_policy(scripts=scripts, styles=styles)),
        styles="\n".join(f"<style>{style}</style>" for style in styles),
        needs_script=html.escape(words.say("needs_script")),
        plan=as_json(page_data(content)),
        texts=as_json(texts()),
        roads=roads_data(content),
        leaflet=scripts[0],
        modules=scripts[1],
    )
    return page.encode()


def _policy(*, scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Allow exactly the page's own scripts and styles, pictures inside it, and nothing from outside."""
    script_hashes = " ".join(_hash(script) for script in scripts)
    style_hashes = " ".join(_hash(style) for style in styles)
    return (
        f"default-src 'none'; script-src {script_hashes}; style-src {style_hashes}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(inline: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


@cache
def _scripts() -> tuple[str, str]:
    source = (_leaflet() / "leaflet.js").read_text(encoding="utf-8")
    # A browser's developer tools would look for the source map beside the page.
    without_map = re.sub(r"\n//# sourceMappingURL=.*\s*$", "\n", source)
    return without_map, bundle("main", read=lambda name: _page_file(f"{name}.js"))


@cache
def _styles() -> tuple[str, str]:
    css = (_leaflet() / "leaflet.css").read_text(encoding="utf-8")
    inline = re.sub(r"url\(images/([a-z0-9-]+\.png)\)", lambda found: f"url({_data_uri(found[1])})", css)
    return inline, _page_file("page.css")


def _data_uri(name: str) -> str:
    picture = base64.b64encode((_leaflet() / "images" / name).read_bytes()).decode()
    return f"data:image/png;base64,{picture}"


def _leaflet() -> Path:
    return Path(leaflet.BASE_DIR)


def _page_file(name: str) -> str:
    return (importlib.resources.files("maps.export") / "page" / name).read_text(encoding="utf-8")
