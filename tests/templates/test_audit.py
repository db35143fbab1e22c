"""The audit of a generated project: its plumbing is right from the start, and the rest is its owner's to add."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import git

from aiscaffold.formats import renderer
from aiscaffold.inspection import Order, inspect
from aiscaffold.report import Finding, Report
from aiscaffold.rule import OWNER, TOOL

from . import owner, paper_owner
from .conftest import inside, make
from .samples import PAPER, SERVICE, Sample

MARK = re.compile(r'<!-- aiscaffold:(?:write|gen) id="(\w+)"')
# One author shares no roles with anybody; without a line of own code there is none that came all at once.
WITHOUT_OBJECT = {"DOC109", "GIT103"}
PLACES = {
    SERVICE: {
        "DOC102": "problem",
        "DOC105": "results",
        "DOC110": "limitations",
        "DOC111": "learned",
        "HON104": "problem",
        "GIT101": "swap",
        "HON105": "swap",
    },
    PAPER: {
        "DOC102": "problem",
        "DOC105": "results",
        "DOC110": "limitations",
        "HON104": "problem",
        "GIT101": "swap",
        "HON105": "swap",
    },
}
WORK = {SERVICE: owner.work_a_week, PAPER: paper_owner.work_a_week}
OWN_TESTS = {
    SERVICE: ("test_carriers.py", "test_hours.py", "test_distances.py", "test_destinations.py"),
    PAPER: tuple(f"test_{view.module}.py" for view in paper_owner.VIEWS),
}


@pytest.fixture(scope="module", autouse=True)
def _one_person_with_an_empty_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "Grace Hopper")
            patch.setenv(f"GIT_{role}_EMAIL", "grace@example.org")
        yield


@pytest.fixture(scope="module")
def fresh(each: Path) -> Report:
    return inspect(str(each), Order()).report


@pytest.fixture(scope="module")
def owned(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make(sample.template, tmp_path_factory.mktemp("owned") / sample.name)
    WORK[sample](folder)
    return folder


@pytest.fixture(scope="module")
def after_a_week(owned: Path) -> Report:
    return inspect(str(owned), Order()).report


def failing(report: Report, who: str) -> dict[str, str]:
    """What does not pass, with the reason."""
    found = (finding for finding in report.findings if finding.rule.who == who and finding.counts)
    return {each.rule.code: each.first.remark for each in found if not each.is_pass}


def test_a_fresh_project_passes_every_rule_that_a_tool_can_satisfy(fresh: Report) -> None:
    assert failing(fresh, TOOL) == {}


def test_what_only_the_owner_can_do_fails_in_a_fresh_project(fresh: Report) -> None:
    asked = {each.rule.code for each in fresh.findings if each.rule.who == OWNER and each.verdict != "not-applicable"}
    assert asked - set(failing(fresh, OWNER)) == WITHOUT_OBJECT
    assert all(each.verdict == "fail" for each in fresh.findings if each.rule.code in failing(fresh, OWNER))


def test_each_of_these_points_to_a_place_that_the_template_marked(sample: Sample, fresh: Report, each: Path) -> None:
    lines = (each / "README.md").read_text(encoding="utf-8").splitlines()

    def marked(finding: Finding) -> str:
        place = finding.where_to_write
        assert place
        assert place.path == "README.md"
        found = MARK.match(lines[place.line - 2])
        assert found, f"{finding.rule.code} points to line {place.line}: {lines[place.line - 1]}"
        return found[1]

    places = {finding.rule.code: marked(finding) for finding in fresh.failures}
    assert {code: places.get(code) for code in PLACES[sample]} == PLACES[sample]


def test_the_kind_is_told_by_the_answers_file_and_without_it_by_what_is_there(
    sample: Sample, fresh: Report, each: Path, tmp_path: Path
) -> None:
    assert fresh.subject.kind == sample.kind
    git(tmp_path, "clone", "--quiet", str(each), "clone")
    git(tmp_path / "clone", "rm", "--quiet", ".copier-answers.yml")
    git(tmp_path / "clone", "commit", "--quiet", "--no-verify", "--message", "Whose template this was is forgotten")
    assert inspect(str(tmp_path / "clone"), Order()).report.subject.kind == sample.kind


def test_a_fresh_project_is_greeted_instead_of_graded(fresh: Report) -> None:
    assert (fresh.tier, fresh.is_fresh_scaffold) == ("D", True)
    text = renderer("terminal")(fresh)
    assert "Welcome! The scaffold stands." in text
    assert "README.md:" in text.partition("Your first tier")[0], "the first steps name their places"
    assert "Tier D" not in text


def test_a_week_of_own_work_earns_what_only_an_owner_can_earn(fresh: Report, after_a_week: Report) -> None:
    assert failing(after_a_week, OWNER) == {}
    assert failing(after_a_week, TOOL) == {}
    assert (after_a_week.tier, after_a_week.is_fresh_scaffold) == ("A", False)
    assert after_a_week.score > fresh.score


@pytest.mark.slow
@pytest.mark.usefixtures("after_a_week")
def test_what_earns_the_tier_keeps_the_projects_own_gates_green(sample: Sample, owned: Path) -> None:
    inside(owned, "uv", "sync", "--locked")
    inside(owned, "uv", "run", "poe", "report")
    inside(owned, "uv", "run", "ruff", "check")
    own = [f"tests/{name}" for name in OWN_TESTS[sample]]
    inside(owned, "uv", "run", "pytest", "tests/test_report.py", *own)
