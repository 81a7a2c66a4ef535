"""Kinds of option values, each refusing nonsense with a code and a hint."""

import math
import re
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import click

from fleet.cli.base import Value
from fleet.model import ErrorCode, bad_input

F = TypeVar("F", bound=Callable[..., Any])

MAX_BUDGET_S = 600.0
_SECONDS_OF = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "min": 60.0}


class Option(Protocol):
    """What declares an option on a command's function."""

    def __call__(self, function: F, /) -> F:
        """Return the function."""


class Budget(Value[float]):
    """A time to spend: ``10s``, ``2m``, ``500ms``, plain seconds; returns seconds."""

    name = "time"

    def read(self, value: str, *, where: str) -> float:
        """Return the seconds."""
        found = re.fullmatch(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(ms|s|min|m|)\s*", value)
        if found is None:
            raise bad_input(ErrorCode.BUDGET_INVALID, where=where, value=value)
        seconds = float(found[1]) * _SECONDS_OF[found[2]]
        if seconds <= 0:
            raise bad_input(ErrorCode.VALUE_TOO_SMALL, where=where, value=value, limit="1ms")
        if seconds > MAX_BUDGET_S:
            raise bad_input(ErrorCode.VALUE_TOO_LARGE, where=where, value=value, limit=f"{MAX_BUDGET_S:g}s")
        return seconds


class Number(Value[int]):
    """A whole number within limits."""

    name = "number"

    def __init__(self, *, least: int, most: int) -> None:
        self.least, self.most = least, most

    def read(self, value: str, *, where: str) -> int:
        """Return the number."""
        if not re.fullmatch(r"[+-]?[0-9]{1,30}", value):
            raise bad_input(ErrorCode.NUMBER_INVALID, where=where, value=value)
        number = int(value)
        if number < self.least:
            raise bad_input(ErrorCode.VALUE_TOO_SMALL, where=where, value=value, limit=self.least)
        if number > self.most:
            raise bad_input(ErrorCode.VALUE_TOO_LARGE, where=where, value=value, limit=self.most)
        return number


class Words(Value[str]):
    """A text: no control characters, and no bytes that are no characters, which no database takes."""

    name = "text"

    def read(self, value: str, *, where: str) -> str:
        """Return the text."""
        if not value.isprintable():
            raise bad_input(ErrorCode.INVALID_VALUE, where=where, value=value)
        return value


class Box(Value[tuple[float, float, float, float]]):
    """``west,south,east,north`` in degrees; returned as south, west, north, east."""

    name = "box"

    def read(self, value: str, *, where: str) -> tuple[float, float, float, float]:
        """Return south, west, north, east."""
        try:
            west, south, east, north = (float(part) for part in value.split(","))
        except ValueError as error:
            raise bad_input("BBOX_INVALID", where=where, value=value) from error
        inside = -90 <= south < north <= 90 and -180 <= west < east <= 180
        if not inside or not all(map(math.isfinite, (west, south, east, north))):
            raise bad_input("BBOX_INVALID", where=where, value=value)
        return south, west, north, east


def machine_output() -> Option:
    """Return ``--json``: the answer for programs on standard output."""
    return click.option("--json", "as_json", is_flag=True)


def output_file(*, required: bool = False) -> Option:
    """Return ``-o``: the file to write, ``-`` for standard output."""
    return click.option("-o", "--output", "output", metavar="FILE", required=required)


def output_folder(*, required: bool = False) -> Option:
    """Return ``-o``: the folder to write into."""
    return click.option("-o", "--output", "folder", metavar="DIR", required=required)


def road_file() -> Option:
    """Return ``--roads``: the road file to travel on."""
    return click.option("--roads", "roads", metavar="FILE")


def budget() -> Option:
    """Return ``--budget``: how long to search."""
    return click.option("--budget", "budget_s", type=Budget(), metavar="TIME")


def iterations() -> Option:
    """Return ``--iterations``: of each worker, instead of a time."""
    return click.option("--iterations", type=Number(least=1, most=1_000_000_000), metavar="N")


def workers() -> Option:
    """Return ``--workers``: how many searches run side by side."""
    return click.option("--workers", type=Number(least=1, most=64), default=1, metavar="W")


def seed() -> Option:
    """Return ``--seed``: of everything that is drawn."""
    return click.option("--seed", type=Number(least=0, most=2**31 - 1), default=1, metavar="N")
