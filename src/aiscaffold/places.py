"""The places that a template marked for the owner's own words."""

from aiscaffold.evidence import Evidence, Unreadable, at
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import Rule

MARK = regex(r'<!-- aiscaffold:(?:write|gen) id="(\w+)"')
SWAP = "swap"  # the list of what to replace
MARKS = {
    "DOC102": ("problem", "stakeholder"),
    "DOC105": ("results",),
    "DOC107": ("demo", SWAP),
    "DOC109": ("owner",),
    "DOC110": ("limitations", "learned"),
    "DOC111": ("decisions", "learned"),
    "HON104": ("problem", "stakeholder", "limitations", "learned"),
}


def marked_place(repo: Repo, rule: Rule) -> Evidence | None:
    """Where the owner is asked to write what a rule misses; None where the template marks no such place."""
    if not (repo.origin and repo.origin.is_ours and repo.readme_path):
        return None
    try:
        lines = repo.text(repo.readme_path).splitlines()
    except Unreadable:
        return None
    marks = {found[1]: number for number, line in enumerate(lines, 1) if (found := MARK.match(line.strip()))}
    wanted = next((mark for mark in (*MARKS.get(rule.code, ()), SWAP) if mark in marks), None)
    return at(repo.readme_path, "the place for it", marks[wanted] + 1) if wanted else None
