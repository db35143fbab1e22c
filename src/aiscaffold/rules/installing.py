"""ENV105: one command brings the project up on another machine."""

import re
from collections.abc import Iterator, Sequence

from aiscaffold.evidence import Evidence, at
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import LLM_APP, REPRODUCTION, SERVICE, SHOULD, Outcome, failed, passed, rule

SETTING_UP = regex(
    r"(?:.*[-_:])?(?:install\w*|setup|set-up|init\w*|bootstrap|dev\w*|v?env\w*|requirements|dep\w*|sync|build|prepare|up|all)(?:[-_:].*)?$",
    re.IGNORECASE,
)
INSTALLING = regex(
    r"\b(?:pip3?|uv|poetry|pdm|pipenv|rye|hatch|pixi|conda|mamba|micromamba)\b[^\n]{0,80}\b(?:install|sync|create|update)\b|"
    r"\b(?:npm|yarn|pnpm) (?:ci|install)\b|\bdocker[- ]compose\b[^\n]{0,80}\b(?:up|build)\b|\bdocker (?:image )?build\b"
)
LOCKED = {
    "uv.lock": "uv sync",
    "poetry.lock": "poetry install",
    "pdm.lock": "pdm sync",
    "pixi.lock": "pixi install",
    "Pipfile.lock": "pipenv sync",
    "conda-lock": "conda-lock install",
    "environment": "conda env create",
    "pixi": "pixi install",
    "pipfile": "pipenv install",
}
TOOLS = {"poetry": "poetry install", "uv": "uv sync", "pdm": "pdm install", "pixi": "pixi install"}
SCRIPTS = regex(r"(?:scripts?/|bin/|tools/)?(?:setup|install|bootstrap|init)\w*\.(?:sh|bash|ps1|bat)$", re.IGNORECASE)
EXAMPLES = 5


@rule(
    "ENV105",
    "one-command-setup",
    "One command sets it up",
    item="deployable",
    level=SHOULD,
    kinds=frozenset({SERVICE, REPRODUCTION, LLM_APP}),
    fix="Let one command do the whole set-up: `uv sync` with a pyproject.toml, a `make setup`, or a Dockerfile.",
    expected="a task, a lock file of a project manager, an environment file, a dev container or a Dockerfile",
    minutes=30,
    bad={"requirements.txt": "flask\n", "app.py": "import flask\n", "Makefile": "run:\n\tpython app.py\n"},
    good={
        "requirements.txt": "flask\n",
        "app.py": "import flask\n",
        "Makefile": "setup:\n\tpip install -r requirements.txt\n",
    },
)
def one_command_setup(repo: Repo) -> Outcome:
    """A reviewer gives your project minutes.

    Each step by hand between the clone and the first run (make an environment, find the right Python, install two lists
    in order) loses some of them; one command loses nobody, and CI runs the same.
    """
    found = [*_tasks(repo), *_managers(repo), *_containers(repo), *_scripts(repo)]
    if found:
        return passed(*found[:EXAMPLES])
    is_python = bool(repo.own_python or repo.notebooks)
    lists = [manifest for manifest in repo.manifests if manifest.requirements]
    by_hand = [at(each.path, "is installed by hand") for each in lists if not is_python or each.language == "python"]
    return failed(*(by_hand[:1] or [Evidence(remark="no file sets it up")]))


def _tasks(repo: Repo) -> Iterator[Evidence]:
    for task in repo.tasks.tasks:
        if SETTING_UP.match(task.name) and task.place.path.startswith(repo.project):
            commands = repo.tasks.resolve(task.script, task.place, task.cwd).commands
            if INSTALLING.search(task.script) or _installs([" ".join(command.words) for command in commands]):
                yield task.place.saying(f"{task.runner} {task.name} installs it")


def _installs(commands: Sequence[str]) -> bool:
    return any(INSTALLING.search(command) for command in commands)


def _managers(repo: Repo) -> Iterator[Evidence]:
    for manifest in repo.manifests:
        if manifest.requirements and manifest.path.startswith(repo.project):
            command = LOCKED.get(manifest.kind) or next((TOOLS[tool] for tool in manifest.tools if tool in TOOLS), "")
            if command:
                yield at(manifest.path, f"{command} sets it up")


def _containers(repo: Repo) -> Iterator[Evidence]:
    for path in repo.glob(".devcontainer/devcontainer.json", ".devcontainer.json", ".devcontainer/*/devcontainer.json"):
        if not repo.is_hollow(path):
            yield at(path, "a dev container")
    for path in repo.glob("*dockerfile", "*dockerfile.*", "*.dockerfile", "*containerfile"):
        line = _line(repo.text_or_none(path) or "", INSTALLING)
        if line:
            yield at(path, "builds an image that installs it", line)


def _scripts(repo: Repo) -> Iterator[Evidence]:
    for path in repo.paths:
        if SCRIPTS.match(path[len(repo.project) :]):
            line = _line(repo.text_or_none(path) or "", INSTALLING)
            if line:
                yield at(path, "installs it", line)


def _line(text: str, pattern: re.Pattern[str]) -> int:
    """The first line that matches; 0 for none."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.search(line[:2_000])), 0)


RULES = (one_command_setup,)
