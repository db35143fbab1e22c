"""Reading CI: what each system runs, and where that is written."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.evidence import at
from aiscaffold.facts.workflows import read_workflows
from aiscaffold.pipeline import Workflow

CI = ".github/workflows/ci.yml"


def workflows(files: dict[str, str]) -> tuple[Workflow, ...]:
    texts = {path: dedent(text) for path, text in files.items()}
    return read_workflows(texts.get, tuple(texts))


def test_a_workflow_of_github_is_read_with_its_lines() -> None:
    (ci,) = workflows({
        CI: """\
        name: CI
        on: {push: {branches: [main]}, pull_request: null}
        permissions: {contents: read, actions: none}
        env: {A: 1}
        defaults: {run: {working-directory: ./src}}
        jobs:
          test:
            continue-on-error: true
            strategy: {matrix: {python-version: ["3.9", 3.10]}}
            steps:
              - uses: actions/setup-python@v5
                with: {python-version: 3.12}
              - name: Test
                if: always()
                continue-on-error: true
                env: {B: x}
                run: |
                  pip install .
                  pytest
        """
    })  # fmt: skip
    (job,) = ci.jobs
    python, test = job.steps
    assert (ci.name, ci.system, ci.triggers, ci.permissions) == (
        "CI",
        "github",
        ("push", "pull_request"),
        "actions: none, contents: read",
    )
    assert (job.name, job.place, job.soft, job.pythons) == ("test", at(CI, line=7), True, ("3.9", "3.10", "3.12"))
    assert (python.uses, python.with_, python.place.line) == (
        "actions/setup-python@v5",
        (("python-version", "3.12"),),
        11,
    )
    assert (test.name, test.run, test.cwd, test.soft, test.condition) == (
        "Test",
        "pip install .\npytest\n",
        "src",
        True,
        "always()",
    )
    assert (test.place, test.run_line, test.env, test.chain) == (at(CI, line=13), 18, (("A", "1"), ("B", "x")), ())


@pytest.mark.parametrize("on", ["on: push", "on: [push]", "on: {push: }", "'on': push", "on:\n  push:"])
def test_triggers_are_read_in_every_form(on: str) -> None:
    assert workflows({CI: f"{on}\njobs: {{}}"})[0].triggers == ("push",)


def test_a_local_action_is_written_out_in_place() -> None:
    (ci,) = workflows({
        CI: "jobs:\n  a:\n    steps:\n      - uses: ./tools/test\n        with: {what: unit}\n",
        "tools/test/action.yml": "inputs:\n  how: {default: -q}\nruns:\n  using: composite\n  steps:\n"
        "    - run: pytest ${{ inputs.how }} ${{ inputs.what }}\n",
    })  # fmt: skip
    (step,) = ci.jobs[0].steps
    assert (step.run, step.place, step.chain) == (
        "pytest -q unit",
        at("tools/test/action.yml", line=6),
        (at(CI, line=4),),
    )


def test_a_local_workflow_is_written_out_in_place() -> None:
    called = ".github/workflows/called.yml"
    ci = workflows({
        CI: f"jobs:\n  a:\n    uses: ./{called}\n    continue-on-error: true\n",
        called: "on: workflow_call\njobs:\n  b:\n    steps:\n      - run: pytest\n",
    })[1]  # fmt: skip
    (step,) = ci.jobs[0].steps
    assert (ci.path, ci.jobs[0].uses, step.run, step.soft) == (CI, f"./{called}", "pytest", True)
    assert (step.place, step.chain) == (at(called, line=5), (at(CI, line=2),))


def test_workflows_that_call_each_other_come_to_an_end() -> None:
    (ci,) = workflows({CI: "jobs:\n" + "".join(f"  j{number}: {{uses: ./{CI}}}\n" for number in range(9))})
    assert {job.steps for job in ci.jobs} == {()}


def test_a_pipeline_that_includes_itself_comes_to_an_end() -> None:
    (ci,) = workflows({".gitlab-ci.yml": "include: [.gitlab-ci.yml, /.gitlab-ci.yml]\na: {extends: a, script: x}"})
    assert [step.run for step in ci.jobs[0].steps] == ["x"]


def test_a_pipeline_of_gitlab_is_read_with_what_it_extends_and_includes() -> None:
    (ci,) = workflows({
        ".gitlab-ci.yml": """\
        include: /ci/base.yml
        default: {image: "python:3.11-slim", before_script: [pip install .]}
        .setup: {script: [make setup]}
        test:
          extends: .base
          allow_failure: true
          script:
            - !reference [.setup, script]
            - cd src
            - pytest
        """,
        "ci/base.yml": ".base: {rules: [{if: $CI_COMMIT_TAG}]}\nlint: {script: ruff check}\n",
    })  # fmt: skip
    lint, test = ci.jobs
    assert [(step.run, step.cwd, step.place.line) for step in test.steps] == [
        ("pip install .", "", 2), ("make setup", "", 3), ("cd src", "", 9), ("pytest", "src", 10),
    ]  # fmt: skip
    assert (test.soft, test.condition, test.pythons) == (True, "$CI_COMMIT_TAG", ("3.11",))
    assert [step.place for step in lint.steps][-1] == at("ci/base.yml", line=2)


@pytest.mark.parametrize(
    ("path", "text", "system"),
    [
        (".circleci/config.yml", "jobs: {a: {steps: [checkout, {run: pytest}, {run: {command: ruff}}]}}", "circle"),
        (".travis.yml", "install: pytest\nscript: [ruff]", "travis"),
        ("azure-pipelines.yml", "steps: [{script: pytest}, {bash: ruff}]", "azure"),
        ("Jenkinsfile", "steps { sh 'pytest'\n sh(script: '''ruff''') }", "jenkins"),
        ("appveyor.yml", "install: [cmd: pytest]\ntest_script: [ps: ruff]", "appveyor"),
        ("bitbucket-pipelines.yml", "pipelines: {default: [{step: {script: [pytest, ruff]}}]}", "bitbucket"),
        (".drone.yml", "steps: [{commands: [pytest]}]\n---\nsteps: [{commands: [ruff]}]", "drone"),
        (".cirrus.yml", "task: {install_script: pytest, test_script: ruff}", "cirrus"),
        (".woodpecker/test.yml", "steps: {test: {commands: [pytest, ruff]}}", "woodpecker"),
    ],
)
def test_the_scripts_of_other_systems_are_found(path: str, text: str, system: str) -> None:
    (found,) = workflows({path: text})
    assert (found.system, found.follows) == (system, False)
    assert [step.run for job in found.jobs for step in job.steps] == ["pytest", "ruff"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: b: c", "line 1: mapping values are not allowed in this context"),
        ("- a", "it holds no mapping"),
        ("", "it holds no mapping"),
        ("[" * 500_000, "it is nested too deeply"),
        ("- " * 500_000, "it is nested too deeply"),
    ],
)
def test_a_damaged_file_says_what_is_wrong(text: str, problem: str) -> None:
    (found,) = workflows({CI: text})
    assert (found.problem, found.jobs) == (problem, ())


def test_files_elsewhere_are_no_workflows() -> None:
    assert workflows({"docs/.github/workflows/ci.yml": "on: push", ".github/workflows/old/ci.yml": "on: push"}) == ()


PARTS = ["jobs:", "a:", "steps:", "- ", "run: x", "uses: ./a", "\n", "  ", "&x ", "*x", "<<: ", "[", "]", "{", "}", "|"]
PARTS += ["!reference ", "script: ", "on: ", "extends: a"]
WORDS = st.lists(st.sampled_from(PARTS)).map("".join)


@given(st.one_of(st.text(), WORDS), st.sampled_from([CI, ".gitlab-ci.yml", ".travis.yml", "Jenkinsfile"]))
def test_no_text_makes_the_reader_fail(text: str, path: str) -> None:
    read_workflows({path: text}.get, (path,))
