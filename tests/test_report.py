"""What findings add up to: score, interval, tier, shares, next steps, bars."""

import re
from dataclasses import replace

import pytest
from formats.reports import a_rule, finding
from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.evidence import Evidence, at
from aiscaffold.report import Finding, Report, Subject
from aiscaffold.rule import OWNER, TIERS, TOOL
from aiscaffold.rules import load

RULES = load()

SERVICE = Subject("tides", "0123456789abcdef", "", "service", ())
MUSTS = {"DOC101": "C", "DOC104": "B", "TST101": "B", "DOC105": "A"}
README = at("README.md", "found", line=3)


def must(code: str, verdict: str, **fields: object) -> Finding:
    """A finding on which a tier rests."""
    return finding(
        a_rule(code, level="must", tier=MUSTS[code], fix=f"Mend {{path}} for {code}."), verdict, README, **fields
    )


def should(code: str, verdict: str, evidence: Evidence = README, **fields: object) -> Finding:
    """A finding that counts three; fields of the rule by `rule_`."""
    of_rule = {name[5:]: value for name, value in fields.items() if name.startswith("rule_")}
    rest = {name: value for name, value in fields.items() if not name.startswith("rule_")}
    return finding(a_rule(code, **{"fix": f"Mend {{path}} for {code}.", **of_rule}), verdict, evidence, **rest)


def of(*findings: Finding, subject: Subject = SERVICE, **fields: object) -> Report:
    """A report on a service."""
    return Report(subject, findings, **fields)  # type: ignore[arg-type]


def musts(**verdicts: str) -> Report:
    """A report of tier A but for these verdicts."""
    return of(*(must(code, verdicts.get(code, "pass")) for code in MUSTS))


@pytest.mark.parametrize(
    ("findings", "score", "interval"),
    [
        ((), (0, 0), "0"),
        ((should("QUA101", "pass"),), (100, 100), "100"),
        ((must("DOC101", "pass"), should("QUA101", "fail")), (62, 62), "62"),
        ((must("DOC101", "pass"), should("QUA101", "unknown")), (62, 100), "62-100"),
        ((must("DOC101", "crashed"), should("QUA101", "fail")), (0, 62), "0-62"),
        ((must("DOC101", "pass"), should("QUA101", "not-applicable")), (100, 100), "100"),
        ((should("QUA101", "pass"), should("QUA102", "fail", ignored="private")), (100, 100), "100"),
        ((should("QUA101", "pass"), should("QUA102", "unknown", ignored="private")), (100, 100), "100"),
        ((should("QUA101", "pass", cancelled_by="HON101"), should("QUA102", "pass")), (50, 50), "50"),
    ],
)
def test_the_score_is_the_share_of_the_weight_that_passed(
    findings: tuple[Finding, ...], score: tuple[int, int], interval: str
) -> None:
    assert (of(*findings).score, of(*findings).interval) == (score, interval)


@pytest.mark.parametrize(
    ("verdicts", "tier", "best"),
    [
        ({}, "A", "A"),
        ({"DOC105": "fail"}, "B", "B"),
        ({"TST101": "fail"}, "C", "C"),
        ({"DOC101": "fail"}, "D", "D"),
        ({"DOC101": "unknown"}, "D", "A"),
        ({"DOC101": "crashed", "TST101": "fail"}, "D", "C"),
        ({"DOC105": "not-applicable"}, "A", "A"),
    ],
)
def test_the_tier_is_the_weakest_leg(verdicts: dict[str, str], tier: str, best: str) -> None:
    report = musts(**verdicts)
    assert (report.tier, report.best_tier) == (tier, best)


def test_to_ignore_a_rule_does_not_lift_the_tier() -> None:
    report = of(must("DOC101", "fail", ignored="I do not like it"), must("DOC104", "pass"))
    assert report.tier == "D"
    assert report.score == (50, 50)


def test_to_ignore_a_rule_does_not_lower_the_tier_either() -> None:
    assert of(must("DOC101", "pass", ignored="all of DOC"), must("DOC104", "pass")).tier == "A"


def test_a_pass_without_credit_holds_a_tier_back() -> None:
    report = of(must("DOC101", "pass"), must("TST101", "pass", cancelled_by="HON102"), must("DOC105", "pass"))
    assert report.tier == "C"
    assert [found.rule.code for found in report.uncredited] == ["TST101"]
    assert [found.rule.code for found in report.passes] == ["DOC101", "DOC105"]


def test_what_blocks_is_of_the_next_tier_alone() -> None:
    report = musts(DOC104="fail", TST101="unknown", DOC105="fail")
    assert (report.tier, report.following) == ("C", "B")
    assert [found.rule.code for found in report.blocking] == ["DOC104", "TST101"]
    assert musts().following == ""
    assert musts().blocking == ()


