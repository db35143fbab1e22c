"""Ways to harm a repository's own data: its index, its objects, its history."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from random import Random

from damage_disk import Paths, commit, put, tracked
from support import git


def no_git(folder: Path, _: Random) -> Paths:
    """Files without a repository."""
    shutil.rmtree(folder / ".git")
    return ()


def empty(folder: Path, _: Random) -> Paths:
    """A repository without a commit and without a file."""
    shutil.rmtree(folder)
    folder.mkdir()
    git(folder, "init", "--quiet")
    return ()


def unborn(folder: Path, _: Random) -> Paths:
    """Everything is staged, nothing was ever committed."""
    shutil.rmtree(folder / ".git")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all", "--force")
    return ()


def bare(folder: Path, _: Random) -> Paths:
    """A repository without a work tree."""
    git(folder, "config", "core.bare", "true")
    inner = folder.with_name(f"{folder.name}-bare")
    (folder / ".git").rename(inner)
    shutil.rmtree(folder)
    inner.rename(folder)
    return ()


def empty_bare(folder: Path, _: Random) -> Paths:
    """A repository with neither a work tree nor a commit."""
    shutil.rmtree(folder)
    folder.mkdir()
    git(folder, "init", "--quiet", "--bare")
    return ()


def shallow(folder: Path, _: Random) -> Paths:
    """A clone of the newest commit alone."""
    put(folder, "src/more.py", "x = 1\n")
    commit(folder)
    copy = folder.with_name(f"{folder.name}-shallow")
    git(folder.parent, "clone", "--quiet", "--depth=1", folder.resolve().as_uri(), str(copy))
    shutil.rmtree(folder)
    copy.rename(folder)
    return ()


def linked(folder: Path, _: Random) -> Paths:
    """A second work tree, whose first is gone."""
    copy = folder.with_name(f"{folder.name}-linked")
    git(folder, "worktree", "add", "--quiet", "--detach", str(copy))
    shutil.rmtree(folder)
    copy.rename(folder)
    return ()


def nowhere(folder: Path, _: Random) -> Paths:
    """A `.git` that points to nothing."""
    shutil.rmtree(folder / ".git")
    put(folder, ".git", "gitdir: /no/such/place\n")
    return ()


def index_locked(folder: Path, _: Random) -> Paths:
    """Another git is at work, or died."""
    put(folder, ".git/index.lock")
    put(folder, ".git/HEAD.lock")
    return ()


def index_broken(folder: Path, _: Random) -> Paths:
    """An index of noise."""
    put(folder, ".git/index", b"DIRC\0\0\0\2noise" * 40)
    return ()


def index_gone(folder: Path, _: Random) -> Paths:
    """No index: for git, every file is deleted."""
    (folder / ".git/index").unlink()
    return ()


def head_broken(folder: Path, _: Random) -> Paths:
    """A HEAD that names nothing."""
    put(folder, ".git/HEAD", "ref: refs/heads/no such\n")
    return ()


def head_of_noise(folder: Path, _: Random) -> Paths:
    """A HEAD that is none."""
    put(folder, ".git/HEAD", b"\0\xff" * 30)
    return ()


def config_broken(folder: Path, _: Random) -> Paths:
    """A configuration that git refuses."""
    put(folder, ".git/config", "[core\nbare")
    return ()


def config_that_runs(folder: Path, _: Random) -> Paths:
    """A configuration and attributes that would run commands."""
    mark = folder.with_name(f"{folder.name}-RAN")
    run = f"touch {mark}; cat"
    for key in ("core.fsmonitor", "core.pager", "diff.external", "diff.x.textconv", "filter.x.clean"):
        git(folder, "config", key, run)
    put(folder, ".gitattributes", "* diff=x filter=x\n")
    hook = put(folder, ".git/hooks/post-index-change", f"#!/bin/sh\n{run}\n")
    hook.chmod(0o755)
    return ()


def objects_lost(folder: Path, random: Random) -> Paths:
    """Half of the objects are gone."""
    _unpack(folder)
    found = sorted((folder / ".git/objects").glob("??/*"))
    for file in random.sample(found, len(found) // 2):
        file.unlink()
    return ()


def objects_all_lost(folder: Path, _: Random) -> Paths:
    """All objects are gone."""
    shutil.rmtree(folder / ".git/objects")
    (folder / ".git/objects").mkdir()
    return ()


def head_lost(folder: Path, _: Random) -> Paths:
    """The newest commit is gone."""
    _unpack(folder)
    head = git(folder, "rev-parse", "HEAD")
    (folder / ".git/objects" / head[:2] / head[2:]).unlink()
    return ()


def objects_broken(folder: Path, random: Random) -> Paths:
    """Half of the objects hold noise."""
    _unpack(folder)
    for file in random.sample(found := sorted((folder / ".git/objects").glob("??/*")), len(found) // 2):
        file.chmod(0o644)
        file.write_bytes(random.randbytes(50))
    return ()


def _unpack(folder: Path) -> None:
    """Keep each object in a file of its own."""
    for pack in list((folder / ".git/objects/pack").glob("*.pack")):
        content = pack.rename(folder / pack.name).read_bytes()
        subprocess.run(["git", "unpack-objects", "-q"], cwd=folder, input=content, check=True)
        (folder / pack.name).unlink()


def submodule(folder: Path, _: Random) -> Paths:
    """Submodules: one never checked out, one in place of a README, one without an entry in .gitmodules."""
    head = git(folder, "rev-parse", "HEAD")
    put(folder, ".gitmodules", '[submodule "a"]\n\tpath = a\n\turl = https://example.invalid/a\n')
    commit(folder)
    for path in ("a", "deep/b", "README.rst"):
        git(folder, "update-index", "--add", "--cacheinfo", f"160000,{head},{path}")
    (folder / "a").mkdir()
    return ()


def deep_index(folder: Path, _: Random) -> Paths:
    """A tracked path of two thousand folders, longer than any disk takes."""
    blob = git(folder, "hash-object", "-w", "--", str(put(folder, "x.py", "x = 1\n")))
    git(folder, "update-index", "--add", "--cacheinfo", f"100644,{blob},{'a/' * 2_030}x.py")
    return ()


def conflict(folder: Path, _: Random) -> Paths:
    """A merge that nobody finished: three versions of a file in the index, markers on disk."""
    file = put(folder, "pyproject.toml", "<<<<<<< ours\nx = 1\n=======\n>>>>>>> b\n")
    blob = git(folder, "hash-object", "-w", "--", str(file))
    lines = "".join(f"100644 {blob} {stage}\tpyproject.toml\n" for stage in (1, 2, 3))
    git(folder, "rm", "--quiet", "--cached", "--ignore-unmatch", "pyproject.toml")
    subprocess.run(["git", "update-index", "--index-info"], cwd=folder, input=lines.encode(), check=True)
    return ["pyproject.toml"]


def hidden(folder: Path, random: Random) -> Paths:
    """Files that are staged and not there: skipped, assumed unchanged, only announced."""
    put(folder, "src/announced.py", "x = 1\n")
    git(folder, "add", "--intent-to-add", "--force", "src/announced.py")
    for path in tracked(folder, random, 0.3):
        git(folder, "update-index", "--skip-worktree", "--", path)
        (folder / path).unlink()
    return ()


def _history(folder: Path, commits: Iterable[bytes]) -> None:
    """Commits of which only the head is given, each on top of the one before."""
    parent, tree = git(folder, "rev-parse", "HEAD"), git(folder, "rev-parse", "HEAD^{tree}")
    for content in commits:
        parent = _object(folder, "commit", f"tree {tree}\nparent {parent}\n".encode() + content)
    put(folder, ".git/HEAD", f"{parent}\n")


def authors(folder: Path, _: Random) -> Paths:
    """Authors of odd bytes, of no name, of fields that we use to tell fields apart."""
    names = [b"\xff\xfe\xe9 <\xff@x>", b" <>", b"a\x1fb\x1e <c\x1fd>", b"<<<>>> <a@b", b"a" * 50_000 + b" <a@b>"]
    each = b"author %s 1700000000 +0000\ncommitter %s 1700000000 +0000\n\nA \x1e\x1f\xff\n"
    _history(folder, [each % (name, name) for name in names])
    return ()


def dates(folder: Path, _: Random) -> Paths:
    """Dates before 1970, after 2100, and none at all."""
    times = [
        b"-1000 +0000",
        b"0 +0000",
        b"4200000000 +0000",
        b"9" * 20 + b" +9999",
        b"%d -0000" % (2**64 - 1),
        b"",
        b"x y",
    ]
    _history(folder, [b"author A <a@b> %s\ncommitter A <a@b> %s\n\nMend it\n" % (time, time) for time in times])
    return ()


def messages(folder: Path, _: Random) -> Paths:
    """Messages of nothing, of a megabyte, of odd bytes, with thousands of co-authors."""
    who = b"author A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n"
    trailers = b"Mend it\n\n" + b"Co-authored-by: B <b@c>\n" * 5_000
    texts = [b"", b"\n\n", b"a" * 1_000_000, b"\x1e\x1f\xff\r\n\x1b[31m", trailers, b"(" * 50_000, b"a: " * 50_000]
    _history(folder, [who + b"\n" + text for text in texts] + [who, who + b"encoding no-such\n\n\xe9"])
    return ()


def trees(folder: Path, _: Random) -> Paths:
    """A commit whose tree has entries that no checkout would write."""
    blob = bytes.fromhex(git(folder, "hash-object", "-w", "--", str(put(folder, "x", "def (\n"))))
    names = (b"..", b".", b".git", b"../../x.py", b"/etc/passwd", b"a//b.py", b"\n.py", b"README.md", b"README.md")
    content = (
        b"".join(b"100644 " + name + b"\0" + blob for name in names) + b"777 odd\0" + blob + b"40000 a.py\0" + blob
    )
    tree = _object(folder, "tree", content)
    head = _object(folder, "commit", f"tree {tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n".encode())
    put(folder, ".git/HEAD", f"{head}\n")
    return ()


def _object(folder: Path, kind: str, content: bytes) -> str:
    """Write an object, whatever git thinks of it, and return its id."""
    words = ["git", "hash-object", "-t", kind, "-w", "--stdin", "--literally"]
    return subprocess.run(words, cwd=folder, input=content, check=True, capture_output=True).stdout.decode().strip()


GIT = (
    no_git,
    empty,
    unborn,
    bare,
    empty_bare,
    shallow,
    linked,
    nowhere,
    index_locked,
    index_broken,
    index_gone,
    head_broken,
    head_of_noise,
    config_broken,
    config_that_runs,
    objects_lost,
    objects_all_lost,
    head_lost,
    objects_broken,
    submodule,
    deep_index,
    conflict,
    hidden,
    authors,
    dates,
    messages,
    trees,
)
