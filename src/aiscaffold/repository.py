"""The git side of a new project: what stands at its destination, the first commit, the hooks."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from aiscaffold.process import attempt, git, git_answers, git_environment

BRANCH = "main"
NEUTRAL_IDENTITY = {"NAME": "aiscaffold", "EMAIL": "noreply@aiscaffold.invalid"}
NO_IDENTITY = (
    "the first commit is signed 'aiscaffold', because git knows no name and email of yours. To sign it:"
    ' git config --global user.name "…"; git config --global user.email "…";'
    " git commit --amend --reset-author --no-edit"
)


@dataclass(frozen=True)
class Repository:
    """Where git keeps a project's data, which may still be apart from its files."""

    git_dir: Path
    work_tree: Path
    index: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point git to the three places."""
        places = {"GIT_DIR": self.git_dir, "GIT_WORK_TREE": self.work_tree, "GIT_INDEX_FILE": self.index}
        return {name: str(path) for name, path in places.items()}

    def git(self, *arguments: str, env: dict[str, str] | None = None) -> str:
        """Run git on this repository."""
        return git(*arguments, cwd=self.work_tree, env={**self.environment, **(env or {})}).strip()

    def first_commit(self, message: str, *, ignored: bool = True) -> str:
        """Write a commit of all files without a parent and return its id; no branch points to it yet.

        Without `ignored`, what the project's own `.gitignore` names stays out of it.
        """
        # By force: what a user's global ignore file names (data/, *.lock) belongs to the project all the same.
        scope = ("--force",) if ignored else ()
        self.git("-c", "core.excludesFile=/dev/null", "add", "--all", *scope, ".")
        tree = self.git("write-tree")
        return self.git("commit-tree", tree, "-m", message, env=identity(self.work_tree))

    def publish(self, commit: str) -> None:
        """Point the branch `main` to a commit and make it the current one."""
        self.git("symbolic-ref", "HEAD", f"refs/heads/{BRANCH}")
        self.git("update-ref", "-m", "first commit by aiscaffold", "HEAD", commit)


def new_repository(project: Path) -> Repository:
    """Make a repository in a folder, without the hooks of a global template."""
    git("-c", f"init.defaultBranch={BRANCH}", "init", "--quiet", "--template=", cwd=project)
    return Repository(project / ".git", project, project / ".git" / "index")


def cloned_repository(clone: Path, work_tree: Path, index: Path) -> Repository:
    """The repository of a fresh clone, seen with files and an index that stand elsewhere for now."""
    return Repository(Path(git("rev-parse", "--absolute-git-dir", cwd=clone).strip()), work_tree, index)


def committed(project: Path) -> tuple[tuple[str, ...], str]:
    """The paths of the files in a project's last commit, and its tree id."""
    paths = git("ls-tree", "-r", "-z", "--name-only", "HEAD", cwd=project).split("\0")
    return tuple(filter(None, paths)), git("rev-parse", "HEAD^{tree}", cwd=project).strip()


def index_path(clone: Path) -> Path:
    """Where a repository keeps its index."""
    return clone / git("rev-parse", "--git-path", "index", cwd=clone).strip()


def is_repository(folder: Path) -> bool:
    """Whether the folder is the top of a git repository."""
    return folder.joinpath(".git").exists()


def enclosing_repository(folder: Path) -> Path | None:
    """The work tree that a folder yet to be made would lie in, unless that repository ignores it."""
    above = next(parent for parent in folder.absolute().parents if parent.is_dir())
    top = git_answers("rev-parse", "--show-toplevel", cwd=above)
    if not top or git_answers("check-ignore", "--quiet", f"{folder.absolute()}/", cwd=above) is not None:
        return None
    return Path(top)


def has_identity(folder: Path) -> bool:
    """Whether git knows who commits here."""
    asked = ("-c", "user.useConfigOnly=true", "var")
    return all(git_answers(*asked, f"GIT_{role}_IDENT", cwd=folder) for role in ("AUTHOR", "COMMITTER"))


def user_name(folder: Path) -> str:
    """The user's name as git knows it, or nothing."""
    return git_answers("config", "user.name", cwd=folder) or ""


def github_owner(folder: Path) -> str:
    """The account that a clone's remote `origin` belongs to, where that is GitHub."""
    url = git_answers("config", "remote.origin.url", cwd=folder) or ""
    found = re.match(r"(?:https://|ssh://|git@)?(?:[^@/]+@)?github\.com[:/]([^/]+)/", url)
    return found[1] if found else ""


def install_hooks(project: Path) -> str:
    """Install the project's pre-commit hooks; says why where that was refused, nothing where it worked."""
    command = [sys.executable, "-P", "-m", "pre_commit", "install"]
    done = attempt(command, project, git_environment())
    if done.returncode == 0:
        return ""
    said = " ".join((done.stdout + done.stderr).split())
    return f"the pre-commit hooks are not installed: {said.removeprefix('[ERROR] ')}"


def identity(folder: Path) -> dict[str, str]:
    """The variables that let git sign a commit where it does not know who commits."""
    if has_identity(folder):
        return {}
    return {f"GIT_{role}_{key}": NEUTRAL_IDENTITY[key] for role in ("AUTHOR", "COMMITTER") for key in NEUTRAL_IDENTITY}
