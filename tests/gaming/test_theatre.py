"""Twelve repositories that only look complete stand below twelve honest ones that look odd."""

from pathlib import Path

import pytest
from gaming.honest import HONEST
from gaming.honest_elsewhere import ELSEWHERE
from gaming.honest_small import SMALL
from gaming.honest_unchecked import UNCHECKED
from gaming.theatre import REFUSED, THEATRE
from gaming.trees import Tree, credited, judged, rank, told

from aiscaffold.report import Report

ODD = {**HONEST, **ELSEWHERE, **SMALL, **UNCHECKED}


def _all_judged(trees: dict[str, Tree], folder: Path) -> dict[str, Report]:
    return {name: judged(files, folder / str(number)) for number, (name, files) in enumerate(trees.items())}


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    return _all_judged(THEATRE, tmp_path_factory.mktemp("theatre"))


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    return _all_judged(ODD, tmp_path_factory.mktemp("honest"))


def test_there_are_twelve_against_twelve() -> None:
    assert len(THEATRE) == len(ODD) == len(REFUSED) == 12


@pytest.mark.parametrize("name", THEATRE)
def test_no_theatre_gets_beyond_the_lowest_tier(name: str, theatre: dict[str, Report]) -> None:
    report = theatre[name]
    assert not report.is_scored or report.tier == "D", told(report)


@pytest.mark.parametrize("name", THEATRE)
def test_a_trick_earns_nothing(name: str, theatre: dict[str, Report]) -> None:
    assert not set(REFUSED[name]) & set(credited(theatre[name]))


@pytest.mark.parametrize("name", ODD)
def test_an_honest_repository_stands_above_every_theatre(
    name: str, honest: dict[str, Report], theatre: dict[str, Report]
) -> None:
    best = max(theatre.values(), key=rank)
    assert rank(honest[name]) > rank(best), f"{told(honest[name])} against {told(best)}"


@pytest.mark.parametrize("name", ODD)
def test_an_honest_repository_has_all_that_the_first_tier_asks(name: str, honest: dict[str, Report]) -> None:
    assert honest[name].is_scored
    assert honest[name].tier in "ABC", told(honest[name])


def test_no_rule_breaks_on_any_of_them(honest: dict[str, Report], theatre: dict[str, Report]) -> None:
    broken = [f.first for each in (*honest.values(), *theatre.values()) for f in each.with_verdict("crashed")]
    assert not broken