def test_the_worst_is_what_certainly_holds_back_the_tier_else_the_weightiest_failure() -> None:
    heavy = should("ENV101", "fail", rule_level="must", rule_tier="")
    assert (of(must("DOC104", "unknown"), must("TST101", "fail"), heavy).worst or heavy).rule.code == "TST101"
    assert (of(must("DOC104", "unknown"), heavy).worst or heavy).rule.code == "DOC104"
    assert (of(must("DOC101", "pass"), should("QUA101", "fail"), heavy).worst or heavy).rule.code == "ENV101"
    assert musts().worst is None


def test_next_steps_are_three_that_block_first_then_the_most_gain_for_the_least_work() -> None:
    report = of(
        should("QUA101", "fail", rule_minutes=5),
        should("QUA102", "fail", rule_minutes=60),
        should("QUA103", "fail", rule_minutes=1, ignored="private"),
        should("QUA104", "crashed", rule_minutes=1),
        should("QUA105", "fail", rule_minutes=10),
        should("QUA106", "pass", rule_minutes=1),
        must("DOC101", "fail"),
    )
    assert [found.rule.code for found in report.next_steps] == ["DOC101", "QUA101", "QUA105"]


def test_one_damaged_file_is_one_step() -> None:
    broken = at("pyproject.toml", "line 3: no value")
    report = of(
        *(should(f"ENV10{n}", "unknown", broken, rule_minutes=5) for n in range(1, 6)),
        should("QUA101", "fail", rule_minutes=500),
        damage=(broken,),
    )
    assert [found.rule.code for found in report.next_steps] == ["ENV101", "QUA101"]
    assert report.step(report.next_steps[0]) == "Mend pyproject.toml, which cannot be read: line 3: no value."


def test_a_step_says_what_to_do_whatever_the_reason() -> None:
    fix = "Mend {path}:{line}."
    report = of()
    assert report.step(should("QUA101", "fail", rule_fix=fix)) == "Mend README.md:3."
    assert report.step(should("QUA101", "fail", Evidence(), rule_fix=fix)) == "Mend the file."
    assert report.step(should("QUA101", "unknown", rule_fix=fix)) == "Mend README.md:3."
    assert report.step(should("QUA101", "pass", cancelled_by="HON101")).startswith("Clear HON101 first")
    assert "QUA101 broke: KeyError" in report.step(should("QUA101", "crashed", Evidence(remark="KeyError")))
    marked = should("QUA101", "fail", rule_fix=fix, where_to_write=at("README.md", line=40))
    assert report.step(marked) == "Mend README.md:40."


@pytest.mark.parametrize(
    ("project", "words"),
    [("", ""), ("services/api/", " --project services/api"), ("a b/", " --project 'a b'")],
)
def test_the_command_that_asks_again_names_the_project_and_the_kind(project: str, words: str) -> None:
    report = of(subject=replace(SERVICE, project=project))
    assert report.recheck(must("DOC101", "fail")) == (
        f"aiscaffold audit .{words} --kind service --select DOC101 --bar 100"
    )


@pytest.mark.parametrize(
    ("bar", "met"), [("D", True), ("C", True), ("B", False), ("A", False), ("0", True), ("50", True), ("51", False)]
)
def test_a_bar_is_reached_by_the_tier_or_by_the_low_end_of_the_score(bar: str, met: bool) -> None:
    report = of(must("DOC101", "pass"), must("TST101", "unknown"))
    assert report.meets(bar) is met


@pytest.mark.parametrize(
    "report",
    [
        of(must("DOC101", "pass"), subject=replace(SERVICE, kind="other")),
        of(must("DOC101", "pass"), is_partial=True),
        of(problem="it cannot be cloned"),
    ],
    ids=["no portfolio project", "some rules", "no audit"],
)
def test_what_has_no_tier_reaches_none(report: Report) -> None:
    assert not report.is_scored
    assert not any(report.meets(tier) for tier in TIERS)


def test_shares_tell_the_owners_work_from_the_scaffold() -> None:
    report = of(
        should("DOC101", "pass", rule_who=OWNER),
        should("DOC102", "fail", rule_who=OWNER),
        should("DOC103", "unknown", rule_who=OWNER),
        should("DOC104", "fail", rule_who=OWNER, ignored="private"),
        should("ENV101", "pass", rule_who=TOOL),
        should("ENV102", "pass", rule_who=TOOL, cancelled_by="HON101"),
        should("ENV103", "not-applicable", rule_who=TOOL),
    )
    assert (report.share(OWNER), report.share(TOOL)) == ((1, 3), (1, 2))


