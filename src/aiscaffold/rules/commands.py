"""The commands that a README gives: to install the project, and to run or use it (DOC103, DOC104)."""

import posixpath
import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import unquote

from aiscaffold.document import Document
from aiscaffold.evidence import Evidence, at
from aiscaffold.promises import Promise, promises, readme_promises
from aiscaffold.readers import read_document
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import MUST, SHOULD, TOOL, Outcome, failed, passed, rule, unknown

NO_README = Evidence(remark="there is no README")
PAGE = regex(r"\.(?:md|rst|txt|org)$", re.IGNORECASE)
ABOUT = {
    "install": regex(
        r"install|set-?_? ?up|getting[-_ ]?started|quick[-_ ]?start|guide|documentation|\bdocs?\b|usage|develop|"
        r"安装|build",
        re.IGNORECASE,
    ),
    "use": regex(
        r"usage|use\b|how[-_ ]to|getting[-_ ]?started|quick[-_ ]?start|guide|documentation|\bdocs?\b|tutorial|"
        r"example|demo|train|run|使用|教程",
        re.IGNORECASE,
    ),
}
DOCUMENTATION = regex(r"readthedocs|\.github\.io/|/docs?\b|docs?\.|rtfd\.|documentation|wiki", re.IGNORECASE)
FOR_OTHERS = regex(r"contribut|code_of_conduct|change|security|licen[cs]e", re.IGNORECASE)
MOST_PAGES = 8
IMPORTS = regex(
    r"^[ \t]{0,40}(?:>>>|In \[\d{1,4}\]:)?[ \t]{0,8}(?:from|import)[ \t]+([A-Za-z_]\w{0,100})", re.MULTILINE
)
OPENS = regex(
    r"\b(?:open|run|see|launch|start|execute|notebooks?|look at|check|walk|demo|example|tutorial|colab|binder)\b|"
    r"运行|打开",
    re.IGNORECASE,
)
COLAB = regex(r"colab\.research\.google\.com|mybinder\.org|nbviewer", re.IGNORECASE)
RUNS = regex(r"\b(?:run|execute|start|launch|use|train|call|using|invoke|python)\w*\b|运行|执行", re.IGNORECASE)
SCRIPT = regex(r"[\w./\\-]{1,200}\.(?:py|sh|ipynb|R|jl)$")


@rule(
    "DOC103",
    "install-works",
    "The README gives a working install command",
    item="usage-instructions",
    level=MUST,
    tier="C",
    who=TOOL,
    minutes=15,
    fix="Give one command in {path} that sets the project up, and see that every file and target in it exists.",
    expected="an install command whose files, extras and targets exist",
    bad={"README.md": "# Churn\n\n```bash\npip install -r requirements.txt\n```\n", "churn.py": "import pandas\n"},
    good={
        "README.md": "# Churn\n\n```bash\npip install -r requirements/base.txt\n```\n",
        "requirements/base.txt": "pandas==2.2.3\n",
    },
)
def installs(repo: Repo) -> Outcome:
    """Whoever wants to try the project starts with the install command.

    If there is none, or if it names a file that is not there, most people stop at this point, and a reviewer concludes
    that nobody ever ran the project on a second machine.
    """
    return _judge(repo, "install", "no command installs or sets up the project")


@rule(
    "DOC104",
    "usage-shown",
    "The README shows how to run or use it",
    item="usage-instructions",
    level=SHOULD,
    who=TOOL,
    minutes=15,
    fix="Show in {path} the one command, or the few lines of code, with which the project is used.",
    expected="a command whose script, module, target or notebook exists, or code that imports the package",
    bad={"README.md": "# Churn\n\n```bash\npython train.py\n```\n", "model.py": "import pandas\n"},
    good={
        "README.md": "# Churn\n\n```bash\npython -m churn.train --month 3\n```\n",
        "churn/train.py": "import pandas\n",
    },
)
def usage_shown(repo: Repo) -> Outcome:
    """A project that cannot be started is judged by its looks alone.

    One command, or a few lines that import the package, let a reviewer see it work within a minute. A command that
    names a script which was renamed since is worse than none.
    """
    return _judge(repo, "use", "nothing shows how to run or use the project")


def _judge(repo: Repo, kind: Literal["install", "use"], missing: str) -> Outcome:
    """Kept by one command at least; not known where the only hints lead elsewhere."""
    document = repo.readme
    if not document:
        return failed(NO_README)
    found: list[Promise] = []
    for page in (document, *_pages(repo, document, kind)):
        found += _promised(repo, page, kind)
        if kept := [each.place for each in found if each.state == "kept"]:
            return passed(kept[0])
    if hints := [each.place for each in found if each.state == "open"]:
        return unknown(*hints[:3])
    if outside := _outside(repo, document, kind):
        return unknown(outside)
    if document.is_cut:
        return unknown(at(document.path, "too long to be read to its end"))
    return failed(*([each.place for each in found if each.state == "broken"] or [at(document.path, missing)]))


