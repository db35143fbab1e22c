"""Fixtures that every test may use: the command line through its one entry, and a small catalogue."""

import os
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from catalogues import write_catalogue
from foreign_templates import publish, write_template
from support import WORKERS, InParallel, Judged, Run

from aiscaffold import cli
from aiscaffold.catalog import Catalogue, Template


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the command line in this process: (exit code, stdout, stderr)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["aiscaffold", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return call


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """The small catalogue, also behind the command line."""
    small = Catalogue(write_catalogue(tmp_path / "catalogue"))
    for command in (cli.new, cli.templates):
        monkeypatch.setattr(command, "load_catalogue", lambda: small)
    return small


@pytest.fixture
def mini(catalogue: Catalogue) -> Template:
    """The one template of the small catalogue."""
    return catalogue.template("mini")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, with a git identity of its own, an empty cache and nobody's configuration."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.chdir(folder)
    configuration = tmp_path / "gitconfig"
    configuration.write_text("[user]\n\tname = Ada Lovelace\n\temail = ada@example.org\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(configuration))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return folder


@pytest.fixture
def in_parallel(record_property: Callable[[str, object], None]) -> InParallel:
    """Do work on every item, two at a time; fails with all complaints; how many per phase is told at the very end."""

    def do(work: Callable[[int], Judged], items: list[int]) -> Counter[str]:
        with ThreadPoolExecutor(WORKERS) as pool:
            results = list(pool.map(work, items))
        phases = Counter(phase for phase, _ in results)
        record_property("told", ", ".join(f"{phase} {number}" for phase, number in phases.items()))
        wrong = [f"{item} ({phase}): {what}" for item, (phase, what) in zip(items, results, strict=True) if what]
        assert not wrong, "\n".join(wrong)
        return phases

    return do


@pytest.fixture
def template(tmp_path: Path, home: Path) -> Path:
    """A third-party template of pure data with one release, that git finds at `gh:ada/template`."""
    folder = tmp_path / "template"
    write_template(folder)
    publish(folder)
    return folder


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the slow tests out where only the quick ones are asked for."""
    if os.environ.get("AISCAFFOLD_TESTS") == "quick":
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests recorded to be told, such as how many kills fell into each phase."""
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == "told":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {text}")
