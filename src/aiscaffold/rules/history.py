"""Rules about the history: that there is one, that it took days, that its messages say what happened."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from aiscaffold.evidence import Evidence
from aiscaffold.facts.history import Commit
from aiscaffold.growth import Step, biggest_step, written
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import KAGGLE, MUST, OWNER, REPRODUCTION, SHOULD, Outcome, failed, passed, rule, unknown

ENOUGH = 10  # commits
FEWEST_DAYS, SHORTEST_SPAN = 3, 7
NEWEST = 300  # subjects that are judged
INFORMATIVE = 0.7
FEWEST_SUBJECTS = 3
IMPORTED, IMPORTED_LINES = 0.8, 1_000
PUBLISHED = frozenset({KAGGLE, REPRODUCTION})  # kinds that are often shown only when the work is done
LARGE_START = 10_000  # lines; a smaller project may well have been written before its first commit
EXAMPLES = 5

FILE_NAME = r"(?:[\w.()+@-]{1,80}/){0,8}[\w.()+@-]{0,80}\.[A-Za-z]\w{0,7}"
WEB_EDIT = regex(
    rf"Add(?:ed)? files via upload$|Created using Cola\w+$|(?:Update|Create|Delete) {FILE_NAME}$|"
    rf"Rename {FILE_NAME} to \S|"
    r"Delete .{1,100} directory$|Kaggle Notebook \| .{1,200} \| Version \d+$"
)
# Edits in the page of GitHub, which says so; there also files with spaces or without an extension.
WEB_EDIT_OF_GITHUB = regex(r"(?:Update|Create|Delete) (?:\S+|.{1,100}\.[A-Za-z]\w{0,7})$|Rename \S.{0,200} to \S")
IMPORTING = regex(
    r"\b(?:import(?:ed|ing)? from|migrat\w+|open.?sourc\w+|(?:public|initial) (?:public )?release|"
    r"mirror\w*|moved? from|export(?:ed)? from|copybara)\b",
    re.IGNORECASE,
)
BEGINNING = regex(r"\W{0,5}(?:my |the )?(?:initial|init|first)\b", re.IGNORECASE)
CONVENTIONAL = regex(r"^(?:\w{2,12}(?:\([^)]{0,60}\))?!?:|:\w{1,40}:|\[[^\]]{1,40}\]|[-*#\s]|\(?#\d+\)?)\s*")
REFERENCE = regex(r"\(?#\d+\)?|https?://\S+")
WORD = regex(r"[^\W_]+(?:['\u2019.-][^\W_]+)*")
WIDE = (("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uac00", "\ud7af"))  # compiled to a pattern they cost 6 ms
TELLING = 3  # characters of a word that can name something
LONGEST = 1_000  # characters of a subject that are judged
WIDE_ENOUGH = 4  # characters of a script that writes words without spaces
BARE_FILE = regex(
    rf"(?:(?:update|edit|modif|chang|upload|fix)\w{{0,5}} )?(?:the )?{FILE_NAME}(?: file)?$", re.IGNORECASE
)
NEUTRAL = regex(r"(?:initial|first|init) ?commit$|init(?:ial(?:ized?)?)?$", re.IGNORECASE)
FILLER = frozenset(
    """
    a all an and again also another as at bit bug bugs bugfix bugfixes change changed changes chore cleanup clean code
    codes commit commits committed done edit edited edits etc few file files final finally finish finished first fix
    fixed fixes fixing for from hotfix i in init initial is issue issues it last latest little lot made make many minor
    misc mod modified modify more my new next now of ok okay on one part patch progress project push pushed quick readme
    readme.md refactor refactored refactoring repo save saved several small some something stuff temp test testing tests
    the thing things this tmp tiny to trial try tweak tweaks typos up update updated updates updating upload uploaded v
    various version was wip with work working works
    """.split()  # noqa: SIM905 - a list of words
)


def _history(*subjects: str, days: int = 2, lines: int = 4) -> dict[str, str]:
    """An example: a repository that a commit with each subject let grow."""
    texts = ["".join(f"LIMIT_{n} = {n}\n" for n in range((number + 1) * lines)) for number in range(len(subjects))]
    commits = [
        {"subject": subject, "author": "Ada Lovelace", "days": number * days, "files": {"src/limits.py": text}}
        for number, (subject, text) in enumerate(zip(subjects, texts, strict=True))
    ]
    return {"src/limits.py": texts[-1], ".history": json.dumps(commits)}


STORY = (
    "Read the raw measurements of both stations",
    "Drop rows without a time stamp",
    "Split by week, not at random",
    "Add a baseline that repeats yesterday",
    "Train a gradient boosting model",
    "Report the error by hour of the day",
    "Fix the shift at the change to summer time",
    "Serve predictions over HTTP",
    "Answer 422 to values out of range",
    "Describe the limits of the model",
)


def is_web_edit(commit: Commit) -> bool:
    """Whether a subject is one that a web page fills in by itself."""
    by_host = commit.committer == "GitHub" and WEB_EDIT_OF_GITHUB.match(commit.subject)
    return bool(by_host or WEB_EDIT.match(commit.subject))


@rule(
    "GIT101",
    "history-grown",
    "The history has at least ten commits of people",
    item="commit-history",
    level=MUST,
    tier="B",
    who=OWNER,
    fix="Commit each finished thought on its own from now on; ten commits tell how you work.",
    expected="10 commits of people, without merges, bots and edits in the web page",
    minutes=120,
    bad=_history("Add files via upload", "Update README.md"),
    good=_history(*STORY),
)
def history_grown(repo: Repo) -> Outcome:
    """A reviewer reads the history to see how you work: in which order you solved things, what you threw away.

    One upload of everything shows a result whose origin nobody can tell. Merges, bots and edits in the host's web page
    do not count, because they show no work on the project.
    """
    if repo.git.problem:
        return failed(Evidence(remark="there is no history"))
    counted = [commit for commit in written(repo) if not is_web_edit(commit)]
    told = f"{len(counted)} commits of people" + _left_out(repo, len(counted))
    if len(counted) >= ENOUGH:
        return passed(_of(counted[0], f"{told}; the newest"), _of(counted[-1], "the oldest"))
    if repo.git.is_shallow:
        return unknown(Evidence(remark=f"{told}, but this clone is shallow"))
    step = _import(repo)
    if step:
        return unknown(_of(step.commits[0], f"brought {step.share:.0%} of the code, so it may have grown elsewhere"))
    return failed(Evidence(remark=told), *(_of(commit) for commit in counted[:EXAMPLES]))


def _left_out(repo: Repo, counted: int) -> str:
    merges = sum(commit.is_merge for commit in repo.git.commits)
    bots = sum(commit.is_bot for commit in repo.git.commits if not commit.is_merge)
    edits = sum(is_web_edit(commit) for commit in written(repo))
    empty = sum(commit.id in repo.git.empty for commit in repo.git.human)
    scaffold = len(repo.git.commits) - merges - bots - edits - empty - counted
    left = (
        (merges, "merges"),
        (bots, "of bots"),
        (edits, "in a web page"),
        (empty, "that change nothing"),
        (scaffold, "of the scaffold"),
    )
    parts = [f"{number} {what}" for number, what in left if number]
    return f", besides {', '.join(parts)}" if parts else ""


def _import(repo: Repo) -> Step | None:
    """The one commit that brought a project which was clearly developed elsewhere."""
    step = biggest_step(repo)
    if not step or len(step.commits) > 1 or step.is_upload or step.share <= IMPORTED:
        return None
    subject = step.commits[0].subject
    is_beginning = BEGINNING.match(subject) and repo.kinds.kind not in PUBLISHED
    enough = LARGE_START if is_beginning else IMPORTED_LINES
    return step if step.lines >= enough or IMPORTING.search(subject) else None


def _of(commit: Commit, remark: str = "") -> Evidence:
    return Evidence(commit=commit.id, remark=f"{remark}: {commit.subject[:80]}" if remark else commit.subject[:80])


@rule(
    "GIT102",
    "work-spread",
    "The work is spread over days",
    item="commit-history",
    level=SHOULD,
    who=OWNER,
    fix="Come back to the project on other days and commit what you improve.",
    expected="commits on 3 days, and a week between the first and the last",
    minutes=240,
    bad=_history(*STORY, days=0),
    good=_history(*STORY),
)
def work_spread(repo: Repo) -> Outcome:
    """Work that took weeks leaves a trail of days; a copy of a tutorial is made in one evening.

    What counts are the dates of the commits themselves, never how long ago the last one was.
    """
    counted = written(repo)
    if not counted:
        return failed(Evidence(remark="there is no commit of a person"))
    times = sorted(commit.time for commit in counted)
    days = len({datetime.fromtimestamp(time, UTC).date() for time in times if time < YEAR_9999})
    span = (times[-1] - times[0]) // 86_400
    places = (_of(counted[0], "the newest"), _of(counted[-1], "the oldest"))
    told = Evidence(
        remark=f"commits on {days} {'day' if days == 1 else 'days'}, {span} days from the first to the last"
    )
    if days >= FEWEST_DAYS and span >= SHORTEST_SPAN:
        return passed(told, *places)
    return unknown(told, *places) if repo.git.is_shallow or _import(repo) else failed(told, *places)


YEAR_9999 = 253_370_764_800  # beyond it there are no dates


@rule(
    "GIT104",
    "messages-informative",
    "Commit messages say what changed",
    item="commit-history",
    level=SHOULD,
    who=OWNER,
    fix="Write what changed and why into the first line of a commit, as in 'Split by week so that no future leaks in'.",
    expected="7 of 10 messages say more than 'update' or a file's name",
    minutes=60,
    bad=_history("first commit", "update", "fix", "Update README.md", "wip", "final"),
    good=_history(*STORY),
)
def messages_informative(repo: Repo) -> Outcome:
    """Messages are the shortest proof that you can explain your work to a colleague.

    "update" and "fix" say nothing that the date does not say; "Split by week so that no future leaks in" shows a
    decision.
    """
    subjects = [commit for commit in written(repo) if not NEUTRAL.fullmatch(commit.subject.strip(" .!'\""))][:NEWEST]
    if len(subjects) < FEWEST_SUBJECTS:
        few = Evidence(remark=f"{len(subjects)} messages of people, too few to show anything")
        return unknown(few) if repo.git.is_shallow else failed(few)
    good = [commit for commit in subjects if informs(commit.subject)]
    told = Evidence(remark=f"{len(good)} of {len(subjects)} messages inform")
    if len(good) >= INFORMATIVE * len(subjects):
        return passed(told, *_examples(good))
    return failed(told, *_examples([commit for commit in subjects if not informs(commit.subject)]))


def _examples(commits: Sequence[Commit]) -> list[Evidence]:
    return [_of(commit) for commit in commits[:EXAMPLES]]


def informs(subject: str) -> bool:
    """Whether a message says what changed: something is left of it without file names and words that fit anything."""
    rest = REFERENCE.sub(" ", subject[:LONGEST]).strip(" .!'\"")
    if BARE_FILE.match(rest) or (WEB_EDIT.match(rest) and not rest.startswith(("Delete", "Rename"))):
        return False
    for _ in range(3):  # a prefix, an emoji, a ticket
        rest = CONVENTIONAL.sub("", rest, count=1)
    if sum(first <= letter <= last for letter in rest for first, last in WIDE) >= WIDE_ENOUGH:
        return True
    words = WORD.findall(rest.lower())
    content = [word for word in words if word not in FILLER and not word.isdigit()]
    return len(words) > 1 and (any(len(word) >= TELLING for word in content) or len(content) >= TELLING)


RULES = (history_grown, work_spread, messages_informative)