def test_verdicts_are_listed_by_weight_without_what_is_ignored() -> None:
    report = of(
        should("QUA101", "fail"),
        should("QUA102", "fail", rule_level="nice"),
        must("DOC101", "fail"),
        should("ENV101", "fail", ignored="private"),
        should("SEC101", "crashed"),
    )
    assert [found.rule.code for found in report.failures] == ["DOC101", "QUA101", "QUA102"]
    assert [found.rule.code for found in report.unknowns] == ["SEC101"]
    assert [found.rule.code for found in report.ignored] == ["ENV101"]


def test_the_weakest_of_several_goes_first_and_those_without_a_tier_last() -> None:
    strong, weak = musts(), musts(DOC101="fail")
    middling = of(*weak.findings, should("QUA101", "pass"))
    other = replace(strong, subject=replace(SERVICE, kind="other"))
    assert sorted([other, strong, middling, weak], key=lambda report: report.rank) == [weak, middling, strong, other]


VERDICTS = st.sampled_from(["pass", "fail", "unknown", "crashed", "not-applicable"])
CODES = [*MUSTS, "QUA101", "QUA102", "ENV104", "SEC104"]


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report of any verdicts, some of them ignored or without credit."""
    found = []
    for code in CODES:
        one = must(code, draw(VERDICTS)) if code in MUSTS else should(code, draw(VERDICTS))
        ignored = draw(st.sampled_from(["", "", "private"]))
        cancelled = draw(st.sampled_from(["", "", "HON101"])) if one.verdict == "pass" else ""
        found.append(replace(one, ignored=ignored, cancelled_by=cancelled))
    return of(*found)


@given(reports(), st.sampled_from(range(len(CODES))))
def test_good_news_never_lowers_anything(report: Report, index: int) -> None:
    one = report.findings[index]
    if one.verdict == "not-applicable":
        return
    mended = [*report.findings]
    mended[index] = replace(one, verdict="pass", cancelled_by="")
    after = of(*mended)
    assert after.score >= report.score
    assert after.score[1] >= report.score[1]
    assert TIERS.index(after.tier) >= TIERS.index(report.tier)
    assert TIERS.index(after.best_tier) >= TIERS.index(report.best_tier)


@given(reports())
def test_low_is_never_above_high_and_the_tier_never_above_the_best(report: Report) -> None:
    low, high = report.score
    assert 0 <= low <= high <= 100
    assert report.tier <= "D"
    assert TIERS.index(report.tier) <= TIERS.index(report.best_tier)
    assert len(report.next_steps) <= 3
    assert all(found.counts and not found.is_pass for found in report.next_steps)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (at("src/a.py", line=4), "Mend src/a.py line 4 (see line 4)."),
        (at("src/a.py"), "Mend src/a.py."),
        (Evidence(), "Write one."),
        (Evidence("src/a.py", commit="0123456789abcdef"), "Revoke src/a.py of 0123456."),
    ],
)
def test_a_fix_reads_well_wherever_the_evidence_is(place: Evidence, said: str) -> None:
    rule = a_rule(
        "QUA101", fix="Mend {path} line {line} (see line {line}).", fix_absent="Write one.",
        fix_past="Revoke {path} of {commit}.",
    )  # fmt: skip
    assert finding(rule, "fail", place).fix == said


def test_no_fix_of_a_rule_speaks_of_lines_of_nothing() -> None:
    for rule in RULES:
        for said in (rule.fix_at(Evidence()), rule.fix_at(at("a.py")), rule.fix_at(Evidence("a.py", commit="0" * 40))):
            assert not re.search(r"[{}]|line \d|the repository line", said), f"{rule.code}: {said}"


def test_what_has_to_be_there_first_is_the_first_step() -> None:
    report = of(
        should("TST201", "fail", rule_minutes=5, rule_level="must", rule_tier="B"),
        should("TST101", "fail", rule_minutes=60, rule_level="must", rule_tier="B"),
        should("QUA101", "fail", rule_minutes=1),
    )
    assert [found.rule.code for found in report.next_steps] == ["TST101", "TST201", "QUA101"]


def test_no_two_steps_say_the_same() -> None:
    report = of(*(should(code, "fail", rule_fix="Mend {path}:{line}.") for code in ("QUA101", "QUA102")))
    assert len(report.next_steps) == 1


def test_what_a_shallow_clone_hides_is_fetched() -> None:
    found = should("GIT101", "unknown", Evidence(remark="4 commits, but this clone is shallow"))
    assert "git fetch --unshallow" in of(found, subject=replace(SERVICE, is_shallow=True)).step(found)
    assert "unshallow" not in of(found).step(found)
