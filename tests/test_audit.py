"""Running rules: each on its own, so that what one cannot read or gets wrong never ends the audit."""

from collections.abc import Callable
from pathlib import Path

import pytest
from audited import SERVICE, repository
from formats.reports import a_rule

from aiscaffold.audit import MOST_EVIDENCE, audit
from aiscaffold.evidence import Evidence, Unreadable, at
from aiscaffold.repo import Repo
from aiscaffold.report import Finding, Report
from aiscaffold.rule import Outcome, Rule, failed, passed, unknown
from aiscaffold.rules import load
from aiscaffold.snapshot import open_snapshot

RULES = load()

BROKEN = at("pyproject.toml", "line 3: no value")


def of(code: str, check: Callable[[Repo], Outcome], **fields: object) -> Rule:
    """A rule that does this."""
    return a_rule(code, check=check, **fields)


def says(outcome: Outcome) -> Callable[[Repo], Outcome]:
    """A check with one answer."""
    return lambda _: outcome


def raises(error: BaseException) -> Callable[[Repo], Outcome]:
    """A check that fails."""

    def check(_: Repo) -> Outcome:
        raise error

    return check


def audited(*rules: Rule, ignored: dict[str, str] | None = None) -> tuple[Finding, ...]:
    """The findings of these rules on a service."""
    return audit(Repo.given(SERVICE), rules, ignored).findings


FINE = of("QUA101", says(passed(at("app.py", "well", line=1))))


@pytest.mark.parametrize(
    ("error", "verdict", "evidence"),
    [
        (Unreadable(BROKEN), "unknown", BROKEN),
        (RecursionError(), "unknown", Evidence(remark="something is nested too deeply")),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), "crashed", None),
        (KeyError("hooks"), "crashed", None),
        (OSError("disk"), "crashed", None),
        (MemoryError(), "crashed", None),
        (AssertionError(), "crashed", None),
        (ValueError("x" * 10_000), "crashed", None),
    ],
)
def test_a_rule_that_fails_ends_alone(error: Exception, verdict: str, evidence: Evidence | None) -> None:
    found, other = audited(of("ENV101", raises(error)), FINE)
    assert found.verdict == verdict
    assert other.verdict == "pass"
    if evidence:
        assert found.first == evidence
    else:
        assert found.first.remark.startswith(f"{type(error).__name__} in test_audit.py:")
        assert len(found.first.remark) <= 200


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)])
def test_who_interrupts_the_audit_ends_it(error: BaseException) -> None:
    with pytest.raises(type(error)):
        audited(of("ENV101", raises(error)), FINE)


def test_endless_recursion_in_a_rule_is_unknown() -> None:
    def check(repo: Repo) -> Outcome:
        return check(repo)

    assert [found.verdict for found in audited(of("ENV101", check), FINE)] == ["unknown", "pass"]


def test_evidence_is_capped() -> None:
    places = [at("app.py", "here", line=number) for number in range(1, 1_000)]
    (found,) = audited(of("QUA101", says(failed(*places))))
    assert found.evidence == tuple(places[:MOST_EVIDENCE])


def test_what_is_not_asked_of_a_kind_is_not_run() -> None:
    (found,) = audited(of("QUA101", raises(KeyError()), kinds=frozenset({"kaggle"})))
    assert (found.verdict, found.first.remark) == ("not-applicable", "not asked of the kind service")


def test_an_ignored_rule_is_run_and_carries_its_reason() -> None:
    (found,) = audited(FINE, ignored={"QUA101": "private", "QUA102": "no rule of this audit"})
    assert (found.verdict, found.ignored) == ("pass", "private")


def test_damage_is_listed_once_by_path() -> None:
    other = at("a.ipynb", "no JSON")
    rules = [of(f"ENV10{n}", raises(Unreadable(evidence))) for n, evidence in enumerate((BROKEN, BROKEN, other))]
    nowhere = of("ENV109", says(unknown(Evidence(remark="cannot be told"))))
    assert audit(Repo.given(SERVICE), [*rules, nowhere]).damage == (other, BROKEN)


HERE, THERE, WHOLE = at("tests/test_a.py", line=3), at("tests/test_a.py", line=9), at("tests/test_a.py")


@pytest.mark.parametrize(
    ("passes_on", "dishonest_at", "is_cancelled"),
    [
        ((HERE,), (HERE,), True),
        ((HERE,), (THERE,), False),
        ((HERE, THERE), (HERE,), False),
        ((HERE, THERE), (HERE, THERE), True),
        ((HERE, THERE), (WHOLE,), True),
        ((WHOLE,), (HERE,), False),
        ((Evidence(remark="no place"),), (HERE,), False),
        ((Evidence(remark="no place"),), (Evidence(remark="no place"),), False),
        ((Evidence(remark="no place"), HERE), (HERE,), True),
        ((), (HERE,), False),
    ],
)
def test_a_failure_of_honesty_cancels_a_pass_all_of_whose_places_it_touches(
    passes_on: tuple[Evidence, ...], dishonest_at: tuple[Evidence, ...], is_cancelled: bool
) -> None:
    found, _ = audited(of("TST101", says(passed(*passes_on))), of("HON102", says(failed(*dishonest_at))))
    assert found.cancelled_by == ("HON102" if is_cancelled else "")


def test_only_a_failure_of_honesty_that_stands_cancels_and_only_passes_lose() -> None:
    rules = [of("TST101", says(passed(HERE))), of("TST102", says(failed(HERE))), of("HON101", says(passed(HERE)))]
    for outcome in (passed(HERE), unknown(HERE)):
        assert not any(found.cancelled_by for found in audited(*rules, of("HON102", says(outcome))))
    dishonest = of("HON102", says(failed(HERE)))
    assert [found.cancelled_by for found in audited(*rules, dishonest)] == ["HON102", "", "", ""]
    assert not any(found.cancelled_by for found in audited(*rules, dishonest, ignored={"HON102": "a trial"}))


def test_the_subject_says_what_was_audited(tmp_path: Path) -> None:
    answers = "_src_path: gh:ada/template\n_commit: v2\n"
    subject = audit(
        Repo.given({**SERVICE, ".copier-answers.yml": answers, "api/setup.py": "", "api/x.py": ""}), []
    ).subject
    assert (subject.kind, subject.files, subject.projects) == ("service", 6, ("api",))
    assert subject.template == "gh:ada/template v2"
    assert [reason.place for reason in subject.reasons] == ["app.py:1", "app.py:2", "Dockerfile"]


def test_every_rule_answers_on_a_repository_of_one_commit(tmp_path: Path, home: Path) -> None:
    report: Report = audit(Repo(open_snapshot(repository(SERVICE, tmp_path / "tides"))), RULES)
    assert len(report.findings) == len(RULES)
    assert not [found for found in report.findings if found.verdict == "crashed"]
