"""``fleet roads``: road files from OpenStreetMap extracts."""

import json
from typing import Any

import click

from fleet.cli.base import Command, LazyGroup
from fleet.cli.failures import naming, unwritable
from fleet.cli.files import check_apart, check_readable, check_writable, load_road_file
from fleet.cli.language import say
from fleet.cli.options import Box, machine_output
from fleet.cli.progress import progress

COMMANDS = {"build": "fleet.cli.roads:build", "info": "fleet.cli.roads:info"}


@click.command("build", cls=Command)
@click.argument("extract", metavar="EXTRACT")
@click.option("-o", "--output", "output", metavar="FILE", required=True)
@click.option("--bbox", type=Box(), metavar="W,S,E,N")
def build(extract: str, output: str, bbox: tuple[float, float, float, float] | None) -> None:
    """Build a road file."""
    check_apart({"--output": output}, inputs={"EXTRACT": extract})
    check_readable(extract)
    check_writable(output)
    from maps.roads import build_roads, roads_info, save_roads

    with progress() as report, naming(extract):
        graph = build_roads(extract, bbox=bbox, progress=report)
    try:
        save_roads(graph, output)
    except OSError as error:
        raise unwritable(error, file=output) from error
    _print(roads_info(graph))
    click.echo(say("wrote", file=output))


@click.command("info", cls=Command)
@click.argument("file", metavar="FILE")
@machine_output()
def info(file: str, as_json: bool) -> None:
    """Say what is in a road file."""
    from maps.roads import roads_info

    found = roads_info(load_road_file(file))
    if as_json:
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        _print(found)


def _print(found: dict[str, Any]) -> None:
    """Print what is in a graph, a line each."""
    south, west, north, east = found["bbox"]
    lines = [
        say("roads_size", km=f"{found['km']:.1f}", segments=found["segments"], nodes=found["nodes"]),
        say("roads_turns", bridges=found["bridges"], turns=found["banned_turns"]),
        say("roads_box", box=f"{west:.4f},{south:.4f},{east:.4f},{north:.4f}"),
        say("roads_classes", classes=_listed(found["km_by_class"])),
        say("roads_places", number=found["places"], kinds=_listed(found["places_by_kind"])),
        say("roads_counts", counts=_listed(found["counts"])),
        say("roads_source", source=found["source"], date=found["data_date"] or "–", sha256=found["sha256"]),
        found["attribution"],
    ]
    for line in lines:
        click.echo(line)


def _listed(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in values.items()) or "–"


group = LazyGroup("roads", modules=COMMANDS)
