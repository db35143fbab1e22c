"""Write a third-party template into a folder, by copier and from its mirror, as if it came from its own address.

Importing copier takes 0.3 s, so this module is itself imported lazily, and only by what renders.
"""

import json
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from copier import Settings, run_copy, run_recopy
from jinja2 import TemplateError
from plumbum import ProcessExecutionError, local

from aiscaffold.address import clone_url, is_remote, printable, shown_address
from aiscaffold.dangers import refuse_dangers, walk
from aiscaffold.errors import RenderFailed
from aiscaffold.files import remove
from aiscaffold.process import NEUTRAL, REPOSITORY_VARIABLES
from aiscaffold.project import ANSWERS_FILE
from aiscaffold.source import NO_CONFIGURATION, Release, Source

CACHE = "COPIER_CACHE_DIR"


@dataclass(frozen=True)
class Recipe:
    """What to render: a template at a release, and where its answers come from.

    `data` are answers given now. `last` is the text of the project's answers file: its answers are taken where they
    are still valid. `ask` puts the open questions to the user, on stderr; else they take their defaults. `unsafe`
    lets the template run its code, which the caller must have consent for; `tasks` can still leave out its tasks.
    """

    source: Source
    release: Release
    data: dict[str, Any] = field(default_factory=dict)
    last: str | None = None
    ask: bool = False
    unsafe: bool = False
    exclude: tuple[str, ...] = ()
    answers_file: str = ""
    tasks: bool = True

    @property
    def name(self) -> str:
        """The template's address, as it may be printed."""
        return shown_address(self.source.address)

    @property
    def label(self) -> str:
        """The template and its version, as they may be printed."""
        return " ".join(filter(None, (self.name, printable(self.release.name))))

    def notes(self, recorded: dict[str, Any] | None) -> tuple[str, ...]:
        """What the owner of a project with these recorded answers should know."""
        told = {
            f"{self.name} could not be fetched ({self.source.stale}): what was fetched before is used": (
                bool(self.source.stale)
            ),
            "the template is a folder without git, so it has no versions: the project cannot be updated": (
                not self.source.versioned
            ),
            "the template records no answers: the project cannot be updated": (
                self.source.versioned and recorded is None
            ),
        }
        return tuple(note for note, applies in told.items() if applies)


def render(recipe: Recipe, destination: Path) -> None:
    """Render a third-party template without network: `_src_path` and `_commit` come out as plain copier writes them.

    Raises `RenderFailed` where it does not render, and where the result holds what could run code or leads out of
    the project, unless its code was consented to; what the file system refuses stays an `OSError`.
    """
    with _surroundings(recipe):
        _run_copier(recipe, destination)
    _record_address(recipe, destination)
    if recipe.unsafe:
        remove(destination / ".git")  # tasks like to make one; a project has one history, and the caller writes it
    else:
        refuse_dangers(destination)


def recorded_answers(recipe: Recipe, project: Path) -> dict[str, Any] | None:
    """The answers that a rendered project records, without copier's own entries; None where it records none."""
    named = recipe.answers_file or str(recipe.source.config(recipe.release).get("_answers_file", ANSWERS_FILE))
    files = [file for file in (project / named, *sorted(project.glob(".copier-answers*.y*ml"))) if file.is_file()]
    if not files or not files[0].resolve().is_relative_to(project.resolve()):
        return None
    try:
        recorded = yaml.safe_load(files[0].read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return None
    if not isinstance(recorded, dict):
        return None
    # Through JSON, which has no dates and the like.
    plain = json.loads(json.dumps({str(name): value for name, value in recorded.items()}, default=str))
    return {name: value for name, value in plain.items() if not name.startswith("_")}


def _run_copier(recipe: Recipe, destination: Path) -> None:
    options: dict[str, Any] = {
        "data": recipe.data,
        "vcs_ref": recipe.release.commit if recipe.source.versioned else None,
        "answers_file": recipe.answers_file or None,
        "exclude": recipe.exclude,
        "defaults": not recipe.ask,
        "overwrite": True,
        "quiet": True,
        "unsafe": recipe.unsafe,
        "skip_tasks": not recipe.tasks,
        "settings": Settings(trust=()),
    }
    try:
        if recipe.last is None:
            run_copy(_copier_source(recipe.source), destination, **options)
        else:
            options["answers_file"] = _put_last_answers(recipe, destination)
            run_recopy(destination, **options, skip_answered=True)
    except ProcessExecutionError as error:  # an OSError by its class, git's word by its content
        said = str(error.stderr).strip().splitlines() or [str(error)]
        raise _failed(recipe, said[-1]) from error
    except TemplateError as error:  # of which a missing include is an OSError
        raise _failed(recipe, str(error)) from error
    except (OSError, RenderFailed, KeyboardInterrupt):  # copier's own interrupt is an Exception too
        raise
    # Any mistake in a stranger's template may come out of copier as any error.
    except Exception as error:
        raise _failed(recipe, f"{error}" or type(error).__name__) from error


def _failed(recipe: Recipe, reason: str) -> RenderFailed:
    line = printable(" ".join(reason.split()))
    return RenderFailed(
        f"{recipe.label} does not render: {line}", hint="a missing or wrong answer is given with -d KEY=VALUE"
    )


def _copier_source(source: Source) -> str:
    """What copier is told to copy: the address itself, but a folder's mirror, since the folder may be gone."""
    if is_remote(source.address) or not source.versioned:
        return source.address
    return f"git+{source.mirror.as_uri()}"


def _put_last_answers(recipe: Recipe, destination: Path) -> str:
    """Write the old answers into the empty destination, where copier reads them; the file's name there."""
    name = PurePosixPath(recipe.answers_file or ANSWERS_FILE)
    if name.is_absolute() or ".." in name.parts:
        raise RenderFailed(f"the answers file {printable(str(name))} lies outside of the project")
    try:
        recorded = yaml.safe_load(recipe.last or "") or {}
        answers = {**recorded, "_src_path": _copier_source(recipe.source), "_commit": recipe.release.name}
    except (yaml.YAMLError, TypeError) as error:
        raise RenderFailed(f"{name} does not hold answers as YAML: {' '.join(str(error).split())}") from error
    file = destination / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(answers, allow_unicode=True), encoding="utf-8", newline="\n")
    return str(name)


