"""A generated project's recorded answers: the file that ties it to its template."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from aiscaffold.errors import NotAProject

ANSWERS_FILE = ".copier-answers.yml"
JOURNAL = Path("aiscaffold", "journal.json")  # below the git folder, as long as an update is being applied
LAST = Path("aiscaffold", "last", "journal.json")  # below the git folder: what the last update did
RESTORE = "restore it from an earlier commit, which you find by: git log"
OTHER_ANSWERS_FILES = ".copier-answers*.y*ml"


@dataclass(frozen=True)
class Project:
    """A folder that was generated, and the file in it that says from what."""

    folder: Path
    answers_file: str

    @cached_property
    def text(self) -> str:
        """The answers file as it stands. Raises `NotAProject` where it is no text."""
        try:
            return (self.folder / self.answers_file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise NotAProject(f"cannot read {self.folder / self.answers_file}: {error}", hint=RESTORE) from error

    @cached_property
    def address(self) -> str:
        """Where the template comes from; empty where the file does not say."""
        return self._entry("_src_path")

    @cached_property
    def revision(self) -> str:
        """The version of the template that the project stands at; empty where the file does not say."""
        return self._entry("_commit")

    @cached_property
    def answers(self) -> dict[str, Any]:
        """Every recorded answer, without copier's own entries. Raises `NotAProject` where it is no YAML."""
        return {name: value for name, value in read_answers(self.text).items() if not name.startswith("_")}

    def _entry(self, name: str) -> str:
        # Found without YAML, whose import takes 15 ms: "already up to date" need not know more than two lines.
        found = re.search(rf"^{name}:[ \t]*(?:'(.*)'|\"(.*)\"|(.*?))[ \t]*$", self.text, re.MULTILINE)
        return next((group for group in found.groups() if group is not None), "") if found else ""


def find_project(path: Path) -> Project:
    """The project at a path (a folder in it, or its answers file). Raises `NotAProject`."""
    if not path.exists():
        raise NotAProject(f"{path} does not exist", hint="give the project's folder, or nothing from inside of it")
    if path.is_file():
        return Project(path.parent, path.name)
    for folder in (path, *path.parents):
        names = sorted(file.name for file in folder.glob(OTHER_ANSWERS_FILES)) if folder.is_dir() else []
        if ANSWERS_FILE in names or len(names) == 1:
            return Project(folder, ANSWERS_FILE if ANSWERS_FILE in names else names[0])
        if names:
            raise NotAProject(
                f"{folder} was made from several templates: {', '.join(names)}",
                hint=f"name one of the files, for example: aiscaffold update {folder / names[0]}",
            )
    raise NotAProject(
        f"{path} is in no generated project: there is no {ANSWERS_FILE} here or above",
        hint="make a project with: aiscaffold new",
    )


def is_left_half_done(folder: Path) -> bool:
    """Whether an update was cut off in the repository of a folder; found without git, which takes longer."""
    git_dir = _git_dir(folder)
    return git_dir is not None and (git_dir / JOURNAL).exists()


def may_hold_conflicts(folder: Path) -> bool:
    """Whether the last update of a folder's repository left conflicts, which may be resolved by now."""
    git_dir = _git_dir(folder)
    last = git_dir / LAST if git_dir else None
    return last is not None and last.exists() and b'"conflicts": []' not in last.read_bytes()


def _git_dir(folder: Path) -> Path | None:
    """The git folder of a work tree, found without git."""
    for above in (folder, *folder.parents):
        git = above / ".git"
        if git.is_file():
            _, _, elsewhere = git.read_text(encoding="utf-8", errors="replace").strip().partition("gitdir: ")
            git = above / elsewhere
        if git.is_dir():
            return git
    return None


def read_answers(text: str) -> dict[str, Any]:
    """Everything that an answers file records. Raises `NotAProject` where it is no YAML mapping."""
    import yaml  # 15 ms that "already up to date" need not pay

    try:
        recorded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise NotAProject(f"the answers file is not YAML: {' '.join(str(error).split())}", hint=RESTORE) from error
    if not isinstance(recorded, dict):
        raise NotAProject("the answers file holds no answers", hint=RESTORE)
    return {str(name): value for name, value in recorded.items()}


def record_origin(project: Path, address: str, revision: str) -> None:
    """Put the public address and the version into the answers file, where copier wrote a folder of this machine."""
    import yaml

    file = project / ANSWERS_FILE
    text = file.read_text(encoding="utf-8")
    comment = text.splitlines()[0]
    answers = {**read_answers(text), "_commit": revision, "_src_path": address}
    # The same dumper settings as copier's `to_nice_yaml`: plain copier writes the same bytes.
    written = yaml.safe_dump(answers, indent=4, allow_unicode=True, default_flow_style=False)
    file.write_text(f"{comment}\n{written}", encoding="utf-8", newline="\n")
