"""The documents' generated regions: what fills them, whether they are current, whose work it is."""

# ruff: noqa: T201 - it talks to people

import re
import subprocess
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

README = "README.md"
OWNER = "owner"
# In Markdown the marks are comments of HTML, in YAML they are lines of comment.
REGION = re.compile(
    r'(?P<open>(?P<mark><!--|#) aiscaffold:gen id="(?P<id>[\w-]+)"[^\n]*\n)'
    r"(?P<body>.*?)"
    r"(?P<close>(?P=mark) /aiscaffold:gen(?: -->)?)",
    re.DOTALL,
)
SWAP = re.compile(
    r"^(?:#|<!--) aiscaffold:swap (?P<id>[\w-]+) - (?P<text>.+?)(?: -->)?$", re.MULTILINE
)
ANSWERS_NAME = ".copier-answers.yml"
NOT_YET = "No commit of the owner's yet."
TEMPLATE_COMMIT = "Start from aiscaffold"
# The commit that names the owner's first one comes after it.
MOST_COMMITS_WITHOUT_OWNER = 2
NOTICE = (
    "> **This is aiscaffold's worked example, not yet the author's own work:** {same} still "
    "the template's."
)

type Names = Sequence[str]
type Regions = dict[str, str]


def read_regions(root: Path, names: Names) -> dict[str, Regions]:
    """Return the generated regions as each document holds them."""
    return {
        name: {match["id"]: match["body"].strip("\n") for match in REGION.finditer(text)}
        for name in names
        for text in [(root / name).read_text(encoding="utf-8")]
    }


def recorded_owner(root: Path) -> str:
    """Return the README's sentence on the owner's first commit, as it stands."""
    return read_regions(root, [README])[README].get(OWNER, "")


def missing_marks(recorded: dict[str, Regions], current: Regions) -> list[str]:
    """Return the regions that no document has marks for."""
    marked = {name for regions in recorded.values() for name in regions}
    return [name for name in current if name not in marked]


def stale(root: Path, names: Names, current: Regions) -> list[str]:
    """Return the regions, as document#region, that are not current."""
    recorded = recorded_owner(root)
    if is_owner_excused(root, recorded):
        current = current | {OWNER: recorded}
    return [
        f"{document}#{name}"
        for document, regions in read_regions(root, names).items()
        for name, text in regions.items()
        if text != current.get(name, text)
    ]


