"""A narrated minute, made for a screen recording: train, serve, ask, label, drift, gate.

`poe demo` runs it in your terminal; `poe demo --record` makes docs/demo.gif of the same run. It
works on copies in a temporary folder and changes nothing in the project.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from matplotlib import get_data_path
from PIL import Image, ImageColor, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME: str = PROJECT["name"]
PREFIX = PROJECT["scripts"][NAME].partition(".")[0].upper()
GIF = ROOT / "docs/demo.gif"
LONGEST_START = 30
COLUMNS, ROWS, MARGIN, SIZE = 96, 28, 12, 14
BACKGROUND, TEXT, SPOKEN, TYPED = "#0d1117", "#c9d1d9", "#7ee787", "#79c0ff"
# Two steps from the background to each colour: smooth enough, and a third of the size.
STEPS = 2

Show = Callable[[str, str, float], None]


def show_in_terminal(text: str, _: str, seconds: float) -> None:
    """Print the text and leave the time to read it."""
    print(text, flush=True)
    time.sleep(seconds)


class Recorder:
    """Keeps what was shown as the frames of an animated picture."""

    def __init__(self) -> None:
        """Start with an empty screen."""
        # It comes with matplotlib, so that the picture looks the same on every system.
        font = Path(get_data_path()) / "fonts/ttf/DejaVuSansMono.ttf"
        self._font = ImageFont.truetype(str(font), SIZE)
        self._palette = _palette()
        self._lines: list[tuple[str, str]] = []
        self._frames: list[Image.Image] = []
        self._durations: list[int] = []

    def show(self, text: str, colour: str, seconds: float) -> None:
        """Add the text to the screen, and the screen to the picture."""
        for line in text.splitlines() or [""]:
            parts = textwrap.wrap(line, COLUMNS, drop_whitespace=False) or [""]
            self._lines += [(part, colour) for part in parts]
        if seconds:
            self._frames.append(self._draw(self._lines[-ROWS:]))
            self._durations.append(int(1_000 * seconds))

    def save(self, path: Path) -> None:
        """Write the picture."""
        first, *others = self._frames
        timed: dict[str, Any] = {"duration": self._durations, "loop": 0, "optimize": True}
        first.save(path, save_all=True, append_images=others, **timed)

    def _draw(self, lines: list[tuple[str, str]]) -> Image.Image:
        width, height = int(self._font.getlength("m") * COLUMNS), ROWS * (SIZE + 4)
        image = Image.new("RGB", (width + 2 * MARGIN, height + 2 * MARGIN), BACKGROUND)
        draw = ImageDraw.Draw(image)
        for number, (text, colour) in enumerate(lines):
            place = (MARGIN, MARGIN + number * (SIZE + 4))
            draw.text(place, text, font=self._font, fill=colour)
        return image.quantize(palette=self._palette, dither=Image.Dither.NONE)


def _palette() -> Image.Image:
    dark = ImageColor.getrgb(BACKGROUND)
    colours: list[tuple[int, ...]] = [dark]
    for bright in map(ImageColor.getrgb, (TEXT, SPOKEN, TYPED)):
        for step in range(1, STEPS + 1):
            parts = zip(dark, bright, strict=True)
            colours.append(tuple(low + (high - low) * step // STEPS for low, high in parts))
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in colours for part in colour])
    return palette


def tell(show: Show) -> None:
    """Tell the story from training to the gate."""
    report = json.loads((ROOT / "reports/metrics.json").read_text(encoding="utf-8"))
    with private_settings() as environment:
        show("# Learn from the past, keep the test dates away from it.", SPOKEN, 2)
        run(show, environment, "train")
        with served(environment) as address:
            ask(show, address, report["example"]["request"])
        show("# Replay the months that came after. Do the numbers hold?", SPOKEN, 2)
        run(show, environment, "drift")
        tell_of_gate(show, environment, report["gate"])
        show("# Every number is in reports/metrics.json, and CI computes it again.", SPOKEN, 5)


def ask(show: Show, address: str, request: dict[str, Any]) -> None:
    """Ask for a prediction, and tell what came true."""
    show("# Serve it, and ask about the riskiest test row.", SPOKEN, 2)
    show(f"$ curl {address}/v1/predict --json '{json.dumps(request)}'", TYPED, 2)
    answer = post(f"{address}/v1/predict", request)
    show(json.dumps(answer), TEXT, 4)
    show("# It was stored under its id. When the truth is known, it joins it.", SPOKEN, 2)
    labels = {"labels": [{"id": answer["id"], "outcome": 1}]}
    show(f"$ curl {address}/v1/labels --json '{json.dumps(labels)}'", TYPED, 1)
    show(json.dumps(post(f"{address}/v1/labels", labels)), TEXT, 3)
    show("", TEXT, 0)


def tell_of_gate(show: Show, environment: dict[str, str], gate: list[dict[str, Any]]) -> None:
    """Show a retrained model that wins, where there is one, and one that does not."""
    chosen = {each["accepted"]: each["as_of"] for each in gate}
    for accepted, as_of in sorted(chosen.items(), reverse=True):
        text = "One wins its place" if accepted else "Newer is not always better"
        show(f"# Retrained as of {as_of}. {text}.", SPOKEN, 2)
        run(show, environment, "retrain", "--as-of", as_of)


def run(show: Show, environment: dict[str, str], *arguments: str) -> None:
    """Show a command of the project and what it prints."""
    show(f"$ {NAME} {' '.join(arguments)}", TYPED, 1)
    command = [program(), *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    said = f"{done.stdout.rstrip()}\n{done.stderr}".rstrip()
    show(said.replace(environment[f"{PREFIX}_PATHS__MODEL"], "model"), TEXT, 6)
    if done.returncode:
        show(f"(exit code {done.returncode})", TEXT, 1)
    show("", TEXT, 0)


def program() -> str:
    """Return the path of the project's own command."""
    folder = Path(sys.executable).parent
    return shutil.which(NAME, path=str(folder)) or NAME


@contextmanager
def private_settings() -> Iterator[dict[str, str]]:
    """Give an environment in which nothing of the project is written to."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        yield os.environ | {
            f"{PREFIX}_PATHS__MODEL": str(folder / "model"),
            f"{PREFIX}_PATHS__REPORTS": str(folder / "reports"),
            f"{PREFIX}_DATABASE__URL": f"sqlite:///{folder / 'demo.db'}",
            "COLUMNS": str(COLUMNS),
            "NO_COLOR": "1",
        }


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """Give the address of the service, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program(), "serve", "--port", str(port)]
    null = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=null, stderr=null) as process:
        try:
            wait(f"http://127.0.0.1:{port}/readyz")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait(address: str) -> None:
    """Wait until the address answers."""
    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit(f"{address} did not answer within {LONGEST_START} s")


def post(address: str, body: object) -> Any:
    """Send JSON and return the answer."""
    request = urllib.request.Request(
        address, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def main(arguments: list[str]) -> int:
    """Run the demo, at reading speed or as a recording."""
    if "--record" not in arguments:
        tell(show_in_terminal)
        return 0
    recorder = Recorder()
    tell(recorder.show)
    recorder.save(GIF)
    print(f"wrote {GIF.relative_to(ROOT)}: {GIF.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
