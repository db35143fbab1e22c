"""TST201 to TST203 and SEC104: what runs in CI, whether it can fail, and what rights it asks for."""

import re
from collections.abc import Iterator

from aiscaffold.evidence import Evidence, at
from aiscaffold.gates import BUILD, CHECKS, LINT, TESTS, TYPES, Check, checks, is_off
from aiscaffold.pipeline import Step, Workflow
from aiscaffold.regex import regex
from aiscaffold.repo import CiRun, Repo
from aiscaffold.rule import (
    LIBRARY,
    LLM_APP,
    MUST,
    SERVICE,
    SHOULD,
    Outcome,
    damaged,
    failed,
    passed,
    rule,
    unknown,
    without_object,
)
from aiscaffold.selection import runs_nothing, why_rare
from aiscaffold.suite import other_tests, test_modules

SHOWN = 5
CODE = "def double(x):\n    return 2 * x\n"
TEST = "from app import double\n\n\ndef test_double():\n    assert double(2) == 4\n"
HEAD = (
    "on: [push, pull_request]\npermissions:\n  contents: read\njobs:\n  check:\n    runs-on: ubuntu-latest\n    "
    "steps:\n      - uses: actions/checkout@v4\n"
)
TREE = {"app.py": CODE, "test_app.py": TEST}
NO_CI = Evidence(remark="there is no CI configuration")
MAY_TEST = regex(r"test|check|verify|build|ci\b|validate|qa\b", re.IGNORECASE)
RATHER = regex(r"deploy|publish|release|docs?\b|pages|serve|rollout|notify", re.IGNORECASE)  # than test


@rule(
    "TST201",
    "ci-runs-tests",
    "CI runs the tests",
    item="devops",
    level=MUST,
    tier="B",
    fix="Add a step to {path} that runs the tests with the command that you use yourself.",
    fix_absent="Add a workflow, such as .github/workflows/tests.yml, that runs the tests with the command that you use "
    "yourself.",
    expected="a step that leads to pytest, unittest or the like on every push",
    minutes=30,
    bad={**TREE, ".github/workflows/ci.yml": HEAD + "      - run: pip install -r requirements.txt\n"},
    good={
        **TREE,
        ".github/workflows/ci.yml": HEAD + "      - run: make test\n",
        "Makefile": "test:\n\tpython -m pytest\n",
    },
)
def ci_runs_tests(repo: Repo) -> Outcome:
    """Tests that only run on the author's machine are a claim; those that run on every push are a proof for all.

    The commands of each step are followed through make, tox, nox, scripts and the like to the program that they end in.
    """
    if not repo.workflows:
        return failed(NO_CI)
    found = [check for check in checks(repo) if check.purpose == TESTS]
    if found and not _has_tests(repo, found):
        return failed(*(at(check.chain[0].path, "runs tests, and there are none") for check in found[:SHOWN]))
    running = [check for check in found if not runs_nothing(repo, check)]
    if running and all(why_rare(repo, check) for check in running):
        return unknown(*(check.chain[-1].saying(why_rare(repo, check)) for check in running[:SHOWN]))
    if running:
        return passed(*_chain(running[0]), *(check.chain[-1] for check in running[1:SHOWN]))
    if found:
        return failed(*(check.chain[-1].saying(runs_nothing(repo, check)) for check in found[:SHOWN]))
    return _untested(repo)


def _chain(check: Check) -> tuple[Evidence, ...]:
    last = check.chain[-1]
    return (*check.chain[:-1], last if last.remark else last.saying(f"runs {check.program}"))


def _has_tests(repo: Repo, found: list[Check]) -> bool:
    """Whether there is anything to test with; what is no Python's, or lies outside, is believed."""
    outside = any(check.program not in ("pytest", "py.test", "unittest", "nosetests", "tox", "nox") for check in found)
    words = {word for check in found if check.run for each in check.run.resolved.commands for word in each.words}
    special = any("doctest" in word or "nbmake" in word or "nbval" in word or "pyargs" in word for word in words)
    return outside or special or bool(test_modules(repo) or other_tests(repo) or repo.submodules or repo.project)


def _outside(run: CiRun) -> Iterator[Evidence]:
    """Where a step leaves the repository for something that could be its tests."""
    said = f"{run.workflow.name} {run.job.name} {run.step.name} {run.workflow.path}"
    for place in run.resolved.opaque:
        is_vague = "variable" in place.remark or RATHER.search(said)
        if not is_vague or MAY_TEST.search(f"{place.remark} {run.step.name}"):
            yield place


