"""`aiscaffold update` beside `copier update`: one template as part of a catalogue and as a repository of its own."""

import json
import random
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from environment import ROOT, Environment
from timing import Command, Row, compare, rounds, rows

SIZES = {20: 0.5, 60: 0.5, 300: 0.4}  # files of a template, and how much of copier's time we may take at most
OLD, NEW = "0.1.0", "0.2.0"
PROJECT = "quokka"
EDITED = 5
IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
ANSWERS_FILE = ".copier-answers.yml"
QUESTIONS = """\
project_name: {type: str, help: Name, default: quokka}
author_name: {type: str, help: Author, default: "{{ project_name }} authors"}
license: {type: str, help: License, choices: [MIT, Apache-2.0], default: MIT}
distribution_name: {type: str, help: Distribution, ask: false, default: "{{ project_name|lower }}"}
package_name: {type: str, help: Package, ask: false, default: "{{ distribution_name|replace('-', '_') }}"}
year: {type: str, help: Year, ask: false, default: "2026"}
"""
DISPATCHER = (
    '_subdirectory: "templates/{{ template }}/template"\ntemplate: {type: str, choices: [mini], default: mini}\n'
)
CATALOGUE = {
    "copier.yml": DISPATCHER + QUESTIONS,
    "templates/mini/README.md": "# mini\n\nA generated template.\n",
    "templates/mini/questions.yml": QUESTIONS,
    "templates/mini/files.toml": "",
    "templates/mini/reserved.txt": "",
}
FIXED = {
    "pyproject.toml.jinja": '[project]\nname = "{{ distribution_name }}"\nrequires-python = ">=3.11"\n',
    "{{ _copier_conf.answers_file }}.jinja": "# Written by copier\n{{ _copier_answers|to_nice_yaml -}}\n",
}