def _record_address(recipe: Recipe, destination: Path) -> None:
    """Put the folder's path where copier was given its mirror."""
    shown_to_copier = _copier_source(recipe.source)
    if shown_to_copier == recipe.source.address:
        return
    # The same dumper settings as copier's `to_nice_yaml`, a key at a time: plain copier writes the same bytes.
    old, new = (
        yaml.safe_dump({"_src_path": address}, indent=4, allow_unicode=True, default_flow_style=False)
        for address in (shown_to_copier, recipe.source.address)
    )
    # A README that says what it was made from names it without YAML.
    replaced = {old.encode(): new.encode(), shown_to_copier.encode(): recipe.source.address.encode()}
    for file in (path for path in walk(destination) if path.is_file() and not path.is_symlink()):
        before = content = file.read_bytes()
        for word, better in replaced.items():
            content = content.replace(word, better)
        if content != before:
            file.write_bytes(content)


@contextmanager
def _surroundings(recipe: Recipe) -> Iterator[None]:
    """What copier finds around it: git pointed to the mirror, a cache of its own, stdout kept for data."""
    place = tempfile.TemporaryDirectory(prefix="aiscaffold-", ignore_cleanup_errors=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(place))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")  # a template's age and the like, told to people who cannot change it
        stack.enter_context(redirect_stdout(sys.stderr))
        if recipe.unsafe:
            stack.enter_context(_stdout_of_tasks_to_stderr())
        stack.enter_context(local.env())
        local.env.clear()  # it dates from the import of plumbum
        kept = os.environ.keys() - REPOSITORY_VARIABLES - {"GIT_ALLOW_PROTOCOL"}
        local.env.update({name: os.environ[name] for name in kept})
        local.env.update(_git_environment(recipe, folder))
        stack.enter_context(_variable(CACHE, str(folder / "cache")))
        yield


def _git_environment(recipe: Recipe, folder: Path) -> dict[str, str]:
    """The settings of git for copier's clones: from the mirror, without hooks, and with nothing of the user's.

    Code that was consented to runs in the same environment and may commit: it gets the user's own settings back.
    """
    neutral = folder / "neutral.gitconfig"
    pairs = [setting.replace(".", "]\n", 1).split("=") for setting in (*NEUTRAL, "core.autocrlf=false")]
    neutral.write_text("".join(f"[{key} = {value}\n" for key, value in pairs), encoding="utf-8", newline="\n")
    settings = {
        # Not by GIT_ALLOW_PROTOCOL, which would let a submodule name a folder of this machine.
        "protocol.ext.allow": "never",
        "protocol.file.allow": "user",
        f"url.{recipe.source.mirror.as_posix()}.insteadOf": clone_url(recipe.source.address),
        f"includeIf.gitdir:{folder.resolve().as_posix()}/.path": neutral.as_posix(),
    }
    numbered = list(enumerate(settings.items(), start=int(os.environ.get("GIT_CONFIG_COUNT") or 0)))
    environment = {f"GIT_CONFIG_KEY_{n}": key for n, (key, _) in numbered}
    environment |= {f"GIT_CONFIG_VALUE_{n}": value for n, (_, value) in numbered}
    environment |= {"GIT_CONFIG_COUNT": str(numbered[-1][0] + 1), "GIT_TEMPLATE_DIR": "", "GIT_TERMINAL_PROMPT": "0"}
    return {**environment, **({} if recipe.unsafe else NO_CONFIGURATION)}


@contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    """Set an environment variable for a while."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before


@contextmanager
def _stdout_of_tasks_to_stderr() -> Iterator[None]:
    """Tasks inherit the file descriptor, which no `redirect_stdout` reaches."""
    saved = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(saved, 1)
        os.close(saved)
