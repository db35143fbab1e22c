"""The same commit gives the same bytes, whatever a machine's language, time zone, place and hash seed; without a trace.

Each run is a process of its own that shows the reports on two repositories in every format.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from audited import repository
from support import git

from aiscaffold.formats import FORMATS, TOGETHER

Said = dict[str, Any]
RUNS = 20
LANGUAGES = ("C", "C.UTF-8")  # there is no other that every Linux has
ZONES = ("Pacific/Kiritimati", "America/St_Johns")
LONG_AGO = 10**18  # nanoseconds
NAMES = ("spoor", "flight-delays")
AUDIT = f"""
import hashlib, json, sys
seen = []
WATCHED = ("socket.", "subprocess.Popen", "os.posix_spawn", "os.system", "os.exec", "urllib.", "http.", "ssl.")
sys.addaudithook(lambda event, words: seen.append((event, repr(words))) if event.startswith(WATCHED) else None)
from aiscaffold.delivery import deliver
from aiscaffold.inspection import Order, inspect
digests = {{}}
for name in {NAMES}:
    report = inspect(name, Order(at=sys.argv[1], with_screen=True)).report
    for form in {sorted({*FORMATS, *TOGETHER})}:
        texts = []
        deliver([report], form, "", texts.append, color=True)
        digests[f"{{name}} as {{form}}"] = hashlib.sha256("".join(texts).encode()).hexdigest()
print(json.dumps({{"digests": digests, "seen": seen}}))
"""
FILES = {
    "README.md": "# Fährten\n\nPredicts from spoor which animal passed, for rangers who count them. \U0001f43e\n\n"
    "## Results\n\nAccuracy is 0.81 on `data/spuren.csv` of the winter held out.\n\n- ärger\n- Zebra\n- apfel\n",
    "pyproject.toml": '[project]\nname = "spoor"\nversion = "0.1"\ndependencies = ["pandas", "numpy"]\n',
    "src/spoor/__init__.py": "import yaml, zlib, torch, numpy, pandas, attr, zope\n",
    "src/spoor/größe.py": "def größe(wert):\n    try:\n        return wert\n    except Exception:\n        pass\n",
    "tests/test_spoor.py": "from spoor import größe\n\n\ndef test_größe():\n    assert größe.größe(1) == 1\n",
    "notebooks/b.ipynb": "{broken",
    "data/spuren.csv": "art,länge\nluchs,0.81\n",
    "data/latin.txt": "größe".encode("latin-1"),
    ".github/workflows/ci.yml": "on: [push]\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n"
    "      - run: make test\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest || true\n",
    "Makefile": "test:\n\tpython -m pytest\n",
    ".history": json.dumps(
        [
            {
                "subject": f"Zähle Spur {number}",
                "author": author,
                "days": number,
                "files": {f"src/spoor/s{number}.py": text},
            }
            for number, (author, text) in enumerate(
                [("Ada Lovelace", "A = 1\n"), ("Émilie du Châtelet", "B = 2\n"), ("Иван", "C = 3\n")] * 4
            )
        ]
    ),
}


@dataclass(frozen=True)
class Machine:
    """Where and how a run takes place: the folder that holds the clones, and what a program learns of the system."""

    folder: Path
    language: str = "C"
    zone: str = "UTC"
    seed: int = 0

    def run(self, revision: str = "") -> Said:
        """Audit the clones; what came out, and what the process asked the system for."""
        done = subprocess.run(
            [sys.executable, "-c", AUDIT, revision],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said: Said = json.loads(done.stdout)
        return said

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process. Python is kept from reading UTF-8 where the language does not ask for it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON", "GIT_"))}
        return {
            **kept,
            "LC_ALL": self.language,
            "LANG": self.language,
            "TZ": self.zone,
            "PYTHONHASHSEED": str(self.seed),
            "PYTHONCOERCECLOCALE": "0",
            "PYTHONUTF8": "0",
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "COLUMNS": str(60 + self.seed),
        }


@pytest.fixture(scope="module")
def origins(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two repositories: a small one full of odd things, and one made from a template."""
    folder = tmp_path_factory.mktemp("origin")
    project = folder / NAMES[1]
    command = [sys.executable, "-m", "aiscaffold", "new", "end-to-end-ml", str(project), "--defaults"]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return [repository(FILES, folder / NAMES[0]), project]


@pytest.fixture(scope="module")
def folders(origins: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two folders that hold a clone of each repository."""
    folders = [tmp_path_factory.mktemp("plain"), tmp_path_factory.mktemp("odd") / "mit Leerzeichen und ü"]
    for folder in folders:
        folder.mkdir(exist_ok=True)
        for origin in origins:
            git(folder, "clone", "--quiet", "--no-hardlinks", str(origin), origin.name)
    return folders


@pytest.mark.slow
def test_twenty_runs_on_different_machines_give_one_digest_for_each_format(folders: list[Path]) -> None:
    digests = defaultdict(set)
    for seed in range(RUNS):
        language, zone, folder = LANGUAGES[seed % 2], ZONES[seed // 2 % 2], folders[seed // 4 % 2]
        for what, digest in Machine(folder, language, zone, seed).run()["digests"].items():
            digests[what].add(digest)
    assert len(digests) == len(NAMES) * len({*FORMATS, *TOGETHER})
    assert {what: len(found) for what, found in digests.items() if len(found) > 1} == {}


def test_a_commit_tells_the_same_as_the_tree_that_it_was_checked_out_to(folders: list[Path]) -> None:
    machine = Machine(folders[0])
    assert machine.run("HEAD")["digests"] == machine.run()["digests"]


def test_no_socket_is_opened_and_git_is_only_asked_for_what_is_here(folders: list[Path]) -> None:
    seen = Machine(folders[0]).run()["seen"]
    assert {event for event, _ in seen} <= {"subprocess.Popen", "os.posix_spawn"}
    calls = [words for event, words in seen if event == "subprocess.Popen"]
    assert calls
    assert [words for words in calls if "git" not in words or re.search("'(?:fetch|clone|pull|push)'", words)] == []


def test_the_repository_is_as_it_was_its_index_too(folders: list[Path]) -> None:
    for name in NAMES:
        # Stamps that the index does not know: `git status` would write it anew.
        for path in (folders[1] / name).glob("*.*"):
            os.utime(path, ns=(LONG_AGO, LONG_AGO))
    before = [state(folders[1] / name) for name in NAMES]
    for revision in ("", "HEAD"):
        Machine(folders[1]).run(revision)
    assert [state(folders[1] / name) for name in NAMES] == before


def state(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Time, size and content of everything in a folder, git's own files included."""
    found = {}
    for path in (folder, *folder.rglob("*")):
        told = path.stat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[path.relative_to(folder).as_posix()] = (told.st_mtime_ns, told.st_size, content)
    return found
