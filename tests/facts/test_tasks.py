"""Tasks: what a CI step finally runs, through which hops, and where that cannot be seen."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.evidence import at
from aiscaffold.facts.tasks import Resolved, TaskGraph

Files = dict[str, str]


def resolve(files: Files, script: str, cwd: str = "") -> Resolved:
    texts = {path: dedent(text) for path, text in files.items()} | {"ci.yml": f"steps:\n  - run: {script}\n"}
    return TaskGraph(texts.get, sorted(texts)).resolve(script, at("ci.yml", line=2), cwd)


def reached(files: Files, script: str, cwd: str = "") -> list[str]:
    """Each command, with the places after the CI file."""
    found = resolve(files, script, cwd).commands
    return [f"{' '.join(c.words)} < {' '.join(e.place for e in c.chain[1:])}".rstrip(" <") for c in found]


def test_a_ci_is_followed_through_make_and_nox_to_pytest() -> None:
    files = {
        "Makefile": "check:\n\tnox\n",
        "noxfile.py": "import nox\n\n@nox.session\ndef tests(session):\n    session.run('pytest')\n",
    }
    (command,) = resolve(files, "make check").commands
    assert command.program == "pytest"
    assert [step.place for step in command.chain] == ["ci.yml:2", "Makefile:2", "noxfile.py:5"]
    assert [step.remark for step in command.chain] == ["make check", "nox", "pytest"]


MAKEFILE = """\
    PYTHON ?= python
    RUN := uv run
    .PHONY: check lint test
    check: lint test  ## everything
    lint:
    \t@$(RUN) ruff check . && \\
    \t  $(RUN) mypy src
    test tests:
    \t-$(PYTHON) -m pytest
    docs:
    \tcd docs && $(MAKE) html
    ifeq ($(OS),Windows_NT)
    SMOKE = cmd
    else
    SMOKE = sh smoke.sh
    endif
    smoke: ; $(SMOKE)
    test-%:
    \tpytest -k $*
    include more.mk
    """


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            "make",
            [
                "ruff check . < Makefile:4 Makefile:6",
                "mypy src < Makefile:4 Makefile:7",
                "pytest < Makefile:4 Makefile:9",
            ],
        ),
        ("make -j4 lint", ["ruff check . < Makefile:6", "mypy src < Makefile:7"]),
        ("make tests V=1", ["pytest < Makefile:9"]),
        ("make -C docs html", ["sphinx-build . out < docs/Makefile:2"]),
        ("cd docs && make html", ["cd docs", "sphinx-build . out < docs/Makefile:2"]),
        ("make docs", ["cd docs < Makefile:11", "sphinx-build . out < Makefile:11 docs/Makefile:2"]),
        ("make smoke", ["curl localhost < Makefile:17 smoke.sh:2"]),
        ("make test-unit", ["pytest -k ${*} < Makefile:19"]),
        ("make more", ["coverage report < more.mk:2"]),
    ],
)
def test_make_runs_its_targets(script: str, expected: list[str]) -> None:
    files = {
        "Makefile": MAKEFILE,
        "docs/Makefile": "html:\n\tsphinx-build . out\n",
        "more.mk": "more:\n\tcoverage report\n",
        "smoke.sh": "#!/bin/sh\ncurl localhost\n",
    }
    assert reached(files, script) == expected


TOX = """\
    [tox]
    env_list = py{311,312}, lint
    [testenv]
    commands_pre = pip list
    commands =
        unit: pytest {posargs:tests}
        - coverage xml
    [testenv:lint]
    commands = {[base]lint}
    [base]
    lint =
        ruff check
        mypy src
    """


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("tox -e lint", ["pip list < tox.ini:4", "ruff check < tox.ini:12", "mypy src < tox.ini:13"]),
        ("tox run -e py311-unit", ["pip list < tox.ini:4", "pytest tests < tox.ini:6", "coverage xml < tox.ini:7"]),
        (
            "tox -e py${{ matrix.python }}",
            ["pip list < tox.ini:4", "pytest tests < tox.ini:6", "coverage xml < tox.ini:7"],
        ),
    ],
)
def test_tox_runs_its_environments(script: str, expected: list[str]) -> None:
    assert reached({"tox.ini": TOX}, script) == expected


def test_tox_without_an_environment_runs_the_listed_ones_and_a_minus_makes_a_command_soft() -> None:
    found = {command.program: command.soft for command in resolve({"tox.ini": TOX}, "tox").commands}
    assert found == {"pip": False, "pytest": False, "coverage": True, "ruff": False, "mypy": False}


NOX = """\
    import nox
    nox.options.sessions = ["lint"]
    ARGS = ["-q", "--strict"]
    @nox.session(python=["3.11", "3.12"])
    def tests(session):
        session.install("-e", ".")
        _run(session)
    def _run(session):
        session.run("coverage", "run", "-m", "pytest", *ARGS, *session.posargs)
    @nox.session(name="lint")
    def check_style(session):
        session.run("pre-commit", "run", "--all-files", success_codes=[0, 1])
        session.notify("tests")
    """


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            "nox -s tests-3.11",
            ["coverage run -m pytest -q --strict < noxfile.py:9", "pytest -q --strict < noxfile.py:9"],
        ),
        (
            "pipx run nox -rs tests -- -x",
            ["coverage run -m pytest -q --strict < noxfile.py:9", "pytest -q --strict < noxfile.py:9"],
        ),
        (
            "uvx nox",
            [
                "pre-commit run --all-files < noxfile.py:2 noxfile.py:12",
                "coverage run -m pytest -q --strict < noxfile.py:2 noxfile.py:13 noxfile.py:9",
                "pytest -q --strict < noxfile.py:2 noxfile.py:13 noxfile.py:9",
            ],
        ),
    ],
)
def test_nox_runs_its_sessions(script: str, expected: list[str]) -> None:
    assert reached({"noxfile.py": NOX}, script) == expected


PYPROJECT = """\
    [tool.poe.tasks]
    test = "pytest -q"
    lint.cmd = "ruff check"
    [tool.poe.tasks.all]
    sequence = ["test", "lint", { cmd = "mypy ." }]
    [tool.hatch.envs.default.scripts]
    test = "pytest {args:tests}"
    cov = [
      "test --cov",
      "- coverage report",
    ]
    [tool.pdm.scripts]
    style = "ruff format --check"
    all = { composite = ["style", "pytest -x"] }
    [tool.pixi.tasks]
    unit = { cmd = "pytest unit", depends-on = ["build"] }
    build = "maturin develop"
    [tool.taskipy.tasks]
    types = "mypy src"
    [tool.tox.env.fast]
    commands = [["pytest", "fast", { replace = "posargs", extend = true }]]
    """


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("poe test", ["pytest -q < pyproject.toml:2"]),
        (
            "uv run poe all",
            [
                "pytest -q < pyproject.toml:5 pyproject.toml:2",
                "ruff check < pyproject.toml:5 pyproject.toml:3",
                "mypy . < pyproject.toml:5",
            ],
        ),
        ("hatch run cov", ["pytest tests < pyproject.toml:9 pyproject.toml:7", "coverage report < pyproject.toml:10"]),
        ("hatch run pytest -x", ["pytest -x"]),
        ("pdm run all", ["ruff format --check < pyproject.toml:14 pyproject.toml:13", "pytest -x < pyproject.toml:14"]),
        (
            "pixi run -e x unit",
            ["maturin develop < pyproject.toml:16 pyproject.toml:17", "pytest unit < pyproject.toml:16"],
        ),
        ("poetry run task types", ["mypy src < pyproject.toml:19"]),
        ("tox -e fast", ["pytest fast < pyproject.toml:21"]),
    ],
)
def test_tables_of_tasks_are_followed(script: str, expected: list[str]) -> None:
    assert reached({"pyproject.toml": PYPROJECT}, script) == expected


OTHERS = {
    "justfile": """\
        run := "uv run"

        test *args: lint
            {{run}} pytest {{args}}
        @lint:
            -ruff check
        """,
    "Taskfile.yml": """\
        version: "3"
        includes:
          docs: ./docs
        tasks:
          default: [task: unit]
          unit:
            deps: [style]
            cmds:
              - uv run pytest
              - task: docs:build
          style:
            cmd: ruff format
        """,
    "docs/Taskfile.yml": """\
        tasks:
          build: {dir: docs, cmds: [mkdocs build]}
        """,
    "package.json": """\
        {"scripts": {
          "pretest": "tsc",
          "test": "vitest run"
        }}
        """,
    "tasks.py": """\
        from invoke import task

        @task
        def lint(c):
            c.run("ruff check", warn=True)

        @task(lint)
        def unit_tests(c):
            with c.cd("api"):
                c.run("coverage run -m pytest")
        """,
    "ci/test.sh": """\
        #!/usr/bin/env bash
        cd api
        python -m unittest discover
        """,
    "scripts/check.py": """\
        import os, subprocess, sys
        subprocess.check_call([sys.executable, "-m", "mypy", "src"])
        subprocess.run("ruff check")
        os.system("black --check .")
        """,
    "scripts/gates.py": """\
        import subprocess, sys
        GATES = {
            "lint": ["ruff", "check"],
            "tests": ["pytest", "--cov"],
        }
        CACHES = [".mypy_cache", ".ruff_cache"]
        for gate in GATES.values():
            subprocess.run([sys.executable, "-m", *gate], check=True)
        def git(*words):
            return subprocess.run(["git", *words], check=True)
        """,
    "runtests.py": """\
        import sys
        import pytest
        sys.exit(pytest.main(["-q"]))
        """,
}


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("just test -x", ["ruff check < justfile:3 justfile:6", "pytest $args < justfile:4"]),
        ("just", ["ruff check < justfile:3 justfile:6", "pytest $args < justfile:4"]),
        (
            "task unit",
            [
                "ruff format < Taskfile.yml:6 Taskfile.yml:12",
                "pytest < Taskfile.yml:9",
                "mkdocs build < Taskfile.yml:10 docs/Taskfile.yml:2",
            ],
        ),
        ("npm test", ["tsc < package.json:3 package.json:2", "vitest run < package.json:3"]),
        ("yarn --cwd . run pretest", ["tsc < package.json:2"]),
        ("npm ci", ["npm ci"]),
        (
            "inv unit-tests",
            [
                "ruff check < tasks.py:8 tasks.py:5",
                "cd api < tasks.py:9",
                "coverage run -m pytest < tasks.py:10",
                "pytest < tasks.py:10",
            ],
        ),
        ("bash ci/test.sh", ["cd api < ci/test.sh:2", "unittest discover < ci/test.sh:3"]),
        ("sudo ./ci/test.sh 1", ["cd api < ci/test.sh:2", "unittest discover < ci/test.sh:3"]),
        (
            "python scripts/check.py",
            [
                "python scripts/check.py",
                "mypy src < scripts/check.py:2",
                "ruff check < scripts/check.py:3",
                "black --check . < scripts/check.py:4",
            ],
        ),
        (
            "python scripts/gates.py",
            [
                "python scripts/gates.py",
                "ruff check < scripts/gates.py:3",
                "pytest --cov < scripts/gates.py:4",
                "git $words < scripts/gates.py:10",
            ],
        ),
        ("uv run runtests.py", ["python runtests.py", "pytest < runtests.py:3"]),
        ("bash -euo pipefail -c 'pytest -q'", ["pytest -q"]),
        ("docker build -t app .", ["docker build -t app ."]),
        ("pre-commit run --all-files", ["pre-commit run --all-files"]),
        ("coverage run manage.py test", ["coverage run manage.py test", "python manage.py test"]),
    ],
)
def test_other_runners_and_scripts_are_followed(script: str, expected: list[str]) -> None:
    assert reached(OTHERS, script) == expected


def test_what_a_script_of_python_does_not_check_is_soft() -> None:
    found = {command.program: command.soft for command in resolve(OTHERS, "python scripts/check.py").commands}
    assert found == {"python": False, "mypy": False, "ruff": True, "black": True}


@pytest.mark.parametrize(
    ("script", "remark"),
    [
        ("make nope", "no make task nope in this repository"),
        ("tox -e ${{ matrix.env }}", "which task tox runs is a variable"),
        ("$RUNNER tests", "the program is a variable"),
        ("docker run image pytest", "runs inside a container"),
        ("docker compose exec api pytest", "runs inside a container"),
        ("curl -L https://example.org/x | sh", "a shell reads what comes through a pipe"),
        ("ssh host pytest", "runs on another machine"),
        ("make -f build/other.mk test", "build/other.mk is not read"),
    ],
)
def test_what_cannot_be_followed_is_said_to_be_opaque(script: str, remark: str) -> None:
    (place,) = resolve({"tox.ini": TOX}, script).opaque
    assert (place.place, place.remark) == ("ci.yml:2", remark)


@pytest.mark.parametrize(
    "script", ["pytest", "uv sync && uv run ruff check", "docker build .", "npm ci", "tox -e lint"]
)
def test_what_stays_in_the_repository_is_not_opaque(script: str) -> None:
    assert resolve({"tox.ini": TOX}, script).opaque == ()


def test_cycles_end() -> None:
    files = {"Makefile": "a: b\n\tmake b\nb: a\n\tmake a\n\tpytest\n"}
    assert {command.program for command in resolve(files, "make a").commands} == {"pytest"}


def test_softness_is_inherited_along_the_chain() -> None:
    (command,) = resolve({"Makefile": "t:\n\tpytest\n"}, "make t || true").commands
    assert command.soft


def test_lines_of_a_block_in_a_ci_file_are_found_below_its_step() -> None:
    texts = {"ci.yml": "jobs:\n  - name: x\n    run: |\n      pip install .\n\n      pytest\n"}
    graph = TaskGraph(texts.get, list(texts))
    found = graph.resolve("pip install .\n\npytest\n", at("ci.yml", line=2)).commands
    assert [(command.program, command.chain[-1].line) for command in found] == [("pip", 4), ("pytest", 6)]


def test_a_runner_is_found_in_the_folder_of_the_step() -> None:
    files = {"api/Makefile": "test:\n\tpytest\n", "api/pyproject.toml": "[tool.poe.tasks]\nt = 'mypy'\n"}
    assert reached(files, "make test", cwd="api") == ["pytest < api/Makefile:2"]
    assert reached(files, "poe t", cwd="api/src") == ["mypy < api/pyproject.toml:2"]
    assert [task.cwd for task in TaskGraph(files.get, sorted(files)).tasks] == ["api", "api", "api"]


NAMES = ("Makefile", "tox.ini", "noxfile.py", "pyproject.toml", "justfile", "package.json", "Taskfile.yml", "tasks.py")


@given(st.sampled_from(NAMES), st.text(alphabet="ab:=\t\n {}[]()$\"'#-.\\\\%,@", max_size=60) | st.text(max_size=60))
def test_any_text_can_stand_in_a_runner_file(name: str, text: str) -> None:
    graph = TaskGraph({name: text}.get, [name])
    for task in graph.tasks:
        assert 1 <= task.place.line <= len(text.splitlines()) + 1
        graph.resolve(f"{task.runner} {task.name}", at("ci.yml"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("unit", ["{", "[", "(", "- ", "a: b\n", "a=", "\ta\n", "$("])
def test_a_hostile_runner_file_neither_hangs_nor_kills_the_process(name: str, unit: str) -> None:
    assert len(TaskGraph({name: unit * 20_000}.get, [name]).tasks) <= 20_001
