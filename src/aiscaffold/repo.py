"""A repository under audit: typed facts, read once when they are asked for; nothing in it is run, imported or built."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cached_property

from aiscaffold import layout
from aiscaffold.contents import Contents
from aiscaffold.document import Document
from aiscaffold.evidence import Evidence, Unreadable, at
from aiscaffold.facts.history import History
from aiscaffold.facts.hooks import Hook, read_hooks
from aiscaffold.facts.kinds import Kinds, Signals, declared, kinds_of
from aiscaffold.facts.notebooks import Notebook, read_notebook
from aiscaffold.facts.origin import Origin, read_origin
from aiscaffold.facts.python import read_modules
from aiscaffold.facts.scaffold import Scaffold
from aiscaffold.facts.tasks import Resolved, TaskGraph
from aiscaffold.facts.workflows import read_workflows
from aiscaffold.manifest import Manifest, canonical
from aiscaffold.manifests import read_manifests
from aiscaffold.module import Module
from aiscaffold.pipeline import Job, Step, Workflow
from aiscaffold.readers import read_document
from aiscaffold.snapshot import SUBMODULE, Given, Snapshot

MOST_DOCUMENTS = 200

Pristine = Callable[[Origin], Mapping[str, bytes]]  # the files that a template rendered; empty: not known


@dataclass(frozen=True, slots=True)
class CiRun:
    """A step of CI and what it finally runs."""

    workflow: Workflow
    job: Job
    step: Step
    resolved: Resolved


@dataclass(frozen=True, eq=False)
class Repo:
    """What can be known of a repository without running it.

    Paths are relative to the top of the repository. With `project` (empty, or a folder that ends in a slash) only the
    files below it are the project's; CI, hooks and history are the whole repository's.
    """

    snapshot: Snapshot
    project: str = ""
    declared_kind: tuple[str, str] = ("", "")  # the kind and where it is declared
    pristine: Pristine = field(default=lambda _: {}, repr=False, compare=False)

    @classmethod
    def given(cls, files: Mapping[str, str | bytes], **more: object) -> "Repo":
        """A repository from a dict of its files, for examples and tests."""
        return cls(Given(files), **more)  # type: ignore[arg-type]

    @cached_property
    def contents(self) -> Contents:
        """The files of the whole repository."""
        return Contents(self.snapshot)

    @property
    def everything(self) -> tuple[str, ...]:
        """Every tracked regular file of the repository, sorted."""
        return self.contents.paths

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every tracked regular file of the project, sorted."""
        return tuple(path for path in self.everything if path.startswith(self.project))

    @cached_property
    def projects(self) -> tuple[str, ...]:
        """The folders of the repository that are projects of their own."""
        return () if self.project else layout.projects(self.everything)

    @property
    def folders(self) -> frozenset[str]:
        """Every folder of the repository that holds a tracked path, without a slash at its end."""
        return self.contents.folders

    @property
    def submodules(self) -> tuple[str, ...]:
        """The paths of submodules, whose files are not looked at."""
        return tuple(path for path, entry in self.snapshot.entries.items() if entry.mode == SUBMODULE)

    def has(self, path: str) -> bool:
        """Whether git tracks a file, a link or a folder at this path."""
        return self.contents.has(path)

    @cached_property
    def _lowered(self) -> tuple[tuple[str, str], ...]:
        return tuple((path, path.lower()) for path in self.paths)

    def glob(self, *patterns: str) -> tuple[str, ...]:
        """The project's files that match a pattern, case ignored; `*` also crosses folders."""
        found = re.compile("|".join(translate(self.project.lower() + pattern.lower()) for pattern in patterns))
        return tuple(path for path, lowered in self._lowered if found.match(lowered))

    def size(self, path: str) -> int:
        """The size in bytes."""
        return self.contents.size(path)

    def raw(self, path: str) -> bytes:
        """The content. Raises `Unreadable` where it is too large or cannot be read."""
        return self.contents.raw(path)

    def text(self, path: str) -> str:
        """The content as text. Raises `Unreadable` where it is too large, cannot be read or is binary."""
        return self.contents.text(path)

    def text_or_none(self, path: str) -> str | None:
        """The content as text, or None where it is not there or cannot be read."""
        return self.contents.text_or_none(path)

    def is_hollow(self, path: str) -> bool:
        """Whether a file holds nothing but white space."""
        return self.contents.is_hollow(path)

    @cached_property
    def origin(self) -> Origin | None:
        """The template that the project was made from, as its answers file says."""
        return read_origin(self.text_or_none, self.paths, self.project)

    @cached_property
    def scaffold(self) -> Scaffold:
        """What the template rendered; empty where there is no template, or where its render is not known."""
        rendered = self.pristine(self.origin) if self.origin else {}
        return Scaffold({self.project + path: content for path, content in rendered.items()}, self.contents)

    @property
    def rendered(self) -> Mapping[str, bytes]:
        """What the template rendered, by path."""
        return self.scaffold.rendered

    def is_untouched(self, path: str) -> bool:
        """Whether a file is what the template rendered, to the byte but for line ends and generated regions."""
        return self.scaffold.is_untouched(path)

    def is_scaffold(self, path: str, line: int = 0) -> bool:
        """Whether a line (or, without one, the whole file) stands as the template rendered it."""
        return self.scaffold.holds(path, line)

    @cached_property
    def readme_path(self) -> str:
        """Where the README is; empty where there is none that holds anything."""
        return next((path for path in layout.readmes(self.paths, self.project) if not self.is_hollow(path)), "")

    @cached_property
    def readme(self) -> Document | None:
        """The README, parsed. Raises `Unreadable`."""
        return read_document(self.readme_path, self.text(self.readme_path)) if self.readme_path else None

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The README first, then the pages on top and below docs/; what cannot be read is left out."""
        found = [self.readme] if self.readme_path and self.text_or_none(self.readme_path) is not None else []
        pages = [path for path in self.paths if path != self.readme_path and layout.is_page(path, self.project)]
        texts = ((path, self.text_or_none(path)) for path in pages[:MOST_DOCUMENTS])
        found += [read_document(path, text) for path, text in texts if text is not None]
        return tuple(document for document in found if document)

    @cached_property
    def python(self) -> Mapping[str, Module]:
        """Every Python file of the project, but vendored ones; one that cannot be read says so in `problem`."""
        paths = [path for path in self.paths if path.endswith(".py") and not layout.is_foreign(path)]
        return read_modules((path, self.contents.raw_or_zero(path)) for path in paths)

    @cached_property
    def own_python(self) -> Mapping[str, Module]:
        """The project's own code: neither tests nor generated."""
        own = {path: module for path, module in self.python.items() if not layout.is_test(path, self.project)}
        return {path: module for path, module in own.items() if not module.is_generated}

    @cached_property
    def test_python(self) -> Mapping[str, Module]:
        """The files that hold tests or help them, by their place or name."""
        return {path: module for path, module in self.python.items() if layout.is_test(path, self.project)}

    @cached_property
    def notebooks(self) -> tuple[Notebook, ...]:
        """Every notebook; one that cannot be read says so in `problem`."""
        paths = [path for path in self.paths if path.endswith(".ipynb") and not layout.is_foreign(path)]
        return tuple(read_notebook(path, self.contents.raw_or_zero(path)) for path in paths)

    @cached_property
    def notebook_code(self) -> Mapping[str, Module]:
        """The code cells of each Python notebook, read as one module."""
        kept = [book for book in self.notebooks if not book.problem and book.language in ("python", "")]
        return read_modules((book.path, book.python().encode(errors="replace")) for book in kept)

    @cached_property
    def unread(self) -> tuple[Evidence, ...]:
        """The Python files and notebooks that hold something which cannot be parsed, and why."""
        all_of_them: tuple[Module | Notebook, ...] = (*self.python.values(), *self.notebooks)
        broken = [one for one in all_of_them if one.problem and not self.is_hollow(one.path)]
        return tuple(at(one.path, self.contents.why_unreadable(one.path) or one.problem) for one in broken)

    @property
    def damage_seen(self) -> tuple[Evidence, ...]:
        """What is broken in the facts that were asked for so far; nothing is read for it."""
        asked = self.__dict__
        books = [book for book in asked.get("notebooks", ()) if book.problem]
        modules = [module for module in asked.get("python", {}).values() if module.problem]
        listed = [one for fact in ("manifests", "workflows") for one in asked.get(fact, ()) if one.problem]
        return tuple(at(one.path, one.problem) for one in (*books, *modules, *listed))

    @cached_property
    def import_roots(self) -> frozenset[str]:
        """The names under which the project's own packages and modules can be imported."""
        return layout.import_roots(path[len(self.project) :] for path in self.python)

    @cached_property
    def manifests(self) -> tuple[Manifest, ...]:
        """Every file that declares or locks dependencies."""
        return read_manifests(self.text_or_none, self.paths)

    @cached_property
    def dependencies(self) -> frozenset[str]:
        """The canonical names of all that is declared, in any group or file, but for the project's own."""
        lists = [manifest for manifest in self.manifests if not manifest.is_lock]
        own = {canonical(manifest.name) for manifest in lists}
        return frozenset(need.name for manifest in lists for need in manifest.requirements) - own

    @cached_property
    def workflows(self) -> tuple[Workflow, ...]:
        """The CI of the whole repository, whatever the system."""
        return read_workflows(self.text_or_none, self.everything)

    @cached_property
    def tasks(self) -> TaskGraph:
        """Every task that a runner file defines."""
        return TaskGraph(self.text_or_none, self.everything)

    @cached_property
    def ci(self) -> tuple[CiRun, ...]:
        """Every step of CI that runs something, and what it finally runs."""
        return tuple(
            CiRun(workflow, job, step, self.tasks.resolve(step.run, step.place, step.cwd, pipefail=step.pipefail))
            for workflow in self.workflows
            for job in workflow.jobs
            for step in job.steps
            if step.run
        )

    @cached_property
    def hooks(self) -> tuple[Hook, ...]:
        """The hooks of pre-commit, prek or lefthook."""
        return read_hooks(self.text_or_none, self.everything)

    @cached_property
    def git(self) -> History:
        """The history up to the commit under audit. Raises `Unreadable`."""
        if self.snapshot.is_refused:
            raise Unreadable(at(".git", "git refuses to read it; git status says why"))
        return History(self.snapshot.folder, self.snapshot.commit)

    @cached_property
    def kinds(self) -> Kinds:
        """What kind of project this is, and why."""
        named, where = self.declared_kind
        if not named and self.origin and self.origin.kind:
            named, where = self.origin.kind, self.origin.path
        return declared(named, where, self.paths) if named else kinds_of(self._signals())

    def _signals(self) -> Signals:
        text = self.text_or_none(self.readme_path) or ""
        code = {**self.own_python, **self.notebook_code}
        built = [manifest for manifest in self.manifests if manifest.name and not manifest.is_lock]
        on_top = sorted(built, key=lambda manifest: manifest.path.count("/"))
        return Signals(
            readme=self.readme_path,
            lines=text.splitlines(),
            title=self.readme.title if text and self.readme else "",
            imports=_places((module.path, used.name, used.line) for module in code.values() for used in module.imports),
            needs={
                need.name.replace("-", "_").removeprefix("@").partition("/")[0]: need.place
                for manifest in self.manifests
                if manifest.language not in ("python", "")
                for need in manifest.requirements
            },
            paths=self.paths,
            scripts=tuple(script for manifest in built for script in manifest.scripts),
            package=next((manifest.name for manifest in on_top if manifest.language == "python"), ""),
            python_lines=sum(module.code_lines for module in self.own_python.values()),
            notebook_lines=sum(book.code_lines for book in self.notebooks),
        )


def _places(found: Iterable[tuple[str, str, int]]) -> dict[str, Evidence]:
    """The first place of each name."""
    places: dict[str, Evidence] = {}
    for path, name, line in found:
        places.setdefault(name, at(path, line=line))
    return places
