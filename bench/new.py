"""`aiscaffold new` beside `copier copy` and `cookiecutter`: one template, three tools, the same bytes."""

import json
import re
import shutil
import subprocess
from pathlib import Path

from environment import ROOT, Environment
from timing import Command, Row, compare

TEMPLATE = "end-to-end-ml"
NAME = "quokka-delays"  # occurs in no template text, so that every occurrence is an answer
PACKAGE = NAME.replace("-", "_")
ANSWERS_FILE = ".copier-answers.yml"
VERBATIM = (b"{{", b"{%", b"{#", b"\0")  # Jinja of the project's own, and binary files
NAMES = {NAME: "{{ cookiecutter.project_name }}", PACKAGE: "{{ cookiecutter.package_name }}"}


def measure(environment: Environment, workspace: Path, pairs: int) -> dict[str, list[Row]]:
    """Check that all tools write the same files, then time them."""
    ours = _ours(environment, workspace)
    ours.run(environment.variables)
    project = _written(ours)
    peers = [*_copiers(environment, workspace, project), _cookiecutter(environment, workspace, project)]
    expected = contents(project)
    for peer in peers:
        peer.run(environment.variables)
        if contents(_written(peer)) != expected:
            raise SystemExit(f"{peer.label} wrote other files than ours: {_difference(_written(peer), expected)}")
    title = f"New ({len(expected)} files, {sum(map(len, expected.values())) // 1000} kB)"
    return {title: compare(ours, peers, pairs, environment.variables)}


def contents(project: Path) -> dict[str, bytes]:
    """The files of a project with their bytes, the answers file aside: each tool signs its own."""
    files = [path for path in project.rglob("*") if path.is_file() and path.name != ANSWERS_FILE]
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in files}


def _ours(environment: Environment, workspace: Path) -> Command:
    options = ("--defaults", "--no-git", "--no-hooks")
    destination = workspace / "ours" / NAME
    words = (environment.program("aiscaffold"), "new", TEMPLATE, str(destination), *options)
    return Command(f"aiscaffold new {TEMPLATE} DEST {' '.join(options)}", words, destination)


def _copiers(environment: Environment, workspace: Path, project: Path) -> list[Command]:
    """`copier copy` from a repository with a tag, as templates are published, and from a plain folder."""
    folder = workspace / "catalogue"
    shutil.copytree(ROOT / "templates", folder / "templates")
    shutil.copyfile(ROOT / "copier.yml", folder / "copier.yml")
    published = workspace / "published"
    shutil.copytree(folder, published)
    answers = project / ANSWERS_FILE
    revision = _revision(answers)
    _publish(published, revision, environment)

    def copy(label: str, source: str, target: float | None = None) -> Command:
        destination = workspace / label / NAME
        options = ("--defaults", "--quiet", "--vcs-ref", revision, "--data-file", str(answers))
        words = (environment.program("copier"), "copy", *options, source, str(destination))
        return Command(f"copier copy --defaults {label} DEST", words, destination, target)

    return [copy("REPOSITORY", f"git+{published.as_uri()}", target=0.9), copy("FOLDER", str(folder))]


def _revision(answers: Path) -> str:
    """The template's version as our project records it: a README may quote it, so the peers get the same."""
    found = re.search(r"^_commit: (\S+)$", answers.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1]


def _publish(template: Path, tag: str, environment: Environment) -> None:
    """Make the folder a git repository with one commit and one release tag."""
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
    for words in (
        ("init", "--quiet"),
        ("add", "--all", "--force"),
        ("commit", "--quiet", "--message", "Release"),
        ("tag", tag),
    ):
        subprocess.run(["git", *identity, *words], cwd=template, env=environment.variables, check=True)


def _cookiecutter(environment: Environment, workspace: Path, project: Path) -> Command:
    template, output = workspace / "cookiecutter", workspace / "baked"
    _write_cookiecutter(project, template)
    options = ("--no-input", "--output-dir", str(output))
    words = (environment.program("cookiecutter"), str(template), *options)
    return Command("cookiecutter --no-input FOLDER", words, output / NAME)


def _write_cookiecutter(project: Path, template: Path) -> None:
    """Turn a rendered project back into a cookiecutter template of the same files."""
    verbatim = []
    for path, content in contents(project).items():
        named = _with_placeholders(path)
        file = template / NAMES[NAME] / named
        file.parent.mkdir(parents=True, exist_ok=True)
        if any(mark in content for mark in VERBATIM):
            verbatim.append(named)
            file.write_bytes(content)
        else:
            file.write_bytes(_with_placeholders(content.decode()).encode())
    context = {"project_name": NAME, "package_name": PACKAGE, "_copy_without_render": verbatim}
    (template / "cookiecutter.json").write_text(json.dumps(context), encoding="utf-8", newline="\n")


def _with_placeholders(text: str) -> str:
    for name, placeholder in NAMES.items():
        text = text.replace(name, placeholder)
    return text


def _written(command: Command) -> Path:
    assert command.writes
    return command.writes


def _difference(project: Path, expected: dict[str, bytes]) -> list[str]:
    found = contents(project)
    return sorted(path for path in {*found, *expected} if found.get(path) != expected.get(path))
