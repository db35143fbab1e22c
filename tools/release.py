"""Cut a release of the templates: put what stands in the work tree into the store and its lock.

    python tools/release.py            store the current version (which must not be a .dev one)
    python tools/release.py --check    exit 1 unless the store, its lock and the work tree agree

The store is append-only: a release that is in the lock is never written again. Its bytes depend on nothing but the
files, the version and the release date in CHANGELOG.md.
"""

import json
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from aiscaffold import __version__
from aiscaffold.catalog import CONTENTS
from aiscaffold.process import git
from aiscaffold.store import BUNDLE, LOCK, Store

ROOT = Path(__file__).parents[1]
AUTHOR = {"NAME": "aiscaffold", "EMAIL": "noreply@aiscaffold.invalid"}


def main() -> int:
    """Store or check; the exit code."""
    problems = check() if "--check" in sys.argv else store()
    for problem in problems:
        print(f"release: {problem}", file=sys.stderr)
    return int(bool(problems))


def check() -> list[str]:
    """What is wrong with the store, in one line each."""
    shelf = Store(ROOT)
    problems = [f"{r} changed in the store" for r, tree in shelf.releases.items() if shelf.tree_of(r) != tree]
    if ".dev" not in __version__ and shelf.releases.get(__version__) != current_tree():
        problems.append(f"the templates differ from release {__version__}: bump the version or undo the change")
    return problems


def store() -> list[str]:
    """Add the current version to lock and bundle; what keeps it from that."""
    releases = Store(ROOT).releases
    if ".dev" in __version__:
        return [f"{__version__} is a development version: set the version first"]
    if __version__ in releases:
        return check()
    releases[__version__] = write_bundle(ROOT / BUNDLE, list(releases), release_date())
    (ROOT / LOCK).write_text(json.dumps(releases, indent=2) + "\n", encoding="utf-8", newline="\n")
    return check()


def release_date() -> str:
    """The day that CHANGELOG.md gives to the current version."""
    heading = rf"^## {re.escape(__version__)} \((\d{{4}}-\d\d-\d\d)\)$"
    found = re.search(heading, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise SystemExit(f"release: CHANGELOG.md has no heading '## {__version__} (YYYY-MM-DD)'")
    return found[1]


def current_tree() -> str:
    """The git tree id of the work tree's catalogue."""
    with TemporaryDirectory() as folder:
        return written_tree(bare_repository(Path(folder)))


def write_bundle(bundle: Path, earlier: list[str], day: str) -> str:
    """Append a commit with the current catalogue to the bundle; its tree id."""
    with TemporaryDirectory() as folder:
        repository = bare_repository(Path(folder))
        parents = []
        if earlier:
            git("fetch", "--quiet", str(bundle), "refs/tags/*:refs/tags/*", cwd=repository)
            parents = ["-p", f"v{earlier[-1]}"]
        tree = written_tree(repository)
        moment = f"{day}T00:00:00+00:00"
        who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in AUTHOR.items()}
        when = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
        commit = git("commit-tree", tree, *parents, "-m", f"aiscaffold {__version__}", cwd=repository, env=who | when)
        git("update-ref", f"refs/tags/v{__version__}", commit.strip(), cwd=repository)
        # One thread and a full repack make the bundle's bytes repeatable.
        tags = [f"v{release}" for release in [*earlier, __version__]]
        git("-c", "pack.threads=1", "repack", "-adfq", cwd=repository)
        git(
            "-c",
            "pack.threads=1",
            "bundle",
            "create",
            "--quiet",
            "--version=2",
            str(bundle),
            *tags,
            cwd=repository,
        )
        return tree


def bare_repository(folder: Path) -> Path:
    """A repository for objects alone."""
    git(
        "init",
        "--quiet",
        "--bare",
        "--template=",
        "--object-format=sha1",
        str(folder / "release.git"),
        cwd=folder,
    )
    return folder / "release.git"


def written_tree(repository: Path) -> str:
    """Write the catalogue's tracked files as git objects, unfiltered; the tree id."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *CONTENTS, cwd=ROOT)
    env = {"GIT_INDEX_FILE": str(repository / "release.index"), "GIT_DIR": str(repository)}
    for name in sorted(filter(None, listed.split("\0"))):
        blob = git("hash-object", "-w", "--no-filters", str(ROOT / name), cwd=repository, env=env).strip()
        git("update-index", "--add", "--cacheinfo", f"100644,{blob},{name}", cwd=repository, env=env)
    return git("write-tree", cwd=repository, env=env).strip()


if __name__ == "__main__":
    raise SystemExit(main())
