"""HON104: nothing of a template waits to be filled in."""

import re
from collections.abc import Iterator

from aiscaffold.document import Document
from aiscaffold.evidence import Evidence, at
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import OWNER, SHOULD, Outcome, failed, passed, rule, unknown, without_object

FIELD = (
    r"(?:your|my|insert|enter|add|project|repo(?:sitory)?|author|company|team|app(?:lication)?|package|github|"
    r"e-?mail|link|describe|fill|short|brief|university|student)"
)
TOKENS = regex(
    rf"(?<![\]\[!])\[(?:{FIELD}\b[^\]\n]{{0,60}}|name|title|description|date|year|tbd|todo)\](?![\[(:\]])|"
    rf"<{FIELD}[ _-](?:name|title|description|here|author|url|link|email|handle|username)[^>\n]{{0,30}}>|"
    r"\blorem ipsum\b|\{\{\s{0,4}[\w.\-| ()'\"]{1,80}\}\}|\{%-?\s{0,4}(?:if|for|raw|include|endif|block)\b|"
    r"\b(?:your|insert|add|describe|write|put|enter)\b[^.\n|]{0,50}\b(?:goes here|here\b(?=[\s.!\])>]*$))|"
    r"\bdescription (?:of (?:the|your) project )?goes here|"
    r"^\W{0,4}(?:a|one|give a|provide a)?\s?(?:short|brief|one paragraph of)(?: project)? (?:description|"
    r"introduction|summary|overview) (?:of|about|to|for) (?:the|your|this) (?:project|repo\w*|"
    r"app\w*)\W{0,3}(?:$|goes)|"
    r"\bthis is an example of how (?:you may (?:give|instruct)|to list things)\b|\bhere'?s a blank template\b|"
    r"\buse this space to show useful examples\b|\bmany great readme templates\b|"
    r"\bone paragraph of project description\b|\bthis (?:is a )?(?:readme )?template\b.{0,40}\b(?:fill|"
    r"replace|edit|copy)",
    re.IGNORECASE,
)
OPEN = regex(
    r"^\W{0,6}(?:todo|tbd|tba|fixme|coming soon|to be (?:added|done|announced|determined|updated|completed|"
    r"filled|written|continued|documented)|"
    r"work in progress|under construction|wip|more (?:details|info\w*|documentation) (?:coming soon|to come)|"
    r"xxx+|placeholder)\b\W{0,3}(?P<rest>.{0,200})$",
    re.IGNORECASE,
)
SOON = regex(
    r"\b(?:coming soon|(?:will|to) be (?:added|updated|released|uploaded|provided|published)(?: (?:here|soon|"
    r"later|shortly))?|tbd|tba)\W{0,4}$",
    re.IGNORECASE,
)
TITLES = regex(
    r"\W{0,4}(?:(?:your |my |the )?(?:project|repo(?:sitory)?|app)[ _-]?(?:title|name)|title|project|insert "
    r"title|untitled|your project|name of (?:the )?project|readme(?:\.md)?|readme template)\W{0,4}",
    re.IGNORECASE,
)
PLANS = regex(r"to-?do|road ?map|future|plans?\b|next|news|update|changelog|wish|backlog|progress", re.IGNORECASE)
TODO = regex(r"\W{0,6}(?:todo|tbd|tba|fixme|xxx)\b", re.IGNORECASE)
OPEN_CELL = regex(r"\W*(?:tbd|tba|todo|xx+\.?x*%?|coming soon)\W*", re.IGNORECASE)
LONGEST = 400  # characters of a text that may be a placeholder
SHORT = 9  # words of a line that only promises
TARGETS = regex(
    r"(?:^|[/.@=])(?:your|my)[-_]?(?:user|git(?:hub)?)?[-_]?(?:name|handle|id|org|profile|linkedin|email|"
    r"repo\w*|site|domain|link|account)\b|"
    r"(?:^|[/.@])your[-_]?(?:project\w*|app\w*)(?:[-_]name)?(?:[/.?]|$)|//your-|github_username|"
    r"/username/(?:repo|project)|<your|\{\{|"
    r"//(?:www\.)?example\.com/?$|your\w*@|(?:email|user|name)@example|path/to/(?:your|image|screenshot|demo)",
    re.IGNORECASE,
)
CLONES = regex(
    r"git clone\s+\S*(?:your|<)[-_ ]?(?:user|git|name|org|account)\S*|git clone\s+\S*/(?:username|user|"
    r"your-?repo)/?\S*",
    re.IGNORECASE,
)
CODE = regex(r"`[^`\n]{1,300}`")
QUESTION = regex(
    r'<!-- aiscaffold:write id="(?P<id>[\w-]+)"[^>]{0,200}-->(?P<body>.{0,6000}?)<!-- /aiscaffold:write -->', re.DOTALL
)


