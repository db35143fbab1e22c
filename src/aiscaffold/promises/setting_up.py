"""Commands that set a project up, and whether the files, extras and targets that they name exist."""

import posixpath
import re
from collections.abc import Sequence

from aiscaffold.instructions import Instruction, script_of, task_name, task_runner
from aiscaffold.manifest import canonical
from aiscaffold.regex import regex
from aiscaffold.whereabouts import PLACEHOLDER, Judged, Whereabouts, elsewhere, kept, values

PIP = regex(r"pip3?(?:\.\d+)?$")
REQUIREMENTS = ("-r", "--requirement", "--requirements")
VALUED = frozenset(  # options of pip, conda and uv that take the next word
    [
        "-f",
        "--find-links",
        "-i",
        "--index-url",
        "--extra-index-url",
        "-t",
        "--target",
        "--prefix",
        "--python",
        "-p",
        "--platform",
        "--trusted-host",
        "-c",
        "--constraint",
        "-n",
        "--name",
        "--channel",
        "--progress-bar",
        "--timeout",
        "--default-timeout",
        "--group",
        "--only-binary",
        "--no-binary",
    ]
)
GENERAL_TOOLS = frozenset(
    [
        "pip",
        "setuptools",
        "wheel",
        "uv",
        "virtualenv",
        "virtualenvwrapper",
        "pipenv",
        "poetry",
        "pipx",
        "pdm",
        "hatch",
        "tox",
        "nox",
        "pre-commit",
        "build",
        "twine",
        "pytest",
        "black",
        "flake8",
        "ruff",
        "isort",
        "mypy",
        "pylint",
        "coverage",
        "nbstripout",
        "cookiecutter",
        "copier",
        "cruft",
        "conda",
        "conda-build",
        "cython",
        "python",
        "anaconda",
    ]
)
BUILDS = ("pyproject.toml", "setup.py", "setup.cfg")
COMPOSE = ("docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml")
ENVIRONMENT = ("environment.yml", "environment.yaml")
# Program and first word → what must stand in the folder where it is typed, any of these.
NEEDED = {
    ("poetry", "install"): ("pyproject.toml",),
    ("poetry", "sync"): ("pyproject.toml",),
    ("poetry", "shell"): ("pyproject.toml",),
    ("pdm", "install"): ("pyproject.toml",),
    ("pdm", "sync"): ("pyproject.toml",),
    ("uv", "sync"): ("pyproject.toml",),
    ("rye", "sync"): ("pyproject.toml",),
    ("hatch", "env"): ("pyproject.toml", "hatch.toml"),
    ("hatch", "shell"): ("pyproject.toml", "hatch.toml"),
    ("pixi", "install"): ("pixi.toml", "pyproject.toml"),
    ("pipenv", "install"): ("Pipfile", "requirements.txt"),
    ("pipenv", "sync"): ("Pipfile.lock",),
    ("npm", "install"): ("package.json",),
    ("npm", "i"): ("package.json",),
    ("npm", "ci"): ("package.json",),
    ("yarn", ""): ("package.json",),
    ("yarn", "install"): ("package.json",),
    ("pnpm", "install"): ("package.json",),
    ("pnpm", "i"): ("package.json",),
    ("bun", "install"): ("package.json",),
    ("cargo", "build"): ("Cargo.toml",),
    ("cargo", "install"): ("Cargo.toml",),
    ("go", "build"): ("go.mod",),
    ("bundle", "install"): ("Gemfile",),
    ("setup.py", "install"): ("setup.py",),
    ("setup.py", "develop"): ("setup.py",),
    ("setup.py", "build"): ("setup.py",),
    ("setup.py", "build_ext"): ("setup.py",),
    ("cmake", "."): ("CMakeLists.txt",),
}
TAKES_PACKAGES = frozenset({"npm", "yarn", "pnpm", "pipenv", "bun", "cargo"})
CONTAINERS = frozenset({"docker", "podman", "docker-compose"})
TASK = regex(
    r"(?:^|[-_:])(?:install|set-?_?up|init|bootstrap|requirements|deps|dependenc|venv|env|sync|build|develop|prepare|provision)|"
    r"^(?:all|up|start)$",
    re.IGNORECASE,
)
HEADING = regex(
    r"\binstall|\bset[- ]?up|\bsetting up|getting[- ]started|quick[- ]?start|requirement|dependenc|environment|"
    r"prerequisit|"
    r"build|prepar|安装|环境|依赖|설치|インストール|установк|instala",
    re.IGNORECASE,
)
SCRIPT = regex(r"install|set_?-?up|\benv|bootstrap|prepare_?env|requirements|init", re.IGNORECASE)
CHORE = regex(r"test|lint|format|docs|clean|check|release|publish", re.IGNORECASE)
ORDER = ("kept", "broken", "open")


def sets_up(where: Whereabouts, command: Instruction) -> Judged | None:
    """Whether a command sets the project up, and with what it needs at hand."""
    program, words = command.program, command.words[1:]
    first = next((word for word in words if not word.startswith("-")), "")
    if PIP.match(program) or program in ("uv", "pipx", "easy_install"):
        return _index(where, command, first)
    if program in ("conda", "mamba", "micromamba"):
        return _conda(where, command, words)
    if program in CONTAINERS:
        return container(where, command)
    if (program, first) in NEEDED:
        return _needed(where, command, first)
    if task_runner(command):
        return _task(where, command)
    script = script_of(command)
    is_meant = SCRIPT.search(posixpath.basename(script)) and not script.endswith("setup.py")
    return where.named(command, script) if is_meant else None


