"""Whether a passage speaks of this repository: of a number, a file, a name or a commit that is really in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from aiscaffold.document import Document
from aiscaffold.layout import above
from aiscaffold.regex import regex
from aiscaffold.repo import Repo

NUMBER = regex(r"(?<![\w.,/#-])\d{1,9}(?:,\d{3}){0,3}(?:\.\d{1,8})?(?=%|\s?[a-zA-Z%]|[\s.,;:)\]]|$)")
IDENTIFIER = regex(
    r"(?<![\w./-])(?:--[a-z][\w-]{2,40}|[\w-]{1,60}(?:/[\w.-]{1,60}){1,8}|[\w-]{1,60}\.(?:py|ipynb|ya?ml|toml|csv|"
    r"json|md|sh|sql|txt|pkl|parquet)|[A-Za-z0-9]{1,40}(?:_[A-Za-z0-9]{1,40}){1,12}|[a-z]{1,40}[A-Z]\w{2,40}|"
    r"[A-Z][a-z]{1,40}[A-Z]\w{1,40})(?![\w/])"
)
COMMIT = regex(r"\b[0-9a-f]{7,40}\b")
ISSUE = regex(r"(?<![\w&/])#(\d{1,6})\b")
YEARS = range(1990, 2100)
DATA = (".json", ".csv", ".tsv", ".yaml", ".yml", ".toml", ".txt", ".md", ".rst", ".html", ".svg")
SEPARATORS = regex(r"[\s()\[\],:='\"]+")
COMPOUND = regex(r"[A-Za-z0-9]_[A-Za-z0-9]|[a-z][A-Z]")
ADDRESS = regex(r"https?://[^\s)>\"]{1,2000}")
LOCK = regex(r"lock\.(?:json|ya?ml|toml)$|\.lock$", re.IGNORECASE)
SHORTEST = 3  # characters of a name
LONGEST = 5_000  # characters of a line
MOST_SEARCHED = 20_000_000  # characters
MOST_OF_A_FILE = 1_000_000
STOCK = frozenset({"README.md", "scikit-learn", "LICENSE", "requirements.txt", "README"})


@dataclass(frozen=True, eq=False)
class Citations:
    """What can be cited of a repository, gathered once."""

    repo: Repo

    def first(self, document: Document, begin: int, end: int) -> str:
        """The first thing in these lines that can be found elsewhere in the repository; empty where there is none.

        Lines that a template or the project's own report rendered say nothing of the owner's, and are left out.
        """
        numbered = enumerate(document.lines[begin - 1 : end], begin)
        lines = [line[:LONGEST] for number, line in numbered if self.repo.scaffold.is_owners(document.path, number)]
        codes = [code.text for code in document.codes if begin <= code.line <= end]
        codes = [code for code in codes if any(code in line for line in lines)]
        text = ADDRESS.sub(" ", "\n".join(lines))
        found = (*self._named(document.path, text, codes), *self._told_by_history(text))
        return found[0] if found else next(self._counted(document.path, text), "")

    def _named(self, path: str, text: str, codes: Sequence[str]) -> Iterator[str]:
        """Files, functions, classes and parameters."""
        marked = [word for code in codes for word in SEPARATORS.split(code[:300]) if len(word) > SHORTEST]
        for word in (*marked, *(found[0] for found in IDENTIFIER.finditer(text))):
            bare = word.strip("`*()").removeprefix("./").rstrip("/")
            if bare in STOCK or bare == path:
                continue
            if bare in self._paths or {bare.rpartition(".")[2], bare.lstrip("-").replace("-", "_")} & self._names:
                yield f"names {bare}"

    def _told_by_history(self, text: str) -> Iterator[str]:
        """Commits by their ids, and issues that a commit's subject names too."""
        ids, issues = COMMIT.findall(text), set(ISSUE.findall(text))
        for commit in self.repo.git.commits if ids or issues else ():
            yield from (f"names the commit {each[:7]}" for each in ids if commit.id.startswith(each))
            yield from (
                f"names #{each}, as the history does" for each in ISSUE.findall(commit.subject) if each in issues
            )

    @cached_property
    def _names(self) -> frozenset[str]:
        """What the code calls things; plain words are left out, since any text holds them."""
        found: set[str] = set()
        for module in (*self.repo.python.values(), *self.repo.notebook_code.values()):
            found |= (
                {each.name for each in module.functions} | {each.name for each in module.classes} | set(module.assigned)
            )
            found |= {argument for function in module.functions for argument in function.arguments}
        return frozenset(name for name in found if len(name) > SHORTEST and COMPOUND.search(name))

    @cached_property
    def _paths(self) -> frozenset[str]:
        """Files with and without their folders, and folders within folders."""
        names = {path.rpartition("/")[2] for path in self.repo.paths}
        folders = {folder for path in self.repo.paths for folder in above(path) if "/" in folder}
        return frozenset({*self.repo.paths, *names, *folders})

    def _counted(self, path: str, text: str) -> Iterator[str]:
        """Numbers that also stand in the code, in an output or in another file."""
        wanted = sorted(
            {form for found in NUMBER.findall(text) if _is_telling(found) for form in (found, found.replace(",", ""))}
        )
        if not wanted:
            return
        pattern = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, wanted))})(?!\w|\.\d)")
        for where, content in self._contents(path):
            if found := pattern.search(content):
                yield f"tells {found[0]}, which {where} holds"

    def _contents(self, but: str) -> Iterator[tuple[str, str]]:
        """The texts in which a number may stand: outputs and data first, then code."""
        for book in self.repo.notebooks:
            yield book.path, "\n".join(part for cell in book.cells for part in (cell.outputs, cell.source))
        data = [
            path for path in self.repo.paths if path.lower().endswith(DATA) and path != but and not LOCK.search(path)
        ]
        searched = 0
        for path in (*data, *self.repo.python):
            if self.repo.size(path) < MOST_OF_A_FILE and searched < MOST_SEARCHED:
                content = self.repo.text_or_none(path) or ""
                searched += len(content)
                yield path, content


def _is_telling(number: str) -> bool:
    """Whether a number is neither a year nor a power of two, and so long that it hardly stands elsewhere by chance."""
    digits = number.replace(",", "")
    if "." not in digits:
        value = int(digits)
        return len(digits.rstrip("0")) > 2 and value not in YEARS and value & (value - 1) != 0  # noqa: PLR2004
    return len(digits.replace(".", "").strip("0")) > 1
