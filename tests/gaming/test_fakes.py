"""A fluent fake never outranks the same project done for real, and its trick is not taken for the real thing."""

from pathlib import Path

import pytest
from gaming.fakes import PAIRS
from gaming.trees import Pair, credited, judged, rank, told

from aiscaffold.report import Report

Both = tuple[Report, Report]
EACH = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Both]:
    """The real and the fake one of each pair, judged as the same kind."""
    top = tmp_path_factory.mktemp("pairs")
    return {
        pair.name: (judged(pair.real, top / f"{n}-real", pair.kind), judged(pair.fake, top / f"{n}-fake", pair.kind))
        for n, pair in enumerate(PAIRS)
    }


def test_there_are_twelve() -> None:
    assert len(PAIRS) == 12


@EACH
def test_a_fake_never_outranks_the_real_one(pair: Pair, reports: dict[str, Both]) -> None:
    real, fake = reports[pair.name]
    assert rank(fake) <= rank(real), f"{told(fake)} against {told(real)}"


@EACH
def test_what_is_made_up_is_not_credited(pair: Pair, reports: dict[str, Both]) -> None:
    _, fake = reports[pair.name]
    assert not set(pair.refused) & set(credited(fake)), told(fake)


@EACH
def test_what_is_real_is_credited_where_the_fake_is_refused(pair: Pair, reports: dict[str, Both]) -> None:
    """Else the rule would refuse everything, and tell nothing apart."""
    real, _ = reports[pair.name]
    assert not pair.refused or set(pair.refused) & set(credited(real)), told(real)


def test_what_only_the_author_knows_is_open_and_not_failed(tmp_path: Path) -> None:
    """A passage that names nothing of its repository may be true: it is unknown."""
    pair = next(pair for pair in PAIRS if pair.refused == ("DOC110",))
    report = judged(pair.fake, tmp_path / "fake", pair.kind)
    assert {finding.rule.code: finding.verdict for finding in report.findings}["DOC110"] == "unknown"