def write_regions(root: Path, names: Names, current: Regions) -> None:
    """Fill the regions of every document."""
    for path in [root / name for name in names]:
        text = REGION.sub(lambda match: _fill(match, current), path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8", newline="\n")


def tell_missing(root: Path, names: Names, current: Regions) -> int:
    """Say which marks the documents lack; return the exit code."""
    missing = missing_marks(read_regions(root, names), current)
    if missing:
        print(f"the documents lack the marks of the generated regions: {', '.join(missing)}")
    return 1 if missing else 0


def tell_stale(root: Path, found: list[str]) -> int:
    """Say what is stale, or that the README does not name the owner; return the exit code."""
    recorded = recorded_owner(root)
    if found:
        print(f"stale: {', '.join(found)}; run: poe report")
    elif recorded != owner_sentence(root, recorded):
        print("note: README does not name the owner's first commit; poe report mends it")
    return 1 if found else 0


def tell_differences(found: list[str], remedy: str) -> int:
    """Say which numbers differ from the README and what to do, if any; return the exit code."""
    if not found:
        print("numbers match README")
        return 0
    print("numbers differ from README:", *found, sep="\n  ")
    print(remedy)
    return 1


def stage[T](name: str, work: Callable[[], T]) -> T:
    """Return what the work returns, saying how long it took."""
    start = perf_counter()
    result = work()
    print(f"{name:9} {perf_counter() - start:6.1f} s", flush=True)
    return result


def common_regions(root: Path, swap_files: Names) -> Regions:
    """Return the text of the regions that depend on no result."""
    return {
        "summary": summary(root),
        "provenance": scaffolded_from(root),
        OWNER: owner_sentence(root, recorded_owner(root)),
        "swap": swap_list(root, swap_files),
    }


def summary(root: Path) -> str:
    """Return the project's one sentence on itself."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["description"])


def swap_list(root: Path, patterns: Names) -> str:
    """Return the places in the files of these patterns that are meant to be replaced."""
    files = [path for pattern in patterns for path in sorted(root.glob(pattern))]
    found = [
        f"`{path.relative_to(root).as_posix()}`, {match['id']}: {match['text']}"
        for path in files
        for match in SWAP.finditer(path.read_text(encoding="utf-8"))
    ]
    return bullets(found)


def bullets(lines: Iterable[str]) -> str:
    """Return the lines as a list."""
    return "\n".join(f"- {line}" for line in lines)


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return the rows as a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def differences(recorded: Any, measured: Any, tolerance: float, path: str = "") -> Iterator[str]:
    """Yield one line for each value that differs by more than the tolerance."""
    if isinstance(recorded, dict) and isinstance(measured, dict):
        for key in sorted({*recorded, *measured}):
            pair = recorded.get(key), measured.get(key)
            yield from differences(*pair, tolerance, f"{path}.{key}".lstrip("."))
    elif isinstance(recorded, list) and isinstance(measured, list):
        paired = dict(enumerate(recorded)), dict(enumerate(measured))
        yield from differences(*paired, tolerance, path)
    elif not _agree(recorded, measured, tolerance):
        yield f"{path}: recorded {recorded}, measured {measured}"


def notice(current: dict[str, str], template: dict[str, str]) -> str:
    """Return the honesty notice, given digests; it vanishes when all are the owner's."""
    same = [name for name, digest in template.items() if current[name] == digest]
    return NOTICE.format(same=_are(same)) if same else ""


def text_digest(text: str) -> str:
    """Return the digest of a text, such as the results as the README rounds them."""
    return sha256(text.encode("utf-8")).hexdigest()


def file_digest(path: Path) -> str:
    """Return the digest of a file's text, or nothing where there is none."""
    return text_digest(path.read_text(encoding="utf-8")) if path.is_file() else ""


def scaffolded_from(root: Path) -> str:
    """Return the sentence that names the template and its version."""
    answers = _read_answers(root / ANSWERS_NAME)
    version = answers.get("_commit", "an unreleased version")
    return f"Scaffolded with aiscaffold from the template `{answers.get('template')}`, {version}."


def owner_sentence(root: Path, recorded: str) -> str:
    """Return the sentence on the owner's first commit, as recorded where git cannot tell."""
    commits = _commits(root)
    if commits is None:
        return recorded
    own = commits[1:] if commits and TEMPLATE_COMMIT in commits[0] else commits
    return f"The owner's work starts at commit `{own[0][:12]}`." if own else NOT_YET


def is_owner_excused(root: Path, recorded: str) -> bool:
    """Tell whether an outdated sentence on the owner is no lie: too early, or history rewritten."""
    commits = _commits(root) or []
    if recorded == NOT_YET:
        return len(commits) <= MOST_COMMITS_WITHOUT_OWNER
    named = re.search(r"`(\w+)`", recorded)
    return named is not None and not any(each.startswith(named[1]) for each in commits)


def _fill(match: re.Match[str], regions: Regions) -> str:
    text = regions.get(match["id"], match["body"].strip("\n"))
    return f"{match['open']}{text}\n{match['close']}" if text else match["open"] + match["close"]


def _agree(recorded: Any, measured: Any, tolerance: float) -> bool:
    if isinstance(recorded, float) and isinstance(measured, float):
        return abs(recorded - measured) <= tolerance
    return bool(recorded == measured)


def _are(names: list[str]) -> str:
    *first, last = names
    if not first:
        # "Data" is a plural without an s.
        return f"the {last} {'are' if last == 'data' or last.endswith('s') else 'is'}"
    return f"{', '.join(first)} and {last} are"


def _read_answers(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    pairs = re.findall(r"^(\w+): (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {key: value.strip("'\"") for key, value in pairs}


def _commits(root: Path) -> list[str] | None:
    if _git(root, "rev-parse", "--is-shallow-repository") != ["false"]:
        return None
    return _git(root, "log", "--reverse", "--no-show-signature", "--format=%H %s", "--", ".")


def _git(root: Path, *arguments: str) -> list[str] | None:
    command: list[Any] = ["git", "-C", root, *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.splitlines()
