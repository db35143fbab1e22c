"""Whose work this is: the template's worked example, or by now the owner's."""

import re
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

ANSWERS_NAME = ".copier-answers.yml"
DATASHEET_NAME = "data/DATASHEET.md"
NOT_YET = "No commit of the owner's yet."
TEMPLATE_COMMIT = "Start from aiscaffold"
# The commit that names the owner's first one comes after it.
MOST_COMMITS_WITHOUT_OWNER = 2

# SHA-256 of the template's table, datasheet and results: what still has them is not the owner's.
TEMPLATE = {
    "data": "b70bcf1b4ee1ae46e2755a3855b509dfbd4e7441e2e4d0f9d5135d810f650a00",
    "datasheet": "875eed45e95dfff5b7ac58d39fda29cababee811a09c32f2f02c075618dfa198",
    "results": "4d058fc76d4ed8d82064bf25df6c8883766e23de0a8477d0c3500e030631121d",
}

NOTICE = (
    "> **This is aiscaffold's worked example, not yet the author's own work:** {same} still "
    "the template's."
)


def notice(root: Path, data_sha256: str, results: str) -> str:
    """Return the honesty notice; it vanishes when data, datasheet and results are the owner's."""
    current = {
        "data": data_sha256,
        "datasheet": datasheet_digest(root),
        "results": text_digest(results),
    }
    same = [name for name, digest in TEMPLATE.items() if current[name] == digest]
    return NOTICE.format(same=_are(same)) if same else ""


def text_digest(text: str) -> str:
    """Return the digest of a text, such as the results as the README rounds them."""
    return sha256(text.encode("utf-8")).hexdigest()


def datasheet_digest(root: Path) -> str:
    """Return the digest of the datasheet's text, or nothing where there is none."""
    path = root / DATASHEET_NAME
    return text_digest(path.read_text(encoding="utf-8")) if path.is_file() else ""


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
    own = commits[1:] if commits and TEMPLATE_COMMIT in commits[0] else commits
    return f"The owner's work starts at commit `{own[0][:12]}`." if own else NOT_YET


def is_owner_excused(root: Path, recorded: str) -> bool:
    """Tell whether an outdated sentence on the owner is no lie: too early, or history rewritten."""
    commits = _commits(root) or []
    if recorded == NOT_YET:
        return len(commits) <= MOST_COMMITS_WITHOUT_OWNER
    named = re.search(r"`(\w+)`", recorded)
    return named is not None and not any(each.startswith(named[1]) for each in commits)


def _are(names: list[str]) -> str:
    *first, last = names
    if not first:
        return f"the {last} {'is' if last == 'datasheet' else 'are'}"
    return f"{', '.join(first)} and {last} are"


def _read_answers(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    pairs = re.findall(r"^(\w+): (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {key: value.strip("'\"") for key, value in pairs}


def _commits(root: Path) -> list[str] | None:
    if _git(root, "rev-parse", "--is-shallow-repository") != ["false"]:
        return None
    return _git(root, "log", "--reverse", "--no-show-signature", "--format=%H %s", "--", ".")


def _git(root: Path, *arguments: str) -> list[str] | None:
    command: list[Any] = ["git", "-C", root, *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.splitlines()
