"""HON101 to HON103: steps, tests and files are what they are called."""

import re

from aiscaffold.evidence import Unreadable, at
from aiscaffold.gates import BUILD, CHECKS, DEPLOY, LINT, TESTS, TYPES, checks, is_off
from aiscaffold.layout import is_foreign
from aiscaffold.regex import regex
from aiscaffold.repo import CiRun, Repo
from aiscaffold.rule import MUST, SHOULD, Outcome, damaged, failed, none_of, passed, rule, without_object
from aiscaffold.shell import commands, plain
from aiscaffold.suite import Test, read_suite, test_modules

SHOWN = 5
HEAD = "on: push\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n"
CLAIMS = (
    (TESTS, regex(r"\b(?:unit|integration|run|smoke|e2e|all)?[ -]?(?:py)?tests?\b|\btesting\b", re.IGNORECASE)),
    (
        LINT,
        regex(
            r"\blint(?:er|ing|s)?\b|\bformat(?:ting)?\b|\bflake8\b|\bruff\b|\bstyle\b|\bcode quality\b", re.IGNORECASE
        ),
    ),
    (TYPES, regex(r"\btype[ -]?check\w*\b|\bmypy\b", re.IGNORECASE)),
    (BUILD, regex(r"\bbuild(?:ing)?\b", re.IGNORECASE)),
    (DEPLOY, regex(r"\bdeploy(?:ment|ing)?\b|\bpublish\b|\brelease\b", re.IGNORECASE)),
)
TELLS = regex(
    r"summary|notif|result|report|print|echo|info|debug|messag|version|set ?up|prepare|status|announce|skip|"
    r"gate|pass|success|"
    r"done|complet|requir|comment|env|output|variable|determin|find|get |set |list|show|display|check if|url|"
    r"link|slack|artifact|matrix|badge|dry",
    re.IGNORECASE,
)
NO_OPERATION = frozenset(
    {"echo", "printf", "true", ":", "sleep", "Write-Host", "Write-Output", "exit", "cd", "set", "clear", "date"}
)
IDLE = NO_OPERATION | {
    "ls",
    "dir",
    "pwd",
    "cat",
    "tree",
    "head",
    "env",
    "printenv",
    "which",
    "whoami",
    "mkdir",
    "touch",
}
PRINTS = regex(r"(?:\s{0,9}print\((?:\d{0,9}|\"[^\"]{0,500}\"|'[^']{0,500}')\)\s{0,9};?){1,20}$")
INSTALLS = regex(
    r"(?:pip3?|uv|uv pip|poetry|pdm|pipenv|conda|mamba|npm|yarn|pnpm|apt|apt-get|brew) (?:install|sync|ci|add|update)\b"
)
SETS_UP = regex(r"install|depend|download|cache|config|environment|data", re.IGNORECASE)
REDIRECTS = regex(r"[^2&]>|\btee\b|\$\(|`|::(?:set|add|error|warning|group)")


@rule(
    "HON101",
    "steps-do-what-they-say",
    "CI steps do what they are named for",
    item="well-engineered",
    level=MUST,
    tier="C",
    fix="Let the step at {path} line {line} do what its name says, or take it out.",
    expected="a step that is called test, lint, build or deploy runs something of the kind",
    minutes=20,
    bad={".github/workflows/ci.yml": HEAD + '      - name: Run unit tests\n        run: echo "Running unit tests"\n'},
    good={".github/workflows/ci.yml": HEAD + "      - name: Run unit tests\n        run: python -m pytest\n"},
)
def steps_do_what_they_say(repo: Repo) -> Outcome:
    """A step called "Run unit tests" that only prints these words turns the badge green and proves nothing.

    Whoever opens the workflow sees it at once, and trusts nothing else in the repository.
    """
    if not repo.ci:
        return without_object("no step of CI runs a command")
    done = {check.purpose for check in checks(repo)}
    hollow = [(run, claim) for run in repo.ci if (claim := _empty_claim(run))]
    theatre = [
        run.step.place.saying(f'"{_name(run)}" {_what_it_does(run)}') for run, claim in hollow if claim not in done
    ]
    if theatre:
        return failed(*theatre)
    idle = [run for run, _ in hollow]
    named = [run for run in repo.ci if run.step.name and _claim(run.step.name) and run not in idle]
    return (
        passed(*(run.step.place.saying(f'"{run.step.name}" does something') for run in named[:SHOWN]))
        if named
        else without_object(f"{len(repo.ci)} steps, and none of them claims a check that it does not do")
    )


