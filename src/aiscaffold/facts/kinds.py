"""What kind of project a repository holds, by signals that are shown with the answer."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiscaffold.evidence import Evidence, at
from aiscaffold.libraries import ANALYSIS, LEARNING, SERVING, TALKING, VECTORS
from aiscaffold.regex import regex

MARGIN = 2  # a lead below this is called mixed
ENOUGH = 2  # points that a kind needs
EARLY = 60  # lines of a README in which a paper names itself


@dataclass(frozen=True)
class Signals:
    """What the kinds are told from: the README's text by lines, imports with their places, paths, shares of code."""

    readme: str
    lines: Sequence[str]
    title: str
    imports: dict[str, Evidence]  # dotted name → first place
    needs: dict[str, Evidence]  # a declared dependency of another language, as imports are written → its place
    paths: Sequence[str]
    scripts: tuple[str, ...]  # console scripts
    package: str  # the name that a manifest publishes it under
    python_lines: int
    notebook_lines: int


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kind of the project, why, and what else it could be."""

    kind: str
    reasons: tuple[Evidence, ...]
    runner_up: str = ""  # set where the lead is small


PAPER = regex(
    r"arxiv\.org/|"
    r"doi\.org/10\.|"
    r"openreview\.net|"
    r"\b(?:NeurIPS|NIPS|ICLR|ICML|CVPR|ICCV|ECCV|ACL|EMNLP|AAAI)\b.{0,12}(?:19|20)\d\d",
    re.IGNORECASE,
)
CLAIMS_PAPER = regex(
    r"\b(?:un)?official (?:\w+ ){0,3}(?:implementation|code)|"
    r"reproduc\w+ (?:of|the (?:paper|results))|"
    r"implementation (?:of|for) (?:the )?(?:paper|following)|"
    r"code (?:for|of) (?:the|our) paper|"
    r"(?:py)?torch implementation of|"
    r"implementation of .{3,80}\bin (?:pytorch|tensorflow|jax)",
    re.IGNORECASE,
)
BIBTEX = regex(r"@(?:article|inproceedings|misc|techreport|phdthesis)\s*\{", re.IGNORECASE)
COMPETITION = regex(
    r"kaggle\.com/(?:c|competitions)/[\w-]+|"
    r"/kaggle/input|"
    r"kaggle competitions|"
    r"drivendata\.org/competitions|"
    r"\bkaggle\b.{0,60}\b(?:solution|competition|place|medal|leaderboard)|"
    r"\b(?:solution|place|medal|leaderboard)\b.{0,60}\bkaggle\b",
    re.IGNORECASE,
)
LIST_OR_COURSE = regex(
    r"^(?:awesome|list of|a curated)|"
    r"\bcurated list\b|"
    r"\bdotfiles\b|"
    r"\b(?:cookiecutter|copier|project) template\b|"
    r"\btemplate (?:for|repository)\b|"
    r"\bcheat ?sheet",
    re.IGNORECASE,
)
COURSE = regex(
    r"\b(?:course|lectures?|tutorials?|bootcamp|workshop|zoomcamp|curriculum|homework|assignments?|lessons? \d)\b",
    re.IGNORECASE,
)


# Of whom teaches; a student's "part of the course" is none.
MATERIAL = regex(
    r"\b(?:repository|repo|materials?|website|code|notebooks|exercises) (?:for|of) (?:the )?(?:course|book)\b|"
    r"\bcourse (?:materials?|notes|repository|website)\b|"
    r"\bexercises and solutions\b|"
    r"\bcompanion (?:code|repository|notebooks)\b",
    re.IGNORECASE,
)
CODE = regex(
    r"\.(?:py|ipynb|jsx?|tsx?|r|rmd|qmd|jl|java|scala|kt|go|rs|c|cc|cpp|cu|m|rb|php|cs|swift|lua|sql|sh)$",
    re.IGNORECASE,
)


def declared(kind: str, path: str, paths: Iterable[str]) -> Kinds:
    """What the configuration, our answers file or the command line (no path) says goes before every guess.

    A project without any code is none, whatever it is declared to be.
    """
    if not any(CODE.search(each) for each in paths):
        return Kinds("other", (at(path, f"declared to be {kind}, but there is no code"),))
    return Kinds(kind, (at(path, "declared there" if path else "declared on the command line"),))


def kinds_of(signals: Signals) -> Kinds:
    """The kind with the most points; `other` where nothing of machine learning shows."""
    if other := _no_project(signals):
        return Kinds("other", (other,))
    points: dict[str, list[tuple[int, Evidence]]] = {}
    for kind, weight, evidence in _points(signals):
        points.setdefault(kind, []).append((weight, evidence))
    ranked = sorted(points, key=lambda kind: (-sum(weight for weight, _ in points[kind]), ORDER.index(kind)))
    totals = {kind: sum(weight for weight, _ in points[kind]) for kind in ranked}
    if not ranked or totals[ranked[0]] < ENOUGH or not _is_learning(signals, ranked[0]):
        return _of_no_kind(signals)
    first, *rest = ranked
    close = next((kind for kind in rest if totals[first] - totals[kind] < MARGIN), "")
    return Kinds(first, tuple(evidence for _, evidence in points[first]), close)


ORDER = ("service", "llm-app", "reproduction", "kaggle", "library", "notebooks")


def _of_no_kind(signals: Signals) -> Kinds:
    """A model that is trained and not served is judged as what the roadmaps want of it: a service to be."""
    if learning := _first((*LEARNING, *TALKING), {**signals.imports, **signals.needs}):
        return Kinds("service", (learning, Evidence(remark="a model that nothing serves yet")))
    return Kinds("other", (Evidence(remark="nothing in it trains, evaluates or serves a model"),))


def _first(names: Iterable[str], found: dict[str, Evidence]) -> Evidence | None:
    """The first place at which one of these modules, or a part of one, is used."""
    for name in names:
        for used, evidence in found.items():
            if used == name or used.startswith(f"{name}."):
                return evidence.saying(f"imports {name}")
    return None


def _path(named: re.Pattern[str], signals: Signals) -> str:
    """The first path with such a name in it."""
    return next((path for path in signals.paths if named.search(f"/{path}")), "")


def _said(pattern: re.Pattern[str], signals: Signals, what: str, lines: int = 10_000) -> Evidence | None:
    """The first line of the README that matches."""
    for number, line in enumerate(signals.lines[:lines], 1):
        if found := pattern.search(line[:1_000]):
            return at(signals.readme, f"{what}: {found[0][:60]}", number)
    return None


def _no_project(signals: Signals) -> Evidence | None:
    """A list, dotfiles, a template: no project that a portfolio could show."""
    head = "\n".join((signals.title, *signals.lines[:8]))
    code = signals.python_lines + signals.notebook_lines
    found = LIST_OR_COURSE.search(head)
    if found and (code < FEW or signals.title.lower().startswith("awesome") or "template" in found[0].lower()):
        return at(signals.readme, f"says of itself: {found[0]}", 1)
    if any(path.startswith("{{") or "/{{" in path for path in signals.paths):
        return Evidence(remark="it is a template: paths with {{ }}")
    found = COURSE.search(signals.title)
    if found and not signals.package:
        return at(signals.readme, f"its title says: {found[0]}", 1)
    if material := _said(MATERIAL, signals, "says of itself", 15):
        return material
    if code == 0 and not signals.needs:
        return Evidence(remark="there is neither Python nor a notebook in it")
    return None


FEW = 200  # lines of code
# To be searched for in `/` + path: what starts with a slash is found quickly.
DEPLOYMENT = regex(r"/(?:Dockerfile[^/]*|docker-compose[^/]*|compose\.ya?ml|Procfile|fly\.toml)$")
TRAINING = regex(r"/train\w*\.py$")
PROMPTS = regex(r"/prompts?(?:/|\.(?:py|ya?ml|txt|md|toml)$)")
SUBMISSION = regex(r"/(?:\w*submission\w*\.(?:csv|py)|kaggle\.json)$", re.IGNORECASE)
PAGES = regex(r"(?:.*/)?docs?/(?:(?:source/)?conf\.py|.*\.(?:rst|md))|mkdocs\.yml")


def _is_learning(signals: Signals, kind: str) -> bool:
    """Whether a model plays a part at all: a web service alone is none of ours."""
    if kind in ("reproduction", "kaggle"):
        return True
    named = re.search(
        r"machine.learning|deep.learning|neural|\bML\b|\bLLM|data.science|predict|classif",
        signals.title + " ".join(signals.lines[:40]),
        re.IGNORECASE,
    )
    if kind == "notebooks" and _first(ANALYSIS, signals.imports):
        return True
    return bool(_first((*LEARNING, *TALKING, *VECTORS), {**signals.imports, **signals.needs})) or (
        kind == "library" and bool(named)
    )


def _points(signals: Signals) -> Iterable[tuple[str, int, Evidence]]:
    """Every signal: a kind, its points, where it shows."""
    yield from _serving(signals)
    yield from _talking(signals)
    yield from _research(signals)
    yield from _published(signals)
    total = signals.notebook_lines + signals.python_lines
    if total and signals.notebook_lines > 0.6 * total:
        yield (
            "notebooks",
            3,
            Evidence(remark=f"{100 * signals.notebook_lines // total} % of its code lines are in notebooks"),
        )


def _published(signals: Signals) -> Iterable[tuple[str, int, Evidence]]:
    if not signals.package or signals.python_lines <= signals.notebook_lines:
        return
    yield "library", 3 if signals.scripts else 2, Evidence(remark=f"it builds the package {signals.package}")
    pages = [path for path in signals.paths if PAGES.fullmatch(path)]
    if pages:
        yield "library", 2, at(pages[0], "has pages of its own")
    if found := _installed(signals):
        yield "library", 4, found


def _installed(signals: Signals) -> Evidence | None:
    """Where the README tells to install the package from an index, by the name that is built here."""
    name = re.sub(r"[-_.]+", "[-_.]", re.escape(signals.package.replace("_", "-")).replace("\\-", "-"))
    told = re.compile(
        rf"\b(?:pip3?|uv|conda|mamba|poetry|pipx) (?:pip )?(?:install|add) (?:-\S+ )*['\"]?{name}\b(?!/)", re.IGNORECASE
    )
    return _said(told, signals, "is installed by its name")


def _serving(signals: Signals) -> Iterable[tuple[str, int, Evidence]]:
    serving = _first(SERVING, signals.imports)
    learning = _first(LEARNING, signals.imports)
    if serving and learning:
        yield "service", 3, serving
        yield "service", 1, learning
    if (serving or learning) and (path := _path(DEPLOYMENT, signals)):
        yield "service", 1, at(path, "is deployed")
    if serving and (path := _path(TRAINING, signals)):
        yield "service", 1, at(path, "trains")


def _talking(signals: Signals) -> Iterable[tuple[str, int, Evidence]]:
    if talking := _first(TALKING, {**signals.imports, **signals.needs}):
        yield "llm-app", 3, talking
        if vectors := _first(VECTORS, {**signals.imports, **signals.needs}):
            yield "llm-app", 2, vectors
        if serving := _first(SERVING, signals.imports):
            yield "llm-app", 2, serving
    if path := _path(PROMPTS, signals):
        yield "llm-app", 1, at(path, "holds prompts")


def _research(signals: Signals) -> Iterable[tuple[str, int, Evidence]]:
    is_tool = bool(signals.package and _installed(signals))  # a library may well cite papers
    if found := _said(CLAIMS_PAPER, signals, "says"):
        yield "reproduction", 1 if is_tool else 3, found
    if found := _said(PAPER, signals, "names a paper", EARLY):
        yield "reproduction", 1 if is_tool else 3, found
    if found := _said(BIBTEX, signals, "gives a citation"):
        yield "reproduction", 1 if is_tool else 2, found
    if found := _said(COMPETITION, signals, "names a competition", 40):
        yield "kaggle", 3, found
    if path := _path(SUBMISSION, signals):
        yield "kaggle", 2, at(path, "writes or holds a submission")
