"""What of a project stands as its template rendered it, or as the project's own report did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from aiscaffold.contents import Contents
from aiscaffold.document import split_lines
from aiscaffold.regex import regex

# A report repeats the description in pyproject.toml, which is the owner's own sentence.
REGION = regex(r'<!-- aiscaffold:gen (?![^>]*\bfrom="pyproject\.toml")')
END = "<!-- /aiscaffold:gen -->"


@dataclass(frozen=True, eq=False)
class Scaffold:
    """The render of a template, by path, beside what became of it; empty where there is no template."""

    rendered: Mapping[str, bytes]
    contents: Contents

    def is_untouched(self, path: str) -> bool:
        """Whether a file is what the template rendered, to the byte but for line ends and generated regions."""
        if path not in self.rendered:
            return False
        return _outside_regions(self.contents.raw(path)) == _outside_regions(self.rendered[path])

    def holds(self, path: str, line: int = 0) -> bool:
        """Whether a line (or, without one, the whole file) stands as the template rendered it."""
        if path not in self.rendered or not line:
            return self.is_untouched(path)
        lines = self.contents.text(path).splitlines()
        return line <= len(lines) and lines[line - 1].rstrip() in self._lines_of(path)

    def is_owners(self, path: str, line: int) -> bool:
        """Whether a line may be the owner's words: what the project's report rendered is not, whatever it says now."""
        return not self.holds(path, line) and line not in self._generated_in(path)

    def _generated_in(self, path: str) -> frozenset[int]:
        if path not in self._generated:
            self._generated[path] = _generated(split_lines(self.contents.text(path)))
        return self._generated[path]

    def _lines_of(self, path: str) -> frozenset[str]:
        if path not in self._lines:
            text = self.rendered[path].decode(errors="replace")
            self._lines[path] = frozenset(["", *(line.rstrip() for line in text.splitlines())])
        return self._lines[path]

    @cached_property
    def _generated(self) -> dict[str, frozenset[int]]:
        return {}

    @cached_property
    def _lines(self) -> dict[str, frozenset[str]]:
        return {}


def _generated(lines: Iterable[str]) -> frozenset[int]:
    """The numbers of the lines of generated regions, marks included; a region that does not end is none."""
    found: set[int] = set()
    begun = 0
    for number, line in enumerate(lines, 1):
        if REGION.match(line):
            begun = number
        elif begun and line.startswith(END):
            found |= set(range(begun, number + 1))
            begun = 0
    return frozenset(found)


def _outside_regions(content: bytes) -> list[str]:
    lines = content.replace(b"\r\n", b"\n").decode("latin-1").split("\n")  # which loses no byte
    generated = _generated(lines)
    return [line for number, line in enumerate(lines, 1) if number not in generated]
