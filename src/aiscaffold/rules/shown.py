"""What a reader can look at: a picture of the project, and its architecture (DOC106, DOC108)."""

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from aiscaffold.document import Block, Document, Image
from aiscaffold.evidence import Evidence, at
from aiscaffold.readers import read_document
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import (
    KAGGLE,
    LLM_APP,
    NOTEBOOKS,
    REPRODUCTION,
    SERVICE,
    SHOULD,
    TOOL,
    Outcome,
    failed,
    passed,
    rule,
)
from aiscaffold.whereabouts import is_shown, tracked_picture

NO_README = Evidence(remark="there is no README")
DRAWN_LANGUAGES = frozenset({"mermaid", "plantuml", "puml", "dot", "graphviz", "d2", "ditaa", "kroki"})
SKETCHES = frozenset({"", "text", "txt", "ascii", "plaintext", "none"})
CHART = regex(
    r"\s*(?:%%[^\n]*\n\s*)*(?:gantt|pie|gitgraph|quadrantchart|xychart|timeline|journey)\b",
    re.IGNORECASE,
)
ARROWS = regex(r"-->|──+[>▶►]|[│|]\s*\n\s*[vV▼↓]|→|➜|⟶|[▶►▼]|\+-{3,}\+|┌─+")
TREE = regex(r"[├└]──|\|--|`--")
LABEL = regex(r"%%[^\n]*|\"[^\"\n]*\"|\[[^\]\n]*\]|\([^)\n]*\)|\{[^}\n]*\}|\|[^|\n]*\||:[^\n]*|--[^->\n]{1,80}(?=-->)")
MERMAID = regex(
    r"(?:flowchart|graph|TD|TB|BT|LR|RL|subgraph|end|direction|style|class|classDef|linkStyle|click|participant|actor|"
    r"as|loop|alt|else|opt|par|note|over|of|activate|deactivate|autonumber|o|x|\w+Diagram(?:_?v2)?|v2)",
    re.IGNORECASE,
)
FEWEST_PARTS = 3
SMALLEST = 200  # bytes of a picture that can show something
SHAPE = regex(r"<(?:\w+:)?(?:path|rect|circle|ellipse|line|polyline|polygon|text|image|use|foreignObject)\b")
# Of a picture on the web: what somebody sells, or a sign.
OF_OTHERS = regex(
    r"\b(?:book ?)?cover\b|book[-_ ]?cover|cover[-_]image|\blogo\b|title=[\"']?book\b|ssl-images-amazon|"
    r"//(?:[\w-]{1,40}\.){0,3}(?:amazon|oreilly|manning|packtpub?|springer|apress)\.",
    re.IGNORECASE,
)
PAGE = regex(r"\.(?:md|rst)$", re.IGNORECASE)
MOST_PAGES = 10
ARCHITECTURE = regex(
    r"architect|diagram|pipeline|work-?flow|how (?:it|this|the \w+) works?|system (?:design|overview)|data ?flow|"
    r"flow ?chart|infrastructure|topology|"
    r"high-level|under the hood|architektur|arquitectura|架构|流程|框架",
    re.IGNORECASE,
)
DIAGRAM_NAME = regex(
    r"archi|diagram|pipeline|work-?_?flow|flow-?_?chart|(?:^|[_\W])flow|infra|topolog|system[-_ ]?(?:design|"
    r"overview)|overview",
    re.IGNORECASE,
)
ABOUT_IT = regex(r"archi|design|overview|how[-_]it|system|infra", re.IGNORECASE)
BAR = "<rect x='10' y='20' width='30' height='40' fill='#336'/>"
DIAGRAM_FILES = (
    "*.drawio",
    "*.drawio.svg",
    "*.drawio.png",
    "*.puml",
    "*.plantuml",
    "*.excalidraw",
    "*.mmd",
    "*.mermaid",
    "*.d2",
)


@rule(
    "DOC106",
    "visual-shown",
    "The README shows the project in a picture",
    item="visuals",
    level=SHOULD,
    kinds=frozenset({SERVICE, REPRODUCTION, KAGGLE, NOTEBOOKS, LLM_APP}),
    who=TOOL,
    minutes=20,
    fix="Add a screenshot, plot or diagram of the project to {path}, and commit the file that it shows.",
    expected="a picture or diagram that is neither badge nor logo, and whose file exists",
    bad={"README.md": "# Churn\n\n![Risk by month](docs/risk.png)\n"},
    good={
        "README.md": "# Churn\n\n![Risk by month](docs/risk.svg)\n",
        "docs/risk.svg": f"<svg xmlns='http://www.w3.org/2000/svg'>{BAR * 4}</svg>\n",
    },
)
def visual_shown(repo: Repo) -> Outcome:
    """A picture is understood before the first sentence is read.

    A screenshot, a plot of the results or a diagram shows in a second what the project is. Badges and logos show
    nothing of it, and a picture whose file is missing shows neglect.
    """
    if not repo.readme:
        return failed(NO_README)
    missing: list[Evidence] = []
    for page in _pages(repo, repo.readme):
        for image in page.images:
            if image.is_badge or image.is_logo or "donate" in image.target:
                continue
            why_not = _why_not_shown(repo, page, image)
            if not why_not:
                return passed(at(page.path, f"shows {image.target[-80:]}", image.line))
            missing.append(at(page.path, f"{image.target[:80]} {why_not}", image.line))
        for block in page.blocks:
            if _is_diagram(block):
                return passed(at(page.path, f"a {block.language} diagram", block.line))
    return failed(*(missing or [at(repo.readme.path, "no picture but badges and logos")]))


