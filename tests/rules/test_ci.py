"""What CI runs, whether it can fail, what rights it asks for, and whether steps do what they are named for."""

from pathlib import Path

import pytest
from audited import repository
from support import git

from aiscaffold.repo import Repo
from aiscaffold.rules.ci import ci_checks_more, ci_fails_hard, ci_runs_tests, workflow_guarded
from aiscaffold.rules.honesty import steps_do_what_they_say
from aiscaffold.rules.safety import safe_loading
from aiscaffold.snapshot import open_snapshot

CI = ".github/workflows/ci.yml"
TEST = {"app.py": "x = 1\n", "test_app.py": "from app import x\n\n\ndef test_x():\n    assert x == 1\n"}


def steps(*told: str, on: str = "[push, pull_request]", top: str = "") -> str:
    head = f"on: {on}\n{top}jobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n"
    return head + "".join(f"      - {step}\n" for step in told)


@pytest.mark.parametrize(
    ("files", "verdict", "places"),
    [
        ({CI: steps("run: pytest")}, "pass", [f"{CI}:6"]),
        ({CI: steps("run: uv run python -m pytest -q")}, "pass", [f"{CI}:6"]),
        (
            {CI: steps("run: make check"), "Makefile": "check: lint\n\tpython -m unittest\n"},
            "pass",
            [f"{CI}:6", "Makefile:2"],
        ),
        ({CI: steps("run: tox -e py"), "tox.ini": "[testenv]\ncommands =\n    pytest\n"}, "pass", None),
        ({".gitlab-ci.yml": "test:\n  script:\n    - pytest\n"}, "pass", [".gitlab-ci.yml:3"]),
        ({CI: steps("run: docker compose run app pytest -q")}, "pass", [f"{CI}:6"]),
        ({CI: steps("run: pip install pytest")}, "fail", [CI]),
        ({CI: steps("run: echo pytest")}, "fail", [CI]),
        ({CI: steps("run: pytest -q tests --collect-only")}, "fail", [CI]),
        ({CI: steps("run: pytest\n        if: false")}, "fail", [CI]),
        ({CI: steps("run: exit 0; pytest")}, "fail", [CI]),
        ({CI: steps("run: pytest\n        if: github.actor == 'nobody'")}, "unknown", [f"{CI}:6"]),
        ({CI: steps("run: pytest\n        if: github.actor != 'robot'")}, "pass", [f"{CI}:6"]),
        ({CI: steps("run: pytest", on="{push: {branches: [never]}}")}, "unknown", [f"{CI}:6"]),
        ({CI: steps("run: pytest", on="{push: {branches: [main]}}")}, "pass", [f"{CI}:6"]),
        ({CI: steps("run: pytest", on="{push: {branches: [never]}, pull_request: {}}")}, "pass", [f"{CI}:6"]),
        ({CI: steps("run: bash -c 'exit 0; pytest'")}, "fail", [CI]),
        ({CI: steps("run: pytest --ignore=test_app.py")}, "fail", [f"{CI}:6"]),
        ({CI: steps("run: pytest --ignore docs")}, "pass", [f"{CI}:6"]),
        ({CI: steps("run: pytest -k nothing_matches_this || [ $? -eq 5 ]")}, "fail", [f"{CI}:6"]),
        ({CI: steps("run: pytest -k app")}, "pass", [f"{CI}:6"]),
        ({CI: steps("run: pytest -k 'not slow'")}, "pass", [f"{CI}:6"]),
        ({CI: steps("run: pytest ../tests/")}, "fail", [f"{CI}:6"]),
        ({CI: steps("run: cd docs && pytest ../test_app.py"), "docs/a.md": "A\n"}, "pass", [f"{CI}:6"]),
        ({}, "fail", [""]),
        (
            {CI: "on: push\njobs:\n  test:\n    uses: someone/else/.github/workflows/test.yml@v1\n"},
            "unknown",
            [f"{CI}:3"],
        ),
        ({CI: "on: [push\n"}, "unknown", [CI]),
    ],
)
def test_a_step_leads_to_the_tests(files: dict[str, str], verdict: str, places: list[str] | None) -> None:
    outcome = ci_runs_tests.check(Repo.given({**TEST, **files}))
    assert outcome.verdict == verdict
    assert places is None or [evidence.place for evidence in outcome.evidence] == places


def test_a_branch_that_is_there_starts_its_workflow(tmp_path: Path) -> None:
    top = repository({**TEST, CI: steps("run: pytest", on="{push: {branches: [side]}}")}, tmp_path)
    assert ci_runs_tests.check(Repo(open_snapshot(top))).verdict == "unknown"
    git(top, "branch", "side")
    assert ci_runs_tests.check(Repo(open_snapshot(top))).verdict == "pass"


def test_running_tests_where_there_are_none_is_no_proof() -> None:
    assert ci_runs_tests.check(Repo.given({CI: steps("run: pytest"), "app.py": "x = 1\n"})).verdict == "fail"


