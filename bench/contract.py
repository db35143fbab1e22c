"""The zero-loss contract, judged from bytes: what became of both sides' lines in an update."""

import ast
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

Files = Mapping[str, bytes]

SIDE_FILE = re.compile(r"(\.rej|\.orig|\.aiscaffold-new(-\d+)?)$")
OWN_WORD = re.compile(rb"mine[-_]\d+[-_][0-9a-f]{6}")
OPENING, CLOSING = b"<<<<<<< ", b">>>>>>> "
TELLING = 6  # letters and digits under which a line says nothing about where it comes from
PARSERS: dict[str, Callable[[str], object]] = {".py": ast.parse, ".toml": tomllib.loads, ".json": json.loads}


@dataclass(frozen=True)
class Case:
    """One update: a project as generated, with its user's work, as the template alone would have it, and after it."""

    base: Files
    mine: Files
    theirs: Files
    after: Files
    unmerged: frozenset[str]
    moved: Mapping[str, str]  # by the user
    report: str  # what the tool said beyond its routine log


@dataclass(frozen=True)
class Finding:
    """A breach of the contract: in which file, and of what."""

    path: str
    what: str


@dataclass(frozen=True)
class Findings:
    """What broke the contract, and the files in conflict, which do not."""

    lost: tuple[Finding, ...]
    missed: tuple[Finding, ...]
    wrong: tuple[Finding, ...]
    conflicts: tuple[str, ...]
    conflict_lines: int


def judge(case: Case) -> Findings:
    """Hold an update against the contract."""
    shown = _shown(case)
    new = [content for path, content in case.after.items() if content != case.mine.get(path)]
    return Findings(
        lost=tuple(_lost(case)),
        missed=tuple(_missed(case, shown)),
        wrong=tuple(_wrong(case, shown)),
        conflicts=tuple(sorted(shown)),
        conflict_lines=sum(map(_lines_between_markers, new)),
    )


def is_text(content: bytes) -> bool:
    """Whether git would merge it line by line."""
    return b"\0" not in content[:8000]


def _lost(case: Case) -> Iterator[Finding]:
    """What the user wrote and is nowhere in the tree."""
    known, present = _squeezed_all(case.base), {line for text in case.after.values() for line in _lines(text)}
    for path, content in case.mine.items():
        if content == case.base.get(path):
            continue
        if not is_text(content):
            if content not in case.after.values():
                yield Finding(path, "binary")
            continue
        added = [line for line in _lines(content) if _squeezed(line) not in known]
        yield from (Finding(path, _shown_line(line)) for line in added if line not in present)


def _missed(case: Case, shown: frozenset[str]) -> Iterator[Finding]:
    """What the template changed and is neither there nor in a conflict nor told."""
    everywhere = _squeezed_all(case.after)
    for path in sorted(case.base.keys() | case.theirs.keys()):
        old, new = case.base.get(path), case.theirs.get(path)
        place = case.moved.get(path, path)
        deleted_by_user = path in case.base and place not in case.mine
        if old == new or deleted_by_user or not shown.isdisjoint((path, place)) or _names(case, path, place):
            continue
        if new is None:
            if case.after.get(place) == old:
                yield Finding(path, "removed by the template")
        elif not (is_text(new) and is_text(old or b"")):
            if new not in case.after.values():
                yield Finding(path, "binary")
        else:
            yield from (Finding(path, why) for why in _missed_lines(case, old or b"", new, place, everywhere))


def _missed_lines(case: Case, old: bytes, new: bytes, place: str, everywhere: bytes) -> Iterator[str]:
    before, wanted = _squeezed(old), _squeezed(new)
    for line in _lines(new):
        squeezed = _squeezed(line)
        if _says_something(squeezed) and squeezed not in before and squeezed not in everywhere:
            yield f"+ {_shown_line(line)}"
    mine, after = set(_lines(case.mine.get(place, b""))), set(_lines(case.after.get(place, b"")))
    for line in _lines(old):
        squeezed = _squeezed(line)
        if _says_something(squeezed) and squeezed not in wanted and line in mine and line in after:
            yield f"- {_shown_line(line)}"


def _wrong(case: Case, shown: frozenset[str]) -> Iterator[Finding]:
    """What is there and should not be, or not like this."""
    for path in sorted(case.base.keys() - case.mine.keys()):
        if path in case.after and path not in shown and not _names(case, path):
            yield Finding(path, "back, though its owner deleted it")
    for path, content in case.after.items():
        if path not in shown and (why := _why_broken(path, content)) and not _broken_before(case, path):
            yield Finding(path, f"no longer parses: {why}")
    yield from _misplaced(case, shown)


def _misplaced(case: Case, shown: frozenset[str]) -> Iterator[Finding]:
    """The user's lines that stand twice, or in a file of the user's where they were not written."""
    before, after = (_own_words(files) for files in (case.mine, case.after))
    for word, count in after.items():
        if count > before[word] and not any(word in case.after[path] for path in shown & case.after.keys()):
            yield from (Finding(path, f"doubled: {word.decode()}") for path in case.after if word in case.after[path])
    for path in case.mine.keys() & case.after.keys() - shown:
        if astray := set(_own_words({path: case.after[path]})) - set(_own_words({path: case.mine[path]})):
            yield Finding(path, f"written elsewhere: {min(astray).decode()}")


def _own_words(files: Files) -> Counter[bytes]:
    """How often each word stands that the user invented; side files only repeat."""
    return Counter(
        word for path, text in files.items() if not SIDE_FILE.search(path) for word in OWN_WORD.findall(text)
    )


def _broken_before(case: Case, path: str) -> bool:
    sides = [files[path] for files in (case.mine, case.theirs) if path in files]
    return any(_why_broken(path, side) for side in sides)


def _why_broken(path: str, content: bytes) -> str:
    parse = PARSERS.get(PurePosixPath(path).suffix)
    try:
        if parse:
            parse(content.decode())
    except (ValueError, SyntaxError) as error:
        return str(error)
    return ""


def _names(case: Case, *paths: str) -> bool:
    return any(path in case.report for path in paths)


def _shown(case: Case) -> frozenset[str]:
    """The paths of which the project shows a conflict."""
    paths = set(case.unmerged)
    for path, content in case.after.items():
        if content == case.mine.get(path):
            continue
        if side := SIDE_FILE.search(path):
            paths.add(path[: side.start()])
        if _lines_between_markers(content):
            paths.add(path)
    return frozenset(paths)


def _lines(content: bytes) -> list[bytes]:
    return [line.rstrip() for line in content.splitlines() if line.strip()] if is_text(content) else []


def _squeezed(text: bytes) -> bytes:
    """A text without what a formatter may change."""
    return re.sub(rb"[\s'\"(),\\]", b"", text)


def _squeezed_all(files: Files) -> bytes:
    return b"\n".join(_squeezed(content) for content in files.values() if is_text(content))


def _says_something(squeezed: bytes) -> bool:
    return len(re.findall(rb"\w", squeezed)) >= TELLING


def _shown_line(line: bytes) -> str:
    return line.decode(errors="replace").strip()[:100]


def _lines_between_markers(content: bytes) -> int:
    """Lines inside complete conflicts, markers not counted."""
    count, inside = 0, None
    for line in content.splitlines():
        if line.startswith(OPENING):
            inside = 0
        elif line.startswith(CLOSING) and inside is not None:
            count, inside = count + max(inside, 1), None
        elif inside is not None and not line.startswith((b"=======", b"||||||| ")):
            inside += 1
    return count
