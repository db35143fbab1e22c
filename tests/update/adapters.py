"""The tools under comparison: how each wants its template, how each is called, which of its words are a report."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from .description import Content, Link, Script, Situation, Version
from .project import git, write

TIMEOUT = 60

# What the tools print about each file as a matter of course: it does not tell that a change did not arrive.
ROUTINE = re.compile(
    r"^\s*(?:create|identical|overwrite|conflict|force"  # copier's log of rendering
    r"|added|updated|merged|moved|removed|unchanged)\b"  # the lines of our plan that claim success
)


@dataclass(frozen=True)
class Done:
    """What a call of a tool came to."""

    code: int
    output: str

    @property
    def report(self) -> str:
        """What was said beyond the routine log."""
        return "\n".join(line for line in self.output.splitlines() if not ROUTINE.match(line))


Run = Callable[[Sequence[str], Path, Mapping[str, str]], Done]


def run_program(command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Done:
    """Run a tool as a program of its own; one that hangs is reported as crashed."""
    try:
        done = subprocess.run(
            [*command],
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Done(-1, f"Traceback: no end after {TIMEOUT} seconds")
    return Done(done.returncode, done.stdout)


@dataclass(frozen=True)
class Tool:
    """A tool: how it is called, and how a version of a template is written for it."""

    name: str
    command: tuple[str, ...]
    layout: Callable[[Version, Path], None]
    create: Callable[[Path, str, Path, Mapping[str, str], bool], list[str]]
    update: Callable[[Mapping[str, str], str | None, bool], list[str]]
    run: Run = run_program

    def can_express(self, situation: Situation) -> bool:
        """Whether the situation exists for this tool at all."""
        if self.name != "cruft":
            return True
        # Cookiecutter has no such settings, and writes what a link points to in place of the link.
        settings = any(version.settings for version in situation.versions)
        links = any(isinstance(content, Link) for version in situation.versions for content in version.files.values())
        return not (situation.copier_only or settings or links)

    def write_template(self, versions: Sequence[Version], folder: Path) -> None:
        """Make a git repository with one tag per version, from v1 on."""
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet")
        for number, version in enumerate(versions, start=1):
            if number > 1:
                git(folder, "rm", "-r", "--quiet", ".")
            self.layout(version, folder)
            git(folder, "add", "--all", "--force")
            git(folder, "commit", "--quiet", "--allow-empty", f"--message=Version {number}")
            git(folder, "tag", f"v{number}")


def aiscaffold(command: Sequence[str], run: Run = run_program) -> Tool:
    """Ourselves: copier's templates, our own command line."""

    def create(template: Path, ref: str, dest: Path, answers: Mapping[str, str], trust: bool) -> list[str]:
        options = ["--defaults", "--no-git", *_data(answers), *["--trust"] * trust]
        return ["new", str(template), str(dest), "--ref", ref, *options]

    def update(answers: Mapping[str, str], to: str | None, trust: bool) -> list[str]:
        return ["update", "--defaults", *_data(answers), *(["--to", to] if to else []), *["--trust"] * trust]

    return Tool("aiscaffold", tuple(command), _write_for_copier, create, update, run)


def copier(command: Sequence[str]) -> Tool:
    """Plain copier."""

    def create(template: Path, ref: str, dest: Path, answers: Mapping[str, str], trust: bool) -> list[str]:
        options = ["--defaults", "--vcs-ref", ref, *_data(answers), *["--trust"] * trust]
        return ["copy", *options, str(template), str(dest)]

    def update(answers: Mapping[str, str], to: str | None, trust: bool) -> list[str]:
        return ["update", "--defaults", *_data(answers), *(["--vcs-ref", to] if to else []), *["--trust"] * trust]

    return Tool("copier", tuple(command), _write_for_copier, create, update)


def cruft(command: Sequence[str]) -> Tool:
    """cruft, which updates projects made from cookiecutter templates."""

    def create(template: Path, ref: str, dest: Path, answers: Mapping[str, str], _trust: bool) -> list[str]:
        context = json.dumps({**answers, "folder": dest.name})
        options = ["--no-input", "--default-config", "--checkout", ref, "--extra-context", context]
        return ["create", *options, "--output-dir", str(dest.parent), str(template)]

    def update(answers: Mapping[str, str], to: str | None, _trust: bool) -> list[str]:
        # Stray files stop cruft altogether without this option.
        options = ["--skip-apply-ask", "--allow-untracked-files"]
        changed = ["--variables-to-update", json.dumps(dict(answers))] if answers else []
        return ["update", *options, *changed, *(["--checkout", to] if to else [])]

    return Tool("cruft", tuple(command), _write_for_cookiecutter, create, update)


def _data(answers: Mapping[str, str]) -> list[str]:
    return [word for key, value in answers.items() for word in ("--data", f"{key}={value}")]


def _write_for_copier(version: Version, folder: Path) -> None:
    """A copier template: questions and settings in copier.yml, `.jinja` where there is something to fill in."""
    content = folder / "template"
    settings = {f"_{key}": value for key, value in (version.settings or {}).items()}
    plain = {"_subdirectory": "template", "_preserve_symlinks": True, **settings, **(version.questions or {})}
    write(folder / "copier.yml", yaml.safe_dump(plain, sort_keys=False, allow_unicode=True))
    answers = "# Changes here will be overwritten\n{{ _copier_answers|to_nice_yaml -}}\n"
    write(content / "{{ _copier_conf.answers_file }}.jinja", answers)
    for path, what in version.files.items():
        filled = _filled(what, "")
        write(content / (_braced(path, "") + (".jinja" if filled != what else "")), filled)


def _write_for_cookiecutter(version: Version, folder: Path) -> None:
    """A cookiecutter template: the project in a folder of its own, every text filled in."""
    questions = {key: q["default"] if isinstance(q, dict) else q for key, q in (version.questions or {}).items()}
    write(folder / "cookiecutter.json", json.dumps({"folder": "project", **questions}))
    # Cookiecutter fills in every text: what is no template here would stop it.
    verbatim = [path for path, what in version.files.items() if isinstance(what, str) and _looks_like_jinja(what)]
    if verbatim:
        context = {"folder": "project", **questions, "_copy_without_render": verbatim}
        write(folder / "cookiecutter.json", json.dumps(context))
    for path, what in version.files.items():
        place = folder / "{{ cookiecutter.folder }}" / _braced(path, "cookiecutter.")
        write(place, _filled(what, "cookiecutter."))


def _looks_like_jinja(text: str) -> bool:
    return "[[" not in text and ("{{" in text or "{%" in text)


def _filled(what: Content, scope: str) -> Content:
    if isinstance(what, Script):
        return Script(_braced(what.text, scope))
    return _braced(what, scope) if isinstance(what, str) else what


def _braced(text: str, scope: str) -> str:
    return re.sub(r"\[\[(.+?)\]\]", rf"{{{{ {scope}\1 }}}}", text)
