"""What only the author can write: limits and lessons, decisions (DOC110, DOC111)."""

import posixpath
import re
from collections.abc import Callable, Iterator
from itertools import takewhile

from aiscaffold.citations import Citations
from aiscaffold.document import Document, Section, count_words
from aiscaffold.evidence import Evidence, at
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import (
    LIBRARY,
    LLM_APP,
    OWNER,
    SERVICE,
    SHOULD,
    Outcome,
    failed,
    passed,
    rule,
    unknown,
)

LIMITS = regex(
    r"\blimit(?:s|ations?)\b|\blessons?\b|\b(?:we|i|i've|things) (?:have )?learn(?:ed|t)\b|\blearnings\b|"
    r"\bcaveats?\b|\bpitfalls?\b|known (?:issues?|bugs?|problems?)|"
    r"\bchallenges?(?:$|\s(?:faced|and|&|i|we|encountered|met)\b)|failure (?:cases?|modes?|analysis)|\bfailures$|"
    r"what (?:did(?:n['\u2019]t| not)|does(?:n['\u2019]t| not)) work|"
    r"what (?:i|we)(?:['\u2019]d| would)|would (?:do|change)|retrospective|post-?mortem|drawbacks?|shortcomings?|"
    r"disadvantages|weakness(?:es)?\b|threats to validity|"
    r"out[- ]of[- ]scope|bias(?:es)? (?:and|&)|how honest|error analysis|(?:problems?|difficulties|"
    r"obstacles) (?:i|we|faced|encountered|met)\b|^(?:\W*)(?:difficulties|obstacles|problems)$|"
    r"^\W*(?:cautions?|gotchas?)\b|(?:why|how come) .{0,60}\b(?:differ\w*|worse|fail\w*|slow\w*|not work\w*)\b|"
    r"局限|不足|踩坑|教训|已知问题|한계|限界|limita[cç]|limitaciones",
    re.IGNORECASE,
)
NO_LIMITS = regex(
    r"rate limits?|limits? (?:theorem|order)|lessons? \d|\bcourse\b|kaggle|resource limits?|(?:memory|token|cpu|"
    r"size|request|usage) limits?",
    re.IGNORECASE,
)
LIMIT_SENTENCE = regex(
    r"\blimitations?\b|\blimited (?:to|by)\b|\bcaveat|\bdrawback|\bunfortunately\b|\bknown (?:issue|bug)|"
    r"\bstruggl\w+|\bonly works?\b|\bfails? (?:to|on|when|if|for)\b|"
    r"\b(?:does|do|did|could|can)(?:n['\u2019]t|\s?not) (?:yet )?(?:support|work|handle|generali[sz]e|scale|cover|"
    r"improve|help|converge|perform)\w*|"
    r"\bnot (?:yet )?(?:supported|implemented|handled|covered|robust|perfect)\b|\b(?:i|we) learn(?:ed|t)\b|"
    r"\bturned out\b|\bin hindsight\b|"
    r"\bwould (?:change|do differently)|\boverfit\w*|\bbiased\b|\bworse than\b|\binaccurate\b",
    re.IGNORECASE,
)
LEADS = regex(  # in bold letters or with a colon, over a list
    r"(?:(?:known|current|some|main|its|the|notes?|caveats?|and) ?[/,&]? ?){0,3}"
    r"(?:limits|limitations?|caveats?|drawbacks|shortcomings|pitfalls|known (?:issues|bugs|problems)|"
    r"lessons learned|failure (?:cases|modes)|challenges faced)(?: ?[/&] ?\w{1,20})?(?:$|\s?:)",
    re.IGNORECASE,
)
HELD = 8  # passages below such a line that may belong to it
IMPROVABLE = regex(r"\b(?:improve(?:ments?|d)?|disclaimer|future (?:works?|scope|plans|directions?))\b", re.IGNORECASE)
SHORTCOMING = regex(
    r"\b(?:to improve|improve upon|could be|(?:can|should) be (?:\w+ ){0,2}(?:better|more|improved|cleaner|faster)|"
    r"messed|messy|poor(?:ly)?|lacks?|lacking|missing|too (?:slow|small|few|simple)|more (?:accurate|robust)|"
    r"not (?:yet |very |so )?(?:accurate|good|perfect|robust|optimal|ideal|enough)|no guarantee|hard-?coded|"
    r"proof of concept|would (?:help|be))\b",
    re.IGNORECASE,
)
FEWEST_SHORTCOMINGS = 2
NO_PAGE = regex(
    r"change|release|history|news|contribut|code_of|conduct|security|template|agents|claude|copilot|licen[cs]e|"
    r"migrat|todo",
    re.IGNORECASE,
)
ENOUGH_SENTENCES = 3
CONTENT = 8  # words that make the content of a section
DECISION_FILES = regex(
    r"(?:^|/)(?:adrs?|decisions?|decision[-_]records?|rfcs?|design)/[^/]+\.(?:md|rst)$|(?:^|/)(?:design|"
    r"decisions?|adr|rationale|architecture[-_]decisions?|design[-_](?:doc|notes|decisions)|"
    r"tradeoffs?)[^/]*\.(?:md|rst)$",
    re.IGNORECASE,
)
DECISIONS = regex(
    r"\bdecisions?\b|rationale|trade-?offs?|\bwhy\b|design (?:choices?|principles|notes|philosophy|goals|"
    r"considerations)|philosophy|alternatives|"
    r"considerations|comparison (?:with|to)|compared (?:with|to)|motivation for|how .{1,40} differs|"
    r"differences? (?:from|between)|设计|为什么",
    re.IGNORECASE,
)
NO_DECISIONS = regex(
    r"decision (?:tree|boundar|function|forest|support|making process|rule|threshold)|why (?:it matters|us|"
    r"contribut|star)",
    re.IGNORECASE,
)
REASONS = regex(
    r"\btrade-?offs?\b|\b(?:i|we) (?:deliberately )?(?:chose|choose|opted|decided|picked|prefer(?:red)?)\b|"
    r"\b(?:was|were) (?:chosen|picked|preferred) (?:because|over|for|since|as)\b|"
    r"\b(?:instead of|rather than|over)\b[^.]{3,120}\b(?:because|since|so that|as it|due to)\b|\b(?:because|since|"
    r"so that)\b[^.]{3,120}\b(?:instead of|rather than)\b|"
    r"\bat the (?:cost|expense|price) of\b|\bthe reason (?:why|for|is)\b|\bdeliberately\b|\bon purpose\b|"
    r"\bdesign decision",
    re.IGNORECASE,
)
ABOUT_CHOICES = regex(r"archi|design|decision|adr|rationale|why|faq|approach|method|trade", re.IGNORECASE)
SENTENCE = regex(r"(?<=[.!?。])\s+")
Passages = Callable[[Repo, Document], Iterator[tuple[int, int, str]]]


