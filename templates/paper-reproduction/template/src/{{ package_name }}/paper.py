"""The paper and its claims, typed: `paper.toml` and `claims.toml`, checked against each other."""

import json
import operator
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PrivateAttr, ValidationInfo, model_validator

from .data import (
    SOME,
    DataFile,
    Identifier,
    Numbering,
    PaperError,
    Section,
    Text,
    distinct,
    read_text,
    unknown,
    validate,
)

__all__ = ["Claim", "PaperError", "Project", "Series", "Variant", "load_project", "read_claims"]

PAPER_NAME = "paper.toml"
CLAIMS_NAME = "claims.toml"
FEWEST_RUNS = 10
MOST_RUNS = 1_000_000
FEWEST_WORDS = 5
WORDING_DIGITS = 12
OPERATORS = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}
CONDITION = re.compile(
    r"\s*(abs\(\s*mean\s*-\s*value\s*\)|mean)\s*(<=|>=|<|>)"
    r"\s*(-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*"
)
CONDITION_HELP = "compare abs(mean - value) or mean, by <, <=, > or >=, with a number"


def _is_said(reason: str) -> str:
    if len(reason.split()) < FEWEST_WORDS:
        message = f"say in {FEWEST_WORDS} words or more why the claim fails here"
        raise ValueError(message)
    return reason


class Author(Section):
    """One of those who wrote the paper."""

    given: Text
    family: Text


class Paper(Section):
    """What is reproduced, what it may cost, and what is left out."""

    title: Text
    authors: Annotated[tuple[Author, ...], SOME]
    year: int
    venue: str = ""
    volume: Numbering = ""
    issue: Numbering = ""
    pages: Numbering = ""
    doi: str = ""
    url: Text
    code: str = ""
    budget: Text
    not_attempted: Annotated[tuple[Text, ...], Field(strict=False)] = ()


class Settings(Section):
    """How runs are made and judged."""

    number_tolerance: float = Field(1e-6, ge=0, le=1e-3)
    bootstrap: int = Field(10_000, ge=100, le=1_000_000)
    quick_seeds: int = Field(3, ge=1)
    workers: int = Field(0, ge=0)


class Source(Section):
    """Where a claimed number was read, and when."""

    text: Text
    url: Text
    read: date


class Condition(Section):
    """A comparison of the runs' mean, or of its distance to the claimed value, with a bound."""

    is_distance: bool
    operator: str
    bound: float

    @model_validator(mode="before")
    @classmethod
    def _parse(cls, given: Any) -> Any:
        match = CONDITION.fullmatch(given) if isinstance(given, str) else None
        if match is None:
            raise ValueError(CONDITION_HELP)
        return {"is_distance": match[1] != "mean", "operator": match[2], "bound": float(match[3])}

    def __str__(self) -> str:
        """Return the condition as it is written."""
        return f"{'abs(mean - value)' if self.is_distance else 'mean'} {self.operator} {self.bound}"

    def holds(self, mean: float, value: float) -> bool:
        """Tell whether a mean satisfies the condition; noise behind the ninth digit is none."""
        compared = abs(mean - value) if self.is_distance else mean
        return bool(OPERATORS[self.operator](float(f"{compared:.9g}"), self.bound))


class Claim(Section):
    """One number of the paper, and what a repetition must show to agree or to disagree."""

    id: Identifier
    where: Text
    sources: Annotated[tuple[str, ...], SOME]
    quantity: Text
    value: float
    unit: str = ""
    protocol: dict[str, Any]
    runs: int = Field(ge=FEWEST_RUNS, le=MOST_RUNS)
    accept: Condition
    falsify: Condition

    @model_validator(mode="after")
    def _refuse_overlap(self) -> Self:
        for mean in _probes(self.value, self.accept, self.falsify):
            if self.accept.holds(mean, self.value) and self.falsify.holds(mean, self.value):
                message = f"accept and falsify overlap: a mean of {mean:g} would satisfy both"
                raise ValueError(message)
        return self

    @property
    def key(self) -> tuple[str, str]:
        """What its rows of `runs.csv` hold as claim and variant."""
        return self.id, ""

    @cached_property
    def wording(self) -> str:
        """The digest of all that was promised; sources may be added later."""
        return _digest(self.model_dump(exclude={"sources"}))


