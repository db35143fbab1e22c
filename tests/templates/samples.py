"""The project that the tests make of each template, what it may follow, and the bounds that it keeps."""

import itertools
from dataclasses import dataclass, field

from aiscaffold.catalog import Catalogue, Template, load_catalogue

Answers = dict[str, str]
CATALOGUE: Catalogue = load_catalogue()
CHECKS = ("lint", "format", "types", "tests", "report")
WORKFLOWS = ".github/workflows"
# The first choice is the default; having an account at GitHub is a choice, too.
CHOICES = {
    "license": ("MIT", "Apache-2.0", "BSD-3-Clause"),
    "update_workflow": ("no", "yes"),
    "audit_workflow": ("no", "yes"),
    "github_owner": ("", "octo-cat"),
}
# Which answers a file may follow; every other file is the same whatever they are, and so is what the gates say of it.
FOLLOWS = {
    f"{WORKFLOWS}/ci.yml": {"audit_workflow"},
    f"{WORKFLOWS}/template-update.yml": {"update_workflow"},
    ".github/SECURITY.md": {"github_owner"},
    "LICENSE": {"license"},
    "README.md": {"github_owner", "license"},
    "pyproject.toml": {"github_owner", "license"},
}


@dataclass(frozen=True, eq=False)
class Sample:
    """One template: what its project is called, what it is told apart by, and how large it may become."""

    template: str
    name: str
    kind: str  # as the audit tells it
    checks: tuple[str, ...]  # the gates of `poe check`
    names: tuple[str, ...]  # under which the gates are run
    most_files: int  # whatever is answered
    most_swaps: int
    dependabot: frozenset[tuple[str, str]]  # what it looks after, and where
    covers: tuple[Answers, ...]  # with the default, each value of each answer
    more_choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    more_follows: dict[str, set[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        """Name the template, as a test's parameter."""
        return self.template

    @property
    def source(self) -> Template:
        """The template itself."""
        return CATALOGUE.template(self.template)

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """The values of each answer that is chosen."""
        return CHOICES | self.more_choices

    @property
    def follows(self) -> dict[str, set[str]]:
        """Which answers a file may follow."""
        return {**FOLLOWS, **self.more_follows, ".copier-answers.yml": {*self.choices}}

    @property
    def default(self) -> Answers:
        """What is answered where nothing is said."""
        return {name: values[0] for name, values in self.choices.items()}

    @property
    def combinations(self) -> list[Answers]:
        """Every combination of the answers, the default first."""
        return [dict(zip(self.choices, values, strict=True)) for values in itertools.product(*self.choices.values())]

    def workflows(self, wanted: str) -> Answers:
        """Ask for every workflow, or for none."""
        return {name: wanted for name, values in self.choices.items() if {*values} == {"yes", "no"}}


SERVICE = Sample(
    "end-to-end-ml",
    "flight-delays",
    "service",
    CHECKS,
    names=("abz", "zz9", "My-Flight.Proj", "a-name-of-fifty-characters-that-goes-on-and-on-xyz"),
    most_files=61,
    most_swaps=7,
    dependabot=frozenset(
        {("uv", "/"), ("github-actions", "/"), ("docker", "/"), ("docker-compose", "/monitoring")},
    ),
    covers=(
        {"license": "Apache-2.0", "update_workflow": "yes", "publish_image": "no", "github_owner": "octo-cat"},
        {"license": "BSD-3-Clause", "audit_workflow": "yes"},
    ),
    more_choices={"publish_image": ("yes", "no")},
    more_follows={f"{WORKFLOWS}/release.yml": {"publish_image"}, "docs/MODEL_CARD.md": {"license"}},
)
PAPER = Sample(
    "paper-reproduction",
    "forest-check",
    "reproduction",
    (*CHECKS, "claims"),
    names=("zz9", "a-name-of-fifty-characters-that-goes-on-and-on-xyz"),
    most_files=50,
    most_swaps=5,
    dependabot=frozenset({("uv", "/"), ("github-actions", "/")}),
    covers=(
        {"license": "Apache-2.0", "update_workflow": "yes", "github_owner": "octo-cat"},
        {"license": "BSD-3-Clause", "audit_workflow": "yes"},
    ),
    more_follows={"CITATION.cff": {"github_owner", "license"}},
)
SAMPLES = (SERVICE, PAPER)