@rule(
    "DOC110",
    "lessons-told",
    "Limits and lessons are told",
    item="results-and-lessons",
    level=SHOULD,
    who=OWNER,
    minutes=30,
    fix="Write in {path} what does not work and what you learned, and name the numbers, files or commits that show it.",
    expected="a section on limits or lessons that names something of this repository",
    bad={"README.md": "# Churn\n\nPredicts who leaves.\n\n## To do\n\n- more models\n"},
    good={
        "README.md": "# Churn\n\n## Limits\n\n"
        "Contracts of less than a month are dropped in `clean_contracts`, so new customers get no score.\n",
        "churn.py": "def clean_contracts(rows):\n    return [row for row in rows if row.months]\n",
    },
)
def lessons_told(repo: Repo) -> Outcome:
    """Every project has limits; who tells them has looked.

    What does not work, what was tried in vain and what you would do differently is what interviewers ask about most.
    It counts where it names something that stands in the repository, since phrases fit every project.
    """
    outcome = _judge(repo, "limits or lessons", _limits)
    wishes = list(_wishes(repo, repo.readme)) if outcome.verdict == "fail" and repo.readme else []
    return unknown(*wishes) if wishes else outcome


@rule(
    "DOC111",
    "decisions-explained",
    "Decisions are explained",
    item="decisions",
    level=SHOULD,
    kinds=frozenset({SERVICE, LLM_APP, LIBRARY}),
    who=OWNER,
    minutes=30,
    fix="Explain in {path} two or three decisions: what you chose, instead of what, and why.",
    expected="decision records, or a section that names a choice, its alternative and the reason",
    bad={"README.md": "# Churn\n\nThe model is a random forest.\n"},
    good={
        "README.md": "# Churn\n\n## Decisions\n\n"
        "We chose a split by month in `split_by_month` instead of a random one, since the future would leak.\n",
        "churn.py": "def split_by_month(rows):\n    return rows\n",
    },
)
def decisions_explained(repo: Repo) -> Outcome:
    """Code shows what was built, never what was left out and why.

    A few sentences on a choice, its alternative and the price of both show judgement, which is what a senior reviewer
    looks for. They count where they name something that stands in the repository.
    """
    return _judge(repo, "decisions", _decisions)