class Variant(Section):
    """A claim's protocol with a change: what does it do to the number."""

    id: Identifier
    claim: str
    change: dict[str, Any] = Field(min_length=1)
    runs: int = Field(ge=FEWEST_RUNS, le=MOST_RUNS)
    kind: Literal["ablation", "deviation"]
    question: Text
    _base: Claim = PrivateAttr()

    @model_validator(mode="after")
    def _find_claim(self, info: ValidationInfo) -> Self:
        claims: Mapping[str, Claim] = info.context or {}
        _require("claim", self.claim, claims)
        self._base = claims[self.claim]
        return self

    @property
    def key(self) -> tuple[str, str]:
        """What its rows of `runs.csv` hold as claim and variant."""
        return self.claim, self.id

    @property
    def protocol(self) -> dict[str, Any]:
        """The claim's protocol, changed."""
        return self._base.protocol | self.change

    @property
    def quantity(self) -> str:
        """The claim's quantity."""
        return self._base.quantity

    @cached_property
    def wording(self) -> str:
        """The digest of the variant and of the claim that it is compared with."""
        return _digest(self.model_dump() | {"wording": self._base.wording})


# Whatever is measured by runs of one protocol.
Series = Claim | Variant


class ClaimsFile(Section):
    """The content of `claims.toml`."""

    claim: Annotated[tuple[Claim, ...], SOME, AfterValidator(distinct)]


class PaperFile(Section):
    """The content of `paper.toml`."""

    paper: Paper
    settings: Settings = Settings()
    sources: dict[str, Source]
    data: dict[str, DataFile] = Field({})
    acknowledged: dict[str, Annotated[Text, AfterValidator(_is_said)]] = Field({})
    variant: Annotated[tuple[Variant, ...], Field(strict=False), AfterValidator(distinct)] = ()


@dataclass(frozen=True)
class Project:
    """Everything that the two files say, and where they are."""

    root: Path
    paper: Paper
    settings: Settings
    sources: dict[str, Source]
    data: dict[str, DataFile]
    acknowledged: dict[str, str]
    variants: tuple[Variant, ...]
    claims: tuple[Claim, ...]

    @property
    def series(self) -> tuple[Series, ...]:
        """The claims, then their variants."""
        return (*self.claims, *self.variants)

    def claim(self, name: str) -> Claim:
        """Return the claim of this id."""
        return _find(self.claims, "claim", name)

    def variant(self, name: str) -> Variant:
        """Return the variant of this id."""
        return _find(self.variants, "variant", name)


def load_project(root: Path | None = None) -> Project:
    """Return what the files in a folder, or in the working directory, say."""
    root = root or Path.cwd()
    claims = read_claims(read_text(root / CLAIMS_NAME))
    file = validate(PAPER_NAME, PaperFile, read_text(root / PAPER_NAME), {c.id: c for c in claims})
    given = {name: getattr(file, name) for name in PaperFile.model_fields if name != "variant"}
    project = Project(root=root, claims=claims, variants=file.variant, **given)
    _refuse_unknown_names(project)
    return project


def read_claims(text: str) -> tuple[Claim, ...]:
    """Return the claims that a text of `claims.toml` holds."""
    return validate(CLAIMS_NAME, ClaimsFile, text).claim


def project_or_exit() -> Project:
    """Return the project, or end the program with one line that says what is wrong with it."""
    try:
        return load_project()
    except (PaperError, OSError) as error:
        sys.exit(f"error: {error}")


def _find[T: Claim | Variant](among: Iterable[T], kind: str, name: str) -> T:
    named = {each.id: each for each in among}
    _require(kind, name, named)
    return named[name]


def _require(kind: str, name: str, known: Iterable[str], place: str = "") -> None:
    if name not in known:
        raise PaperError(place + unknown(kind, name, known))


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, default=str)
    return sha256(text.encode("utf-8")).hexdigest()[:WORDING_DIGITS]


def _probes(value: float, *conditions: Condition) -> list[float]:
    # Between two edges no answer changes: one mean from each stretch stands for all.
    bounds = [each.bound for each in conditions]
    edges = sorted(edge for b in bounds for edge in (b, value - b, value + b))
    least, most = 2 * edges[0] - edges[-1] - 1, 2 * edges[-1] - edges[0] + 1
    return [least, *edges, *(sum(pair) / 2 for pair in pairwise(edges)), most]


def _refuse_unknown_names(project: Project) -> None:
    claims = [claim.id for claim in project.claims]
    for name in project.acknowledged:
        _require("claim", name, claims, f"{PAPER_NAME}, acknowledged: ")
    for claim in project.claims:
        for name in claim.sources:
            _require("source", name, project.sources, f"{CLAIMS_NAME}, {claim.id}, sources: ")
    for each in project.series:
        # In a protocol, `data` names files of paper.toml; all other keys are the method's own.
        named = each.protocol.get("data", [])
        place = f"{PAPER_NAME if each.key[1] else CLAIMS_NAME}, {each.id}, protocol, data: "
        for name in named if isinstance(named, list) else [named]:
            _require("data file", str(name), project.data, place)
