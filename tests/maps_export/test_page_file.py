"""The page as a file: complete in itself, sealed by its policy, its roads clipped to the plan."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

from fleet.model import Plan
from fleet.texts import LANGUAGES, keys
from maps.export.pagedata import as_json
from maps.roads import RoadGraph

Write = Callable[..., Path]


class Parts(HTMLParser):
    """What a page consists of, by a parser of its own."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.policy = ""
        self.inline: dict[str, list[str]] = {"script": [], "style": []}
        self.data: dict[str, str] = {}
        self._open: tuple[str, str | None] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        given = dict(attrs)
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"] or ""
        if tag in self.inline:
            self._open = (tag, given.get("id"))

    def handle_data(self, data: str) -> None:
        if self._open is None:
            return
        tag, name = self._open
        if name is None:
            self.inline[tag].append(data)
        else:
            self.data[name] = self.data.get(name, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._open = None


def test_nothing_is_loaded_from_anywhere(plan: Plan, roads: RoadGraph, written: Write) -> None:
    parts = Parts(written(plan, "html", roads=roads).read_text(encoding="utf-8"))
    assert {name for name, _ in parts.attributes} & {"src", "href", "style", "srcset", "action"} == set()
    assert [name for name, _ in parts.attributes if name.startswith("on")] == []
    assert {"link", "img", "iframe", "object", "base"} & set(parts.tags) == set()
    styles = "".join(parts.inline["style"])
    assert set(re.findall(r"url\(([a-z]+:|#)", styles)) <= {"data:", "#"}
    assert "@import" not in styles


def test_the_policy_allows_exactly_the_pages_own_scripts_and_styles(plan: Plan, written: Write) -> None:
    parts = Parts(written(plan, "html").read_text(encoding="utf-8"))
    rules = dict(rule.strip().split(" ", 1) for rule in parts.policy.split(";"))
    for kind in ("script", "style"):
        hashes = {
            f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
            for text in parts.inline[kind]
        }
        assert len(hashes) == 2
        assert set(rules[f"{kind}-src"].split()) == hashes
    # Whatever is not named falls back to none, connections and frames with it.
    assert rules["default-src"] == "'none'"
    assert set(rules) == {"default-src", "script-src", "style-src", "img-src", "base-uri", "form-action"}
    assert (rules["img-src"], rules["base-uri"], rules["form-action"]) == ("data:", "'none'", "'none'")


def test_roads_are_packed_clipped_and_say_whose_they_are(
    plan: Plan, roads: RoadGraph, written: Write
) -> None:
    parts = Parts(written(plan, "html", roads=roads).read_text(encoding="utf-8"))
    packed = base64.b64decode(parts.data["road-data"])
    collection = json.loads(gzip.decompress(packed))
    assert len(packed) < 200_000
    kinds = {feature["properties"]["kind"] for feature in collection["features"]}
    assert kinds == {"road", "water"}
    assert collection["invented"] is True

    # Two visits near each other need only the roads around them.
    near = plan.model_copy(update={"routes": (), "unserved": (), "places": plan.places[:2]})
    few = Parts(written(near, "html", roads=roads).read_text(encoding="utf-8")).data["road-data"]
    assert len(few) < 0.7 * len(parts.data["road-data"])


def test_without_roads_the_page_has_none(plan: Plan, written: Write) -> None:
    parts = Parts(written(plan, "html").read_text(encoding="utf-8"))
    assert parts.data.get("road-data", "") == ""


def test_the_page_holds_the_words_of_every_language(plan: Plan, written: Write) -> None:
    parts = Parts(written(plan, "html", language="ug").read_text(encoding="utf-8"))
    texts = json.loads(parts.data["text-data"])
    assert set(texts) == set(LANGUAGES)
    told = json.loads(parts.data["plan-data"])
    assert told["language"] == "ug"
    assert parts.attributes[:2] == [("lang", "ug"), ("dir", "rtl")]
    for item in told["unserved"]:
        assert len({item["reason"][language] for language in LANGUAGES}) == len(LANGUAGES)


def test_every_text_that_a_module_asks_for_is_there(root: Path) -> None:
    asked = set()
    for module in (root / "maps" / "export" / "page").glob("*.js"):
        asked |= set(re.findall(r'\bsay\("(\w+)"', module.read_text(encoding="utf-8")))
    assert len(asked) > 40
    assert asked <= keys("map")


def test_json_can_end_no_script(hostile_plan: Plan, hostile: str, written: Write) -> None:
    page = written(hostile_plan, "html").read_text(encoding="utf-8")
    parts = Parts(page)
    assert parts.tags.count("img") == 0
    assert parts.tags.count("script") == 5
    assert json.loads(parts.data["plan-data"])["title"] == hostile
    assert json.loads(as_json({"a": "</script>\u2028&"})) == {"a": "</script>\u2028&"}


def test_the_path_comes_back_to_the_microdegree(plan: Plan, written: Write) -> None:
    told = json.loads(Parts(written(plan, "html").read_text(encoding="utf-8")).data["plan-data"])
    latitude = longitude = 0
    points = []
    steps = told["routes"][0]["path"]
    for north, east in zip(steps[::2], steps[1::2], strict=True):
        latitude, longitude = latitude + north, longitude + east
        points.append((latitude / 1e6, longitude / 1e6))
    leg = next(entry.leg for entry in plan.routes[0].entries if entry.leg is not None)
    assert set(leg.path[1:-1]) <= set(points)
