"""Another real data set takes the flights' place by the README's own steps alone, and every gate stays green."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import git

from aiscaffold.inspection import Order, inspect
from aiscaffold.rule import TOOL

from .bikeshare import GONE, PLACES, TABLE, apply, write_table
from .conftest import inside, make
from .serving import serving

pytestmark = pytest.mark.slow

FLIGHTS = r"\bflights?\b(?!-delays)|nycflights|carrier|airport|departure"
# They hold the words of the project's name, made-up examples, or nothing that is read.
NAMED_AFTER = re.compile(r"flight[-_]delays", re.IGNORECASE)
EXAMPLES = {"monitoring/alerts_test.yml", "uv.lock"}
GENERATED = {
    "README.md",
    "docs/DECISIONS.md",
    "docs/MODEL_CARD.md",
    "docs/figures.svg",
    "model/manifest.json",
    "model/model.skops",
    "reports/metrics.json",
}


def region(project: Path, name: str) -> str:
    """Read a generated part of the README."""
    text = (project / "README.md").read_text(encoding="utf-8")
    found = re.search(rf'<!-- aiscaffold:gen id="{name}"[^>]*-->\n(.*?)<!-- /', text, re.DOTALL)
    assert found
    return found[1]


def listed_places(project: Path) -> set[tuple[str, str]]:
    """Read which places the README says are to be replaced, by file and name."""
    return set(re.findall(r"^- `(\S+)`, (\S+): .", region(project, "swap"), re.MULTILINE))


def changed_files(project: Path) -> set[str]:
    """Name the files that differ from the last commit."""
    return set(git(project, "diff", "--name-only", "HEAD").splitlines())


def answered(project: Path, *command: str) -> int:
    """Run a command that answers with 0 or, where the news is bad, with 3."""
    done = subprocess.run(
        ["uv", "run", "--no-sync", *command], cwd=project, check=False, capture_output=True, text=True
    )
    assert done.returncode in (0, 3), done.stdout + done.stderr
    return done.returncode


def commit(project: Path, message: str) -> None:
    """Commit what was changed; the project's own hooks judge it."""
    identity = ("-c", "user.name=Grace Hopper", "-c", "user.email=grace@example.org")
    git(project, *identity, "commit", "--quiet", "--all", "--message", message)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project of which every marked place has been replaced, and nothing else."""
    project = make("end-to-end-ml", tmp_path_factory.mktemp("swapped") / "flight-delays")
    assert listed_places(project) == set(PLACES), "the README's list is not what had to be edited"
    write_table(project, tmp_path_factory.mktemp("source"))
    for (name, _), edits in PLACES.items():
        apply(project / name, edits)
    inside(project, "uv", "sync", "--locked")
    git(project, "add", "--all")
    assert changed_files(project) == {name for name, _ in PLACES} | {TABLE, *GONE}
    commit(project, "My own data")
    return project


@pytest.fixture(scope="module")
def swapped(marked: Path, say: Callable[[str], None]) -> Path:
    """Accept the new numbers by the commands that the README names for it."""
    readme = (marked / "README.md").read_text(encoding="utf-8")
    sentence = re.search(r"To accept new\s+numbers: (.*?)\n\n", readme, re.DOTALL)
    assert sentence
    commands = re.findall(r"`(uv run [^`]+)`", sentence[1])
    assert len(commands) == 3
    for command in commands:
        inside(marked, *command.split())
    say(f"swap: {len(PLACES)} places, {region(marked, 'data').splitlines()[1]}")
    return marked


def test_accepting_the_numbers_writes_only_what_is_generated(swapped: Path) -> None:
    assert changed_files(swapped) <= GENERATED
    assert git(swapped, "ls-files", "--others", "--exclude-standard") == ""


def test_every_gate_is_green(swapped: Path) -> None:
    said = inside(swapped, "uv", "run", "poe", "check")
    assert re.findall(r"^(\w+) +ok +[\d.]+ s$", said, re.MULTILINE) == ["lint", "format", "types", "tests", "report"]
    assert "numbers match README" in inside(swapped, "uv", "run", "poe", "reproduce")


def test_the_months_and_the_gate_tell_of_the_new_rows(swapped: Path) -> None:
    metrics = json.loads((swapped / "reports/metrics.json").read_text(encoding="utf-8"))
    assert [each["month"] for each in metrics["months"]] == [f"2011-{month:02}" for month in range(7, 13)]
    assert [each["as_of"] for each in metrics["gate"]] == ["2011-10-01", "2011-11-01", "2011-12-01", "2012-01-01"]
    assert answered(swapped, "flight-delays", "drift") == 3 * ("calibration gap" in metrics["months"][-1]["alarms"])
    assert answered(swapped, "flight-delays", "drift", "--shift", "hum+0.3") in (0, 3)
    assert answered(swapped, "flight-delays", "retrain") == 3 * (not metrics["gate"][-1]["accepted"])


def test_the_service_answers_the_readme_s_new_example(swapped: Path, tmp_path: Path) -> None:
    example = json.loads((swapped / "reports/metrics.json").read_text(encoding="utf-8"))["example"]
    assert "weathersit" in region(swapped, "api")
    with serving(swapped, tmp_path) as service:
        status, answer = service.post("/v1/predict", example["request"])
        assert (status, answer["probability"]) == (200, pytest.approx(example["probability"], abs=0.01))
        labels = {"labels": [{"id": answer["id"], "outcome": 1}]}
        assert service.post("/v1/labels", labels) == (200, {"stored": 1})
        assert service.post("/v1/predict", example["request"] | {"bikers": 9})[0] == 422


def test_the_notice_is_gone_and_nothing_speaks_of_flights(swapped: Path) -> None:
    assert region(swapped, "notice") == ""
    told = {
        name: lines
        for name in git(swapped, "ls-files").splitlines()
        if name not in EXAMPLES and Path(name).suffix not in (".skops", ".gz")
        for text in [NAMED_AFTER.sub("", (swapped / name).read_text(encoding="utf-8"))]
        if (lines := [line for line in text.splitlines() if re.search(FLIGHTS, line, re.IGNORECASE)])
    }
    assert told == {}


def test_the_audit_still_finds_nothing_that_a_tool_could_have_done(swapped: Path) -> None:
    commit(swapped, "Numbers")
    report = inspect(str(swapped), Order()).report
    failing = [each.rule.code for each in report.findings if each.rule.who == TOOL and each.counts and not each.is_pass]
    assert failing == []
    command = [sys.executable, "-m", "aiscaffold", "audit", str(swapped)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
