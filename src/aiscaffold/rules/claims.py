"""HON106 and HON107: badges tell the truth, and tools that are configured are run."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from aiscaffold.document import Document
from aiscaffold.evidence import Evidence, at
from aiscaffold.facts.tasks import Command
from aiscaffold.layout import ASIDE
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import SHOULD, Outcome, failed, passed, rule, without_object
from aiscaffold.suite import other_tests, test_modules

SHOWN = 8
HEAD = "on: push\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n"
STATIC = regex(
    r"(?:img\.shields\.io|badgen\.net|flat\.badgen\.net)/(?:static/v1|badge)[/?](?P<said>[^?#]{1,120}|\S{1,200})",
    re.IGNORECASE,
)
DYNAMIC = regex(r"/badge/(?:dynamic|endpoint)", re.IGNORECASE)
CLAIM = regex(
    r"^(?:unit |all )?(?:tests?|pytest|build|ci|ci/cd|pipeline|coverage|code coverage|test coverage|cov|"
    r"checks?|quality gate|lint|mypy|typed?)\b.{0,12}"
    r"(?:pass(?:ing|ed)?|success\w*|ok|green|brightgreen|\d{1,3}(?:\.\d+)?\s?%|100|\d+\s?/\s?\d+|\d+ passed|stable)",
    re.IGNORECASE,
)
PERCENT = regex(r"(\d{1,3})(?:\.\d+)?\s?%")
WORKFLOW = regex(
    r"github\.com/(?P<slug>[\w.-]+/[\w.-]+)/(?:actions/workflows/(?P<file>[\w.%-]+\.ya?ml)/badge\.svg|"
    r"workflows/(?P<name>[^/?]+)/badge\.svg)|"
    r"img\.shields\.io/github/(?:actions/)?workflow/status/(?P<slug2>[\w.-]+/[\w.-]+)/(?P<file2>[^/?\s]+)",
    re.IGNORECASE,
)
SERVICES = (
    (regex(r"travis-ci\.(?:org|com)/(?P<slug>[\w.-]+/[\w.-]+?)\.(?:svg|png)", re.IGNORECASE), ".travis.yml"),
    (
        regex(r"circleci\.com/gh/(?P<slug>[\w.-]+/[\w.-]+?)(?:/tree/[^.?]+)?\.(?:svg|png)", re.IGNORECASE),
        ".circleci/config.yml",
    ),
)
SLUG = regex(r"github\.com[/:]([\w.-]+/[\w.-]+?)(?:\.git)?(?=[/#?)\]\"'\s>]|$)", re.IGNORECASE)


@rule(
    "HON106",
    "badges-true",
    "Badges tell the truth",
    item="professional-quality",
    level=SHOULD,
    fix="Replace the badge at {path} line {line} by the one that the service itself draws, or take it out.",
    expected="badges of status that a service computes from a run of this repository",
    minutes=10,
    bad={"README.md": "# App\n\n![tests](https://img.shields.io/badge/tests-passing-brightgreen)\n"},
    good={
        "README.md": "# App\n\n![ci](https://github.com/someone/app/actions/workflows/ci.yml/badge.svg)\n",
        ".github/workflows/ci.yml": HEAD + "      - run: pytest\n",
    },
)
def badges_true(repo: Repo) -> Outcome:
    """A badge that always says "tests passing" is a drawing: it stays green on the day on which all tests fail.

    Reviewers click on badges. One that leads nowhere, or to a workflow that does not exist, costs more trust than none.
    """
    document = repo.readme
    badges = [image for image in document.images if image.is_badge] if document else []
    if document is None or not badges:
        return without_object("the README has no badge")
    slug = _slug(repo, document)
    false = [at(document.path, why, image.line) for image in badges if (why := _lie(repo, image.target, slug))]
    if false:
        return failed(*false)
    return passed(
        *(at(document.path, f"a badge: {image.alt or image.target}"[:80], image.line) for image in badges[:SHOWN])
    )


def _slug(repo: Repo, document: Document) -> str:
    """The owner and name that the README and the manifests link to most; empty where they link to none."""
    texts = [
        "\n".join(document.lines),
        *(repo.text_or_none(path) or "" for path in repo.glob("pyproject.toml", "setup.py", "setup.cfg")),
    ]
    found = Counter(match[1].lower() for text in texts for match in SLUG.finditer(text))
    name = repo.snapshot.name.lower()
    return max(found, key=lambda slug: (slug.endswith(f"/{name}"), found[slug], slug), default="")


def _lie(repo: Repo, target: str, slug: str) -> str:
    """What is wrong with a badge; nothing where it is true or cannot be told."""
    if found := STATIC.search(target):
        return _static_lie(repo, target, found["said"])
    if found := WORKFLOW.search(target):
        return _missing_workflow(repo, found, slug)
    for pattern, path in SERVICES:
        found = pattern.search(target)
        if found and found["slug"].lower() == slug and not repo.has(path):
            return f"shows a service that is not configured: there is no {path}"
    return ""


def _static_lie(repo: Repo, target: str, said: str) -> str:
    words = (
        unquote(said)
        .replace("__", " ")
        .replace("_", " ")
        .replace("--", " ")
        .replace("-", " ")
        .replace("label=", "")
        .replace("&message=", " ")
    )
    if DYNAMIC.search(target) or not CLAIM.match(words.strip()):
        return ""
    percent = PERCENT.search(words)
    if percent and _floor(repo) >= int(percent[1]) > 0:
        return ""
    return f'says "{words.strip()[:40]}" whatever happens'


def _floor(repo: Repo) -> int:
    texts = [
        repo.text_or_none(path) or ""
        for path in repo.glob(
            "pyproject.toml", "setup.cfg", ".coveragerc", "tox.ini", ".github/workflows/*", "makefile"
        )
    ]
    found = [
        int(match[1]) for text in texts for match in re.finditer(r"fail[_-]under\"?\s{0,4}[= ]\s{0,4}(\d{1,3})", text)
    ]
    return max(found, default=0)


def _missing_workflow(repo: Repo, found: "re.Match[str]", slug: str) -> str:
    if (found["slug"] or found["slug2"]).lower() != slug:
        return ""  # another repository's badge
    file, name = found["file"] or found["file2"], unquote(found["name"] or "")
    ours = [workflow for workflow in repo.workflows if workflow.system == "github"]
    if file and "." in file:
        return "" if repo.has(f".github/workflows/{unquote(file)}") else f"shows a workflow that does not exist: {file}"
    if any(workflow.name == (name or unquote(file or "")) or workflow.path.endswith(f"/{name}") for workflow in ours):
        return ""
    return f"shows a workflow that does not exist: {name or file}"


TOOLS: tuple[tuple[str, str, str], ...] = (
    # tool, its tables and files, what runs it
    ("ruff", r"tool\.ruff|ruff\.toml$", r"\bruff\b"),
    ("black", r"tool\.black", r"\bblack\b|blacken-docs|\bdarker\b"),
    ("isort", r"tool\.isort|\.isort\.cfg$", r"\bisort\b"),
    ("flake8", r"flake8(?<!\wflake8)$", r"\bflake8\b|\bflakeheaven\b|\bpflake8\b"),
    ("pylint", r"tool\.pylint|\.pylintrc$|/pylintrc$", r"\bpylint\b"),
    ("mypy", r"tool\.mypy|mypy\.ini$", r"\bmypy\b|\bdmypy\b"),
    ("ty", r"tool\.ty", r"\bty check\b"),
    ("bandit", r"tool\.bandit|/\.bandit$", r"\bbandit\b"),
    ("pydocstyle", r"tool\.pydocstyle|\.pydocstyle", r"\bpydocstyle\b|\bruff\b|\bflake8\b"),
    ("interrogate", r"tool\.interrogate", r"\binterrogate\b"),
    ("vulture", r"tool\.vulture", r"\bvulture\b"),
    ("codespell", r"tool\.codespell|\.codespellrc$", r"\bcodespell\b"),
    ("coverage", r"tool\.coverage|\.coveragerc$", r"--cov\b|\bcoverage\b|pytest-cov|codecov"),
    ("deptry", r"tool\.deptry", r"\bdeptry\b"),
    ("pytest", r"tool\.pytest|pytest\.ini$", r"\bpytest\b"),
)
FILES_OF_TOOLS = tuple((tool, regex(places)) for tool, places, _ in TOOLS)
SECTIONS = {
    "flake8": "flake8",
    "mypy": "mypy",
    "isort": "isort",
    "pylint": "pylint",
    "pydocstyle": "pydocstyle",
    "tool:pytest": "pytest",
}
CONFIGURE_PYTEST = ("*pytest.ini", "*pyproject.toml", "*setup.cfg", "*tox.ini")
HEADER = regex(r"^\[\[?([\w:.\"-]{1,80})")


@rule(
    "HON107",
    "tools-declared-run",
    "Tools that are configured are run",
    item="well-engineered",
    level=SHOULD,
    fix="Run the tool that {path} line {line} configures in CI or in a pre-commit hook, or delete its configuration.",
    expected="each configured tool is reached from a step of CI, a hook or a task",
    minutes=20,
    bad={"pyproject.toml": "[tool.mypy]\nstrict = true\n", "app.py": "print(1)\n"},
    good={"pyproject.toml": "[tool.mypy]\nstrict = true\n", "Makefile": "check:\n\tmypy .\n", "app.py": "print(1)\n"},
)
def tools_declared_run(repo: Repo) -> Outcome:
    """A table for mypy that nothing ever runs claims a care that is not taken: the code has drifted away from it.

    A configuration counts when a step of CI, a hook or a task of this repository reaches the tool.
    """
    configured = dict(sorted(_configured(repo)))
    if not configured:
        return without_object("no tool of this kind is configured")
    running = _running(repo)
    idle: list[Evidence] = []
    busy: list[Evidence] = []
    for tool, place in configured.items():
        runs = next(pattern for name, _, pattern in TOOLS if name == tool)
        if tool == "pytest":
            told = "and there are tests" if _has_tests(repo) else "and there are no tests"
            (busy if _has_tests(repo) else idle).append(place.saying(f"pytest is configured, {told}"))
        elif who := next((who for who, lines in running.items() if re.search(runs, lines)), ""):
            busy.append(place.saying(f"{tool} is configured, and {who}"))
        else:
            idle.append(place.saying(f"nothing runs {tool}"))
    return failed(*idle) if idle else passed(*busy)


def _is_home(repo: Repo, folder: str) -> bool:
    """Whether a folder is the top of the project, or of a part of it that declares what it needs."""
    if folder == repo.project.rstrip("/"):
        return True
    inside = f"{folder}/"[len(repo.project) :]
    return not ASIDE.search(inside) and any(manifest.path.rpartition("/")[0] == folder for manifest in repo.manifests)


def _has_tests(repo: Repo) -> bool:
    return bool(test_modules(repo) or other_tests(repo) or repo.submodules)


def _configured(repo: Repo) -> Iterator[tuple[str, Evidence]]:
    """Each tool with the first place that configures it."""
    seen = set()
    for path in repo.paths:
        for tool, where, line in (*_by_file(path), *_by_table(repo, path)):
            if tool not in seen:
                seen.add(tool)
                yield tool, at(path, where, line)


def _by_file(path: str) -> Iterator[tuple[str, str, int]]:
    if "." not in path or path.endswith(".py"):
        return
    for tool, places in FILES_OF_TOOLS:
        if places.search(f"/{path}"):
            yield tool, "configured", 0


def _by_table(repo: Repo, path: str) -> Iterator[tuple[str, str, int]]:
    folder, _, name = path.rpartition("/")
    if name not in ("pyproject.toml", "setup.cfg", "tox.ini") or not _is_home(repo, folder):
        return
    text = repo.text_or_none(path) or ""
    for line, header in enumerate(text.split("\n"), 1):
        found = HEADER.match(header)
        if found is None:
            continue
        if name == "pyproject.toml":
            for tool, places, _ in TOOLS:
                if re.match(places.split("|")[0] + r"\b", found[1]) and places.startswith("tool"):
                    yield tool, "configured", line
        elif found[1] in SECTIONS or found[1].startswith("coverage:"):
            yield SECTIONS.get(found[1], "coverage"), "configured", line


def _running(repo: Repo) -> dict[str, str]:
    """Every command that is reached, by who runs it."""
    commands = [command for run in repo.ci for command in run.resolved.commands]
    actions = [
        f"{step.uses} {' '.join(value for _, value in step.with_)}"
        for workflow in repo.workflows
        for job in workflow.jobs
        for step in job.steps
        if step.uses
    ]
    hooks = [f"{hook.id} {hook.entry}" for hook in repo.hooks]
    tasks = [
        command
        for task in repo.tasks.tasks
        for command in repo.tasks.resolve(task.script, task.place, task.cwd).commands
    ]
    return {
        "CI or a hook runs it": "\n".join([*_lines(commands), *actions, *hooks]),
        "a task runs it": "\n".join(_lines(tasks)),
        "another tool runs it": "\n".join(_through_others(repo)),
    }


def _lines(commands: Iterable[Command]) -> list[str]:
    return [" ".join(command.words) for command in commands]


def _through_others(repo: Repo) -> Iterator[str]:
    """The tools that flake8 and pytest run as their plugins."""
    plugins = ("noxfile.py", "*tox.ini", "*requirements*.txt", "*pyproject.toml", ".pre-commit-config.yaml")
    for path in repo.glob(*plugins):
        yield from (found.replace("-", " ") for found in re.findall(r"flake8-\w+", repo.text_or_none(path) or ""))
    if any("--cov" in (repo.text_or_none(path) or "") for path in repo.glob(*CONFIGURE_PYTEST)):
        yield "pytest --cov"


RULES = (badges_true, tools_declared_run)
