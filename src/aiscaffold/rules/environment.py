"""Rules about the environment: what the project needs is declared, locked, and complete."""

import re
from collections.abc import Iterable, Sequence

from aiscaffold.evidence import Evidence, at
from aiscaffold.foreign_imports import (
    ForeignImport,
    foreign_imports,
    installed_in_cells,
    is_brought,
    other_code,
    unread_code,
)
from aiscaffold.manifest import Manifest, Requirement
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import (
    KAGGLE,
    LLM_APP,
    MUST,
    NOTEBOOKS,
    REPRODUCTION,
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

PINNED = 0.9  # of the entries
IN_IMAGE = 1 / 3  # of the imports
MOST_OF = 0.5  # of the names of the longest list: a file that pins less is about a side matter
ASIDE = regex(r"(?:^|/)(?:docs?|\.github|\.binder|binder|examples?)/|(?:^|/)constraints", re.IGNORECASE)
SIDE_GROUPS = regex(r"dev|test|doc|lint|ci\b|build|type|style|format|check", re.IGNORECASE)
ALWAYS_LOCKED = frozenset({"javascript", "rust", "ruby"})  # their tools write a lock by themselves
EXAMPLES = 8

CODE = """import numpy as np
import pandas as pd


def mean(path: str) -> float:
    return np.mean(pd.read_csv(path))
"""


def _declaring(repo: Repo) -> list[Manifest]:
    """The manifests that declare something to install for the project itself, not for its docs."""
    found = [manifest for manifest in repo.manifests if manifest.requirements and not ASIDE.search(manifest.path)]
    return [
        manifest for manifest in found if manifest.path.startswith(repo.project) and not repo.is_hollow(manifest.path)
    ]


def _damaged(repo: Repo) -> list[Evidence]:
    broken = [manifest for manifest in repo.manifests if manifest.problem and manifest.path.startswith(repo.project)]
    return [at(manifest.path, manifest.problem) for manifest in broken if not repo.is_hollow(manifest.path)]


def _count(manifest: Manifest) -> Evidence:
    verb = "locks" if manifest.is_lock else "declares"
    first = manifest.requirements[0]
    return at(
        manifest.path, f"{verb} {len(manifest.requirements)} dependencies, such as {first.name}", first.place.line
    )


@rule(
    "ENV101",
    "dependencies-declared",
    "Dependencies are declared",
    item="engineering-discipline",
    level=MUST,
    tier="C",
    fix="List what the code imports in pyproject.toml (`uv add pandas scikit-learn`) or requirements.txt.",
    expected="a file such as pyproject.toml, requirements.txt or environment.yml that names what is needed",
    minutes=15,
    bad={"README.md": "# Means\n\nYou need numpy and pandas.\n", "means.py": CODE},
    good={"requirements.txt": "numpy>=1.26\npandas>=2.2\n", "means.py": CODE},
)
def dependencies_declared(repo: Repo) -> Outcome:
    """Whoever tries your project starts by installing what it needs, and so does every machine that tests or serves it.

    A sentence in the README cannot be installed; a file can.
    """
    foreign = foreign_imports(repo)
    found = _declaring(repo)
    fitting = [manifest for manifest in found if _fits(manifest, foreign)] if foreign else found
    if fitting:
        return passed(*(_count(manifest) for manifest in sorted(fitting, key=_rank)[:EXAMPLES]))
    dynamic = [manifest for manifest in repo.manifests if manifest.dynamic]
    if dynamic:
        return unknown(at(dynamic[0].path, "its list of dependencies is computed"))
    if broken := _damaged(repo):
        return unknown(*broken)
    unread = unread_code(repo)
    if any(manifest.name for manifest in repo.manifests) and not unread and not foreign_imports(repo, notebooks=False):
        built = next(manifest for manifest in repo.manifests if manifest.name)
        return passed(at(built.path, "lists no dependency, and the code imports none"))
    if not foreign:
        return damaged(*unread) if unread else without_object("no code in it imports anything foreign")
    return failed(*(used.place for used in foreign[:EXAMPLES]))


def _fits(manifest: Manifest, foreign: Sequence[ForeignImport]) -> bool:
    """Whether a manifest is about this Python: an image must install a part of what the code imports."""
    if manifest.kind != "dockerfile":
        return manifest.language == "python"
    named = {entry.name for entry in manifest.requirements}
    return sum(not named.isdisjoint(used.distributions) for used in foreign) >= IN_IMAGE * len(foreign)


def _rank(manifest: Manifest) -> tuple[bool, bool, int, int, str]:
    """The main list of a project first: no lock, no image, near the top, long."""
    is_image = manifest.kind == "dockerfile"
    return manifest.is_lock, is_image, manifest.path.count("/"), -len(manifest.requirements), manifest.path


@rule(
    "ENV102",
    "dependencies-locked",
    "Versions are locked",
    item="engineering-discipline",
    level=MUST,
    tier="A",
    kinds=frozenset({SERVICE, REPRODUCTION, KAGGLE, LLM_APP, NOTEBOOKS}),
    fix="Run `uv lock` (or `pip freeze > requirements.txt`), so that {path} means the same versions next year.",
    fix_absent="Run `uv lock` (or `pip freeze > requirements.txt`), so that next year the same versions are installed.",
    expected="a lock file, or nine of ten entries pinned with ==",
    minutes=15,
    bad={"requirements.txt": "numpy\npandas>=2\nscikit-learn==1.5.0\n", "means.py": CODE},
    good={"requirements.txt": "numpy==1.26.4\npandas==2.2.2\nscikit-learn==1.5.0\n", "means.py": CODE},
)
def dependencies_locked(repo: Repo) -> Outcome:
    """Results depend on the versions of what computed them.

    Without a lock the project that works today breaks with the next release of somebody else, just when a reviewer
    tries it. A library is not asked: its users choose the versions.
    """
    python = [
        manifest
        for manifest in repo.manifests
        if manifest.language == "python" and manifest.path.startswith(repo.project)
    ]
    declared = [manifest for manifest in _declaring(repo) if manifest.language == "python" and not manifest.is_lock]
    lists = [manifest for manifest in declared if _main_entries(manifest)]
    locks = [each for each in python if each.is_lock and each.requirements and _locks_one_of(each, lists)]
    if locks:
        return passed(*(_count(manifest) for manifest in locks[:EXAMPLES]))
    longest = max((len(_main_entries(manifest)) for manifest in lists), default=0)
    for manifest in sorted(lists, key=_rank):
        if _share(manifest) >= PINNED and len(_main_entries(manifest)) >= MOST_OF * longest:
            return passed(at(manifest.path, f"pins {_share(manifest):.0%} of {len(manifest.requirements)} entries"))
    return _not_locked(repo, sorted(lists, key=_rank))


def _locks_one_of(lock: Manifest, lists: Sequence[Manifest]) -> bool:
    """Whether a lock holds most of what one of the lists declares, or there is no list beside it."""
    locked = {entry.name for entry in lock.requirements}
    wanted = [{entry.name for entry in _main_entries(each)} for each in lists]
    return not wanted or any(len(names & locked) >= MOST_OF * len(names) for names in wanted)


def _not_locked(repo: Repo, lists: Sequence[Manifest]) -> Outcome:
    if broken := _damaged(repo):
        return unknown(*broken)
    if lists:
        loose = [entry for entry in _main_entries(lists[0]) if not entry.is_pinned]
        return failed(*(entry.place.saying(f"{entry.name} is not pinned") for entry in loose[:EXAMPLES]))
    foreign = foreign_imports(repo)
    lock = next((manifest for manifest in repo.manifests if manifest.is_lock and not manifest.problem), None)
    if foreign and lock:
        return unknown(at(lock.path, "locks another language; for Python nothing is declared"))
    if foreign:
        return failed(foreign[0].place.saying(f"{foreign[0].place.remark}, and nothing says in which version"))
    return _of_another_language(_declaring(repo), lock)


def _of_another_language(lists: Sequence[Manifest], lock: Manifest | None) -> Outcome:
    """A project that needs nothing for Python."""
    if lock:
        return passed(at(lock.path, "locks what the project needs"))
    if not lists:
        return without_object("nothing foreign is needed")
    first = lists[0]
    if first.language in ALWAYS_LOCKED:
        return failed(at(first.path, "no lock beside it"))
    return unknown(at(first.path, f"whether {first.kind} fixes every version cannot be told"))


def _main_entries(manifest: Manifest) -> list[Requirement]:
    return [
        entry
        for entry in manifest.requirements
        if not SIDE_GROUPS.search(entry.group) and entry.name not in ("python", "pip")
    ]


def _share(manifest: Manifest) -> float:
    entries = _main_entries(manifest)
    return sum(entry.is_pinned for entry in entries) / len(entries)


@rule(
    "ENV104",
    "imports-declared",
    "Every import is declared",
    item="engineering-discipline",
    level=SHOULD,
    fix="Add what {path} imports in line {line} to the project's dependencies.",
    expected="each imported package stands in the list of dependencies",
    minutes=10,
    bad={"requirements.txt": "pandas>=2.2\n", "means.py": "import pandas as pd\nimport yaml\n\nprint(yaml, pd)\n"},
    good={
        "requirements.txt": "pandas>=2.2\npyyaml>=6\n",
        "means.py": "import pandas as pd\nimport yaml\n\nprint(yaml, pd)\n",
    },
)
def imports_declared(repo: Repo) -> Outcome:
    """A package that is installed on your machine and declared nowhere makes the first try of everybody else fail.

    The code tells exactly what it imports, so the list can be checked.
    """
    foreign = foreign_imports(repo)
    if not foreign:
        other = other_code(repo)
        if unread := unread_code(repo):
            return damaged(*unread)
        return unknown(other) if other else without_object("the code imports nothing foreign")
    declared = _declared(repo)
    missing = [used for used in foreign if not _is_declared(used, declared)]
    if not missing:
        return passed(
            Evidence(remark=f"{len(foreign)} foreign packages are imported, all of them declared"), *_places(foreign)
        )
    if broken := _damaged(repo):
        return unknown(*broken)
    computed = [manifest for manifest in repo.manifests if manifest.dynamic and not manifest.includes]
    if computed:
        return unknown(at(computed[0].path, "its list of dependencies is computed"), *_places(missing))
    return failed(*(used.place.saying(f"{used.place.remark}, which nothing declares") for used in missing))


def _places(used: Iterable[ForeignImport]) -> list[Evidence]:
    return [each.place for each in used][:EXAMPLES]


def _declared(repo: Repo) -> frozenset[str]:
    """All that some file declares, or only locks, or a notebook installs."""
    lists = [manifest for manifest in repo.manifests if not manifest.is_lock or manifest.kind == "requirements"]
    lists = [manifest for manifest in lists if manifest.requirements] or list(repo.manifests)
    named = frozenset(entry.name for manifest in lists for entry in manifest.requirements)
    own = frozenset(manifest.name.lower() for manifest in repo.manifests if manifest.name)
    return named | own | installed_in_cells(repo)


def _is_declared(used: ForeignImport, declared: frozenset[str]) -> bool:
    top = used.module.split(".")[0].lower().replace("_", "-")
    shared = top in ("google", "azure") and any(name.startswith(top) for name in declared)
    named = any(name in declared or is_brought(name, declared) for name in used.distributions)
    squeezed = {name.replace("-", "") for name in declared}
    varied = any(name in declared for name in (f"{top}-binary", f"{top}-core", f"python-{top}", f"py{top}"))
    return shared or named or varied or top.replace("-", "") in squeezed


RULES = (dependencies_declared, dependencies_locked, imports_declared)