def _name(run: CiRun) -> str:
    return run.step.name or run.job.name


def _claim(name: str) -> str:
    """What a name promises; nothing where it only tells of something."""
    if TELLS.search(name):
        return ""
    return next((purpose for purpose, pattern in CLAIMS if pattern.search(name)), "")


def _empty_claim(run: CiRun) -> str:
    """The promise of a step that does nothing at all."""
    alone = len(run.job.steps) == 1 or all(_does_nothing(step.run) for step in run.job.steps if step.run)
    claim = _claim(run.step.name) or (_claim(run.job.name) if alone and not run.step.name else "")
    if not claim or is_off(run.step.condition) or run.resolved.opaque:
        return ""
    is_hollow = _does_nothing(run.step.run) or (run.step.name and _gets_nowhere(run.step.name, run.step.run, claim))
    return claim if is_hollow else ""


def _what_it_does(run: CiRun) -> str:
    return "only prints" if _does_nothing(run.step.run) else "only prints, lists or installs something"


def _gets_nowhere(name: str, script: str, claim: str) -> bool:
    """Whether a step only lists, prints or installs; to install can be what a build or a step of preparation is for."""
    may_install = claim not in CHECKS or SETS_UP.search(name)
    steps = [plain(command.words) for command in commands(script)]
    return bool(steps) and not REDIRECTS.search(script) and all(_is_idle(words, not may_install) for words in steps)


def _is_idle(words: tuple[str, ...], installing_too: bool) -> bool:
    if words[:2] == ("python", "-c"):
        return PRINTS.match(" ".join(words[2:])) is not None
    return words[0] in IDLE or (installing_too and INSTALLS.match(" ".join(words[:3])) is not None)


def _does_nothing(script: str) -> bool:
    return not REDIRECTS.search(script) and all(command.words[0] in NO_OPERATION for command in commands(script))


@rule(
    "HON102",
    "tests-can-fail",
    "The tests can fail",
    item="well-engineered",
    level=MUST,
    tier="C",
    fix="Let the test at {path} line {line} call the project's code and compare its result with what is right.",
    expected="tests whose assertions are false when the code is wrong",
    minutes=45,
    bad={"app.py": "def double(x):\n    return 2 * x\n", "tests/test_app.py": "def test_app():\n    assert True\n"},
    good={
        "app.py": "def double(x):\n    return 2 * x\n",
        "tests/test_app.py": "from app import double\n\n\ndef test_double():\n    assert double(2) == 4\n",
    },
)
def tests_can_fail(repo: Repo) -> Outcome:
    """A test that asserts `True`, compares a thing with itself or is always skipped passes whatever the code does.

    A suite of such tests is worse than none, because it says that something was checked.
    """
    suite = read_suite(repo)
    able = [test for test in suite if test.can_fail]
    broken = [at(module.path, module.problem) for module in test_modules(repo).values() if module.problem]
    if broken and not able:
        return damaged(*broken[:SHOWN])
    if not suite:
        return without_object("there is no test function")
    if not able:
        return failed(*(test.place.saying(_why(test)) for test in suite))
    told = f"{len(able)} of {len(suite)} tests can fail"
    return passed(able[0].place.saying(told), *(test.place for test in able[1:SHOWN]))


def _why(test: Test) -> str:
    if test.is_skipped:
        return "is always skipped"
    if test.function.assertions:
        return (
            "asserts what is always true"
            if any(each.trivial for each in test.function.assertions)
            else "looks at nothing but itself"
        )
    return "neither calls nor asserts anything"


COUNTED = regex(
    r"/(?:readme[^/]*|licen[cs]e[^/]*|copying|changelog[^/]*|contributing[^/]*|security[^/]*|"
    r"code_of_conduct[^/]*|model_?card[^/]*|"
    r"data_?card[^/]*|citation\.cff|requirements[^/]*\.(?:txt|in)|environment\.ya?ml|pyproject\.toml|"
    r"setup\.(?:py|cfg)|pipfile(?:\.lock)?|"
    r"(?:uv|poetry|pdm|pixi)\.lock|conda-lock\.yml|package(?:-lock)?\.json|[^/]*dockerfile[^/]*|"
    r"(?:docker-)?compose[^/]*\.ya?ml|makefile|justfile|"
    r"tox\.ini|noxfile\.py|dvc\.(?:yaml|lock)|params\.yaml|mlproject|\.pre-commit-config\.yaml|mkdocs\.yml|procfile|"
    r"[^/]+\.(?:py|ipynb|md|rst|sh|r|jl))$|/(?:\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.yml|"
    r"\.circleci/config\.yml|\.travis\.yml)$",
    re.IGNORECASE,
)
MAY_BE_EMPTY = regex(
    r"(?:^|/)(?:__init__\.py|conftest\.py|py\.typed|\.gitkeep|\.nojekyll|(?:tests?/)?(?:fixtures?|data|"
    r"testdata|examples?)/.*|[^/]*tests?/.*/(?:data|fixtures?|files)/.*)$|"
    r"(?:^|/)\.github/(?:issue_template|pull_request_template)|(?:^|/)migrations/|(?:^|/)docs?/.*(?:blog|tags|"
    r"genindex|api)[^/]*/?[^/]*$|\{[{%]|\.jinja2?$",
    re.IGNORECASE,
)
HEADING = regex(r"^\s*(?:#{1,6}\s.*|[=\-~^*]{3,}|<!--.*-->|)\s*$")
LICENCE_WORDS = 25