@rule(
    "HON104",
    "no-placeholders",
    "No placeholder is left",
    item="clear-readme",
    level=SHOULD,
    who=OWNER,
    fix="Replace the placeholder at {path} line {line} by your own words, or take it out.",
    expected="a README in which each heading has its content and each name is a real one",
    minutes=20,
    bad={"README.md": "# Project Title\n\nOne paragraph of project description goes here.\n\n## Results\n\nTODO\n"},
    good={"README.md": "# Prices of houses\n\nPredicts what a house sells for, within 9 % on unseen data.\n"},
)
def no_placeholders(repo: Repo) -> Outcome:
    """Square brackets around "Your Name", or "TODO" under a heading, say that nobody read the README again.

    Readers judge the care in the code by the care in this one page.
    """
    document = repo.readme
    if document is None:
        return without_object("there is no README")
    found = sorted({*_in_lines(document), *_in_prose(document), *_in_links(document), *_questions(repo, document)})
    if found:
        return failed(*found)
    if clones := _clones(document):
        return unknown(*clones)
    return passed(at(document.path, "no placeholder found"))


def _coded(document: Document) -> set[int]:
    """The numbers of the lines that show code."""
    return {block.line + number for block in document.blocks for number in range(-1, block.text.count("\n") + 2)}


def _in_lines(document: Document) -> Iterator[Evidence]:
    coded = _coded(document)
    references = "\n".join(line.lower() for line in document.lines if line.lstrip().startswith("["))
    for number, line in enumerate(document.lines, 1):
        text = CODE.sub("", line[:2_000])
        if number in coded or "aiscaffold:" in text:
            continue
        found = TOKENS.search(text)
        if found and not _is_explained(text, found) and f"{found[0].lower()}:" not in references:
            yield at(document.path, f"a placeholder: {found[0].strip()[:60]}", number)
    yield from _title(document)


def _title(document: Document) -> Iterator[Evidence]:
    for section in document.sections:
        if (
            TITLES.fullmatch(section.title)
            and section.level == 1
            and section.line == document.title_line
            and not section.title.lower().startswith("readme")
        ):
            yield at(document.path, f"a template's title: {section.title}", section.line)


def _is_explained(line: str, found: "re.Match[str]") -> bool:
    """Whether a token is part of a command, a comment or an address rather than of a sentence."""
    inside_comment = "<!--" in line[: found.start()] and "-->" not in line[: found.start()]
    attribute = re.search(r"=\s{0,2}[\"']?[^\s\"']{0,80}$", line[: found.start()])
    return (
        inside_comment
        or bool(attribute)
        or bool(re.match(r"\s*(?:\$|>>>|pip|python|git|docker|export|curl|cd)\s", line))
    )


def _in_prose(document: Document) -> Iterator[Evidence]:
    for prose in document.prose:
        text = prose.text.strip()
        is_plan = any(PLANS.search(title) for title in document.section_at(prose.line))
        if len(text) <= LONGEST and not is_plan and _is_promise(document, text, prose.line):
            yield at(document.path, f"content is missing: {text[:60]}", prose.line)
    for table in document.tables:
        if any(OPEN_CELL.fullmatch(cell.strip()) for row in table.rows for cell in row):
            yield at(document.path, "a table with open cells", table.line)


def _is_promise(document: Document, text: str, line: int) -> bool:
    """Whether a text stands for content that is still to come."""
    if OPEN.match(text):
        return bool(TODO.match(text)) or _is_all_of_its_section(document, line)
    return bool(SOON.search(text)) and len(text.split()) <= SHORT


def _is_all_of_its_section(document: Document, line: int) -> bool:
    around = [section for section in document.sections if section.line <= line <= section.end]
    return not around or len(document.prose_in(around[-1])) <= 2  # noqa: PLR2004 - the promise and one word more


def _in_links(document: Document) -> Iterator[Evidence]:
    places = [
        *((link.target, link.line) for link in document.links),
        *((image.target, image.line) for image in document.images),
    ]
    for target, line in places:
        if TARGETS.search(target) and not target.startswith("#"):
            yield at(document.path, f"a template's link: {target[:60]}", line)


def _questions(repo: Repo, document: Document) -> Iterator[Evidence]:
    """The places for the owner's words that still hold the template's question."""
    pristine = repo.rendered.get(document.path, b"").decode(errors="replace")
    asked = {found["id"]: found["body"].split() for found in QUESTION.finditer(pristine)}
    text = repo.text(document.path)
    for found in QUESTION.finditer(text):
        body = found["body"].split()
        untouched = body == asked[found["id"]] if found["id"] in asked else " ".join(body).rstrip("_*").endswith("?")
        if untouched or not body:
            line = text.count("\n", 0, found.start("body")) + 2
            yield at(document.path, f"the template's question on {found['id']} is not answered", line)


def _clones(document: Document) -> list[Evidence]:
    return [
        at(
            document.path,
            f"is it this repository? {found[0][:60]}",
            block.line + block.text.count("\n", 0, found.start()),
        )
        for block in document.blocks
        for found in CLONES.finditer(block.text[:5_000])
    ]


RULES = (no_placeholders,)
