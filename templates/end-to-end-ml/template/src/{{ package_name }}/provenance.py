"""Whose work this is: the template's worked example, or by now the owner's."""

import json
import re
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

from .config import Settings

ANSWERS_NAME = ".copier-answers.yml"
ORIGIN_NAME = "origin.json"
NOT_YET = "No commit of the owner's yet."

NOTICE = (
    "> **This is aiscaffold's worked example, not yet the author's own work:** {same} still "
    "the template's."
)


def notice(settings: Settings, data_sha256: str, results: str) -> str:
    """Return the honesty notice; it vanishes when data and results both are the owner's."""
    origin = json.loads((settings.reports_folder / ORIGIN_NAME).read_text(encoding="utf-8"))
    measured = {"data": data_sha256, "results": results_digest(results)}
    same = [name for name in ("data", "results") if origin[name] == measured[name]]
    named = {0: "", 1: f"the {' '.join(same)} are", 2: "data and results are"}[len(same)]
    return NOTICE.format(same=named) if same else ""


def results_digest(results: str) -> str:
    """Return the digest of the results as the README rounds them."""
    return sha256(results.encode("utf-8")).hexdigest()


def scaffolded_from(root: Path) -> str:
    """Return the sentence that names the template and its version."""
    answers = _read_answers(root / ANSWERS_NAME)
    version = answers.get("_commit", "an unreleased version")
    return f"Scaffolded with aiscaffold from the template `{answers.get('template')}`, {version}."


def owner_sentence(root: Path, recorded: str) -> str:
    """Return the sentence on the owner's first commit, as recorded where git cannot tell."""
    commits = _commits(root)
    if commits is None:
        return recorded
    if len(commits) < 2:  # noqa: PLR2004 - the first commit is the template's
        return NOT_YET
    return f"The owner's work starts at commit `{commits[1][:12]}`."


def _read_answers(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    pairs = re.findall(r"^(\w+): (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {key: value.strip("'\"") for key, value in pairs}


def _commits(root: Path) -> list[str] | None:
    if _git(root, "rev-parse", "--is-shallow-repository") != ["false"]:
        return None
    return _git(root, "log", "--reverse", "--format=%H", "--", ".")


def _git(root: Path, *arguments: str) -> list[str] | None:
    command: list[Any] = ["git", "-C", root, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.split()