def _judge(repo: Repo, what: str, passages: Passages) -> Outcome:
    """Passes where a passage cites the repository; what could be filler is not known."""
    citations, doubtful = Citations(repo), list[Evidence]()
    for document in _pages(repo):
        for first, last, title in passages(repo, document):
            if cited := citations.first(document, first, last):
                return passed(at(document.path, f"{title}: {cited}"[:120], first))
            doubtful.append(at(document.path, f"{title}: cannot be told apart from filler"[:120], first))
    if doubtful:
        return unknown(*doubtful[:3])
    return failed(at(repo.readme_path, f"nothing in the README or the docs tells of {what}"))


def _pages(repo: Repo) -> Iterator[Document]:
    """The README and the pages about the project; those about contributing or releases are left out."""
    for document in repo.documents:
        if document.path == repo.readme_path or not NO_PAGE.search(document.path.removeprefix(repo.project)):
            yield document


def _limits(repo: Repo, document: Document) -> Iterator[tuple[int, int, str]]:
    for section in document.sections:
        if (
            section.level > 1
            and LIMITS.search(section.title)
            and not NO_LIMITS.search(section.title)
            and _says_something(repo, document, section, CONTENT)
        ):
            yield section.line, section.end, section.title[:60]
    yield from _led(repo, document)
    found = [
        prose for prose in document.prose for said in SENTENCE.split(prose.text[:3_000]) if LIMIT_SENTENCE.search(said)
    ]
    own = [prose for prose in found if repo.scaffold.is_owners(document.path, prose.line)]
    if len(own) >= ENOUGH_SENTENCES and document.path == repo.readme_path:
        for prose in own:
            yield prose.line, prose.line, f'"{prose.text[:50]}"'


def _led(repo: Repo, document: Document) -> Iterator[tuple[int, int, str]]:
    """What stands below a line that is a heading but for its mark-up, up to the next such line."""
    for number, prose in enumerate(document.prose):
        if LEADS.match(prose.text[:200]) and repo.scaffold.is_owners(document.path, prose.line):
            titles, following = document.section_at(prose.line), document.prose[number + 1 : number + HELD]
            same = takewhile(lambda each: not each.text.endswith(":"), following)
            below = [each for each in same if document.section_at(each.line) == titles]
            if sum(count_words(each.text) for each in (prose, *below)) >= 2 * CONTENT:
                yield prose.line, (below or [prose])[-1].line, prose.text[:60].rstrip(" :")


def _wishes(repo: Repo, document: Document) -> Iterator[Evidence]:
    """Sections on what could be improved, which may be a to-do list or tell of what does not work."""
    for section in document.sections if document.path == repo.readme_path else ():
        if section.level > 1 and IMPROVABLE.search(section.title):
            own = [each for each in document.prose_in(section) if repo.scaffold.is_owners(document.path, each.line)]
            if sum(bool(SHORTCOMING.search(each.text[:1_000])) for each in own) >= FEWEST_SHORTCOMINGS:
                yield at(document.path, f"{section.title[:60]}: may tell of limits, or only of plans", section.line)


def _decisions(repo: Repo, document: Document) -> Iterator[tuple[int, int, str]]:
    if (
        DECISION_FILES.search(document.path)
        and document.words() >= 5 * CONTENT
        and not repo.is_untouched(document.path)
    ):
        yield 1, len(document.lines), posixpath.basename(document.path)
    for section in document.sections:
        if (
            DECISIONS.search(section.title)
            and not NO_DECISIONS.search(section.title)
            and section.level > 1
            and _says_something(repo, document, section, CONTENT)
        ):
            yield section.line, section.end, section.title[:60]
    if document.path != repo.readme_path and not ABOUT_CHOICES.search(document.path):
        return
    for prose in document.prose:
        if REASONS.search(prose.text[:3_000]) and repo.scaffold.is_owners(document.path, prose.line):
            yield prose.line, prose.line, f'"{prose.text[:50]}"'


def _says_something(repo: Repo, document: Document, section: Section, words: int) -> bool:
    """Whether a section holds so many words of the owner's."""
    own = [prose for prose in document.prose_in(section) if repo.scaffold.is_owners(document.path, prose.line)]
    links = sum(section.line <= link.line <= section.end for link in document.links)
    return sum(count_words(prose.text) for prose in own) + links >= words


RULES = (lessons_told, decisions_explained)
