"""What a reviewer sees in four minutes: first screen, number, demo, two files that carry the rest, history."""

from collections import Counter
from collections.abc import Iterable

from aiscaffold.audit import judge
from aiscaffold.evidence import Evidence, Unreadable, at
from aiscaffold.repo import Repo
from aiscaffold.report import FirstScreen, Report
from aiscaffold.rules import load
from aiscaffold.wording import counted

SUBJECTS = 5
DAY = 86_400  # seconds
CARRYING = 2
PITCH, NUMBER, PICTURE, DEMO = "DOC102", "DOC105", "DOC106", "DOC107"


def first_screen(repo: Repo, report: Report) -> FirstScreen:
    """The view, from the repository and from what its audit found."""
    found = {code: _shown(repo, report, code) for code in (PITCH, NUMBER, PICTURE, DEMO)}
    number = found[NUMBER]
    human = () if repo.snapshot.is_refused else repo.git.human
    return FirstScreen(
        title=_title(repo),
        pitch=found[PITCH],
        number=number,
        demo=found[DEMO],
        picture=found[PICTURE],
        words_before_number=_words_before(repo, number),
        load_bearing=tuple(_carrying(repo)),
        commits=len(human),
        days=len({commit.time // DAY for commit in human}),
        subjects=tuple(commit.subject for commit in human[:SUBJECTS]),
    )


def _shown(repo: Repo, report: Report, code: str) -> Evidence | None:
    """What a rule found, also where it was left out or does not apply to the kind."""
    asked = next((finding for finding in report.findings if finding.rule.code == code), None)
    is_asked = asked is not None and asked.verdict != "not-applicable"
    found = asked if asked and is_asked else judge(repo, load((code,))[0])
    first = next(iter(found.evidence), Evidence())
    if found.verdict in ("unknown", "crashed"):
        return first.saying(f"cannot be told: {first.remark}")
    return first if found.verdict == "pass" else None


def _title(repo: Repo) -> str:
    try:
        return repo.readme.title if repo.readme else ""
    except Unreadable:
        return ""


def _words_before(repo: Repo, number: Evidence | None) -> int:
    """How much prose stands above the first result."""
    try:
        if number is None or number.path != repo.readme_path or repo.readme is None:
            return 0
        return sum(len(prose.text.split()) for prose in repo.readme.prose if prose.line < number.line)
    except Unreadable:
        return 0


def _carrying(repo: Repo) -> Iterable[Evidence]:
    """The modules that most others import; among equals, the longest."""
    named = {path: path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in repo.own_python}
    imported = Counter(
        used.name.rpartition(".")[2] if used.name else ""
        for module in repo.python.values()
        for used in (*module.imports,)
    )
    ranked = sorted(
        (path for path, module in repo.own_python.items() if module.code_lines),
        key=lambda path: (-imported[named[path].rpartition(".")[2]], -repo.own_python[path].code_lines, path),
    )
    for path in ranked[:CARRYING]:
        users = imported[named[path].rpartition(".")[2]]
        lines = counted(repo.own_python[path].code_lines, "line")
        yield at(path, f"{lines} of code, imported in {counted(users, 'place')}")
