"""The pre-commit hook and the GitHub action as others use them: by pre-commit itself, and in a workflow run by act."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from acting import SYSTEM, publish_product, run_act, write
from support import git

pytestmark = pytest.mark.slow

NAME = "aiscaffold/aiscaffold@v0"
README = "# Urgent\n\nPredicts which ticket is urgent, so that a help desk answers it first.\n"
HARM = "open('pwned', 'w').close()\n"
# Each would leave a file, were it taken for code.
HOSTILE = 'it\'s a "small" $(touch pwned) `touch pwned` one'
STEPS = {
    "above": {"kind": "library", "bar": "D"},
    "below": {"kind": "library", "bar": "A"},
    "guessed": {"path": "."},
    "hostile": {"path": HOSTILE, "kind": "library", "bar": '"; touch pwned; echo "'},
    "dashed": {"path": "--bar=D", "kind": "library"},
}


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product as it stands here, committed."""
    return publish_product(tmp_path_factory.mktemp("product") / "aiscaffold")


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of somebody who has neither pre-commit's nor our caches yet."""
    folder = tmp_path_factory.mktemp("caches")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "PRE_COMMIT_HOME": str(folder / "hooks"), "PYTHONUTF8": "1", "NO_COLOR": "1"}


def pre_commit(folder: Path, env: dict[str, str], *words: str) -> tuple[int, str]:
    """Run pre-commit in a repository: (exit code, everything that it says)."""
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", *words],
        cwd=folder,
        env=env,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return done.returncode, done.stdout


def test_the_hook_can_be_tried_on_a_fresh_project(product: Path, caches: dict[str, str], tmp_path: Path) -> None:
    project = tmp_path / "flight-delays"
    command = [sys.executable, "-m", "aiscaffold", "new", "end-to-end-ml", str(project), "--defaults"]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    code, said = pre_commit(project, caches, "try-repo", str(product), "aiscaffold-audit", "--verbose")
    assert code == 0, said
    assert re.search(r"aiscaffold audit\.+Passed", said), said
    assert "Welcome! The scaffold stands." in said


@pytest.mark.parametrize("bar", ["D", "A"])
@pytest.mark.parametrize("where", ["args", "settings"])
def test_the_hook_fails_only_under_the_bar_of_its_args_or_of_the_settings(
    product: Path, caches: dict[str, str], tmp_path: Path, where: str, bar: str
) -> None:
    arguments = ["--bar", bar] if where == "args" else []
    settings = f'bar = "{bar}"\n' if where == "settings" else ""
    hook = {"id": "aiscaffold-audit", "args": arguments}
    config = {"repos": [{"repo": str(product), "rev": git(product, "rev-parse", "HEAD"), "hooks": [hook]}]}
    files = {
        "README.md": README,
        "urgent.py": "def triage(rows):\n    return sorted(rows)\n",
        "pyproject.toml": f'[tool.aiscaffold.audit]\nkind = "library"\n{settings}',
        ".pre-commit-config.yaml": yaml.safe_dump(config),
    }
    code, said = pre_commit(write(tmp_path / "urgent", files), caches, "run", "--all-files")
    assert code == (bar == "A"), said
    assert ("urgent is below the bar A" in said) == (bar == "A")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a workflow that calls the action in several ways, and with modules that nothing may import."""
    calls = [{"id": name, "continue-on-error": True, "uses": NAME, "with": inputs} for name, inputs in STEPS.items()]
    shown = ("outcome", "outputs.tier", "outputs.low", "outputs.high")
    told = {name: " ".join(f"${{{{ steps.{name}.{each} }}}}" for each in shown) for name in STEPS}
    which = "echo python is $(command -v python3)"
    steps: list[dict[str, Any]] = [
        {"uses": "actions/checkout@v4"},
        {"run": which},
        *calls,
        {"env": told, "run": "\n".join([f'echo "{name}: ${name}"' for name in STEPS])},
        {"run": f"{which}\nls"},
    ]
    workflow = {"on": "push", "jobs": {"audit": {"runs-on": SYSTEM, "steps": steps}}}
    harm = dict.fromkeys(("json.py", "pathlib.py", "typer.py", "aiscaffold.py", "sitecustomize.py"), HARM)
    files = {"README.md": README, f"{HOSTILE}/README.md": README, f"{HOSTILE}/a.py": "A = 1\n", **harm}
    workflows = {".github/workflows/audit.yml": yaml.safe_dump(workflow, sort_keys=False)}
    return write(tmp_path_factory.mktemp("small") / "urgent", {**files, **workflows})


@pytest.fixture(scope="module")
def log(product: Path, small: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What one run of the workflow says."""
    if sys.platform != "linux":
        pytest.skip("act runs a job on the machine itself only on Linux")
    return run_act(small, tmp_path_factory.mktemp("act"), {NAME: product})


def ending(log: str, step: str) -> str:
    """The outcome and outputs of a step, as the next one sees them."""
    found = re.search(rf"\| {step}: (.*)", log)
    assert found, log
    return found[1].strip()


def test_the_action_passes_above_the_bar_and_fails_below(log: str) -> None:
    assert ending(log, "above").split()[0] == "success"
    assert ending(log, "below").split()[0] == "failure"


def test_the_action_hands_on_tier_and_score(log: str, small: Path) -> None:
    audit = [sys.executable, "-P", "-m", "aiscaffold", "audit", str(small), "--kind=library", "--format=json"]
    done = subprocess.run(audit, check=True, capture_output=True, encoding="utf-8")
    report = json.loads(done.stdout)
    expected = f"{report['tier']} {report['score']['low']} {report['score']['high']}"
    assert ending(log, "above") == f"success {expected}"
    assert ending(log, "below") == f"failure {expected}", "also under the bar"


def test_what_is_no_portfolio_project_has_no_tier_and_is_no_failure(log: str) -> None:
    assert ending(log, "guessed") == "success"


def test_the_action_writes_the_summary_and_annotates_the_places(log: str) -> None:
    assert re.search(r"Summary - ## Audit of \S+ at [0-9a-f]{7}", log), log
    assert "**Tier D**" in log
    assert re.search(r"::(?:error|warning|notice) file=README\.md", log), log


def test_spaces_quotes_and_substitutions_in_inputs_stay_inputs(log: str) -> None:
    assert ending(log, "hostile").startswith("failure D "), "the path was found, the bar was none"
    assert "is no bar" in log
    assert ending(log, "dashed") == "failure", "a path is never an option"


def test_neither_an_input_nor_a_module_of_the_repository_is_run(log: str) -> None:
    listed = log.rpartition("| python is ")[2]
    assert "sitecustomize.py" in listed
    assert "pwned" not in listed.replace("$(touch pwned) `touch pwned`", "")


def test_the_action_leaves_the_python_of_the_job_alone(log: str) -> None:
    before, after = re.findall(r"\| python is (\S+)", log)
    assert before == after
