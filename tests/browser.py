"""A headless Chromium driven by subprocess alone: the DOM after a page's scripts, its console, a picture."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.devtools import LivePage

NAMES = ("chromium", "chromium-browser", "google-chrome")

# A page opened from a file must work without a network, so no host can be looked up at all.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--enable-logging=stderr",
)
CONSOLE_LINE = re.compile(r':CONSOLE[:(]\d+\)?\] "(?P<text>.*)", source: ', re.DOTALL)
# One event a line; "not an origin" marks what the browser asks for on its own account.
REQUEST = re.compile(r'"initiator":"(?!not an origin)[^"]*".*?"url":"((?:https?|wss?)://[^"]+)"')


def find_chromium() -> str | None:
    """The path of the first browser of the family on the search path."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass(frozen=True)
class Page:
    """A page once its scripts had run: its DOM, what the console said, what it asked the network for."""

    dom: str
    console: tuple[str, ...]
    requests: frozenset[str]


@dataclass(frozen=True)
class Browser:
    """One browser binary; every call is a process of its own with an empty profile."""

    path: str
    timeout_s: float = 60.0

    def open(self, page: Path | str, *, wait_ms: int = 5000, width: int = 1280, height: int = 800) -> Page:
        """What a page is after `wait_ms` of its own clock."""
        with tempfile.TemporaryDirectory(prefix="fleet-network-") as folder:
            network = Path(folder) / "network.json"
            output, log = self._run(
                page,
                f"--window-size={width},{height}",
                f"--virtual-time-budget={wait_ms}",
                f"--log-net-log={network}",
                "--dump-dom",
            )
            requests = frozenset(REQUEST.findall(network.read_text(encoding="utf-8", errors="replace")))
        return Page(dom=output, console=console_lines(log), requests=requests)

    def screenshot(
        self, page: Path | str, target: Path, *, wait_ms: int = 5000, width: int = 1280, height: int = 800
    ) -> Path:
        """A PNG of the page's first `width` x `height` pixels, written to `target`."""
        self._run(
            page,
            f"--window-size={width},{height}",
            f"--virtual-time-budget={wait_ms}",
            f"--screenshot={target}",
        )
        if not target.exists():
            raise AssertionError(f"no screenshot of {page} was written to {target}")
        return target

    def live(
        self, page: Path | str, *, width: int = 1280, height: int = 800, is_phone: bool = False
    ) -> LivePage:
        """A page to click and type on; to be used in a ``with`` statement."""
        return LivePage(
            [self.path, *FLAGS],
            _address(page),
            width=width,
            height=height,
            is_phone=is_phone,
            timeout_s=self.timeout_s,
        )

    def _run(self, page: Path | str, *arguments: str) -> tuple[str, str]:
        address = _address(page)
        with tempfile.TemporaryDirectory(prefix="fleet-browser-", ignore_cleanup_errors=True) as profile:
            process = subprocess.Popen(
                [self.path, *FLAGS, f"--user-data-dir={profile}", *arguments, address],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
            try:
                output, log = process.communicate(timeout=self.timeout_s)
            except subprocess.TimeoutExpired:
                # The browser is a family of processes: the whole session goes.
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                raise
        if process.returncode != 0:
            raise AssertionError(f"the browser ended with {process.returncode} on {address}:\n{log[-2000:]}")
        return output, log


def _address(page: Path | str) -> str:
    return page.resolve().as_uri() if isinstance(page, Path) else page


def console_lines(log: str) -> tuple[str, ...]:
    """What the page's scripts said, and the errors of loading, out of the browser's own log."""
    entries = re.split(r"\n(?=\[)", log)
    return tuple(match["text"] for entry in entries if (match := CONSOLE_LINE.search(entry)))