@pytest.mark.parametrize(
    ("ci", "verdict"),
    [
        (steps("run: pytest"), "pass"),
        (steps("run: pytest", "run: flake8 --exit-zero"), "fail"),
        (steps("run: pytest", "run: flake8 --exit-zero", "run: flake8 --select=E9"), "pass"),
        (steps("run: pytest || true"), "fail"),
        (steps("run: pytest | tee log.txt"), "fail"),
        (steps("run: pytest | tee log.txt\n        shell: bash"), "pass"),
        (steps("run: pytest | tee log.txt", top="defaults:\n  run:\n    shell: bash\n"), "pass"),
        (steps("run: pytest &"), "fail"),
        (steps("run: pytest\n        continue-on-error: true"), "fail"),
        (steps("run: pytest", on="workflow_dispatch"), "fail"),
        (steps("run: pip install ."), "fail"),
    ],
)
def test_a_check_that_cannot_fail_is_none(ci: str, verdict: str) -> None:
    assert ci_fails_hard.check(Repo.given({**TEST, CI: ci})).verdict == verdict


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        ("run: ruff check", "pass"),
        ("run: mypy src", "pass"),
        ("uses: pre-commit/action@v3.0.1", "pass"),
        ("uses: docker/build-push-action@v6", "pass"),
        ("run: python -m build", "pass"),
        ("run: pytest", "fail"),
        ("run: ruff --version", "fail"),
        ("run: ruff check --select W605", "fail"),
        ("run: ruff check --select=W605,F401", "pass"),
    ],
)
def test_linting_typing_and_building_are_more_than_tests(step: str, verdict: str) -> None:
    assert ci_checks_more.check(Repo.given({**TEST, CI: steps(step)})).verdict == verdict


@pytest.mark.parametrize(
    ("ci", "verdict"),
    [
        (steps("run: pytest", top="permissions:\n  contents: read\n"), "pass"),
        (steps("run: pytest", top="permissions: read-all\n"), "pass"),
        (steps("run: pytest", top="permissions: write-all\n"), "fail"),
        (steps("run: pytest"), "unknown"),
        (steps("uses: someone/action@main", top="permissions: read-all\n"), "fail"),
        (steps("uses: actions/checkout@main", top="permissions: read-all\n"), "pass"),
        (steps("run: echo ${{ github.event.pull_request.title }}", top="permissions: read-all\n"), "fail"),
        (
            steps(
                "uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}",
                on="pull_request_target",
                top="permissions: read-all\n",
            ),
            "fail",
        ),
    ],
)
def test_a_workflow_asks_for_few_rights(ci: str, verdict: str) -> None:
    assert workflow_guarded.check(Repo.given({CI: ci})).verdict == verdict


def test_without_workflows_there_are_no_rights_to_ask_for() -> None:
    assert workflow_guarded.check(Repo.given({".travis.yml": "script: pytest\n"})).verdict == "pass"


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (['name: Run unit tests\n        run: echo "Running unit tests"'], "fail"),
        (["name: Lint\n        run: |\n          # ruff check\n          true"], "fail"),
        (["name: Deploy\n        run: echo deploying"], "fail"),
        (["name: Run tests\n        run: pytest"], "pass"),
        (["name: Run tests\n        run: ls tests"], "fail"),
        (["name: Run tests\n        run: python -c 'print(1)'"], "fail"),
        (["name: Lint\n        run: python -m pip install ruff"], "fail"),
        (["name: Lint\n        run: pip install ruff", "run: ruff check"], "pass"),
        (["name: Install test dependencies\n        run: pip install pytest"], "pass"),
        (["name: Build\n        run: pip install ."], "pass"),
        (["name: Test the import\n        run: python -c 'import app'"], "pass"),
        (["name: Test summary\n        run: echo done"], "pass"),
        (['name: Find tests\n        run: echo "x=1" >> $GITHUB_OUTPUT'], "pass"),
        (["name: Tests\n        run: echo starting", "run: pytest"], "pass"),
        (["run: echo hello"], "pass"),
    ],
)
def test_a_step_that_only_prints_is_not_what_it_is_called(told: list[str], verdict: str) -> None:
    outcome = steps_do_what_they_say.check(Repo.given({CI: steps(*told)}))
    assert outcome.verdict == verdict
    assert verdict == "pass" or outcome.evidence[0].place == f"{CI}:6"


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("import joblib\n\n\ndef load():\n    return joblib.load('model.joblib')\n", "pass"),
        ("import pickle, requests\n\n\ndef load(url):\n    return pickle.loads(requests.get(url).content)\n", "fail"),
        (
            (
                "import torch\nimport requests\n\n\ndef fetch(u):\n    requests.get(u)\n\n\ndef load(p):\n    "
                "return torch.load(p)\n"
            ),
            "unknown",
        ),
        ("import torch\n\n\ndef load(u):\n    return torch.hub.load_state_dict_from_url(u, check_hash=True)\n", "pass"),
        (
            (
                "import yaml, requests\n\n\ndef load(u):\n    return yaml.load(requests.get(u).text, "
                "Loader=yaml.SafeLoader)\n"
            ),
            "pass",
        ),
        (
            "from transformers import AutoModel\n\nm = AutoModel.from_pretrained('x/y', trust_remote_code=True)\n",
            "fail",
        ),
        ("import json\n", "pass"),
    ],
)
def test_only_what_comes_from_outside_is_dangerous_to_load(code: str, verdict: str) -> None:
    assert safe_loading.check(Repo.given({"app/model.py": code})).verdict == verdict
