"""The house rules of the tree: what is committed, locked, shipped and documented."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import fleet

MAX_LINES = 450
PACKAGES = ("fleet", "maps")
PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
# Spelled in two halves, so that this file doesn't hold what it forbids.
UNDONE = re.compile(
    r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error")) + r")\b"
)
PACKAGE_ADDRESS = re.compile(
    "|".join(("--(extra-|default-)?index" + "-url", "--find" + "-links", "file:///" + "opt"))
)


@pytest.fixture(scope="module")
def tracked(root: Path) -> list[Path]:
    """The committed files of the project, or all but the ignored ones where it is no clone."""
    if shutil.which("git") is not None:
        listing = subprocess.run(
            ["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, encoding="utf-8", check=False
        )
        if listing.returncode == 0 and listing.stdout:
            return [path for name in listing.stdout.split("\0") if name and (path := root / name).is_file()]
    hidden = (".venv", "__pycache__", "out", "_build")
    return [
        path for path in root.rglob("*") if path.is_file() and not any(part in hidden for part in path.parts)
    ]


def text_of(path: Path) -> str:
    """The text of a file, empty for a binary one."""
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")


def offenders(paths: list[Path], pattern: re.Pattern[str]) -> list[str]:
    """``file:line`` of every match."""
    return [
        f"{path}:{number}"
        for path in paths
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_of_code_grows_without_end(tracked: list[Path], root: Path) -> None:
    code = [path for path in tracked if path.suffix in {".py", ".js", ".css", ".html"}]
    lengths = {str(path.relative_to(root)): len(text_of(path).splitlines()) for path in code}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_nothing_is_left_undone_in_code(tracked: list[Path]) -> None:
    assert offenders([path for path in tracked if path.suffix in {".py", ".js", ".html"}], UNDONE) == []


def test_no_address_of_packages_is_committed(tracked: list[Path]) -> None:
    assert offenders(tracked, PACKAGE_ADDRESS) == []


def test_no_path_of_this_machine_is_committed(tracked: list[Path], root: Path) -> None:
    places = {str(root), str(Path.home())}
    # A clone in a folder for throw-away things says nothing about the machine.
    if root.parent not in (Path(tempfile.gettempdir()), Path("/")):
        places.add(str(root.parent))
    places.discard("/")
    pattern = re.compile("|".join(re.escape(place) + "/" for place in sorted(places)))
    assert offenders(tracked, pattern) == []


def test_no_large_file_is_committed(tracked: list[Path], root: Path) -> None:
    large = {str(path.relative_to(root)) for path in tracked if path.stat().st_size > 700_000}
    # The Chinese letters of the sheet of paper: no package that is well kept brings them.
    assert large == {"maps/export/fonts/NotoSansSC-Regular-GB2312.ttf"}


def locked_names(root: Path) -> set[str]:
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(Requirement(line).name) for line in lines}


def test_the_lock_has_pins_and_nothing_else(root: Path) -> None:
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pin = re.compile(r"[a-z0-9][a-z0-9-]*==[0-9][0-9a-z.]*( ; [a-z_]+ .+)?")
    assert [line for line in lines if not pin.fullmatch(line)] == []


def test_the_lock_covers_what_the_project_asks_for(root: Path) -> None:
    project = PROJECT["project"]
    asked = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    assert {canonicalize_name(Requirement(line).name) for line in asked} <= locked_names(root)


def test_every_third_package_imported_is_asked_for(root: Path) -> None:
    """What is there only because something else brought it may go with the next lock."""
    distributions = {
        "argon2": "argon2-cffi",
        "fpdf": "fpdf2",
        "osgeo": "gdal",
        "xstatic": "xstatic-leaflet",
        "pydantic_core": "pydantic",
    }
    asked = {canonicalize_name(Requirement(line).name) for line in PROJECT["project"]["dependencies"]}
    imported: dict[str, str] = {}
    for package in PACKAGES:
        for path in (root / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_bytes())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                    names = [node.module]
                imported |= {name.split(".")[0]: str(path) for name in names}
    third = {
        name: path
        for name, path in imported.items()
        if name not in sys.stdlib_module_names and name not in PACKAGES
    }
    missing = {
        name: path
        for name, path in third.items()
        if canonicalize_name(distributions.get(name, name)) not in asked
    }
    assert missing == {}


def test_every_room_has_its_place_among_the_layers(root: Path) -> None:
    rooms = {
        f"{package}.{path.stem}"
        for package in PACKAGES
        for path in (root / package).iterdir()
        if (path / "__init__.py").is_file() or (path.suffix == ".py" and not path.stem.startswith("__"))
    }
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    assert {room.strip() for layer in layers for room in layer.split("|")} == rooms


def test_a_wheel_carries_every_file_of_the_packages(tracked: list[Path], root: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=root,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = [path.relative_to(root) for path in tracked]
    asked = {name.as_posix() for name in names if name.parts[0] in PACKAGES}
    assert asked <= set(zipfile.ZipFile(wheel).namelist())


def test_help_lists_every_make_target(root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    told = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout
    documented = set(re.findall(r"^make ([a-z-]+) +\S", told, re.MULTILINE))
    assert documented == set(phony[1].split())
    rules = set(re.findall(r"^([a-z][a-z-]*):(?! export)", makefile, re.MULTILINE))
    assert rules == documented


@pytest.mark.parametrize("name", ["run", "browser", "postgresql"])
def test_scripts_of_ci_can_be_run(name: str, root: Path) -> None:
    script = root / ".ci" / name
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_the_changelog_tells_of_this_version(root: Path) -> None:
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(PROJECT['project']['version'])}\b", changelog, re.MULTILINE)


def test_three_names_are_enough_to_get_a_plan() -> None:
    assert fleet.__all__ == ["Day", "Plan", "plan_day"]
    assert all(getattr(fleet, name) is not None for name in fleet.__all__)


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = {"geopandas", "numba", "ortools", "osmium", "pandas", "scipy"}
    code = "import sys, fleet, maps; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert heavy & set(loaded.split()) == set()
