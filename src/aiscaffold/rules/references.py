"""Whether what a README points to is there: links, pictures, anchors, and what its commands name (DOC112)."""

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from aiscaffold.document import Block, Document
from aiscaffold.evidence import Evidence, at
from aiscaffold.promises import readme_promises
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import SHOULD, TOOL, Outcome, failed, passed, rule, without_object

ELSEWHERE = regex(r"^(?:[a-z][a-z0-9+.-]{1,20}:|//|mailto:)|[{}<>$*]|%7B|\s", re.IGNORECASE)
GITHUB_PAGE = regex(
    r"^(?:\.\./)*(?:issues|pulls?|discussions|actions|releases|wiki|graphs|network|stargazers|commits?|tags|"
    r"security|projects|compare|labels|milestones)\b"
)
GENERATED = regex(r"^(?:docs?/)?(?:_?build|site|html|api)/|\.html?$|/$", re.IGNORECASE)
BRANCH = regex(
    r"^[ \t\u00a0│|]{0,60}(?:[├└]──?|\|--|`--|\+--)[─-]{0,3}[ \u00a0]{0,3}"
    r"(?:[\w.-]{1,80}/){0,9}([\w.-]{1,80})(?![\w.*{<…/-])",
    re.MULTILINE,
)
# What is written and tracked; data, models and settings of one machine often are neither.
SOURCE = regex(
    r"\w\.(?:py|ipynb|md|rst|sh|R|js|jsx|ts|tsx|html|css|toml|cfg|dockerfile)$|^(?:Dockerfile|Makefile)$", re.IGNORECASE
)
WORD = regex(r"[^\w\u0080-\uffff]+")


@rule(
    "DOC112",
    "references-resolve",
    "Every path and link in the README resolves",
    item="documentation",
    level=SHOULD,
    who=TOOL,
    minutes=10,
    fix="Mend the reference in line {line} of {path}, or remove it.",
    fix_absent="Write a README.md, and see that every link and file in it exists.",
    expected="every relative link, picture, anchor and named file exists",
    bad={"README.md": "# Churn\n\nHow it is built stands in [the design](docs/design.md).\n"},
    good={
        "README.md": "# Churn\n\nHow it is built stands in [the design](docs/design.md).\n",
        "docs/design.md": "# Design\n\nRows are cleaned before they are split.\n",
    },
)
def references_resolve(repo: Repo) -> Outcome:
    """A dead link or a missing picture tells a reviewer that nobody has looked at the page since it was written.

    Files get renamed and folders move; the README rarely follows by itself. Only what can be checked without a network
    is judged here: relative links and pictures, anchors, and the files and targets that commands name.
    """
    document = repo.readme
    if not document:
        return failed(Evidence(remark="there is no README"))
    checked = list(_checked(repo, document))
    if broken := [place for place, is_there in checked if not is_there]:
        return failed(*sorted(dict.fromkeys(broken), key=lambda place: place.line))
    if not checked:
        return without_object("the README refers to nothing in the repository")
    return passed(at(document.path, f"{len(checked)} references, and all of them resolve"))


def _checked(repo: Repo, document: Document) -> Iterator[tuple[Evidence, bool]]:
    """Every reference that can be judged, and whether it resolves."""
    for link in document.links:
        yield from _target(repo, document, link.target, link.line)
    for image in document.images:
        yield from _target(repo, document, image.target, image.line)
    for block in document.blocks:
        yield from _of_tree(repo, document, block)
    for promise in readme_promises(repo):
        if promise.state != "open":
            yield promise.place, promise.state == "kept"


def _of_tree(repo: Repo, document: Document, block: Block) -> Iterator[tuple[Evidence, bool]]:
    """The files that a drawn tree of the repository names; one that shows something else is not judged."""
    drawn = [(block.line + block.text.count("\n", 0, each.start()), each[1]) for each in BRANCH.finditer(block.text)]
    ignored = repo.text_or_none(f"{repo.project}.gitignore") or ""
    there = {posixpath.basename(path).lower() for path in repo.snapshot.entries}
    checked = [
        (line, name, name.lower() in there) for line, name in drawn if SOURCE.search(name) and name not in ignored
    ]
    if 2 * sum(is_there for *_, is_there in checked) > len(checked):
        for line, name, is_there in checked:
            yield at(document.path, f"{name} stands in the tree and nowhere else", line), is_there


def _target(repo: Repo, document: Document, target: str, line: int) -> Iterator[tuple[Evidence, bool]]:
    name, _, anchor = target.partition("#")
    place = at(document.path, f"{target[:80]} is not there", line)
    if target.startswith("#"):
        if len(target) > 1 and document.path.lower().endswith(".md") and 'title="' not in document.lines[line - 1]:
            yield place.saying(f"no heading for {target[:80]}"), _has_anchor(document, anchor)
        return
    if (
        not name
        or ELSEWHERE.search(name)
        or GITHUB_PAGE.search(name)
        or document.path.lower().endswith((".txt", ".org"))
    ):
        return
    if (found := _resolves(repo, document, name)) is not None:
        yield place, found


def _resolves(repo: Repo, document: Document, name: str) -> bool | None:
    """Whether a path is there; None where that cannot be told: outside, in a submodule, or a page that is built."""
    path = unquote(name.split("?", maxsplit=1)[0]).replace("\\", "/")
    base = posixpath.dirname(document.path)
    candidates = [path.lstrip("/")] if path.startswith("/") else [posixpath.join(base, path), path]
    candidates = [posixpath.normpath(each) for each in candidates]
    if any(each in (".", "") or repo.has(each) for each in candidates):
        return True
    is_outside = all(each.startswith("..") for each in candidates)
    is_below_submodule = any(each.startswith(f"{top}/") for each in candidates for top in repo.submodules)
    if is_outside or is_below_submodule or GENERATED.search(path):
        return None
    may_be_page = not posixpath.splitext(path)[1]
    return may_be_page and any(repo.has(f"{each}{end}") for each in candidates for end in (".md", ".rst"))


def _has_anchor(document: Document, anchor: str) -> bool:
    """Compared by letters and digits alone: how signs and emoji are written differs between renderers."""
    wanted = _letters(unquote(anchor).removeprefix("user-content-"))
    return wanted in {"", "top", "readme"} or wanted in {_letters(each) for each in document.anchors}


def _letters(text: str) -> str:
    return WORD.sub("", text.replace("_", "").replace("\ufe0f", "")).lower()


RULES = (references_resolve,)
