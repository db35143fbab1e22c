"""What the files of a snapshot hold: bytes, text, or the reason why there is none."""

from dataclasses import dataclass
from functools import cached_property

from aiscaffold.evidence import Unreadable, at
from aiscaffold.snapshot import LARGEST, LINK, SUBMODULE, Snapshot

BLOCK = 4_096  # bytes: what holds nothing is shorter
HEAD = 8_192  # bytes in which a binary file shows a zero


@dataclass(frozen=True, eq=False)
class Contents:
    """The tracked files of a snapshot, each decoded once."""

    snapshot: Snapshot

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every tracked regular file, sorted."""
        special = (LINK, SUBMODULE)
        return tuple(path for path, entry in self.snapshot.entries.items() if entry.mode not in special)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.paths)

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a tracked path, without a slash at its end."""
        found, fresh = {"."}, {path.rpartition("/")[0] for path in self.snapshot.entries}
        while fresh := fresh - found - {""}:
            found |= fresh
            fresh = {path.rpartition("/")[0] for path in fresh}
        return frozenset(found)

    def has(self, path: str) -> bool:
        """Whether git tracks a file, a link or a folder at this path."""
        return path in self.snapshot.entries or path.rstrip("/") in self.folders

    def size(self, path: str) -> int:
        """The size in bytes."""
        return self.snapshot.entries[path].size

    def raw(self, path: str) -> bytes:
        """The content. Raises `Unreadable` where it is too large or cannot be read."""
        if self.size(path) > LARGEST:
            raise Unreadable(at(path, f"larger than {LARGEST // 1_000_000} MB, not read"))
        return self.snapshot.read(path)

    def raw_or_zero(self, path: str) -> bytes:
        """The content, or a zero byte, which no reader of text takes for content, where it cannot be read."""
        try:
            return self.raw(path)
        except Unreadable:
            return b"\0"

    def why_unreadable(self, path: str) -> str:
        """Why a file's content cannot be had; empty where it can."""
        try:
            self.raw(path)
        except Unreadable as damage:
            return damage.evidence.remark
        return ""

    def text(self, path: str) -> str:
        """The content as text: UTF-8, UTF-16 with a mark, else Latin-1. Raises `Unreadable` where it is binary."""
        if path not in self._texts:
            self._texts[path] = _decoded(path, self.raw(path))
        return self._texts[path]

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {}

    def text_or_none(self, path: str) -> str | None:
        """The content as text, or None where it is not there or cannot be read."""
        try:
            return self.text(path) if path in self._known else None
        except Unreadable:
            return None

    def is_hollow(self, path: str) -> bool:
        """Whether a file holds nothing but white space."""
        return self.size(path) == 0 or (self.size(path) < BLOCK and not self.raw_or_zero(path).strip())


def _decoded(path: str, raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    if b"\0" in raw[:HEAD]:
        raise Unreadable(at(path, "binary where text is expected"))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
