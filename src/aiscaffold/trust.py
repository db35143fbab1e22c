"""What third-party templates would run on this machine, and which of them the user agreed to."""

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from aiscaffold.address import clone_url, printable, shown_address
from aiscaffold.errors import NotTrusted
from aiscaffold.files import move
from aiscaffold.migrations import matching
from aiscaffold.source import Release, Source

# A path that Jinja leaves as it is, whatever delimiters the template chose.
LITERAL_PATH = re.compile(r"[\w. @/-]+")


@dataclass(frozen=True)
class Demand:
    """What a template would run on this machine, in words, and where it comes from."""

    address: str
    commit: str
    lines: tuple[str, ...]

    @property
    def origin(self) -> str:
        """The template and its commit, as they may be printed."""
        return f"{shown_address(self.address)} at {self.commit[:12]}"


def demand(source: Source, release: Release, since: str = "") -> Demand | None:
    """What a template would run at a release, with `since` also on the way from that version; None for pure data."""
    options = source.config(release)
    migrations = matching(options, since, release.name)
    lines = (*_code(options), *(f"migration: {one.line}" for one in migrations), *_outside_files(options))
    # Consent lifts every one of copier's checks, so with it also this one, which else holds at the time of rendering.
    lines += tuple(_computed_files(options)) if lines else ()
    return Demand(source.address, release.commit, tuple(map(printable, lines))) if lines else None


def is_trusted(demand: Demand) -> bool:
    """Whether the user agreed to this address at this commit."""
    return demand.commit in _trusted().get(clone_url(demand.address), [])


def knows(address: str) -> bool:
    """Whether the user agreed to some commit of this address before."""
    return bool(_trusted().get(clone_url(address)))


def trust(demand: Demand) -> None:
    """Remember that the user agreed to this address at this commit."""
    known = _trusted()
    commits = known.setdefault(clone_url(demand.address), [])
    if demand.commit not in commits:
        commits.append(demand.commit)
        _write({"schema": 1, "trusted": known})


def require(demands: Sequence[Demand], consent: Callable[[Demand], bool]) -> None:
    """Go on only where the user agreed to every demand, before or now; remembers the new agreements.

    Raises `NotTrusted`, with all that would be run, where `consent` says no.
    """
    new = [demand for demand in dict.fromkeys(demands) if not is_trusted(demand)]
    if not all(consent(demand) for demand in new):
        listed = "\n".join(f"{demand.origin} would run code on this machine:\n{_listed(demand)}" for demand in new)
        raise NotTrusted(listed, hint="read the template; if you trust it, agree to this commit with --trust")
    for demand in new:
        trust(demand)


def _listed(demand: Demand) -> str:
    return "\n".join(f"  {line}" for line in demand.lines)


def _code(options: dict[str, Any]) -> Iterator[str]:
    for task in _entries(options, "_tasks"):
        yield f"task: {_command(task)}"
    for extension in _entries(options, "_jinja_extensions"):
        yield f"extension: {extension}"


def _command(entry: Any) -> str:
    """A command as one would type it: copier takes a line for the shell, a list of words, or a mapping with either."""
    command = entry.get("command", entry) if isinstance(entry, dict) else entry
    return " ".join(map(str, command)) if isinstance(command, list) else str(command)


def _outside_files(options: dict[str, Any]) -> Iterator[str]:
    for path in _external_files(options):
        if LITERAL_PATH.fullmatch(path) and (path.startswith("/") or ".." in path.split("/")):
            yield f"external data: {path}"


def _computed_files(options: dict[str, Any]) -> Iterator[str]:
    return (f"external data: {path}" for path in _external_files(options) if not LITERAL_PATH.fullmatch(path))


def _external_files(options: dict[str, Any]) -> list[str]:
    files = options.get("_external_data") or {}
    return [str(path) for path in files.values()] if isinstance(files, dict) else [str(files)]


def _entries(options: dict[str, Any], name: str) -> list[Any]:
    entries = options.get(name) or []
    return entries if isinstance(entries, list) else [entries]


def _file() -> Path:
    return user_config_path("aiscaffold", appauthor=False) / "trust.json"


def _trusted() -> dict[str, list[str]]:
    """The commits that the user agreed to, by the URL they come from; none where the file is not ours to read."""
    try:
        trusted = json.loads(_file().read_text(encoding="utf-8"))["trusted"]
        return {url: commits for url, commits in trusted.items() if isinstance(commits, list)}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write(content: dict[str, Any]) -> None:
    """Replace the file in one step, so that no reader meets half of it."""
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8", newline="\n") as draft:
        json.dump(content, draft, indent=2)
    move(Path(draft.name), file)
