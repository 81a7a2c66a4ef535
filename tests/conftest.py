"""For all tests: a clean environment, shared data, browser, databases, how deep hypothesis searches."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from fleet.service import passwords
from fleet.store import Store
from tests.browser import Browser, find_chromium
from tests.database import Clock, Server, find_postgresql, migrated, opened, running_server, sqlite_url
from tests.depth import count

ROOT = Path(__file__).parents[1]
KEPT_VARIABLES = {"FLEET_TEST_DEPTH", "FLEET_REQUIRE_ALL", "FLEET_SHARED_DATA"}
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

# The same examples in every run: a red CI is red again at a developer's desk. The long run looks further.
settings.register_profile(
    "fleet",
    max_examples=count(short=50, long=1000),
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("fleet")


def require_all() -> bool:
    """Whether whatever can be installed has to be here, as it has to be in CI."""
    return os.environ.get("FLEET_REQUIRE_ALL") == "1"


@pytest.fixture(autouse=True)
def clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine reaches a test, and what a test writes by a bare name is thrown away."""
    for name in [name for name in os.environ if name.startswith("FLEET_") and name not in KEPT_VARIABLES]:
        monkeypatch.delenv(name)
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def real_hashes() -> None:
    """For a test about what it costs to hash a password."""


@pytest.fixture(autouse=True)
def quick_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes of passwords cost nothing, unless a test asks for ``real_hashes``."""
    if "real_hashes" not in request.fixturenames:
        monkeypatch.setattr(passwords, "_hasher", QUICK_HASHER)
        monkeypatch.setattr(passwords, "HASH_OF_NOBODY", QUICK_HASHER.hash("nobody"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The data for tests and benchmarks that lies beside the project; no part of it."""
    path = Path(os.environ.get("FLEET_SHARED_DATA") or ROOT.parent / "shared" / "data").resolve()
    if not path.is_dir():
        pytest.skip("the shared data is not here: set FLEET_SHARED_DATA to its folder")
    return path


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; where it is missing a test is skipped, in CI it fails."""
    path = find_chromium()
    if path is None:
        reason = "no chromium here: `make browser` installs it"
        if require_all():
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> Browser:
    """A headless browser without a network: `browser.open(path).dom`, `.console`, `browser.screenshot`."""
    return Browser(chromium)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server of this run's own; where none is installed a test is skipped, in CI it fails."""
    programs = find_postgresql()
    if programs is None:
        reason = "no PostgreSQL server here: `make postgresql` installs it"
        if require_all():
            pytest.fail(reason)
        pytest.skip(reason)
    with running_server(programs) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    migrated(sqlite_url(file))
    return file


@pytest.fixture
def clock() -> Clock:
    """The clock of ``store``: it stands still until a test moves it."""
    return Clock()


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A migrated, empty store in a file."""
    file = tmp_path / "fleet.db"
    shutil.copyfile(sqlite_template, file)
    with opened(sqlite_url(file), clock=clock) as store:
        yield store


@pytest.fixture
def postgresql_store(postgresql: Server, clock: Clock) -> Iterator[Store]:
    """A migrated, empty store on PostgreSQL."""
    with postgresql.migrated() as url, opened(url, clock=clock) as store:
        yield store


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """A migrated, empty store; the test runs once on each database."""
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found
