"""For all tests: a clean environment, the shared data, the browser, and how deep hypothesis searches."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.browser import Browser, find_chromium
from tests.depth import count

ROOT = Path(__file__).parents[1]
KEPT_VARIABLES = {"FLEET_TEST_DEPTH", "FLEET_REQUIRE_ALL", "FLEET_SHARED_DATA"}

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