@rule(
    "DOC108",
    "architecture-drawn",
    "The architecture is drawn",
    item="visuals",
    level=SHOULD,
    kinds=frozenset({SERVICE, LLM_APP}),
    who=TOOL,
    minutes=40,
    fix="Draw the parts of the system and what flows between them, best as a Mermaid block in {path}.",
    expected="a diagram of the system in the README or the docs",
    bad={"README.md": "# Churn\n\n## Architecture\n\nThere is a model and an API.\n"},
    good={
        "README.md": "# Churn\n\n## Architecture\n\n```mermaid\nflowchart LR\n  data --> train --> model --> api\n```\n"
    },
)
def architecture_drawn(repo: Repo) -> Outcome:
    """A service is more than its model: data come in, features are made, a model is kept somewhere, something answers.

    A drawing shows at a glance which parts there are and what flows between them. It is also what an interviewer will
    ask for.
    """
    for page in repo.documents:
        for place in _drawings(repo, page):
            return passed(place)
    files = [path for path in repo.glob(*DIAGRAM_FILES) if repo.size(path)]
    if files:
        return passed(at(files[0], "a diagram"))
    return failed(at(repo.readme_path, "no diagram of the system in the README or the docs"))


def _pages(repo: Repo, document: Document) -> Iterator[Document]:
    """The README, and the pages of this repository that it links to."""
    yield document
    seen = {document.path}
    for link in document.links:
        name = unquote(link.target.split("#")[0])
        path = (
            posixpath.normpath(posixpath.join(posixpath.dirname(document.path), name))
            if name and "://" not in name
            else ""
        )
        if PAGE.search(path) and path in repo.snapshot.entries and path not in seen and len(seen) < MOST_PAGES:
            seen.add(path)
            if not re.search(r"contribut|code_of|licen|change|security|history", path, re.IGNORECASE):
                yield read_document(path, repo.text_or_none(path) or "")


def _drawings(repo: Repo, page: Document) -> Iterator[Evidence]:
    for block in page.blocks:
        if (_is_diagram(block) and not CHART.match(block.text)) or _is_sketch(page, block):
            yield at(page.path, "a diagram", block.line)
    for image in page.images:
        name = f"{image.alt} {posixpath.basename(unquote(image.target))}"
        titles = page.section_at(image.line)[1:]
        is_meant: object = DIAGRAM_NAME.search(name[:300]) or any(ARCHITECTURE.search(title) for title in titles[-2:])
        is_meant = is_meant and (page.path == repo.readme_path or ABOUT_IT.search(page.path))
        if is_meant and not (image.is_badge or image.is_logo) and is_shown(repo, page, image.target):
            yield at(page.path, f"shows {image.target[-80:]}", image.line)


def _why_not_shown(repo: Repo, page: Document, image: Image) -> str:
    """What keeps a picture from showing the project; empty where it does."""
    if not is_shown(repo, page, image.target):
        return "is not there"
    path = tracked_picture(repo, page, image.target)
    if path:
        return "shows nothing" if _is_blank(repo, path) else ""
    around = f"{image.alt} {image.target} {page.lines[image.line - 1] if image.line <= len(page.lines) else ''}"
    return "shows a book or a logo" if OF_OTHERS.search(around[:2_000]) else ""


def _is_blank(repo: Repo, path: str) -> bool:
    """Whether a picture is too small to show anything, or draws nothing."""
    text = repo.text_or_none(path) or ""
    if 0 <= repo.size(path) < SMALLEST:  # it is not known of what is not in this clone
        return not text.startswith("version https://git-lfs")
    return path.lower().endswith(".svg") and bool(text) and not SHAPE.search(text)


def _is_diagram(block: Block) -> bool:
    """Whether a block draws something; of Mermaid, at least three parts or a chart."""
    if block.language != "mermaid" or CHART.match(block.text):
        return block.language in DRAWN_LANGUAGES
    words = re.findall(r"\w+", LABEL.sub(" ", block.text[:5_000]))
    return len({word for word in words if not MERMAID.fullmatch(word)}) >= FEWEST_PARTS


def _is_sketch(page: Document, block: Block) -> bool:
    """Boxes and arrows made of characters; a tree of folders is none."""
    if block.language not in SKETCHES or TREE.search(block.text):
        return False
    is_meant = any(ARCHITECTURE.search(title) for title in page.section_at(block.line))
    return is_meant and len(ARROWS.findall(block.text[:5_000])) > 1


RULES = (visual_shown, architecture_drawn)