def container(where: Whereabouts, command: Instruction) -> Judged | None:
    """Whether an image or a set of services is built or started from files that are here."""
    words = command.words[1:]
    files = values(words, "-f", "--file")
    if command.program == "docker-compose" or words[:1] == ("compose",):
        starts = {"up", "build", "run", "pull", "create", "start"} & set(words)
        return where.named(command, *(files or COMPOSE)) if starts else None
    if words[:1] == ("build",) or words[:2] == ("buildx", "build"):
        context = next((word for word in reversed(words[1:]) if not word.startswith("-")), ".")
        return where.named(command, *(files or (posixpath.join(context, "Dockerfile"), "Dockerfile")))
    if words[:1] in (("run",), ("pull",)):
        is_built = where.find(command, "Dockerfile") or where.elsewhere("Dockerfile")
        return kept(command) if is_built else elsewhere(command)
    return None


def _index(where: Whereabouts, command: Instruction, first: str) -> Judged | None:
    """Pip and what is called like it."""
    words = command.words[1:]
    if command.program == "uv" and (first == "add" or (first in ("pip", "tool") and "install" in words)):
        return _pip(where, command, words[words.index("add" if first == "add" else "install") + 1 :])
    if command.program == "uv":
        return _needed(where, command, first) if ("uv", first) in NEEDED else None
    if first == "install":
        return _pip(where, command, words[words.index("install") + 1 :])
    return _pip(where, command, words) if command.program == "easy_install" else None


def _pip(where: Whereabouts, command: Instruction, words: tuple[str, ...]) -> Judged | None:
    files = values(words, *REQUIREMENTS) or [
        word[2:] for word in words if word.startswith("-r") and len(word) > len("-r")
    ]
    if files:
        return where.named(command, files[0])
    packages = _packages(words)
    return _best(where, command, packages or (["."] if {"-e", "--editable"} & set(words) else []))


def _packages(words: Sequence[str]) -> list[str]:
    """The words that are neither options nor values of options."""
    kept_words, rest = [], iter(words)
    for word in rest:
        if word in VALUED:
            next(rest, "")
        elif not word.startswith("-"):
            kept_words.append(word)
    return kept_words


def _best(where: Whereabouts, command: Instruction, packages: Sequence[str]) -> Judged | None:
    judged = [found for package in packages if (found := _package(where, command, package.strip("\"'")))]
    return min(judged, key=lambda each: ORDER.index(each[0]), default=None)


def _package(where: Whereabouts, command: Instruction, package: str) -> Judged | None:
    """Whether a package is the project itself, or one that it needs."""
    bare, _, extras = package.partition("[")
    extras = extras.partition("]")[0]
    if bare == "." or bare.startswith(("./", "../", ".\\")):
        judged = where.named(command, *(posixpath.join(bare, name) for name in BUILDS))
        return _extras(where, command, extras) if judged[0] == "kept" and extras else judged
    if "://" in package or package.startswith("git@"):
        return kept(command) if _is_own(where, package) else elsewhere(command)
    if PLACEHOLDER.search(package):
        return "open", f"`{command.text}` has a gap to fill"
    name = canonical(re.split(r"[<>=!~;@ ]", bare, maxsplit=1)[0])
    if name in where.own_names:
        return _extras(where, command, extras)
    if not name or name in GENERAL_TOOLS:
        return None
    return elsewhere(command) if where.own_names else kept(command)


def _extras(where: Whereabouts, command: Instruction, extras: str) -> Judged:
    """Whether the project has these extras; not told where its build script computes them."""
    manifests = where.repo.manifests
    known = {canonical(name) for each in manifests for name in (*each.extras, *each.groups)}
    missing = [name.strip() for name in extras.split(",") if name.strip() and canonical(name) not in known]
    if missing and not any(each.dynamic or each.kind in ("setup.py", "setup.cfg") for each in manifests):
        return "broken", f"`{command.text}`, but there is no extra {missing[0]}"
    return kept(command)


def _is_own(where: Whereabouts, address: str) -> bool:
    name = canonical(re.sub(r"(?:\.git)?(?:[@#].*)?$", "", address.rpartition("/")[2]))
    return name in where.own_names | {canonical(where.repo.snapshot.name)} or not where.own_names


def _conda(where: Whereabouts, command: Instruction, words: tuple[str, ...]) -> Judged | None:
    files = values(words, "-f", "--file")
    if words[:2] in (("env", "create"), ("env", "update")):
        return where.named(command, *(files or ENVIRONMENT))
    if words[:1] not in (("install",), ("create",)):
        return None
    return where.named(command, *files) if files else _best(where, command, _packages(words[1:]))


def _needed(where: Whereabouts, command: Instruction, first: str) -> Judged | None:
    packages = [word for word in command.words[1:] if word != first and not word.startswith("-")]
    if command.program in TAKES_PACKAGES and packages and not packages[0].startswith("."):
        return _best(where, command, packages)
    return where.named(command, *NEEDED[command.program, first])


def _task(where: Whereabouts, command: Instruction) -> Judged | None:
    name = task_name(command)
    is_meant = TASK.search(name) or (HEADING.search(command.section.rpartition("/")[2]) and not CHORE.search(name))
    return where.task(command) if is_meant else None
