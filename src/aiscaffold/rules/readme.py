"""What a README tells first: that it explains the project, and which problem it solves (DOC101, DOC102)."""

import re
from collections.abc import Iterator
from itertools import islice

from aiscaffold.document import CJK, Document, count_words
from aiscaffold.evidence import Evidence, at
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import MUST, OWNER, TOOL, Outcome, failed, passed, rule, unknown

ENOUGH = 80  # words of prose
TOP = 40  # lines below the title in which the problem has to be told
SHORTEST, LONGEST = 8, 60  # words of a sentence that tells it
SHORTEST_CLAIM = 5  # words, where they say outright what it is
SIGNS = 15  # characters that make such a sentence in a script without spaces
MARKS = r"[.!?。\uff01\uff1f]"
SENTENCES = regex(r"(?<=[.!?])\s+(?=[^\s\da-z])|(?<=[。\uff01\uff1f])")
NO_README = Evidence(remark="there is no README")

CLAIM = regex(
    r"\b(?:implement(?:ation|s|ed|ing)?|library|framework|toolkit|package|tool|app(?:lication)?|service|api|"
    r"system|platform|model(?:s|ling)?|pipeline|"
    r"classif\w+|predict\w*|detect\w*|forecast\w*|recogni\w+|segment\w+|estimat\w+|generat\w+|recommend\w*|"
    r"cluster\w*|analy[sz]\w*|analysis|"
    r"explor\w+|translat\w+|train\w*|solution|code for|reproduc\w+|visuali[sz]\w+|summari[sz]\w+|search\w*|answer\w*|"
    r"simulat\w+|evaluat\w+|benchmark\w*|dataset|algorithms?|networks?|chatbot|template|automat\w+|comput\w+|"
    r"optimi[sz]\w+|"
    r"provid\w+|offers?|enabl\w+|allows?|lets|helps?|supports?|makes it|designed to|aims?|goal|purpose|way to|"
    r"baseline|demonstrat\w+|explains?|measur\w+|extract\w+|convert\w*|learn\w*|minimal|interface|plugin|wrapper|"
    r"collection|tutorials?|examples?|notebooks?)\b",
    re.IGNORECASE,
)
PURPOSE = regex(
    r"\b(?:for|to|that|which|by|using|with|from|of|based on|is an?|are|provides?|allows?|helps?|aims?|contains?|"
    r"given|lets|can)\b",
    re.IGNORECASE,
)
NO_PROBLEM = regex(
    r"^(?:you (?:can|will|may) (?:also )?find\b|"
    r"(?:please |you (?:can|will|need|may|should|must) (?:also )?)?(?:install|run|download|clone|click|see|"
    r"check|visit|follow|refer|read|note|make sure|ensure|add|set|fill|select|choose|replace|log in|push|commit|"
    r"launch|execute|configure|"
    r"open|copy|create a (?:virtual|new|conda)|activate|star|fork|feel free|contact|cite|join|navigate|unzip|put|"
    r"place|start|stop|press|use the following)\b|"
    r"(?:to|before|after|for) (?:install|run|runn|set|start|use|build|clone|test|download|more|further|any|detail|"
    r"question|contribut)\w*\b|"
    r"(?:thanks|thank you|special thanks|credits?|copyright|licen[cs]ed?|this project is licensed|if you (?:use|"
    r"find|like|have|want|are|encounter|would)|"
    r"table of contents|last updated?|updated?:|news|new:|todo|tested (?:on|with)|requires?\b|requirements?|"
    r"prerequisites?|python \d|"
    r"(?:chapter|week|lecture|lesson|unit|module|day|session|lab|exercise|part|section)s? ?\d|"
    r"created by|made with|made by|written by|authors?:|by:|contributors?|we welcome|pull requests|contributions|"
    r"under construction|work in progress|"
    r"(?:the )?(?:latest|current) version|you need|step[- ]?\d|steps\b|from [\w.]+ import|import \w+$|"
    r"\d{4}[-/.]\d{1,2}|\[?\d{1,2}[-/.]\d))",
    re.IGNORECASE,
)
ASSIGNMENT = regex(
    r"\b(?:my|our|the|an?|each|every|all|these|this)\b.{0,40}\b(?:assignments?|homeworks?|coursework|exercises|practice)\b|"
    r"\b(?:assignments?|homeworks?|exercises|solutions?) (?:for|of|from|to) "
    r"(?:the |my |our |a )?.{0,60}\b(?:course|class|lecture|bootcamp|specialization|university|semester)\b|"
    r"\bfirst (?:repo|project)\b|\bupload(?:ed)? (?:my|all)\b",
    re.IGNORECASE,
)
ENGLISH = regex(r"\b(?:the|of|and|is|for|with|to|in|using|your|by|are|this|an?)\b", re.IGNORECASE)
IMPERATIVE = regex(r"^(?:create|update|change|use|test|try|go to|get)\b", re.IGNORECASE)
ASKED = regex(r"[?\uff1f]\s*$")
MARKUP = regex(r"^[\W\d_]+")
ASIDE = regex(r"\s?\([^()]{0,300}\)")
NAMES_NO_TASK = regex(  # words of which titles are made that fit any project
    r"\b(?:end|to|of|for|the|an?|and|with|using|in|by|on|from|my|our|this|is|complete|full|simple|basic|advanced|first|"
    r"final|capstone|portfolio|machine|deep|artificial|intelligence|learning|data|science|analysis|analytics|ml|dl|ai|"
    r"mlops|devops|llmops|python|pytorch|tensorflow|keras|projects?|pipelines?|models?|implementations?|"
    r"deployments?|frameworks?|workflows?|templates?|examples?|tutorials?|repository|repo|code|work|course|e2e)\b",
    re.IGNORECASE,
)
OPEN_END = regex(r"(?<=\w) (?:for|of|from|in|on|at)\W{0,3}$", re.IGNORECASE)  # of what an address names
FEWEST_OWN = 2  # words beside these


