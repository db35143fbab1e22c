"""Ways to harm the files of a work tree, with git none the wiser."""

import os
import shutil
import socket
from collections.abc import Iterable
from pathlib import Path
from random import Random

from support import git

HUGE = 100_000_000  # bytes
NAMES = (
    b"new\nline.py",
    b"caf\xe9.md",
    b"\xff\xfe\xfd.ipynb",
    b"-rf",
    b"--output=x.py",
    b"..foo",
    b"...",
    b" ",
    b"a" * 250 + b".py",
    b"*.py",
    b"[a].py",
    b":(glob)x.py",
    b"!x",
    b"#x.md",
    b"tab\there.py",
    b"quote\"'`.py",
    b"back\\slash.py",
    b"$(touch x).py",
    b"${{ x }}.yml",
    b"<script>.md",
    b"\xe2\x80\xae.py",
    b"\xed\xa0\x80.py",
    b"\x1b[31m.md",
    b"\x01\x1e\x1f.py",
    b"readme.MD",
    b"README.md ",
    b"README.md\n",
    b"test_\xff.py",
    b"HEAD",
    b"C:x.py",
    b"con.py",
)
Paths = Iterable[str]


def commit(folder: Path) -> None:
    """Commit whatever is there."""
    git(folder, "add", "--all", "--force")
    who = ("-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.org")
    git(folder, *who, "commit", "--quiet", "--allow-empty", "--no-verify", "--no-gpg-sign", "--message=Change things")


def put(folder: Path, path: str, content: str | bytes = "") -> Path:
    """Write a file, whatever stands in its way."""
    file = folder / path
    for above in (*reversed(file.relative_to(folder).parents), file.relative_to(folder)):
        if (folder / above).is_symlink() or (folder / above).is_file():
            (folder / above).unlink()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    return file


def tracked(folder: Path, random: Random, share: float) -> list[str]:
    """A share of the tracked files that are on disk."""
    paths = [path for path in git(folder, "ls-files", "-z").split("\0") if path and (folder / path).is_file()]
    return sorted(random.sample(paths, max(1, int(len(paths) * share))))


def huge_readme(folder: Path, _: Random) -> Paths:
    """A README of 100 MB of nothing."""
    os.truncate(put(folder, "README.md", "# Title\n"), HUGE)
    return ["README.md"]


def huge_files(folder: Path, _: Random) -> Paths:
    """Code, a notebook and data of 100 MB each."""
    names = ("src/huge.py", "huge.ipynb", "huge.csv")
    for name in names:
        put(folder, name, "x\n")
    commit(folder)
    for name in names:
        os.truncate(folder / name, HUGE)
    return names[:2]


def fifo(folder: Path, _: Random) -> Paths:
    """Named pipes in place of tracked files: whoever opens one waits for ever."""
    names = ("README.md", "src/piped.py", "pyproject.toml")
    for name in names:
        put(folder, name, "# Title\n")
    commit(folder)
    for name in names:
        (folder / name).unlink()
        os.mkfifo(folder / name)
    return names


def socket_and_folder(folder: Path, _: Random) -> Paths:
    """A socket and a folder in place of tracked files."""
    put(folder, "README.md", "# Title\n")
    put(folder, "src/a.py", "x = 1\n")
    commit(folder)
    (folder / "README.md").unlink()
    before = Path.cwd()
    os.chdir(folder)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("README.md")
    os.chdir(before)
    (folder / "src/a.py").unlink()
    (folder / "src/a.py").mkdir()
    return ["README.md"]


def links_in_a_circle(folder: Path, _: Random) -> Paths:
    """Links to themselves, to each other, to the folder above."""
    targets = {"README.md": "README.md", "a": "b", "b": "a", "loop": ".", "src/up": "..", "x.py": "a"}
    for name, target in targets.items():
        put(folder, name).unlink()
        (folder / name).symlink_to(target)
    commit(folder)
    return ()


def links_out(folder: Path, _: Random) -> Paths:
    """Links to what lies outside of the repository, one in place of a folder with tracked files."""
    put(folder, "moved/secret.py", "x = 1\n")
    commit(folder)
    outside = folder.with_name(f"{folder.name}-outside")
    put(outside, "secret.py", "OUTSIDE = 'text that no report may read'\ndef (\n")
    shutil.rmtree(folder / "moved")
    (folder / "moved").symlink_to(outside)
    for name in ("README.md", "pyproject.toml", "requirements.txt", "src/a.py"):
        put(folder, name).unlink()
        (folder / name).symlink_to("/etc/passwd")
    return ()


