"""Merge one text: three versions in, one out, with the differences that nobody meant taken away first."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from aiscaffold.additions import is_configuration, join_additions
from aiscaffold.process import git_data

YOURS = "yours"
OPENING, MIDDLE, CLOSING = "<<<<<<<", "=======", ">>>>>>>"
REGION = re.compile(
    rb'(<!-- aiscaffold:gen id="([^"\n]+)"[^\n]*-->\r?\n)(.*?)(^<!-- /aiscaffold:gen -->)', re.DOTALL | re.MULTILINE
)

Formatter = Callable[[str, bytes], bytes | None]


@dataclass(frozen=True)
class Versions:
    """One file as the old template made it, as its owner has it, and as the new template makes it."""

    base: bytes
    ours: bytes
    theirs: bytes

    def __iter__(self) -> Iterator[bytes]:
        """The three, in this order."""
        return iter((self.base, self.ours, self.theirs))

    @property
    def is_text(self) -> bool:
        """Whether all three are texts, as git decides: no zero byte near the start."""
        return not any(b"\0" in version[:8000] for version in self)


@dataclass(frozen=True)
class MergedText:
    """A merged text and how many lines of it lie in conflicts."""

    content: bytes
    disputed: int


def merge_text(path: str, versions: Versions, label: str, formatter: Formatter) -> MergedText:
    """Merge, with the owner's line ends and formatting given to the other two where that leaves less in conflict.

    `formatter` takes a path and a text and gives the formatted text, or None where it cannot.
    """
    best = _merge(versions, label)
    for neutral in (_with_line_ends, lambda known: _formatted(path, known, formatter)):
        if not best.disputed:
            break
        closer = neutral(versions)
        if closer is not None and (tried := _merge(closer, label)).disputed < best.disputed:
            best, versions = tried, closer
    if best.disputed and is_configuration(path):
        joined = join_additions(path, _merge_file(versions, label, "--diff3"))
        return best if joined is None else MergedText(joined, 0)
    return best


def disputed_text(ours: bytes, theirs: bytes, label: str) -> bytes:
    """Both versions, whole lines between conflict markers where they differ; what they begin and end with stays."""
    mine, other = ours.splitlines(keepends=True), theirs.splitlines(keepends=True)
    head = _common(mine, other)
    tail = _common(mine[head:][::-1], other[head:][::-1])
    middle = [(lines[head : len(lines) - tail]) for lines in (mine, other)]
    end = b"\r\n" if b"\r\n" in ours else b"\n"
    signs = [sign.encode() for sign in (f"{OPENING} {YOURS}", MIDDLE, f"{CLOSING} {label}")]
    blocks = [[signs[0]], middle[0], [signs[1]], middle[1], [signs[2]]]
    disputed = b"".join(_closed(block, end) for block in blocks)
    return b"".join(mine[:head]) + disputed + b"".join(mine[len(mine) - tail :] if tail else [])


def with_regions_of(ours: bytes, versions: Versions) -> Versions:
    """Base and theirs with the generated regions of `ours`, where its owner's commands have rewritten them."""
    base, mine, theirs = (dict(_regions(version)) for version in versions)
    rewritten = {name: mine[name] for name in mine if name in base and name in theirs and mine[name] != base[name]}
    return Versions(_filled(versions.base, rewritten), ours, _filled(versions.theirs, rewritten))


def has_markers(content: bytes) -> bool:
    """Whether a text still holds conflict markers."""
    return bool(re.search(rb"^(<{7} |>{7} )", content, re.MULTILINE))


def _regions(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    return ((found[2], found[3]) for found in REGION.finditer(content))


def _filled(content: bytes, regions: dict[bytes, bytes]) -> bytes:
    return REGION.sub(lambda found: found[1] + regions.get(found[2], found[3]) + found[4], content)


def _merge(versions: Versions, label: str) -> MergedText:
    content = _merge_file(versions, label)
    return MergedText(content, _disputed_lines(content))


def _merge_file(versions: Versions, label: str, *style: str) -> bytes:
    """What git makes of the three texts, with conflicts between markers."""
    with TemporaryDirectory(prefix="aiscaffold-", ignore_cleanup_errors=True) as folder:
        files = {name: Path(folder, name) for name in ("ours", "base", "theirs")}
        for name, file in files.items():
            file.write_bytes(getattr(versions, name))
        names = [word for name in (YOURS, "template before", label) for word in ("-L", name)]
        # The exit code counts conflicts, up to 127.
        return git_data(
            "merge-file", "-p", *style, *names, *map(str, files.values()), cwd=Path(folder), fine=range(128)
        )


def _disputed_lines(content: bytes) -> int:
    """The number of lines between conflict markers."""
    blocks = re.findall(rb"^<{7} .*?^>{7} ", content, re.DOTALL | re.MULTILINE)
    return sum(block.count(b"\n") for block in blocks)


def _with_line_ends(versions: Versions) -> Versions | None:
    """Base and theirs with the line ends of the owner's text; None where it mixes them or they are the same."""
    windows, all_ends = versions.ours.count(b"\r\n"), versions.ours.count(b"\n")
    if windows not in (0, all_ends):
        return None
    end = b"\r\n" if windows else b"\n"
    base, theirs = (re.sub(rb"\r?\n", end, text) for text in (versions.base, versions.theirs))
    return None if (base, theirs) == (versions.base, versions.theirs) else Versions(base, versions.ours, theirs)


def _formatted(path: str, versions: Versions, formatter: Formatter) -> Versions | None:
    """Base and theirs as a formatter writes them; None unless the owner's text is in its format already."""
    if formatter(path, versions.ours) != versions.ours:
        return None
    base, theirs = formatter(path, versions.base), formatter(path, versions.theirs)
    return None if base is None or theirs is None else Versions(base, versions.ours, theirs)


def _common(one: list[bytes], other: list[bytes]) -> int:
    """How many lines two texts begin with alike."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _closed(lines: list[bytes], end: bytes) -> bytes:
    """Lines as one text that ends with a line end, so that a marker can follow."""
    text = b"".join(lines)
    return text if not text or text.endswith((b"\n", b"\r")) else text + end
