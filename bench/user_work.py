"""A week of a user's work on a generated project, by chance but repeatable: what an update must not lose."""

import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

COMMENTED = (".cfg", ".ini", ".py", ".sh", ".toml", ".yaml", ".yml", "Dockerfile", ".gitignore")
PROSE = (".md", ".rst", ".txt")
ROOTS = ("README.md", "README.rst")
KEPT = ("pyproject.toml", *ROOTS)  # renaming or deleting these is nobody's week
OWN = {
    "src/own_work/__init__.py": '"""A package that the template knows nothing of."""\n',
    "src/own_work/model.py": "def fit(rows):\n    return sum(rows) / len(rows)\n",
    "notes/plan of the week.md": "# Plan\n\n- look at the data\n",
}


@dataclass
class Week:
    """What was done: a line for each edit, and where files were moved to."""

    edits: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)


class Worker:
    """Edits a project; each added line holds a word that occurs nowhere else."""

    def __init__(self, project: Path, seed: str) -> None:
        self.project = project
        self.chance = random.Random(seed)
        self.week = Week()
        self.lines = 0

    def work(self, tracked: Sequence[str], changing: Sequence[str], binaries: Sequence[str]) -> Week:
        """Do the week's work, half of it in files that the template is about to change."""
        texts = [path for path in tracked if path not in binaries and ".copier-answers" not in path]
        pick = _Picker(self.chance, texts, [path for path in changing if path in texts])
        for path in pick.some(COMMENTED, 4):
            self._insert(path)
        for path in pick.some(COMMENTED, 3):
            self._change(path)
        for path in pick.some((".py",), 1):
            self._append_function(path)
            self._reformat(path)
        for path in [path for path in ROOTS if path in texts][:1]:
            self._insert(path)
            self._append(path)
        for path in pick.some((*PROSE, *COMMENTED), 2, without=KEPT):
            self._rename(path)
        for path in pick.some((*PROSE, *COMMENTED), 2, without=KEPT):
            self._delete(path)
        for path in binaries[:1]:
            self._replace(path)
        self._add_own_files()
        return self.week

    def _token(self) -> str:
        self.lines += 1
        return f"mine-{self.lines}-{self.chance.randrange(16**6):06x}"

    def _read(self, path: str) -> list[str]:
        return (self.project / path).read_bytes().decode().splitlines(keepends=True)

    def _write(self, path: str, lines: Sequence[str], what: str) -> None:
        (self.project / path).write_bytes("".join(lines).encode())
        self.week.edits.append(f"{what} {path}")

    def _insert(self, path: str) -> None:
        lines, mark = self._read(path), "# " if path.endswith(COMMENTED) else ""
        at = self.chance.randrange(len(lines) + 1)
        new = [f"{mark}{self._token()} is what I had to say here\n" for _ in range(self.chance.randint(1, 3))]
        if at and not lines[at - 1].endswith("\n"):
            lines[at - 1] += "\n"
        self._write(path, [*lines[:at], *new, *lines[at:]], "insert lines into")

    def _change(self, path: str) -> None:
        lines = self._read(path)
        plain = [n for n, line in enumerate(lines) if line.strip() and line.endswith("\n")]
        if plain:
            at = self.chance.choice(plain)
            lines[at] = f"{lines[at].rstrip()}  # {self._token()}\n"
            self._write(path, lines, "change a line of")

    def _append(self, path: str) -> None:
        lines = self._read(path)
        self._write(path, [*lines, f"\n## {self._token()}\n\nWhat I found, {self._token()}.\n"], "append a section to")

    def _append_function(self, path: str) -> None:
        name = self._token().replace("-", "_")
        lines = self._read(path)
        self._write(path, [*lines, f"\n\ndef {name}(rows):\n    return sorted(rows)\n"], "append a function to")

    def _reformat(self, path: str) -> None:
        options = ("--isolated", "--no-cache", "--line-length", "72", "--config", "format.quote-style='single'")
        subprocess.run(["ruff", "format", "--quiet", *options, path], cwd=self.project, check=False)
        self.week.edits.append(f"reformat {path}")

    def _rename(self, path: str) -> None:
        place = Path(path)
        new = place.with_name(f"my_{place.name.lstrip('.')}").as_posix()
        (self.project / path).rename(self.project / new)
        self.week.moved[path] = new
        self.week.edits.append(f"rename {path}")

    def _delete(self, path: str) -> None:
        (self.project / path).unlink()
        self.week.edits.append(f"delete {path}")

    def _replace(self, path: str) -> None:
        (self.project / path).write_bytes(b"\x89MINE\0" + self.chance.randbytes(2000))
        self.week.edits.append(f"replace the binary {path}")

    def _add_own_files(self) -> None:
        for path, text in OWN.items():
            file = self.project / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{text}# {self._token()}\n", encoding="utf-8", newline="\n")
        self.week.edits.append("add files of my own")


class _Picker:
    """Hands out files, none twice, every other one from those that the template changes."""

    def __init__(self, chance: random.Random, files: Sequence[str], changing: Sequence[str]) -> None:
        self.chance = chance
        self.pools = [sorted(changing), sorted(files)]
        self.used = set(ROOTS)

    def some(self, endings: tuple[str, ...], count: int, without: Sequence[str] = ()) -> list[str]:
        """Up to `count` files with one of these endings."""
        found: list[str] = []
        for number in range(count):
            pools = (self.pools[number % 2], self.pools[1])
            fitting = ([p for p in pool if p.endswith(endings) and p not in {*self.used, *without}] for pool in pools)
            if pool := next(filter(None, fitting), None):
                found.append(self.chance.choice(pool))
                self.used.add(found[-1])
        return found
