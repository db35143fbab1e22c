"""The template that a project was made from, as the answers file of copier, cookiecutter or cruft records it."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiscaffold.catalog import is_ours
from aiscaffold.regex import regex

KINDS = {"end-to-end-ml": "service", "paper-reproduction": "reproduction", "kaggle": "kaggle"}
COPIER = regex(r"(?:^|/)\.copier-answers[^/]*\.ya?ml$")


@dataclass(frozen=True, slots=True)
class Origin:
    """A template: by which tool, where from, which version; `kind` is known of our own templates."""

    tool: str
    path: str
    address: str
    revision: str
    template: str
    kind: str
    text: str  # of the answers file

    @property
    def is_ours(self) -> bool:
        """Whether the template is one of this catalogue's."""
        return bool(self.kind)


def read_origin(read: Callable[[str], str | None], paths: Sequence[str], project: str) -> Origin | None:
    """The origin of the project in a folder; None where nothing records one."""
    for path in paths:
        name = path.removeprefix(project)
        if COPIER.fullmatch(name):
            return _copier(path, read(path) or "")
        if name in (".cruft.json", ".cookiecutter.json"):
            return _cruft(path, read(path) or "")
    return None


def _copier(path: str, text: str) -> Origin:
    address, revision, template = (_entry(text, name) for name in ("_src_path", "_commit", "template"))
    kind = KINDS.get(template, "") if is_ours(address) else ""
    return Origin("copier", path, address, revision, template, kind, text)


def _entry(text: str, name: str) -> str:
    # Found without YAML, whose import takes 15 ms, and whatever else is broken in the file.
    found = re.search(rf"^{name}:[ \t]*['\"]?([^'\"\n#]*)", text, re.MULTILINE)
    return found[1].strip() if found else ""


def _cruft(path: str, text: str) -> Origin:
    try:
        recorded = json.loads(text)
    except (ValueError, RecursionError):
        recorded = {}
    recorded = recorded if isinstance(recorded, dict) else {}
    return Origin("cruft", path, str(recorded.get("template", "")), str(recorded.get("commit", "")), "", "", text)
