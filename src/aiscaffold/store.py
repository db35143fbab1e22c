"""The released templates: a lock (release → tree id) and a git bundle that holds every release."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from aiscaffold.errors import CatalogueBroken
from aiscaffold.process import git

LOCK = "catalogue.lock.json"
BUNDLE = "catalogue.bundle"


@dataclass(frozen=True)
class Store:
    """The releases that came with this installation; old ones never change."""

    root: Path

    @cached_property
    def releases(self) -> dict[str, str]:
        """The git tree id of each release, oldest first."""
        locked: dict[str, str] = json.loads((self.root / LOCK).read_text(encoding="utf-8"))
        return locked

    @property
    def newest(self) -> str:
        """The last release; empty where there is none yet."""
        return next(reversed(self.releases), "")

    def tree_of(self, release: str) -> str:
        """The tree id that the bundle really holds for a release."""
        with self._mirror() as mirror:
            return _tree_of(release, mirror)

    def unpack(self, release: str, folder: Path) -> None:
        """Write a release's copier.yml and templates into a folder, byte for byte.

        Raises `CatalogueBroken` where the release is unknown or not what the lock says.
        """
        if release not in self.releases:
            raise CatalogueBroken(
                f"release {release} is not in this catalogue",
                hint="upgrade: pip install --upgrade aiscaffold",
            )
        with self._mirror() as mirror:
            tree = _tree_of(release, mirror)
            if tree != self.releases[release]:
                raise CatalogueBroken(
                    f"the store's release {release} is not what its lock says", hint="reinstall aiscaffold"
                )
            folder.mkdir(parents=True, exist_ok=True)
            # Not `git archive`, which obeys a template's own export-ignore; and with the attributes of no work tree.
            env = {
                "GIT_INDEX_FILE": str(mirror / "unpack.index"),
                "GIT_WORK_TREE": str(folder),
                "GIT_DIR": str(mirror),
            }
            git("read-tree", tree, cwd=mirror, env=env)
            git("-c", "core.autocrlf=false", "checkout-index", "--all", "--force", cwd=folder, env=env)

    @contextmanager
    def _mirror(self) -> Iterator[Path]:
        """The bundle as a bare repository in a temporary folder."""
        with TemporaryDirectory(prefix="aiscaffold-", ignore_cleanup_errors=True) as folder:
            mirror = Path(folder, "store.git")
            git("clone", "--quiet", "--bare", str(self.root / BUNDLE), str(mirror), cwd=Path(folder))
            yield mirror


def _tree_of(release: str, mirror: Path) -> str:
    return git("rev-parse", f"v{release}^{{tree}}", cwd=mirror).strip()
