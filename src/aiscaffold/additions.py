"""Configuration to which both sides only added lines: there is no order to dispute, so both additions stay."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

import yaml

from aiscaffold.syntax import why_broken

# One conflict as `git merge-file --diff3` writes it: ours, the base's, theirs.
DISPUTE = re.compile(rb"^<{7} [^\n]*\n(.*?)^\|{7} [^\n]*\n(.*?)^={7}\r?\n(.*?)^>{7} [^\n]*\n", re.DOTALL | re.MULTILINE)
LOADERS: dict[str, Callable[[str], Any]] = {".toml": tomllib.loads, ".yaml": yaml.safe_load, ".yml": yaml.safe_load}
LISTS = re.compile(r"\.(git|docker)ignore|requirements.*\.txt")


def is_configuration(path: str) -> bool:
    """Whether a file is of a kind in which additions at one place can follow each other."""
    name = PurePosixPath(path)
    return name.suffix in LOADERS or bool(LISTS.fullmatch(name.name))


def join_additions(path: str, disputed: bytes) -> bytes | None:
    """The text with both additions in place of each conflict, yours first.

    None where a conflict is about more than additions, or where the two say the same thing twice.
    """
    if any(base for _, base, _ in DISPUTE.findall(disputed)):
        return None
    joined = DISPUTE.sub(lambda found: found[1] + found[3], disputed)
    return None if why_broken(path, joined) or _says_twice(path, joined) else joined


def _says_twice(path: str, content: bytes) -> bool:
    """Whether a list of names holds one of them twice, such as a package with two bounds."""
    load = LOADERS.get(PurePosixPath(path).suffix)
    text = content.decode(errors="replace")
    try:
        lists = _lists(load(text)) if load else [[line for line in text.splitlines() if line.strip()]]
        names = [[_name(entry) for entry in entries] for entries in lists]
    except (ValueError, yaml.YAMLError):
        return True
    return any(len(set(found)) < len(found) for found in names)


def _lists(value: Any) -> Iterator[list[str]]:
    """Every list of texts in a document."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        yield [entry for entry in value if isinstance(entry, str)]
        for entry in value:
            if isinstance(entry, list | dict):
                yield from _lists(entry)


def _name(entry: str) -> str:
    """The package that a requirement names, or the whole entry."""
    found = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*(?=\s*(?:[\[<>=!~;@]|$))", entry)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else entry
