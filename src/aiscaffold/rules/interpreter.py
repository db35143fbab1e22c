"""ENV103: the version of Python is stated, and all places that state it agree."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from aiscaffold.evidence import Evidence, at
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import SHOULD, Outcome, failed, passed, rule, without_object

Minor = tuple[int, int]

CLAUSE = regex(r"(\^|~=|~|===?|!=|>=|<=|>|<|=)?\s*v?(\d+)(?:\.(\d+|\*))?((?:\.\w+|\.\*)*)")
POINT = regex(r"(?:={1,3}\s*)?v?(\d)\.(\d+)(?:\.(?:\d+|\*))?\w{0,8}$")
STATED = regex(r"requires-python|python_requires|python_version|(?:^|-[ \t]*)['\"]?python\b", re.MULTILINE)
FROM = regex(r"^\s*FROM\s+(?:--platform=\S+\s+)?\S*python[:\-]?(\d\.\d+|\$\{?\w+)", re.IGNORECASE)
ARGUMENT = regex(r"^\s*ARG\s+(\w+)\s*=\s*['\"]?(\d\.\d+)", re.IGNORECASE)
VERSION_FILE = regex(r"\s*(?:python[\s=-]*['\"]?)?(\d\.\d+(?:\.\d+)?)['\"]?\s*$", re.IGNORECASE)
INSTALLS_IT = regex(
    r"requirements|pyproject|Pipfile|environment\.ya?ml|\b(?:COPY|ADD) (?:--\S+ )*\./? |\buv sync|setup\.py"
)
ANY_MINOR = 99


@dataclass(frozen=True, slots=True)
class Stated:
    """A version, or a range of versions, that one place states for the files of one environment.

    `home` is the folder of that environment's manifest.
    """

    what: str
    place: Evidence
    home: str
    is_ci: bool = False

    @property
    def point(self) -> Minor | None:
        """The one version that it names, without its last number; None for a range."""
        found = POINT.match(self.what.strip())
        return (int(found[1]), int(found[2])) if found else None


@rule(
    "ENV103",
    "python-version-agreed",
    "One Python version is stated everywhere",
    item="engineering-discipline",
    level=SHOULD,
    fix="State the version of Python once in requires-python, and let {path} agree with it.",
    fix_absent="State the version of Python that the project needs once, in requires-python.",
    expected="requires-python, .python-version, the Dockerfile and CI agree",
    minutes=10,
    bad={
        "pyproject.toml": '[project]\nname = "means"\nversion = "1"\nrequires-python = ">=3.11"\n',
        "Dockerfile": "FROM python:3.9-slim\nCOPY . .\nRUN pip install .\n",
        "means.py": "print(1)\n",
    },
    good={
        "pyproject.toml": '[project]\nname = "means"\nversion = "1"\nrequires-python = ">=3.11"\n',
        "Dockerfile": "FROM python:3.12-slim\nCOPY . .\nRUN pip install .\n",
        ".python-version": "3.12\n",
        "means.py": "print(1)\n",
    },
)
def python_version_agreed(repo: Repo) -> Outcome:
    """A project that runs on Python 3.12 may not even start on 3.8.

    Whoever installs it, and the machine that tests or serves it, must know which version is meant; where two files say
    different things, one of them is wrong.
    """
    if not repo.python and not repo.notebooks:
        return without_object("there is no Python in it")
    stated = list(_stated(repo))
    if not stated:
        return failed(Evidence(remark="nothing says which version of Python it needs"))
    clashes = [
        pair for number, one in enumerate(stated) for other in stated[number + 1 :] if (pair := _clash(one, other))
    ]
    if clashes:
        return failed(*dict.fromkeys(evidence for pair in clashes for evidence in pair))
    return passed(*(each.place for each in stated))


def _clash(one: Stated, other: Stated) -> tuple[Evidence, Evidence] | None:
    """Both places, where they cannot both hold."""
    if one.home != other.home:
        return None
    first, second = one.point, other.point
    if first and second:
        agree = first == second or one.is_ci or other.is_ci
    elif first or second:
        point, span = (first, other) if first else (second, one)
        agree = point is None or allows(span.what, point)
    else:
        agree = True
    return None if agree else (one.place, other.place)


def allows(specifier: str, version: Minor) -> bool:
    """Whether a range admits some release of a minor version; what cannot be read admits all."""
    return any(
        all(_admits(clause, version) for clause in re.split(r"[,\s]+(?![\s\d])|,", part) if clause.strip())
        for part in specifier.split("|")
        if part.strip() or "|" not in specifier
    )


def _admits(clause: str, version: Minor) -> bool:
    found = CLAUSE.match(clause.strip())
    if not found:
        return True
    operator, major, minor, rest = found[1] or "=", int(found[2]), found[3], found[4]
    low = (major, int(minor) if minor and minor.isdigit() else 0)
    high = (major, int(minor)) if minor and minor.isdigit() else (major, ANY_MINOR)
    if operator == "^" or (operator == "~=" and not rest):
        return low <= version <= (major, ANY_MINOR)
    if operator in ("=", "==", "===", "~", "~="):
        return low <= version <= high
    if operator == "!=":
        return not (low <= version <= high) or (bool(rest) and "*" not in rest)
    if operator in (">", ">="):
        return version >= low
    return version <= high if operator == "<=" or (rest and rest.strip(".0")) else version < low


def _stated(repo: Repo) -> Iterator[Stated]:
    declaring = [manifest for manifest in repo.manifests if not manifest.is_lock and manifest.kind != "dockerfile"]
    homes = {_folder(manifest.path) for manifest in declaring if manifest.language == "python"}
    for what, place in (*_of_manifests(repo), *_of_files(repo), *_of_images(repo)):
        above = [str(folder) for folder in PurePosixPath(place.path).parents if str(folder) in homes]
        yield Stated(what, place, above[0] if above else ".")
    for workflow in repo.workflows:
        for job in workflow.jobs:
            for version in job.pythons:
                yield Stated(version, job.place.saying(f"CI runs Python {version}"), ".", is_ci=True)


def _folder(path: str) -> str:
    return str(PurePosixPath(path).parent)


def _of_manifests(repo: Repo) -> Iterator[tuple[str, Evidence]]:
    for manifest in repo.manifests:
        said = manifest.requires_python
        if said.strip("* ") and not manifest.is_lock and manifest.path.startswith(repo.project):
            text = repo.text_or_none(manifest.path) or ""
            found = STATED.search(text)
            yield said, at(manifest.path, f"Python {said}", text.count("\n", 0, found.start()) + 1 if found else 0)


def _of_files(repo: Repo) -> Iterator[tuple[str, Evidence]]:
    for path in repo.glob(
        ".python-version", "*/.python-version", "runtime.txt", "*/runtime.txt", ".tool-versions", "*mise.toml"
    ):
        for number, line in enumerate(_lines(repo, path), 1):
            if found := VERSION_FILE.match(line):
                yield found[1], at(path, f"Python {found[1]}", number)


def _of_images(repo: Repo) -> Iterator[tuple[str, Evidence]]:
    """The images of Python in which a Dockerfile installs the project; a variable counts with its default."""
    for path in repo.glob("*dockerfile", "*dockerfile.*", "*.dockerfile", "*containerfile"):
        lines = _lines(repo, path)
        defaults = {found[1]: found[2] for line in lines if (found := ARGUMENT.match(line))}
        for number, line in enumerate(lines, 1):
            if (found := FROM.match(line)) and any(INSTALLS_IT.search(each) for each in lines):
                version = defaults.get(found[1].strip("${}"), found[1])
                if version[0].isdigit():
                    yield version, at(path, f"an image of Python {version}", number)


def _lines(repo: Repo, path: str) -> list[str]:
    return [line[:500] for line in (repo.text_or_none(path) or "").splitlines()]


RULES = (python_version_agreed,)
