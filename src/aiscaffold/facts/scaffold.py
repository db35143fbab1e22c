"""What of a project stands as its template rendered it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from aiscaffold.contents import Contents


@dataclass(frozen=True, eq=False)
class Scaffold:
    """The render of a template, by path, beside what became of it; empty where there is no template."""

    rendered: Mapping[str, bytes]
    contents: Contents

    def is_untouched(self, path: str) -> bool:
        """Whether a file is what the template rendered, to the byte but for line ends."""
        if path not in self.rendered:
            return False
        return self.contents.raw(path).replace(b"\r\n", b"\n") == self.rendered[path].replace(b"\r\n", b"\n")

    def holds(self, path: str, line: int = 0) -> bool:
        """Whether a line (or, without one, the whole file) stands as the template rendered it."""
        if path not in self.rendered or not line:
            return self.is_untouched(path)
        lines = self.contents.text(path).splitlines()
        return line <= len(lines) and lines[line - 1].rstrip() in self._lines_of(path)

    def _lines_of(self, path: str) -> frozenset[str]:
        if path not in self._lines:
            text = self.rendered[path].decode(errors="replace")
            self._lines[path] = frozenset(["", *(line.rstrip() for line in text.splitlines())])
        return self._lines[path]

    @cached_property
    def _lines(self) -> dict[str, frozenset[str]]:
        return {}