def _untested(repo: Repo) -> Outcome:
    problems = [at(workflow.path, workflow.problem) for workflow in repo.workflows if workflow.problem]
    opaque = [place for run in repo.ci if not is_off(run.job.condition) for place in _outside(run)]
    remote = [
        job.place.saying(f"hands over to {job.uses}")
        for workflow in repo.workflows
        for job in workflow.jobs
        if job.uses and MAY_TEST.search(f"{job.name} {job.uses}")
    ]
    if problems:
        return damaged(*problems[:SHOWN])
    if doubts := [*remote, *opaque]:
        return unknown(*doubts[:SHOWN])
    if unread := [
        workflow for workflow in repo.workflows if not workflow.follows and not any(job.steps for job in workflow.jobs)
    ]:
        return unknown(*(at(workflow.path, f"{workflow.system} is not followed") for workflow in unread))
    return failed(*(at(workflow.path, "no step runs tests") for workflow in repo.workflows[:SHOWN]))


@rule(
    "TST202",
    "ci-fails-hard",
    "CI fails when something is wrong",
    item="well-engineered",
    level=SHOULD,
    fix="Let the step at {path} line {line} fail: remove `|| true`, `continue-on-error` and `--exit-zero`, and "
    "run it on push.",
    fix_absent="Add a workflow that runs tests and linters on push, and let it fail when they do.",
    expected="tests and linters run on push or pull request, and their failure fails the run",
    minutes=15,
    bad={**TREE, ".github/workflows/ci.yml": HEAD + "      - run: pytest || true\n"},
    good={**TREE, ".github/workflows/ci.yml": HEAD + "      - run: pytest\n"},
)
def ci_fails_hard(repo: Repo) -> Outcome:
    """A check whose failure is swallowed looks like a check and is none: the badge stays green whatever happens.

    The same is true of one that only runs by hand, or behind a condition that is never met.
    """
    if not repo.workflows:
        return failed(NO_CI)
    found = [check for check in checks(repo) if check.purpose in CHECKS and not runs_nothing(repo, check)]
    if not found:
        untold = _untested(repo)
        return (
            untold
            if untold.verdict == "unknown"
            else failed(*(at(each.path, "checks nothing") for each in repo.workflows[:SHOWN]))
        )
    kinds = sorted({check.purpose for check in found}, key=CHECKS.index)
    hard = {kind: [check for check in found if check.purpose == kind and _is_hard(repo, check)] for kind in kinds}
    soft = [check for check in found if not hard[check.purpose]]
    if soft:
        return failed(*(check.chain[-1].saying(_why_soft(repo, check)) for check in soft[:SHOWN]))
    return passed(*(hard[kind][0].chain[-1].saying(f"{kind}: {hard[kind][0].program} fails the run") for kind in kinds))


def _is_hard(repo: Repo, check: Check) -> bool:
    return not check.is_soft and _runs_on_changes(_workflow(repo, check))


def _workflow(repo: Repo, check: Check) -> Workflow | None:
    return next((workflow for workflow in repo.workflows if check.job in workflow.jobs), None)


def _runs_on_changes(workflow: Workflow | None) -> bool:
    if workflow is None or workflow.system != "github":
        return True
    return bool(
        {"push", "pull_request", "pull_request_target", "merge_group", "workflow_call", "workflow_run"}
        & set(workflow.triggers)
    )


def _why_soft(repo: Repo, check: Check) -> str:
    if check.is_soft:
        return f"the failure of {check.program} is swallowed"
    workflow = _workflow(repo, check)
    return f"{check.program} runs only on {', '.join(workflow.triggers) or 'nothing'}" if workflow else "never runs"


@rule(
    "TST203",
    "ci-checks-more",
    "CI also lints, types or builds",
    item="well-engineered",
    level=SHOULD,
    kinds=frozenset({SERVICE, LIBRARY, LLM_APP}),
    fix="Add a step to CI that runs the linter, the type checker or the build.",
    expected="a step that leads to a linter, a type checker, or a build of the package or image",
    minutes=20,
    bad={**TREE, ".github/workflows/ci.yml": HEAD + "      - run: pytest\n"},
    good={**TREE, ".github/workflows/ci.yml": HEAD + "      - run: pytest\n      - run: ruff check\n"},
)
def ci_checks_more(repo: Repo) -> Outcome:
    """Linters and type checkers find another kind of fault than tests, and a build proves that it can be shipped.

    All of them cost seconds in CI and hours when they are missing.
    """
    found = [check for check in checks(repo) if check.purpose in (LINT, TYPES, BUILD)]
    if found:
        return passed(*(check.chain[-1].saying(f"{check.purpose}: {check.program}") for check in found[:SHOWN]))
    bots = [commit for commit in repo.git.commits if commit.author.startswith("pre-commit-ci")] if repo.hooks else []
    if bots:
        return passed(Evidence(commit=bots[0].id, remark="pre-commit.ci runs the hooks"), repo.hooks[0].place)
    if not repo.workflows:
        return failed(NO_CI)
    untold = _untested(repo)
    return (
        untold
        if untold.verdict == "unknown"
        else failed(*(at(each.path, "no linter, types, build") for each in repo.workflows[:SHOWN]))
    )


