"""The templates that aiscaffold brings along: names, summaries, questions and files."""

import difflib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from aiscaffold import __version__
from aiscaffold.errors import CatalogueBroken, UnknownTemplate
from aiscaffold.tree import files_of, tree_id

ADDRESS = "gh:aiscaffold/aiscaffold"  # the catalogue's public address, recorded in every project
FORMER_ADDRESSES: tuple[str, ...] = ()  # projects that record one of these are updated like any other
CONTENTS = ("copier.yml", "templates")  # what a release of the catalogue is made of
QUESTIONS = "questions.yml"  # of a template; a folder that has none is no template
SHARED = "_shared"  # beside the templates: what several of them are made of


@dataclass(frozen=True)
class Question:
    """One question of a template; `default` and `validator` are Jinja expressions over earlier answers."""

    name: str
    help: str
    default: str
    choices: tuple[str, ...]
    validator: str
    asked: bool


@dataclass(frozen=True)
class Template:
    """One template of the catalogue, read from its folder when asked."""

    name: str
    folder: Path

    @cached_property
    def summary(self) -> str:
        """The one line that the listing shows: the first paragraph of the template's README."""
        paragraphs = (self.folder / "README.md").read_text(encoding="utf-8").split("\n\n")
        return " ".join(paragraphs[1].split())

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions, in the order in which they are asked."""
        return tuple(_question(name, spec) for name, spec in question_specs(self.folder).items())

    @cached_property
    def reasons(self) -> dict[str, str]:
        """Why each file exists, by its path in the template."""
        import tomllib  # 4 ms that `--version` and the plain listing need not pay

        return tomllib.loads((self.folder / "files.toml").read_text(encoding="utf-8"))

    @cached_property
    def files(self) -> dict[str, str]:
        """The files that the template writes, each with its reason; names in braces are answers."""
        root = self.folder / "template"
        paths = (_fill(file.relative_to(root).as_posix(), {}).removesuffix(".jinja") for file in files_of(root))
        return {path: self.reasons.get(path, "") for path in sorted(paths)}

    @cached_property
    def requires_python(self) -> str:
        """The Python versions that a project of this template runs on, as its pyproject.toml says."""
        text = (self.folder / "template" / "pyproject.toml.jinja").read_text(encoding="utf-8")
        found = re.search(r'^requires-python = "(.+)"', text, re.MULTILINE)
        return found[1] if found else ">=3.11"

    @cached_property
    def reserved_names(self) -> frozenset[str]:
        """Distribution and import names that the template depends on: a project of that name would shadow them."""
        listed = (self.folder / "reserved.txt").read_text(encoding="utf-8")
        return frozenset(normal_name(line) for line in listed.split())

    def reasons_with(self, answers: dict[str, str]) -> dict[str, str]:
        """Why each file exists, by its path in a project with these answers."""
        return {_fill(path, answers): reason for path, reason in self.reasons.items()}

    def changes_since(self, release: str, answers: dict[str, str]) -> dict[str, str]:
        """Why each file changed since a release, by its path in a project with these answers."""
        changelog = self.folder / "CHANGELOG.md"
        text = changelog.read_text(encoding="utf-8") if changelog.is_file() else ""
        newer = text.partition(f"\n## {release}\n")[0]
        reasons: dict[str, list[str]] = {}
        for paths, reason in re.findall(r"^- ((?:`[^`]+`(?:, )?)+): (.+(?:\n  .+)*)", newer, re.MULTILINE):
            for path in re.findall(r"`([^`]+)`", paths):
                reasons.setdefault(_fill(path, answers), []).append(" ".join(reason.split()))
        return {path: " ".join(texts) for path, texts in reasons.items()}


@dataclass(frozen=True)
class Catalogue:
    """The folder with copier.yml, templates/, the lock and the store of released versions.

    `release` is set where the folder holds one that was taken out of the store.
    """

    root: Path
    release: str = ""

    @cached_property
    def templates(self) -> tuple[Template, ...]:
        """All templates, by name; a folder whose name starts with `_` is shared material."""
        folders = sorted(self.root.joinpath("templates").glob("[!_]*/"))
        return tuple(Template(f.name, f) for f in folders if f.joinpath(QUESTIONS).is_file())

    def template(self, name: str) -> Template:
        """The template of this name; `UnknownTemplate` names the nearest one that exists."""
        names = [template.name for template in self.templates]
        if name in names:
            return self.templates[names.index(name)]
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(names)};"
        raise UnknownTemplate(f"no template is called {name!r}", hint=f"{hint} see: aiscaffold templates")

    @property
    def revision(self) -> str:
        """What a project records as its template's version.

        A release is its tag; a development build also names the tree id of the templates, since no tag stands for it.
        """
        version = self.release or __version__
        if ".dev" not in version:
            return f"v{version}"
        return f"v{__version__}+g{tree_id(self.root, only=CONTENTS)}"


def load_catalogue() -> Catalogue:
    """The catalogue inside the installed package or, in a checkout, at the top of the repository."""
    package = Path(__file__).parent
    for root in (package / "_catalogue", package.parents[1]):
        if root.joinpath("templates").is_dir():
            return Catalogue(root)
    raise CatalogueBroken("the template catalogue is missing from this installation", hint="reinstall aiscaffold")


def question_specs(folder: Path) -> dict[str, dict[str, Any]]:
    """What the template in a folder asks, as copier's YAML says it.

    First the questions that all templates share, each with the keys laid over it that the template gives it, then the
    template's own. Releases up to 0.4.0 share none: there each template says all that it asks.
    """
    specs = _read_questions(folder.parent / SHARED / QUESTIONS)
    for name, spec in _read_questions(folder / QUESTIONS).items():
        specs[name] = {**specs.get(name, {}), **spec}
    return specs


def is_ours(address: str) -> bool:
    """Whether a recorded address is the catalogue's, by its present name or a former one."""
    return address in (ADDRESS, *FORMER_ADDRESSES)


def normal_name(name: str) -> str:
    """A distribution name as package indexes compare it (PEP 503), with `_` for `-` so that imports match too."""
    return re.sub(r"[-_.]+", "_", name).lower()


def _fill(path: str, answers: dict[str, str]) -> str:
    """A template path with answers in place of the names in braces, as if every condition in it held."""
    known = {"_copier_conf.answers_file": ".copier-answers.yml", **answers}
    unconditional = re.sub(r"\{%.*?%\}", "", path)
    return re.sub(r"\{\{\s*([\w.]+)\s*\}\}", lambda match: known.get(match[1], match[0]), unconditional)


def _read_questions(file: Path) -> dict[str, dict[str, Any]]:
    import yaml  # 15 ms that `aiscaffold templates` need not pay

    return yaml.safe_load(file.read_text(encoding="utf-8")) or {} if file.is_file() else {}


def _question(name: str, spec: dict[str, Any]) -> Question:
    """A question as copier reads it, with the defaults that copier would give."""
    return Question(
        name=name,
        help=spec.get("help", ""),
        default=str(spec.get("default", "")),
        choices=tuple(spec.get("choices", ())),
        validator=spec.get("validator", ""),
        asked=spec.get("ask", True),
    )