def deleted(folder: Path, random: Random) -> Paths:
    """Half of the files are gone, and nobody told git."""
    for path in tracked(folder, random, 0.5):
        (folder / path).unlink()
    return ()


def emptied(folder: Path, random: Random) -> Paths:
    """Half of the files hold nothing."""
    for path in tracked(folder, random, 0.5):
        os.truncate(folder / path, 0)
    return ()


def cut(folder: Path, random: Random) -> Paths:
    """Half of the files end in the middle."""
    for path in tracked(folder, random, 0.5):
        os.truncate(folder / path, random.randint(0, (folder / path).stat().st_size))
    return ()


def flipped(folder: Path, random: Random) -> Paths:
    """Half of the files hold bytes that were other bytes."""
    for path in tracked(folder, random, 0.5):
        content = bytearray((folder / path).read_bytes())
        for _ in range(random.randint(1, 40) if content else 0):
            content[random.randrange(len(content))] = random.randrange(256)
        (folder / path).write_bytes(content)
    return ()


def spliced(folder: Path, random: Random) -> Paths:
    """Half of the files hold lines of other files."""
    paths = tracked(folder, random, 0.5)
    lines = [line for path in paths for line in (folder / path).read_bytes().splitlines(keepends=True)[:2_000]]
    for path in paths:
        own = (folder / path).read_bytes().splitlines(keepends=True)
        for _ in range(random.randint(1, 30) if lines else 0):
            at = random.randint(0, len(own))
            own[at : at + random.randint(0, 2)] = [random.choice(lines)]
        (folder / path).write_bytes(b"".join(own))
    return ()


def names(folder: Path, _: Random) -> Paths:
    """Files whose names are bytes that no people write, in folders of such names, some of them with code."""
    for place in (b".", b".github/workflows", b"docs", b"-x\n\xff"):
        for name in NAMES:
            put(folder, os.fsdecode(place + b"/" + name), b"# words [a](b)\n" if name.endswith(b".md") else b"def (\n")
    commit(folder)
    return ()


def deep(folder: Path, _: Random) -> Paths:
    """Folders in folders, until a path has 3,000 characters."""
    put(folder, "/".join(["deeper"] * 400) + "/deep.py", "x = 1\n")
    put(folder, "/".join("abcdefghij" * 8) + "/README.md", "# Deep\n")
    commit(folder)
    return ()


def many(folder: Path, _: Random) -> Paths:
    """A thousand small files."""
    for number in range(1_000):
        put(folder, f"data/{number % 50}/{number}.json", "{}")
    commit(folder)
    return ()


def unreadable_files(folder: Path, _: Random) -> Paths:
    """Files that the user may not read."""
    names = ("README.md", "pyproject.toml", "src/locked.py", "locked.ipynb", ".github/workflows/locked.yml")
    for name in names:
        put(folder, name, "x = 1\n")
    commit(folder)
    for name in names:
        (folder / name).chmod(0)
    return names


def unreadable_folder(folder: Path, _: Random) -> Paths:
    """A folder that the user may not enter."""
    put(folder, "locked/a.py", "x = 1\n")
    put(folder, "locked/README.md", "# Title\n")
    commit(folder)
    (folder / "locked").chmod(0)
    return ["locked/a.py"]


def unreadable_git(folder: Path, _: Random) -> Paths:
    """A repository into which the user may not look."""
    (folder / ".git").chmod(0)
    return ()


def unreadable_objects(folder: Path, _: Random) -> Paths:
    """Objects that the user may not read."""
    (folder / ".git/objects").chmod(0)
    return ()


DISK = (
    huge_readme,
    huge_files,
    fifo,
    socket_and_folder,
    links_in_a_circle,
    links_out,
    deleted,
    emptied,
    cut,
    flipped,
    spliced,
    names,
    deep,
    many,
)
LOCKED = (unreadable_files, unreadable_folder, unreadable_git, unreadable_objects)
