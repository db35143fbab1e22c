"""Rules about how the repository grew: in steps, with its tests, without big files, with releases or reviews."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from aiscaffold.evidence import Evidence, at
from aiscaffold.facts.history import Commit
from aiscaffold.growth import biggest_step, is_code, written
from aiscaffold.layout import is_test
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import (
    LIBRARY,
    LLM_APP,
    NICE,
    OWNER,
    REPRODUCTION,
    SERVICE,
    SHOULD,
    Outcome,
    failed,
    passed,
    rule,
    unknown,
    without_object,
)

DUMP, UPLOADED = 0.7, 0.5  # shares of today's code
SMALL = 100  # lines of code that one commit may well bring
TESTED, FEWEST_TESTED, TOO_LATE = 0.1, 3, 0.8
BIG = 10_000_000  # bytes
MOST_DATA = 5_000  # files
DATA = regex(
    r"\.(?:csv|tsv|parquet|feather|jsonl?|xml|txt|npy|npz|h5|hdf5|pkl|png|jpe?g|gif|bmp|tiff?|wav|mp3|flac|mp4|avi|dcm|nii|"
    r"gz|zip|pt|pth|bin|mat)$",
    re.IGNORECASE,
)
REVIEWED = regex(
    r"Merge pull request #\d+|.{1,500}\(#\d+\)$|.{0,500}\(pull request #\d+\)|Merge branch '.{1,200}' into '.{1,200}'|"
    r"Merged? PR #?\d+"
)
DAY, YEAR_9999 = 86_400, 253_370_764_800  # seconds; the second is the last that has a date
DATE = regex(r"\b(?:19|20)\d\d-\d\d-\d\d\b")
CHANGELOG = ("changelog*", "changes*", "history.*", "news*", "releases.*", "docs/changelog*", "docs/*/changelog*")
ENTRY = regex(
    r"(?:#{1,4} |\[|v|version |release |\*\*|== ?)?\[?v?\d+\.\d+(?:\.\d+)?\b|(?:#{1,4} )?\[?\(?20\d\d-\d\d-\d\d",
    re.IGNORECASE,
)
EXAMPLES = 5


def _example(*commits: tuple[str, dict[str, str]]) -> dict[str, str]:
    """A repository after some commits, each a subject and the files that it wrote."""
    told = [{"subject": s, "author": "Ada Lovelace", "days": 3 * n, "files": f} for n, (s, f) in enumerate(commits)]
    files = {path: text for _, written in commits for path, text in written.items()}
    return {**files, ".history": json.dumps(told)}


def _source(name: str, lines: int = 40) -> str:
    return "".join(f"{name}_{number} = {number}\n" for number in range(lines))


GROWN = _example(
    ("Read the measurements", {"src/data.py": _source("data"), "tests/test_data.py": _source("check_data")}),
    ("Train a baseline", {"src/model.py": _source("model"), "tests/test_model.py": _source("check_model")}),
    ("Report the error by hour", {"src/report.py": _source("report"), "tests/test_report.py": _source("check_report")}),
    (
        "Serve predictions (#4)",
        {"src/serve.py": _source("serve"), "CHANGELOG.md": "# Changes\n\n## 0.1.0 - 2024-05-01\n"},
    ),
)
DUMPED = _example(
    ("Add files via upload", {f"src/{name}.py": _source(name) for name in ("data", "model", "serve")}),
    ("Describe how to run it", {"README.md": "# Model\n"}),
)


@rule(
    "GIT103",
    "no-code-dump",
    "The code grew in steps",
    item="commit-history",
    level=SHOULD,
    who=OWNER,
    fix="Build the next feature in several commits, each of which works, so that the history shows its making.",
    expected="no commit brought more than 70 % of the code that stands today",
    minutes=240,
    bad=DUMPED,
    good=GROWN,
)
def no_code_dump(repo: Repo) -> Outcome:
    """Code that appears all at once may be yours, a course's or a machine's: nobody can tell.

    Code that grew in steps shows which problem came first and how you answered it. Data, pictures and what a template
    rendered do not count, nor do files that only moved.
    """
    if repo.git.problem:
        return failed(Evidence(remark="there is no history"))
    if not any(is_code(path) for path in repo.paths):
        return without_object("there is no code in it")
    step = biggest_step(repo)
    if step is None:
        return passed(Evidence(remark="no commit brought as much as half of the code"), _newest(repo))
    if step.of < SMALL:
        return without_object(f"only {step.of} lines of code, which need no steps")
    brought = f"brought {step.share:.0%} of the {step.of} lines of code that stand today"
    places = [Evidence(commit=commit.id, remark=f"{brought}: {commit.subject[:60]}") for commit in step.commits]
    if step.share <= (UPLOADED if step.is_upload else DUMP):
        return passed(*places[:1])
    return (
        unknown(Evidence(remark="this clone is shallow"), *places)
        if repo.git.is_shallow
        else failed(*places[:EXAMPLES])
    )


def _newest(repo: Repo) -> Evidence:
    newest = repo.git.commits[0]
    return Evidence(commit=newest.id, remark=f"the newest of {len(repo.git.commits)} commits")


@rule(
    "GIT105",
    "tests-grew-along",
    "Tests grew along with the code",
    item="commit-history",
    level=NICE,
    kinds=frozenset({SERVICE, LIBRARY, REPRODUCTION, LLM_APP}),
    who=OWNER,
    fix="Commit the next change together with the test that would fail without it.",
    expected="tests in every tenth commit that touches code, and not only at the end",
    minutes=60,
    bad=DUMPED,
    good=GROWN,
)
def tests_grew_along(repo: Repo) -> Outcome:
    """Tests that came with the code helped to write it; tests that a last commit added decorate it.

    What counts is how often commits touch tests from the first test on.
    """
    touched = _touched(repo)
    code = [commit for commit in touched if touched[commit]["code"]]
    tests = [commit for commit in touched if touched[commit]["test"]]
    if not tests:
        return failed(Evidence(remark="no commit touched a test"))
    first = tests[-1]
    order = list(touched)
    since = [commit for commit in code if order.index(commit) <= order.index(first)]
    told = f"{len(tests)} commits touched tests, {len(since)} code since the first of them"
    places = (Evidence(remark=told), Evidence(commit=first, remark="the first test"))
    late = len(code) - len(since) >= TOO_LATE * len(code)
    if late or len(tests) < max(FEWEST_TESTED, TESTED * len(since)):
        return unknown(*places) if repo.git.is_shallow else failed(*places)
    return passed(*places, Evidence(commit=tests[0], remark="the newest test"))


def _touched(repo: Repo) -> dict[str, Counter[str]]:
    """How many files of code and of tests each commit of a person touched, newest first."""
    human = {commit.id for commit in written(repo)}
    found: dict[str, Counter[str]] = {}
    for touch in repo.git.touches:
        if touch.commit in human and touch.status != "D" and is_code(touch.path):
            what = "test" if is_test(touch.path, repo.project) else "code"
            found.setdefault(touch.commit, Counter())[what] += 1
    return found


@rule(
    "GIT106",
    "no-big-files",
    "No big file is in the history",
    item="commit-history",
    level=SHOULD,
    fix="Move {path} to a release, a data store, DVC or Git LFS, and describe in the README how to get it.",
    fix_absent="Move what is large to a release, a data store, DVC or Git LFS, and say in the README how to get it.",
    fix_past="Take {path} out of the history with `git filter-repo`: since commit {commit} each clone carries it.",
    expected="no file above 10 MB in any commit, and at most 5,000 data files",
    minutes=60,
    bad={**GROWN, "model.pt": bytes(BIG + 1)},
    good=GROWN,
)
def no_big_files(repo: Repo) -> Outcome:
    """Everybody who clones the repository loads every version of every file, also of those that were deleted.

    Data and weights belong into a store that is made for them, with a command that fetches them.
    """
    now = [
        (repo.size(path), at(path, f"{repo.size(path) / 1e6:.0f} MB")) for path in repo.paths if repo.size(path) > BIG
    ]
    known = {evidence.path for _, evidence in now}
    now += [
        (size, Evidence(touch.path, commit=touch.commit, remark=f"{size / 1e6:.0f} MB in the history"))
        for size, touch in repo.git.big_blobs
        if size > BIG and touch.path not in known
    ]
    if now:
        return failed(*(evidence for _, evidence in sorted(now, key=lambda found: (-found[0], found[1]))))
    data = [path for path in repo.paths if DATA.search(path)]
    if len(data) > MOST_DATA:
        return failed(at(data[0], f"one of {len(data)} data files"))
    if repo.git.is_shallow:
        return unknown(Evidence(remark="this clone is shallow, so most of the history cannot be seen"))
    return without_object("no file above 10 MB in any commit")


@rule(
    "GIT107",
    "releases-or-reviews",
    "There are releases or reviewed changes",
    item="commit-history",
    level=NICE,
    kinds=frozenset({SERVICE, LIBRARY, LLM_APP}),
    who=OWNER,
    fix="Tag the state that you would show (`git tag -a v0.1.0`) and write down in CHANGELOG.md what it can do.",
    expected="a tag, a merged pull request, or a changelog with an entry",
    minutes=20,
    bad=DUMPED,
    good=GROWN,
)
def releases_or_reviews(repo: Repo) -> Outcome:
    """Teams work in reviewed changes and released versions.

    A tag, a merged pull request or a changelog with an entry shows that you have done so too, even alone.
    """
    reviewed = [commit for commit in repo.git.commits if REVIEWED.match(commit.subject) and not commit.is_bot]
    if reviewed:
        return passed(_review(reviewed[0], f"{len(reviewed)} reviewed changes"))
    if repo.git.tags:
        return passed(Evidence(remark=f"{len(repo.git.tags)} tags, such as {repo.git.tags[-1]}"))
    entries = list(_changelog_entries(repo))
    if told := [entry for entry in entries if not _is_older(entry, repo)]:
        return passed(told[0])
    if entries:
        return unknown(entries[0].saying("dated before the first commit; no tag and no review beside it"))
    nothing = Evidence(remark="no tag, no merged pull request, no changelog with an entry")
    return unknown(nothing) if repo.git.is_shallow else failed(nothing)


def _review(commit: Commit, told: str) -> Evidence:
    return Evidence(commit=commit.id, remark=f"{told}, such as: {commit.subject[:80]}")


def _changelog_entries(repo: Repo) -> Iterator[Evidence]:
    """The dated or numbered entries that the template did not bring."""
    for path in repo.glob(*CHANGELOG):
        for number, line in enumerate((repo.text_or_none(path) or "").splitlines(), 1):
            if ENTRY.match(line.strip()[:200]) and not repo.is_scaffold(path, number):
                yield at(path, f"an entry: {line.strip()[:60]}", number)


def _is_older(entry: Evidence, repo: Repo) -> bool:
    """Whether an entry is dated before the first commit, so that nothing here shows what it released."""
    dated = DATE.search(entry.remark)
    first = min((commit.time for commit in repo.git.commits), default=0) - DAY
    begun = datetime.fromtimestamp(min(max(first, 0), YEAR_9999), UTC).date().isoformat()
    return dated is not None and dated[0] < begun


RULES = (no_code_dump, tests_grew_along, no_big_files, releases_or_reviews)
