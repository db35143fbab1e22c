"""A headless Chromium for the tests, driven over its pipe: no driver, no package, no port."""

import fcntl
import json
import os
import shutil
import signal
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Without a sandbox, which containers and root do not grant: it opens nothing but pages of ours.
OPTIONS = [
    *["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe"],
    *["--no-first-run", "--disable-background-networking", "--disable-component-update"],
    *["--disable-extensions", "--disable-sync"],
]
PATIENCE = 60  # seconds
KEYS = {"Tab": 9, "Enter": 13, " ": 32}


def find() -> str | None:
    """A Chromium on PATH, if there is one."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Page:
    """One page of the browser, and what happened on it: console messages, errors, requests."""

    def __init__(self, pipes: tuple[int, int]) -> None:
        self._out, self._in = pipes
        self._rest = b""
        self._calls = 0
        self._session = ""
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the DevTools protocol and its result."""
        self._calls += 1
        message = {"id": self._calls, "method": method, "params": parameters}
        os.write(self._out, json.dumps({**message, **self._addressed()}).encode() + b"\0")
        while (answer := self._receive()).get("id") != self._calls:
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]  # type: ignore[no-any-return]

    def _addressed(self) -> dict[str, str]:
        return {"sessionId": self._session} if self._session else {}

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select([self._in], [], [], PATIENCE)
            if not ready or not (received := os.read(self._in, 1 << 20)):
                raise TimeoutError("the browser does not answer")
            self._rest += received
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)  # type: ignore[no-any-return]

    def open(self, file: Path, width: int = 1280, scheme: str = "light", *, scripts: bool = True) -> None:
        """Load a file at a width and in a colour scheme, and wait until it stands."""
        phone = width < 600
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=phone)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.events.clear()
        self.call("Page.navigate", url=file.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._receive())

    def value(self, expression: str) -> Any:
        """The value of a JavaScript expression on the page."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise RuntimeError(f"{expression}: {done['exceptionDetails']}")
        return done["result"].get("value")

    def press(self, key: str) -> None:
        """Press and release a key."""
        text = {"Enter": "\r", " ": " "}.get(key, "" if key in KEYS else key)
        code = {"key": key, "windowsVirtualKeyCode": KEYS.get(key, 0), "text": text}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **code)
        self.call("Input.dispatchKeyEvent", type="keyUp", **code)

    def screenshot(self, file: Path) -> None:
        """The whole page as PNG."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(b64decode(shot["data"]))

    @property
    def complaints(self) -> list[str]:
        """Whatever the console shows: messages, errors, violations of the policy."""
        told = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [json.dumps(event["params"]) for event in self.events if event.get("method") in told]

    @property
    def requests(self) -> list[str]:
        """Every address that was asked for."""
        sent = [event for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]


@contextmanager
def browser(program: str) -> Iterator[Page]:
    """A page of a browser that lives as long as the block."""
    to_browser, from_browser = os.pipe(), os.pipe()
    # Chromium reads from 3 and writes to 4: neither end may lie there itself.
    theirs = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (to_browser[0], from_browser[1])]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        actions = [
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, theirs[0], 3),
            (os.POSIX_SPAWN_DUP2, theirs[1], 4),
        ]
        words = [program, *OPTIONS, f"--user-data-dir={folder}"]
        process = os.posix_spawn(program, words, os.environ | {"TMPDIR": folder}, file_actions=actions, setpgroup=0)
        for end in (to_browser[0], from_browser[1], *theirs):
            os.close(end)
        try:
            yield Page((to_browser[1], from_browser[0]))
        finally:
            os.killpg(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(to_browser[1])
            os.close(from_browser[0])
