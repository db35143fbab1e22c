"""Commands that a third-party template runs between two of its versions (`_migrations`), by copier's rules.

https://copier.readthedocs.io/en/stable/configuring/#migrations
"""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol

from packaging.version import InvalidVersion, Version

from aiscaffold.errors import MigrationFailed

Stage = Literal["before", "after"]
TRUE = frozenset({"true", "t", "yes", "y", "on", "1"})
AT_THE_END = '{{ _stage == "after" }}'


class Fill(Protocol):
    """Fills a Jinja text of the template's with the project's answers and what is `known` beside them."""

    def __call__(self, text: str, known: Mapping[str, Any]) -> str:
        """The text, filled."""


@dataclass(frozen=True)
class Migration:
    """One command, when it runs, where, and what it is told of the versions."""

    command: str | list[str]
    when: str
    folder: str
    known: Mapping[str, str]

    @property
    def line(self) -> str:
        """The command as one would type it."""
        return self.command if isinstance(self.command, str) else " ".join(self.command)


def matching(options: Mapping[str, Any], old: str, new: str) -> tuple[Migration, ...]:
    """The migrations between two versions; none where one of the two names is no version (PEP 440)."""
    versions = _version(old), _version(new)
    if versions[0] is None or versions[1] is None:
        return ()
    known = {"version_from": old, "version_to": new}
    known |= {"version_pep440_from": str(versions[0]), "version_pep440_to": str(versions[1])}
    found: list[Migration] = []
    for entry in options.get("_migrations") or ():
        settings = entry if isinstance(entry, dict) else {"command": entry}
        current = _version(str(settings["version"])) if "version" in settings else None
        if current is None or versions[0] < current <= versions[1]:
            now = (
                {"version_current": str(settings["version"]), "version_pep440_current": str(current)} if current else {}
            )
            found += _commands(settings, {**known, **now})
    return tuple(found)


def migrate(migrations: tuple[Migration, ...], stage: Stage, project: Path, fill: Fill) -> None:
    """Run the migrations of a stage in a folder. Raises `MigrationFailed` at the first that fails."""
    for migration in migrations:
        variables = {f"_{name}": value for name, value in migration.known.items()}
        variables |= {"_stage": stage, "_copier_operation": "update"}
        if fill(migration.when, variables).strip().lower() in TRUE:
            _run(migration, project, variables, partial(fill, known=variables))


def _run(migration: Migration, project: Path, variables: Mapping[str, str], fill: Callable[[str], str]) -> None:
    command = migration.command
    filled = fill(command) if isinstance(command, str) else [fill(str(word)) for word in command]
    done = subprocess.run(
        filled,
        shell=isinstance(filled, str),
        cwd=project / fill(migration.folder),
        env={**os.environ, **{name[1:].upper(): value for name, value in variables.items()}},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise MigrationFailed(f"the template's migration failed: {migration.line}: {said[-1]}")


def _commands(settings: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[Migration]:
    """The commands of one entry, in copier's present form or in its former one with `before` and `after`."""
    stages = [stage for stage in ("before", "after") if stage in settings]
    for stage in stages:
        for command in settings[stage] or ():
            yield Migration(command, f'{{{{ _stage == "{stage}" }}}}', ".", known)
    if not stages:
        when = str(settings.get("when", AT_THE_END))
        yield Migration(settings["command"], when, str(settings.get("working_directory", ".")), known)


def _version(name: str) -> Version | None:
    try:
        return Version(name)
    except InvalidVersion:
        return None
