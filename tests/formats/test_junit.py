"""JUnit XML: a parser reads it back, the numbers agree, and the shape is the one that CI servers know."""

from xml.etree.ElementTree import fromstring

import pytest
from formats.reports import EMPTY, HOSTILE, LIFELIKE, STRONG, WEAK

from aiscaffold.formats.junit import render
from aiscaffold.report import Report

ALL = {**LIFELIKE, "hostile": HOSTILE, "empty": EMPTY}
CHILDREN = {"failure", "skipped", "system-out"}


@pytest.mark.parametrize("report", ALL.values(), ids=ALL)
def test_there_is_one_case_for_each_rule_and_the_numbers_agree(report: Report) -> None:
    root = fromstring(render(report).encode())
    assert root.tag == "testsuites"
    assert len(root.findall("testsuite/testcase")) == int(root.attrib["tests"]) == len(report.findings)
    assert len(root.findall(".//failure")) == int(root.attrib["failures"]) == len(report.failures)
    for suite in root:
        for number, path in (("tests", "testcase"), ("failures", ".//failure"), ("skipped", ".//skipped")):
            assert int(suite.attrib[number]) == len(suite.findall(path))


@pytest.mark.parametrize("report", ALL.values(), ids=ALL)
def test_a_case_has_a_section_a_name_and_one_outcome(report: Report) -> None:
    for suite in fromstring(render(report).encode()):
        for case in suite:
            assert case.tag == "testcase"
            assert case.attrib["classname"] == suite.attrib["name"]
            assert case.attrib["name"]
            assert [child.tag in CHILDREN for child in case] == [True]


def test_a_failure_tells_the_fix_and_every_place() -> None:
    root = fromstring(render(WEAK))
    (case,) = (case for case in root.iter("testcase") if case.attrib["name"].startswith("QUA108"))
    assert case.attrib == {
        "classname": "Structure and code",
        "name": "QUA108 No machine's own path, no swallowed errors",
    }
    assert case[0].attrib == {"type": "should", "message": "Replace the path at train.ipynb:1 by a setting."}
    assert (case[0].text or "").splitlines()[3] == "predict.py:11: /Users/me/model.pkl"


def test_what_cannot_be_told_is_skipped_with_the_reason() -> None:
    (skipped,) = fromstring(render(STRONG)).iter("skipped")
    assert skipped.attrib["message"].startswith("cannot be told: README.md:88: a heading with content")


def test_sections_come_once() -> None:
    names = [suite.attrib["name"] for suite in fromstring(render(HOSTILE).encode())]
    assert len(names) == len(set(names))


def test_a_pass_without_credit_is_no_pass() -> None:
    cases = fromstring(render(HOSTILE).encode()).iter("testcase")
    (case,) = (case for case in cases if case.attrib["name"].startswith("HON103"))
    assert case[0].attrib == {"message": "no credit: it rests only on what fails HON101: a.py: borrowed"}
