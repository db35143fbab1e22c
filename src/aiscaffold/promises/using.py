"""Commands that run or use a project, and whether the scripts, modules, targets and notebooks that they name exist."""

import posixpath
import re

from aiscaffold.instructions import RUNNERS, Instruction, script_of, task_name, task_runner
from aiscaffold.manifest import canonical
from aiscaffold.regex import regex
from aiscaffold.whereabouts import Judged, Whereabouts, elsewhere, kept, values

# Program and first word (empty: any) → what must stand in the folder where it is typed, any of these.
NEEDED = {
    ("dvc", "repro"): ("dvc.yaml",),
    ("dvc", "exp"): ("dvc.yaml",),
    ("snakemake", ""): ("Snakefile", "workflow/Snakefile"),
    ("kedro", "run"): ("pyproject.toml",),
    ("mlflow", "run"): ("MLproject",),
    ("cargo", "run"): ("Cargo.toml",),
    ("go", "run"): ("go.mod",),
    ("cookiecutter", ""): ("cookiecutter.json",),
    ("cruft", "create"): ("cookiecutter.json",),
    ("copier", "copy"): ("copier.yml", "copier.yaml"),
    ("helm", "install"): ("Chart.yaml",),
}
COMPOSE = ("docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml")
SERVERS = frozenset({"uvicorn", "gunicorn", "hypercorn", "celery", "granian", "daphne", "waitress-serve", "arq"})
NODE = frozenset({"npm", "yarn", "pnpm", "bun"})
NODE_CHORES = frozenset({"", "install", "i", "ci", "add", "create", "init", "test", "lint", "build", "format"})
NOTEBOOKS = frozenset(
    {"jupyter", "jupyter-lab", "jupyter-notebook", "jupyterlab", "notebook", "lab", "voila", "papermill", "marimo"}
)
CHORE = regex(
    r"tests?\b|^(?:lint|format|fmt|style|clean|help|check|coverage|docs?|type|mypy|release|publish|install|set-?_?up|develop$|init|"
    r"env|venv|requirements|bootstrap|deps|sync|download|fetch|pull)",
    re.IGNORECASE,
)
CHORE_SCRIPT = regex(r"^(?:set_?-?up|install|activate\b|get-pip|get-poetry|download|init\b)", re.IGNORECASE)
MODULE_ATTRIBUTE = regex(r"([A-Za-z_][\w.]{0,200}):[A-Za-z_]\w{0,100}(?:\(\))?$")
MODULE = regex(r"[A-Za-z_]\w{0,100}(?:\.\w{1,100}){0,20}$")


def uses(where: Whereabouts, command: Instruction) -> Judged | None:
    """Whether a command puts the project to use, and with what it needs at hand."""
    program = command.program
    if program in ("docker", "podman", "docker-compose"):
        return _container(where, command)
    if program in NODE:
        return _node(where, command)
    if program in NOTEBOOKS:
        return _notebook(where, command)
    if program in SERVERS or program == "flask":
        return _server(where, command)
    if task_runner(command):
        return where.task(command) if not CHORE.search(task_name(command)) else None
    return _needed(where, command) or _script(where, command) or _module(where, command)


def _needed(where: Whereabouts, command: Instruction) -> Judged | None:
    first = next((word for word in command.words[1:] if not word.startswith("-")), "")
    for key in ((command.program, first), (command.program, "")):
        if key in NEEDED and first:
            judged = where.named(command, *NEEDED[key])
            return judged if judged[0] == "kept" or key[1] else elsewhere(command)
    return None


def _container(where: Whereabouts, command: Instruction) -> Judged | None:
    words = command.words[1:]
    if command.program == "docker-compose" or words[:1] == ("compose",):
        is_start = {"up", "run", "start", "watch"} & set(words)
        return where.named(command, *(values(words, "-f", "--file") or COMPOSE)) if is_start else None
    if words[:1] != ("run",):
        return None
    return kept(command) if where.elsewhere("Dockerfile") else elsewhere(command)


def _node(where: Whereabouts, command: Instruction) -> Judged | None:
    """A script of a package.json."""
    words = [word for word in command.words[1:] if word not in ("run", "run-script") and not word.startswith("-")]
    name = words[0] if words else ""
    if name in NODE_CHORES:
        return None
    texts = [where.repo.text_or_none(path) or "" for path in where.elsewhere("package.json")]
    if any(f'"{name}"' in text for text in texts):
        return kept(command)
    return "broken", f"`{command.text}`, but no package.json has a script {name}"


def _notebook(where: Whereabouts, command: Instruction) -> Judged | None:
    named = next((word for word in command.words[1:] if word.endswith(".ipynb")), "")
    if named:
        return where.named(command, named)
    is_started = {"notebook", "lab", "jupyterlab", "jupyter-lab", "jupyter-notebook"} & set(command.words)
    return kept(command) if is_started and where.repo.glob("*.ipynb") else None


def _server(where: Whereabouts, command: Instruction) -> Judged | None:
    """`uvicorn package.module:app`, `flask run`."""
    for word in command.words[1:]:
        if found := MODULE_ATTRIBUTE.match(word):
            path = found[1].replace(".", "/")
            names = (f"{path}.py", f"{path}/__init__.py")
            judged = where.named(command, *names, *(f"src/{name}" for name in names))
            is_readers_own = judged[0] == "broken" and where.own_names  # users of a library serve a file of theirs
            return elsewhere(command) if is_readers_own else judged
    if command.program == "flask" and "run" in command.words:
        return kept(command) if where.repo.glob("*.py") else elsewhere(command)
    return None


def _script(where: Whereabouts, command: Instruction) -> Judged | None:
    script = script_of(command)
    return where.named(command, script) if script and not CHORE_SCRIPT.search(posixpath.basename(script)) else None


def _module(where: Whereabouts, command: Instruction) -> Judged | None:
    """A console script of the project, or a module of it that was run with `-m`."""
    program = command.words[0]
    scripts = {script for each in where.repo.manifests for script in each.scripts}
    if program in scripts or canonical(program) in where.own_names:
        return kept(command)
    if program in RUNNERS or not MODULE.match(program):
        return None
    path = program.replace(".", "/")
    modules = (*where.elsewhere(f"{path}.py"), *where.elsewhere("__main__.py"))
    ends = (f"/{path}.py", f"/{path}/__main__.py")
    return kept(command) if any(f"/{module}".endswith(ends) for module in modules) else None