OUTSIDERS = regex(
    r"(?!actions/|github/|docker/|\./|docker://)[\w.-]{1,100}/[\w./-]{1,200}@(?:main|master|dev|develop|latest|trunk)$"
)
INJECTION = regex(
    r"\$\{\{\s{0,4}(?:github\.head_ref|github\.event\.(?:issue|pull_request|comment|review|discussion|"
    r"head_commit|commits?)"
    r"[\w.*\[\]]{0,40}\.(?:title|body|message|ref|label|name|email))\s{0,4}\}\}"
)
STRANGERS = frozenset({"pull_request_target", "issue_comment", "issues", "workflow_run", "discussion", "fork"})


@rule(
    "SEC104",
    "workflow-guarded",
    "Workflows ask for few rights",
    item="devops",
    level=SHOULD,
    fix="Set `permissions: contents: read` on top of {path}, and give single jobs what they need beyond that.",
    expected="permissions are stated and small, and no stranger's text or branch is run with them",
    minutes=10,
    bad={
        ".github/workflows/ci.yml": HEAD.replace("permissions:\n  contents: read", "permissions: write-all")
        + "      - run: pytest\n"
    },
    good={".github/workflows/ci.yml": HEAD + "      - run: pytest\n"},
)
def workflow_guarded(repo: Repo) -> Outcome:
    """A workflow acts with a token of the repository, and with its secrets.

    With `write-all`, with a stranger's branch checked out under `pull_request_target`, or with a pull request's title
    pasted into a script, whoever opens a pull request can use them. Stated, small permissions keep that harmless.
    """
    ours = [workflow for workflow in repo.workflows if workflow.system == "github"]
    if not ours:
        return without_object("there is no workflow of GitHub's")
    page = (repo.text_or_none(repo.readme_path) or "").lower()
    risks = [evidence for workflow in ours for evidence in _risks(workflow, page)]
    if risks:
        return failed(*risks)
    unread = [at(workflow.path, workflow.problem) for workflow in ours if workflow.problem]
    unstated = [
        at(workflow.path, "states no permissions: the repository's settings decide")
        for workflow in ours
        if not _states(workflow)
    ]
    if unread:
        return damaged(*unread)
    if unstated:
        return unknown(*unstated)
    return passed(*(at(workflow.path, workflow.permissions or "each job states its own") for workflow in ours[:SHOWN]))


def _states(workflow: Workflow) -> bool:
    return bool(workflow.permissions) or (bool(workflow.jobs) and all(job.permissions for job in workflow.jobs))


def _risks(workflow: Workflow, page: str) -> Iterator[Evidence]:
    if workflow.permissions == "write-all":
        yield at(workflow.path, "permissions: write-all")
    for job in workflow.jobs:
        if job.permissions == "write-all":
            yield job.place.saying("permissions: write-all")
        for step in job.steps:
            yield from _risks_of(workflow, step, page)


def _risks_of(workflow: Workflow, step: Step, page: str) -> Iterator[Evidence]:
    is_ours = f"github.com/{step.uses.lower().partition('/')[0]}/" in page
    if OUTSIDERS.match(step.uses) and not is_ours:
        yield step.place.saying(f"{step.uses} is a branch that strangers can change")
    if found := INJECTION.search(step.run):
        yield step.place.saying(f"a stranger's text runs as code: {found[0]}")
    reference = dict(step.with_).get("ref", "")
    if (
        STRANGERS & set(workflow.triggers)
        and "checkout" in step.uses
        and re.search(r"head\.(?:sha|ref)|head_ref|merge", reference)
    ):
        yield step.place.saying("checks out a stranger's branch with the repository's rights")


RULES = (ci_runs_tests, ci_fails_hard, ci_checks_more, workflow_guarded)