@rule(
    "HON103",
    "no-hollow-files",
    "No file is an empty shell",
    item="professional-quality",
    level=SHOULD,
    fix="Fill {path} with what its name promises, or delete it.",
    expected="every file that stands for something holds it",
    minutes=20,
    bad={"README.md": "# House prices\n\nPredicts prices.\n", "Dockerfile": "", "requirements.txt": "\n"},
    good={
        "README.md": "# House prices\n\nPredicts prices.\n",
        "requirements.txt": "scikit-learn==1.7.2\n",
        "app/__init__.py": "",
    },
)
def no_hollow_files(repo: Repo) -> Outcome:
    """An empty Dockerfile or a README of one heading looks complete in a list and disappoints on the first click.

    Whatever else counts such a file for this project loses that credit here.
    """
    named = [
        path
        for path in repo.paths
        if COUNTED.search(f"/{path}") and not MAY_BE_EMPTY.search(path) and not is_foreign(path)
    ]
    return none_of(
        [at(path, why) for path in named if (why := _hollow(repo, path))],
        f"{len(named)} files, and each holds something",
    )


def _hollow(repo: Repo, path: str) -> str:
    """Why a file is an empty shell; nothing where it is none."""
    if repo.size(path) > 4_096:  # noqa: PLR2004 - no shell is that large
        return ""
    name = path.rpartition("/")[2].lower()
    try:
        # Read even where the size is 0: so large an object may be missing from this clone.
        text = repo.text(path)
    except Unreadable:
        return ""
    if not text.strip():
        return "is empty"
    lines = [line for line in text.splitlines() if line.strip()]
    if name.endswith((".md", ".rst")) or name.startswith(("readme", "model_card")):
        return "" if any(not HEADING.match(line) for line in _below_title(name, lines)) else "holds a title only"
    return _hollow_by_name(name, text, lines)


def _below_title(name: str, lines: list[str]) -> list[str]:
    """The lines after the title, which in reStructuredText is underlined and in plain text is the first line."""
    if name.endswith(".md"):
        return lines if not (len(lines) > 1 and re.match(r"^[=-]{3,}\s*$", lines[1])) else lines[2:]
    underlined = {number for number, line in enumerate(lines) if re.match(r"^[=\-~^\"'*#]{3,}\s*$", line)}
    return [line for number, line in enumerate(lines) if number not in underlined and number + 1 not in underlined]


def _hollow_by_name(name: str, text: str, lines: list[str]) -> str:
    code = [line for line in lines if not line.lstrip().startswith("#")]
    if re.match(r"(?:licen[cs]e|copying)(?:\.(?:md|txt|rst))?$", name):
        return (
            "names a licence and holds none"
            if len(text.split()) < LICENCE_WORDS and "http" not in text and ".." not in text
            else ""
        )
    if "dockerfile" in name and not name.endswith("ignore"):
        told = [line for line in code if not re.match(r"\s*(?:FROM|ARG|LABEL|MAINTAINER)\b", line, re.IGNORECASE)]
        return "" if told else "only names a base image"
    commentless = name.endswith((".txt", ".in", ".yml", ".yaml", ".toml", ".cfg", ".lock", ".sh")) or name in (
        "makefile",
        "procfile",
    )
    if commentless and not code:
        return "holds comments only"
    if name.endswith(".ipynb"):
        return "has no cell that holds anything" if re.search(r'"cells"\s{0,4}:\s{0,4}\[\s{0,9}\]', text) else ""
    return ""


RULES = (steps_do_what_they_say, tests_can_fail, no_hollow_files)