@rule(
    "DOC101",
    "readme-explains",
    "The README explains the project",
    item="clear-readme",
    level=MUST,
    tier="C",
    who=TOOL,
    minutes=30,
    fix="Write a README.md of a page: what the project does, how to install it, how to run it, and what came out.",
    expected=f"a README with at least {ENOUGH} words of prose",
    bad={"README.md": "# Churn\n\nMy churn project.\n"},
    good={
        "README.md": "# Churn\n\n"
        "This project predicts which customers of a telephone company will leave within the next month. "
        "The model is trained on three years of anonymised contracts. Each row is one contract in one month. "
        "The sales team calls the hundred customers with the highest risk, so precision among these counts most. "
        "A gradient boosting model beats the simple rule that long contracts stay. "
        "The data are split by month, never at random, since the future must not leak into training. "
        "Everything runs on a laptop within two minutes.\n"
    },
)
def readme_explains(repo: Repo) -> Outcome:
    """Most visitors read the README and nothing else.

    A name and a line of badges tell them nothing, so they leave. About a page of plain sentences is enough: what it
    does, for whom, how to run it, and what came out.
    """
    document = repo.readme
    if not document:
        return failed(NO_README)
    words = document.words()
    said = at(document.path, f"{words} words of prose")
    if words >= ENOUGH:
        return passed(said)
    return unknown(said.saying("too long to be read to its end")) if document.is_cut else failed(said)


@rule(
    "DOC102",
    "problem-stated",
    "The README says what problem it solves",
    item="real-problem",
    level=MUST,
    tier="C",
    who=OWNER,
    minutes=15,
    fix="Say in one sentence at the top of {path} what the project does, with what, and for whom.",
    expected=f"a sentence of {SHORTEST} to {LONGEST} words within {TOP} lines of the title",
    bad={"README.md": "# Churn\n\nMy final project!\n\n## Install\n\nRun `pip install -r requirements.txt` first.\n"},
    good={"README.md": "# Churn\n\nPredicts which customers of a telephone company will leave within a month.\n"},
)
def problem_stated(repo: Repo) -> Outcome:
    """A reviewer decides within seconds whether to read on, and decides by the first sentence.

    It has to say which task is solved and what for. Install commands, badges and slogans are no answer, and neither is
    the name of the course that asked for the project.
    """
    document = repo.readme
    if not document:
        return failed(NO_README)
    told = [said for said in _candidates(document) if repo.scaffold.is_owners(said.path, said.line)]
    for said in told:
        if said.line != document.title_line and _tells_problem(said.remark):
            return passed(said.saying(_quoted(said.remark)))
    doubtful = [said for said in told if _may_tell(said.remark)]
    if doubtful:
        return unknown(doubtful[0].saying(f"may or may not say it: {_quoted(doubtful[0].remark)}"))
    return failed(at(document.path, "no sentence near the title says what it is for", max(document.title_line, 1)))


def _candidates(document: Document) -> Iterator[Evidence]:
    """The sentences near the title, with their words as remarks; headings that are sentences among them."""
    within = _near_title(document)
    headings = [(each.line, each.title) for each in document.sections]
    prose = [(each.line, each.text) for each in document.prose]
    for line, text in sorted([*headings, *prose]):
        if line <= within:
            for sentence in SENTENCES.split(text[:5_000]):
                yield at(document.path, MARKUP.sub("", sentence.strip()), line)


def _near_title(document: Document) -> int:
    """The last line that is near the title; those of a list of contents, which only lead on, do not count."""
    leading = {link.line for link in document.links if link.target.startswith("#")}
    start = document.title_line or min((each.line for each in document.prose), default=1)
    below = (line for line in range(start + 1, len(document.lines) + 1) if line not in leading)
    return next(islice(below, TOP - 1, None), len(document.lines))


def _tells_problem(sentence: str) -> bool:
    signs = len(CJK.findall(sentence))
    if signs:
        return signs >= SIGNS
    sentence = ASIDE.sub("", sentence)
    words = count_words(sentence)
    if _is_beside_it(sentence) or words > 2 * LONGEST or ASKED.search(sentence):
        return False
    if not ENGLISH.search(sentence):
        return words >= SHORTEST and not sentence[:1].isdigit()
    return (
        words >= SHORTEST_CLAIM
        and bool(CLAIM.search(sentence) and PURPOSE.search(sentence))
        and not IMPERATIVE.search(sentence)
    )


def _may_tell(sentence: str) -> bool:
    sentence = ASIDE.sub("", sentence)
    words = count_words(sentence)
    if _is_beside_it(sentence):
        return False
    return words >= SHORTEST or (words >= SHORTEST_CLAIM and bool(CLAIM.search(sentence) and PURPOSE.search(sentence)))


def _is_beside_it(sentence: str) -> bool:
    """Whether a sentence is about installing and the like, about a course, or fits any project."""
    own = re.sub(r"\W+", " ", NAMES_NO_TASK.sub(" ", OPEN_END.sub(" address", sentence)))
    return bool(NO_PROBLEM.search(sentence) or ASSIGNMENT.search(sentence)) or count_words(own) < FEWEST_OWN


def _quoted(sentence: str) -> str:
    return f'"{sentence[:100].strip()}{"…" if len(sentence) > 100 else ""}"'  # noqa: PLR2004 - fits a line


RULES = (readme_explains, problem_stated)
