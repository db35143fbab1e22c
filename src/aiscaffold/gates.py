"""What a command of CI is for: whether it tests, lints, checks types or builds."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiscaffold.evidence import Evidence, Unreadable
from aiscaffold.facts.hooks import Hook
from aiscaffold.pipeline import Job, Step
from aiscaffold.regex import regex
from aiscaffold.repo import CiRun, Repo

TESTS, LINT, TYPES, BUILD, COVERAGE, DEPLOY = "tests", "lint", "types", "build", "coverage", "deploy"
CHECKS = (TESTS, LINT, TYPES)
PROGRAMS = {
    TESTS: "pytest py.test unittest nosetests nose2 nose trial ward behave robot ctest jest vitest mocha ava "
    "cypress karma rspec "
    "phpunit bats doctest xdoctest stestr zope-testrunner green hypothesis runtests.py runtests.sh testthat "
    "nbval nbmake "
    "pytest-xdist mutmut detox karate schemathesis promptfoo deepeval",
    LINT: "ruff flake8 pylint black isort pre-commit prek autopep8 yapf pycodestyle pydocstyle pyflakes bandit "
    "codespell "
    "eslint prettier standard biome clang-format cpplint yamllint markdownlint shellcheck hadolint nbqa lintr vulture "
    "interrogate pylama prospector darker blue docformatter refurb semgrep actionlint zizmor sqlfluff "
    "golangci-lint lefthook "
    "black-nb doc8 rstcheck djlint typos tombi taplo pyupgrade autoflake import-linter lint-imports deptry xenon radon "
    "markdownlint-cli2 next-lint tslint oxlint stylelint check-manifest pyroma validate-pyproject",
    TYPES: "mypy pyright basedpyright pyre pytype ty dmypy tsc beartype pyrefly",
    BUILD: "sphinx-build mkdocs twine cibuildwheel flit maturin jupyter-book quarto pyproject-build "
    "check-wheel-contents",
    DEPLOY: "kubectl helm terraform serverless sls flyctl fly heroku vercel netlify gcloud az aws eb cdk sam pulumi "
    "rsync scp",
}
PURPOSE = {program: purpose for purpose, names in PROGRAMS.items() for program in names.split()}
# Programs with several purposes, told by the words that follow; the first that matches counts.
PAIRS: Sequence[tuple[str, re.Pattern[str]]] = (
    (
        TESTS,
        regex(
            r"(?:npm|yarn|pnpm|bun|deno) (?:run )?(?:\S*[:-])?(?:test|jest|vitest|e2e)\b|(?:go|cargo|dotnet|"
            r"mvnw?|gradlew?|swift|mix|flutter|bazel|lein|sbt) (?:\S+ ){0,3}(?:test|nextest|verify|check)\b"
        ),
    ),
    (
        TESTS,
        regex(
            r"setup\.py (?:\S+ ){0,3}(?:test|pytest|ptr|nosetests)\b|manage\.py test\b|R CMD check|coverage "
            r"run\b.{0,40}(?:-m (?:pytest|unittest)|manage\.py test|setup\.py test|test)|hatch (?:test|cov)\b|"
            r"node (?:\S+ )?--test\b|playwright test|make \S{0,20}(?:test|check)\S{0,20}$|(?:tox|nox)(?: |$)|"
            r"(?:dvc|zenml) test|conda (?:\S+ )?build|(?:poe|just|task|inv|invoke|pdm run|rake) "
            r"\S{0,20}test\S{0,20}$"
        ),
    ),
    (
        TESTS,
        regex(
            r"python\d?(?:\.\d+)? (?:-\S+ )*(?:\S*/)?(?:tests?/\S+|test_\w+|\w+_tests?|tests?|run_?tests?|"
            r"runtests)(?:\.py)(?: |$)|(?:bash|sh) \S*tests?\S*\.sh|^(?:\./)?\S*run_?tests?\S*\.sh|Rscript "
            r".{0,60}(?:test\(|check\(|testthat)|julia .{0,60}Pkg\.test|run-notebook|-m (?:pytest|unittest)\b"
        ),
    ),
    (
        LINT,
        regex(
            r"(?:npm|yarn|pnpm|bun|deno) (?:run )?\S{0,20}(?:lint|format|prettier)|cargo (?:clippy|fmt)|go "
            r"vet|next lint|make \S{0,20}(?:lint|style|format|quality)\S{0,20}$|hatch fmt|uv format"
        ),
    ),
    (TYPES, regex(r"(?:npm|yarn|pnpm) (?:run )?\S{0,10}type-?check|make \S{0,10}typ(?:es?|ing)\S{0,10}$")),
    (
        BUILD,
        regex(
            r"docker(?:-compose| compose| buildx)? (?:\S+ ){0,4}(?:build|bake)\b|docker compose "
            r"(?:\S+ ){0,4}up|docker-compose (?:\S+ ){0,4}up|(?:uv|poetry|hatch|pdm|flit|rye|conda|cargo|go|"
            r"next|npm|yarn|pnpm|jb|npm run|yarn run|pnpm run) build\b|python\d? -m build|^build(?: |$)|"
            r"setup\.py (?:\S+ ){0,3}(?:s|b)dist(?:_wheel)?|pip3? wheel|make (?:-C \S+ )?(?:html|docs|build|"
            r"dist)|buildah|podman build"
        ),
    ),
    (
        DEPLOY,
        regex(
            r"docker push|(?:npm|poetry|uv|hatch|flit|cargo) publish|twine upload|git push|huggingface-cli "
            r"upload|hf upload|mkdocs gh-deploy"
        ),
    ),
)
USES: Sequence[tuple[str, re.Pattern[str]]] = (
    (
        TESTS,
        regex(
            r"pytest|py-?test|unittest|/tox\b|tox-(?:gh|action)|nox|run-tests?|/tests?[@.]|check-r-package|"
            r"julia-runtest|cypress-io|testing-farm|jest",
            re.IGNORECASE,
        ),
    ),
    (
        LINT,
        regex(
            r"pre-commit/action|ruff|/black|black@|flake8|pylint|isort|super-linter|megalinter|reviewdog|"
            r"eslint|markdownlint|codespell|shellcheck|hadolint|/lint|lint-?action|actionlint|zizmor|typos|"
            r"prettier|clang-format|autopep8|bandit",
            re.IGNORECASE,
        ),
    ),
    (TYPES, regex(r"mypy|pyright", re.IGNORECASE)),
    (
        BUILD,
        regex(
            r"docker/build-push-action|cibuildwheel|build-and-inspect-python-package|maturin-action|"
            r"readthedocs|mkdocs|sphinx-action|kaniko|docker-build|publish-docker",
            re.IGNORECASE,
        ),
    ),
    (DEPLOY, regex(r"gh-action-pypi-publish|deploy|gh-pages|heroku|pages-action|publish", re.IGNORECASE)),
)
RUNS_OTHERS = frozenset(
    {
        "docker",
        "docker-compose",
        "podman",
        "kubectl",
        "ssh",
        "singularity",
        "apptainer",
        "act",
        "xvfb-run",
        "wsl",
        "flyctl",
    }
)
NO_CHECK = regex(
    r"^(?:--version|-V|--help|install|--collect-only|--co|autoupdate|clean|init-templatedir|gc|export|config|"
    r"run-script-help)$"
)
LISTS = frozenset({"--collect-only", "--co", "--setup-plan", "--fixtures", "--markers"})  # tests, and runs none
ONE_CODE = regex(r"(?:^| )--select[ =][A-Z]{1,8}\d{3,4}(?: |$)")
BARELY = frozenset({"--exit-zero", "--exit-zero-even-if-changed"})


@dataclass(frozen=True, slots=True)
class Check:
    """A thing that CI does, with the chain of places that leads to it."""

    purpose: str
    program: str
    chain: tuple[Evidence, ...]
    run: CiRun | None
    job: Job
    step: Step
    is_soft: bool
    words: tuple[str, ...] = ()
    cwd: str = ""


def purpose_of(program: str, words: Sequence[str]) -> str:
    """What a command is for; empty where it is for nothing of the kind."""
    if any(NO_CHECK.match(word) for word in words[1:3]) or not LISTS.isdisjoint(words):
        return ""
    if looks_for_one(words):
        return ""
    name = program.removesuffix(".exe")
    if name in PURPOSE:
        return PURPOSE[name]
    line = " ".join(words)[:400]
    for purpose, pattern in PAIRS:
        if pattern.search(line):
            return purpose
    if name in RUNS_OTHERS:
        inner = next(
            (word for word in words[1:] for part in word.split() if PURPOSE.get(part.rpartition("/")[2]) in CHECKS), ""
        )
        return next((PURPOSE[part] for part in inner.split() if PURPOSE.get(part) in CHECKS), "")
    return ""


def looks_for_one(words: Sequence[str]) -> bool:
    """Whether a linter is told to look for one single fault, and for nothing else."""
    return "--select" in " ".join(words) and ONE_CODE.search(" ".join(words)) is not None


def is_soft(words: Sequence[str]) -> bool:
    """Whether a checker is told to succeed whatever it finds."""
    return not BARELY.isdisjoint(words)


def checks(repo: Repo) -> Iterator[Check]:
    """Everything in CI that tests, lints, checks types, builds or deploys, as long as it is not switched off."""
    for run in repo.ci:
        if not (is_off(run.step.condition) or is_off(run.job.condition)):
            yield from _of_run(repo, run)
    for workflow in repo.workflows:
        for job in workflow.jobs:
            for step in job.steps:
                purpose = next((purpose for purpose, pattern in USES if pattern.search(step.uses)), "")
                if purpose and not (is_off(step.condition) or is_off(job.condition)):
                    chain = (*step.chain, step.place.saying(f"uses {step.uses}"))
                    yield Check(purpose, step.uses, chain, None, job, step, step.soft or job.soft)


def _of_run(repo: Repo, run: CiRun) -> Iterator[Check]:
    for command in run.resolved.commands:
        soft = command.soft or run.step.soft or run.job.soft or is_soft(command.words)
        if purpose := purpose_of(command.program, command.words):
            chain = (*run.step.chain, *command.chain)
            words, cwd = command.words, command.cwd
            yield Check(purpose, command.program, chain, run, run.job, run.step, soft, words, cwd)
        if command.program in ("pre-commit", "prek") and purpose:
            for hook in _hooks(repo):
                inner = hook.entry.split()
                if inner and purpose_of(inner[0].rpartition("/")[2], inner) == TESTS:
                    yield Check(
                        TESTS, hook.id, (*run.step.chain, *command.chain, hook.place), run, run.job, run.step, soft
                    )


def _hooks(repo: Repo) -> tuple[Hook, ...]:
    """The hooks; none where their configuration is broken, which says nothing about CI."""
    try:
        return repo.hooks
    except Unreadable:
        return ()


def is_off(condition: str) -> bool:
    """Whether a condition is never met."""
    return condition.strip().strip("${} ").lower() in ("false", "0", "never()")