def _promised(repo: Repo, page: Document, kind: str) -> list[Promise]:
    told = readme_promises(repo) if page is repo.readme else promises(repo, page)
    found = [each for each in told if each.kind == kind]
    if kind == "use" and not any(each.state == "kept" for each in found):
        found += [
            Promise("use", "kept", place)
            for place in (*_imported(repo, page), *_scripts(repo, page), *_notebooks(repo, page))
        ]
    return found


def _pages(repo: Repo, document: Document, kind: str) -> Iterator[Document]:
    """The pages of this repository that the README sends its reader to for this."""
    seen = {document.path}
    for link in document.links:
        path = _target(repo, document, link.target)
        titles = " ".join(document.section_at(link.line)[1:])
        is_meant = path and not FOR_OTHERS.search(path)
        if (
            is_meant
            and path not in seen
            and len(seen) <= MOST_PAGES
            and ABOUT[kind].search(f"{path} {link.text} {titles}")
        ):
            seen.add(path)
            text = repo.text_or_none(path)
            if text:
                yield read_document(path, text)
    if any(DOCUMENTATION.search(link.target) for link in document.links if link.target.startswith("http")):
        yield from _sources(repo, kind, seen)


def _sources(repo: Repo, kind: str, seen: set[str]) -> Iterator[Document]:
    """The sources of a hosted documentation that the README links to."""
    for page in repo.documents:
        if (
            page.path not in seen
            and page.path.lower().startswith(f"{repo.project}doc")
            and ABOUT[kind].search(posixpath.basename(page.path))
        ):
            yield page


def _target(repo: Repo, document: Document, target: str) -> str:
    """The page of this repository that a link leads to; empty where it leads elsewhere."""
    name = unquote(target.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0])
    if "://" in name:
        found = re.search(r"github\.com/[^/]+/[^/]+/(?:blob|tree)/[^/]+/(.+)$", name)
        name = f"/{found[1]}" if found else ""
    if not name or name.startswith("mailto:"):
        return ""
    base = "" if name.startswith("/") else posixpath.dirname(document.path)
    path = posixpath.normpath(posixpath.join(base, name.lstrip("/")))
    if repo.has(path) and PAGE.search(path):
        return path
    inside = [f"{path}/{page}" for page in ("README.md", "readme.md", "index.md", "README.rst", "index.rst")]
    return next((page for page in inside if page in repo.snapshot.entries), "")


def _outside(repo: Repo, document: Document, kind: str) -> Evidence | None:
    """A link to the project's own documentation outside of the repository."""
    built = [each.name for each in repo.manifests if each.name]
    names = {re.sub(r"[^a-z0-9]", "", name.lower()) for name in (document.title, repo.snapshot.name, *built)}
    for link in document.links:
        address = re.sub(r"[^a-z0-9]", "", link.target.lower())
        is_own = any(name in address for name in names if len(name) > 3)  # noqa: PLR2004 - shorter ones are in any address
        is_meant = ABOUT[kind].search(f"{link.target} {link.text}") and DOCUMENTATION.search(link.target)
        if is_own and is_meant and link.target.startswith("http") and "github.com/" not in link.target:
            return at(document.path, f"leads to {link.target[:60]} for it", link.line)
    return None


def _imported(repo: Repo, page: Document) -> Iterator[Evidence]:
    own = repo.import_roots - repo.dependencies
    for block in page.blocks:
        if block.language in ("", "python", "py", "python3", "pycon", "ipython", "doctest", "default", "pythonrepl"):
            for found in IMPORTS.finditer(block.text):
                if found[1] in own:
                    yield at(page.path, f"imports {found[1]}", block.line + block.text[: found.start(1)].count("\n"))


def _scripts(repo: Repo, page: Document) -> Iterator[Evidence]:
    """A script of the repository that is named in a sentence about running."""
    for code in page.codes:
        text = code.text.strip()
        if SCRIPT.match(text) and _is_there(repo, text) and RUNS.search(_line(page, code.line)):
            yield at(page.path, f"says to run {text}", code.line)


def _notebooks(repo: Repo, page: Document) -> Iterator[Evidence]:
    """A notebook of the repository that the reader is sent to."""
    for link in page.links:
        if COLAB.search(link.target) and ".ipynb" in link.target:
            yield at(page.path, "opens a notebook in the browser", link.line)
        elif link.target.split("#")[0].endswith(".ipynb"):
            name = posixpath.basename(unquote(link.target.split("#")[0]))
            around = " ".join((*page.section_at(link.line), _line(page, link.line)))
            if OPENS.search(around) and any(path.endswith(name) for path in repo.paths):
                yield at(page.path, f"sends its reader to {name}", link.line)


def _is_there(repo: Repo, name: str) -> bool:
    name = name.replace("\\", "/").removeprefix("./")
    return any(f"/{path}".endswith(f"/{name}") for path in repo.paths)


def _line(page: Document, line: int) -> str:
    return page.lines[line - 1] if 0 < line <= len(page.lines) else ""


RULES = (installs, usage_shown)
