"""The hooks that run before a commit, as pre-commit's configuration lists them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from aiscaffold.evidence import Evidence, Unreadable, at
from aiscaffold.regex import regex
from aiscaffold.yaml_text import NotYaml, load

CONFIGURATION = regex(r"(?:.*/)?(?:\.pre-commit-config\.ya?ml|prek\.ya?ml)$")


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook: its id, the repository and revision that it comes from, what a local one runs."""

    id: str
    repo: str
    rev: str
    entry: str
    place: Evidence


def read_hooks(read: Callable[[str], str | None], paths: Sequence[str]) -> tuple[Hook, ...]:
    """Every hook of every configuration. Raises `Unreadable` where one is no YAML."""
    found = [path for path in paths if CONFIGURATION.fullmatch(path)]
    return tuple(hook for path in found for hook in _hooks(path, read(path) or ""))


def _hooks(path: str, text: str) -> Iterator[Hook]:
    try:
        content = load(text)
    except NotYaml as error:
        raise Unreadable(at(path, f"is no YAML: {error}")) from error
    lines = text.splitlines()
    for source in _dicts(content, "repos"):
        for hook in _dicts(source, "hooks"):
            name = str(hook.get("id", ""))
            named = re.compile(rf"id:\s*['\"]?{re.escape(name)}(?![\w-])")
            line = next((number for number, said in enumerate(lines, 1) if named.search(said)), 0)
            words = [str(hook.get("entry", "")), *(str(word) for word in _list(hook.get("args")))]
            place = at(path, f"the hook {name}", line)
            yield Hook(name, str(source.get("repo", "")), str(source.get("rev", "")), " ".join(words).strip(), place)


def _dicts(content: Any, key: str) -> list[dict[str, Any]]:
    inner = content.get(key) if isinstance(content, dict) else None
    return [entry for entry in _list(inner) if isinstance(entry, dict)]


def _list(content: Any) -> list[Any]:
    return content if isinstance(content, list) else []
