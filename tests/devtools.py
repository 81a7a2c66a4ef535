"""A live page: clicks, keys, sizes, pictures, PDF. Speaks the DevTools protocol over two pipes, by itself."""

import base64
import fcntl
import json
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

NETWORK = ("http://", "https://", "ws://", "wss://")
KEYS = {"Enter": ("\r", 13), "Tab": ("", 9), "Escape": ("", 27), " ": (" ", 32), "ArrowDown": ("", 40)}

# What the browser says of an expression whose page went away before it had a value.
LEFT = {
    "Inspected target navigated or closed",
    "Execution context was destroyed.",
    "Cannot find default execution context",
}


class PageLeftError(AssertionError):
    """The page was left for another one while an expression of it was worked out."""


class LivePage:
    """A page in a browser of its own; use it in a ``with`` statement.

    What the page's scripts say and fail with is in ``console``, what it asked the network for in
    ``requests``.
    """

    def __init__(
        self,
        command: list[str],
        address: str,
        *,
        width: int,
        height: int,
        is_phone: bool = False,
        timeout_s: float = 60.0,
    ) -> None:
        self.console: list[str] = []
        self.requests: set[str] = set()
        self._timeout_s = timeout_s
        self._number = 0
        self._session: str | None = None
        self._loaded: set[str] = set()
        self._buffer = b""
        self._profile = tempfile.TemporaryDirectory(prefix="fleet-browser-", ignore_cleanup_errors=True)
        self._start(command)
        try:
            self._attach()
            self.resize(width, height, is_phone=is_phone)
            self.open(address)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""
        answer = self._send("Page.navigate", url=address)
        # The page before it may still be loading, so that not every end of loading is this page's.
        self._until(lambda: answer["loaderId"] in self._loaded, what=f"{address} to be loaded")

    def resize(self, width: int, height: int, *, is_phone: bool = False) -> None:
        """Give the window a size; a phone's window has no minimum and its fingers are touches."""
        self._send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=is_phone,
        )

    def run(self, script: str) -> Any:
        """Return the value of a JavaScript expression, promises awaited."""
        answer = self._send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait_for(self, script: str) -> None:
        """Wait until a JavaScript expression is true, on this page or on the one that a click leads to."""

        def is_true() -> bool:
            try:
                return bool(self.run(script))
            except PageLeftError:
                return False

        self._until(is_true, what=script)

    def click(self, selector: str) -> None:
        """Press and release the mouse in the middle of the first element that matches."""
        self.click_at(*self._middle(selector))

    def click_at(self, x: float, y: float) -> None:
        """Press and release the mouse at a point of the window."""
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self._send(
                "Input.dispatchMouseEvent",
                type=kind,
                x=x,
                y=y,
                button="none" if kind == "mouseMoved" else "left",
                clickCount=0 if kind == "mouseMoved" else 1,
            )

    def hover(self, selector: str) -> None:
        """Move the mouse over the middle of the first element that matches."""
        x, y = self._middle(selector)
        self._send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def press(self, key: str) -> None:
        """Press and release a key."""
        text, code = KEYS[key]
        common = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": code}
        self._send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
        self._send("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text: str) -> None:
        """Enter text where the focus is."""
        self._send("Input.insertText", text=text)

    def as_paper(self) -> None:
        """Show the page as its style sheet has it in print, after what its scripts do before printing."""
        self._send("Emulation.setEmulatedMedia", media="print")
        self.run("dispatchEvent(new Event('beforeprint'))")

    def screenshot(self, target: Path) -> Path:
        """Write a PNG of what the window shows."""
        target.write_bytes(base64.b64decode(self._send("Page.captureScreenshot", format="png")["data"]))
        return target

    def pdf(self, target: Path) -> Path:
        """Write the page as it prints, A4 by its own style sheet."""
        answer = self._send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        target.write_bytes(base64.b64decode(answer["data"]))
        return target

    def close(self) -> None:
        """End the browser, which is a family of processes."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._write)
        os.close(self._read)
        self._profile.cleanup()

    def _start(self, command: list[str]) -> None:
        # The browser reads orders from its file 3 and answers in its file 4; neither may be in the way then.
        low_orders, self._write = os.pipe()
        self._read, low_answers = os.pipe()
        orders, answers = (fcntl.fcntl(low, fcntl.F_DUPFD, 10) for low in (low_orders, low_answers))
        shell = 'exec 3<&"$1" 4>&"$2"; shift 2; exec "$@"'
        self._process = subprocess.Popen(
            [
                "/bin/bash", "-c", shell, "browser", str(orders), str(answers),
                *command, f"--user-data-dir={self._profile.name}", "--remote-debugging-pipe", "about:blank",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(orders, answers),
            start_new_session=True,
        )  # fmt: skip
        for end in (low_orders, low_answers, orders, answers):
            os.close(end)

    def _attach(self) -> None:
        pages: list[dict[str, Any]] = []
        while not pages:
            targets = self._send("Target.getTargets")["targetInfos"]
            pages = [target for target in targets if target["type"] == "page"]
        answer = self._send("Target.attachToTarget", targetId=pages[0]["targetId"], flatten=True)
        self._session = answer["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._send(f"{domain}.enable")
        self._send("Page.setLifecycleEventsEnabled", enabled=True)

    def _middle(self, selector: str) -> tuple[float, float]:
        box = self.run(
            f"""(() => {{ const found = document.querySelector({json.dumps(selector)});
            if (found === null) return null;
            found.scrollIntoView({{ block: "nearest" }});
            const box = found.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]; }})()"""
        )
        assert box is not None, f"nothing on the page matches {selector}"
        return box[0], box[1]

    def _send(self, method: str, **params: object) -> dict[str, Any]:
        self._number += 1
        number = self._number
        message: dict[str, object] = {"id": number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + self._timeout_s
        while True:
            answer = self._receive(deadline, what=method)
            if answer.get("id") == number:
                if "error" in answer:
                    kind = PageLeftError if answer["error"]["message"] in LEFT else AssertionError
                    raise kind(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _until(self, is_done: Callable[[], bool], *, what: str) -> None:
        deadline = time.monotonic() + self._timeout_s
        while not is_done():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {self._timeout_s} s for {what}; the console: {self.console}")
            # An answer to anything lets events through that came before it.
            self._send("Runtime.evaluate", expression="0")

    def _receive(self, deadline: float, *, what: str) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0.0, deadline - time.monotonic()))
            chunk = os.read(self._read, 1 << 20) if ready else b""
            if not chunk:
                raise AssertionError(f"the browser gave no answer to {what}")
            self._buffer += chunk
        line, self._buffer = self._buffer.split(b"\0", 1)
        message: dict[str, Any] = json.loads(line)
        self._note(message)
        return message

    def _note(self, message: dict[str, Any]) -> None:
        """Keep what an event tells."""
        method, params = message.get("method", ""), message.get("params", {})
        if method == "Page.lifecycleEvent" and params["name"] == "load":
            self._loaded.add(params["loaderId"])
        elif method == "Runtime.consoleAPICalled":
            self.console.append(" ".join(str(a.get("value", a.get("description"))) for a in params["args"]))
        elif method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.console.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded":
            self.console.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent" and params["request"]["url"].startswith(NETWORK):
            self.requests.add(params["request"]["url"])