@dataclass(frozen=True)
class Workshop:
    """A folder for one template in all its forms, and how programs are run there."""

    folder: Path
    environment: Environment

    def git(self, folder: Path, *words: str) -> str:
        """Run git; what it said."""
        command = ["git", *IDENTITY, *words]
        env = self.environment.variables
        return subprocess.run(command, cwd=folder, env=env, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout

    def run(self, program: str, *words: str, variables: Mapping[str, str] | None = None) -> None:
        """Run an installed program."""
        env = {**self.environment.variables, **(variables or {})}
        command = [self.environment.program(program), *words]
        subprocess.run(command, cwd=self.folder, env=env, check=True, capture_output=True)

    def installed(self, release: str) -> dict[str, str]:
        """The variables with which programs find our package with the catalogue as of a release."""
        return {"PYTHONPATH": str(self.folder / f"installed-{release}")}


def measure(environment: Environment, workspace: Path, pairs: int) -> dict[str, list[Row]]:
    """Time updates of projects of all sizes, then the answer that there is nothing to update."""
    found: dict[str, list[Row]] = {}
    for size, target in SIZES.items():
        workshop = _workshop(workspace / f"update-{size}", environment, size)
        commands = _commands(workshop, size, target)
        times = rounds(commands, pairs, environment.variables)
        _refuse_differences(commands)
        catalogue, own, copier = commands
        for title, ours, column in (("catalogue", catalogue, 0), ("repository", own, 1)):
            beside = [[took[column], took[2]] for took in times]
            found[f"Update ({size} files, {title})"] = rows([ours, copier], beside)
    return found | {"Up to date": _up_to_date(workshop, pairs)}


def _workshop(folder: Path, environment: Environment, size: int) -> Workshop:
    """Release a generated template twice, in both forms."""
    workshop = Workshop(folder, environment)
    catalogue, repository = folder / "catalogue", folder / "repository"
    for place in (catalogue, repository):
        place.mkdir(parents=True)
        workshop.git(place, "init", "--quiet")
    lock = {}
    for release in (OLD, NEW):
        template = _template(size, changed=release == NEW)
        _write(catalogue, CATALOGUE | {f"templates/mini/template/{path}": text for path, text in template.items()})
        _write(repository, {"copier.yml": QUESTIONS} | template)
        for place in (catalogue, repository):
            _commit(workshop, place)
            workshop.git(place, "tag", f"v{release}")
        lock[release] = workshop.git(catalogue, "rev-parse", "HEAD^{tree}").strip()
        _install(workshop, release, lock)
    return workshop


def _template(size: int, *, changed: bool) -> dict[str, str]:
    """A template's files, of which a third is rendered; in its new release a fifth of them is changed."""
    files = dict(FIXED)
    for number in range(size - len(FIXED)):
        chance = random.Random(number)
        lines = [f'value_{n} = "{chance.randbytes(12).hex()}"' for n in range(chance.randint(20, 150))]
        if changed and number % 5 == 0:
            lines[-4:-2] = [f'better_{n} = "{number}"' for n in range(4)]
        rendered = number % 3 == 0
        if rendered:
            lines[len(lines) // 2] = 'name = "{{ project_name }} by {{ author_name }}"'
        path = f"src/{{{{ package_name }}}}/part_{number % 7}/module_{number}.py"
        files[path + ".jinja" * rendered] = "\n".join(lines) + "\n"
    return files


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _commit(workshop: Workshop, folder: Path) -> None:
    workshop.git(folder, "add", "--all", "--force")
    workshop.git(folder, "commit", "--quiet", "--message", "Work")


def _install(workshop: Workshop, release: str, lock: Mapping[str, str]) -> None:
    """Copy this checkout's package, with the generated catalogue in it and its releases so far."""
    package = workshop.folder / f"installed-{release}" / "aiscaffold"
    shutil.copytree(ROOT / "src/aiscaffold", package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__init__.py").write_text(f'__version__ = "{release}"\n', encoding="utf-8")
    inside = package / "_catalogue"
    shutil.copytree(workshop.folder / "catalogue", inside, ignore=shutil.ignore_patterns(".git"))
    (inside / "catalogue.lock.json").write_text(json.dumps(lock), encoding="utf-8")
    tags = [f"v{known}" for known in lock]
    workshop.git(workshop.folder / "catalogue", "bundle", "create", "--quiet", str(inside / "catalogue.bundle"), *tags)


def _commands(workshop: Workshop, size: int, target: float) -> list[Command]:
    """Our update of a project of the catalogue, ours of one of the repository, and copier's of the same."""
    ours, theirs = workshop.folder / "ours" / PROJECT, workshop.folder / "theirs" / PROJECT
    create = ("new", "mini", str(ours), "--defaults", "--no-git", "--no-hooks")
    workshop.run("aiscaffold", *create, variables=workshop.installed(OLD))
    address = f"git+{(workshop.folder / 'repository').as_uri()}"
    workshop.run("copier", "copy", "--defaults", "--quiet", "--vcs-ref", f"v{OLD}", address, str(theirs))
    for project in (ours, theirs):
        _settle(workshop, project)
    label = f"aiscaffold update --defaults  # {size} files"
    return [
        _command(workshop, "aiscaffold", ours, f"{label}, of the catalogue"),
        _command(workshop, "aiscaffold", theirs, f"{label}, of a git template"),
        _command(workshop, "copier", theirs, "copier update --defaults", target),
    ]


def _settle(workshop: Workshop, project: Path) -> None:
    """Commit the project as it was generated, then with its owner's edits."""
    workshop.git(project, "init", "--quiet")
    _commit(workshop, project)
    for file in sorted(project.glob("src/**/*.py"))[:EDITED]:
        file.write_text(f"# mine\nmine = 1\n{file.read_text(encoding='utf-8')}", encoding="utf-8", newline="\n")
    _commit(workshop, project)


def _command(workshop: Workshop, program: str, project: Path, label: str, target: float | None = None) -> Command:
    """An update in a fresh copy of a project, of which git knows that no file was touched."""
    copy = workshop.folder / label.replace(" ", "-") / PROJECT

    def prepare() -> None:
        shutil.copytree(project, copy)
        workshop.git(copy, "update-index", "-q", "--refresh")

    words = (workshop.environment.program(program), "update", "--defaults", *["--quiet"] * (program == "copier"))
    return Command(label, words, copy, target, cwd=copy, variables=workshop.installed(NEW), prepare=prepare)


def _refuse_differences(commands: Sequence[Command]) -> None:
    """End the run unless every command has made the same files."""
    expected, *others = [_contents(command) for command in commands]
    for command, found in zip(commands[1:], others, strict=True):
        if differing := sorted(path for path in expected | found if expected.get(path) != found.get(path)):
            raise SystemExit(f"{command.label} made other files than ours: {', '.join(differing[:5])}")


def _contents(command: Command) -> dict[str, bytes]:
    """The files of an updated project, the answers file aside: each tool signs its own."""
    assert command.writes
    found = (path for path in command.writes.rglob("*") if path.is_file() and path.name != ANSWERS_FILE)
    names = {path.relative_to(command.writes).as_posix(): path for path in found}
    return {name: path.read_bytes() for name, path in names.items() if not name.startswith(".git/")}


def _up_to_date(workshop: Workshop, pairs: int) -> list[Row]:
    project, variables = workshop.folder / "newest" / PROJECT, workshop.installed(NEW)
    create = ("new", "mini", str(project), "--defaults", "--no-git", "--no-hooks")
    workshop.run("aiscaffold", *create, variables=variables)
    _settle(workshop, project)
    program = workshop.environment.program("aiscaffold")
    ours = Command("aiscaffold update  # up to date", (program, "update"), cwd=project, variables=variables)
    version = Command("aiscaffold --version", (program, "--version"), target=1.3, variables=variables)
    return compare(ours, [version], pairs, workshop.environment.variables)
