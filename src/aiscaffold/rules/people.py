"""Whether it is clear who did what (DOC109)."""

import re

from aiscaffold.document import Document, Section, count_words
from aiscaffold.evidence import Evidence, at
from aiscaffold.growth import written
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import LIBRARY, NICE, OTHER, OWNER, Outcome, failed, passed, rule, unknown, without_object

MANY = 20  # authors, from which on nobody expects a list by hand
ROLES_FILE = (
    "contributors*",
    "authors*",
    "credits*",
    ".all-contributorsrc",
    "maintainers*",
    "docs/contributors*",
    "docs/authors*",
    ".github/contributors*",
)
ROLES = regex(
    r"contributor|authors?\b|\bteam\b|maintainer|\broles?\b|who did what|who we are|group members?|members\b|"
    r"developers?\b|credits|division of work|our work|contributions of|作者|贡献者|成员|团队|分工",
    re.IGNORECASE,
)


@rule(
    "DOC109",
    "roles-stated",
    "It is clear who did what",
    item="role-and-outcome",
    level=NICE,
    who=OWNER,
    minutes=10,
    fix="Say in {path} who worked on the project and what each did.",
    expected="a section or file that names the people and their parts, where there are several",
    bad={
        ".history": """[
          {"subject": "Load data", "author": "Ada", "days": 0, "files": {"README.md": "# Churn\\n\\nWho leaves?\\n"}},
          {"subject": "Train a model", "author": "Grace", "days": 3, "files": {"train.py": "import pandas\\n"}}
        ]"""
    },
    good={
        ".history": """[
          {"subject": "Load data", "author": "Ada", "days": 0, "files": {
            "README.md": "# Churn\\n\\n## Team\\n\\nAda did the data, Grace the model.\\n"}},
          {"subject": "Train a model", "author": "Grace", "days": 3, "files": {"train.py": "import pandas\\n"}}
        ]"""
    },
)
def roles_stated(repo: Repo) -> Outcome:
    """In a project of several people, a reviewer wants to know which part is yours.

    The history shows who typed what, but not who designed, measured or decided. Two lines in the README answer it; a
    project of one person needs none.
    """
    if repo.git.problem:
        return unknown(Evidence(remark=repo.git.problem))
    people = _people(repo)
    if len(people) < 2:  # noqa: PLR2004 - one person has no roles to share
        return without_object("one author")
    if len(people) > MANY and repo.kinds.kind in (LIBRARY, OTHER):
        return passed(Evidence(remark=f"{len(people)} authors, whose shares the history tells"))
    files = [path for path in repo.glob(*ROLES_FILE) if not repo.is_hollow(path) and not repo.is_untouched(path)]
    if files:
        return passed(at(files[0], "names the people"))
    for section in repo.readme.sections if repo.readme else ():
        if repo.readme and ROLES.search(section.title) and _names_somebody(repo, repo.readme, section):
            return passed(at(repo.readme.path, section.title[:80], section.line))
    return failed(at(repo.readme_path, f"{len(people)} authors, and no word on who did what"))


def _people(repo: Repo) -> set[str]:
    """The authors, each once, whether told by name or by address; those named in trailers among them."""
    found: dict[str, str] = {}
    for commit in written(repo):
        name, email = commit.author.casefold().strip(), commit.email.casefold().strip()
        known = found.get(name) or found.get(email) or name
        found[name] = found[email] = known
        for other in commit.co_authors:
            named = other.partition("<")[0].casefold().strip()
            address = other.partition("<")[2].rstrip(">").casefold()
            if not re.search(r"\[bot\]|copilot|claude|cursor|noreply@anthropic", other, re.IGNORECASE):
                found[named] = found.get(named) or found.get(address) or named
    return set(found.values())


def _names_somebody(repo: Repo, document: Document, section: Section) -> bool:
    """Whether a section holds words, links or pictures that are the owner's."""
    said = [each.line for each in document.prose_in(section) if count_words(each.text) > 1]
    shown = [*(each.line for each in document.links), *(each.line for each in document.tables)]
    return any(
        section.line < line <= section.end and repo.scaffold.is_owners(document.path, line) for line in (*said, *shown)
    )


RULES = (roles_stated,)
