"""An audit as JSON: every document fits the published schema, and says what the report says."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from formats.reports import CLOSING, DAMAGED, EMPTY, FRESH, HOSTILE, LIFELIKE, NASTY_PATHS, OTHER, WEAK
from jsonschema import Draft202012Validator
from support import ROOT

from aiscaffold.formats import report_json
from aiscaffold.report import Report

SCHEMA = json.loads((ROOT / "docs" / "reference" / "audit.schema.json").read_text(encoding="utf-8"))
ALL = {**LIFELIKE, "hostile": HOSTILE, "empty": EMPTY, "none": replace(EMPTY, problem=CLOSING)}


def parsed(report: Report) -> dict[str, Any]:
    return json.loads(report_json.render(report))  # type: ignore[no-any-return]


def texts(value: Any) -> Iterator[tuple[str, str]]:
    """Each string of a document with the key it stands under."""
    pairs = value.items() if isinstance(value, dict) else [("", item) for item in value]
    for key, item in pairs:
        if isinstance(item, str):
            yield key, item
        elif isinstance(item, dict | list):
            yield from texts(item)


@pytest.mark.parametrize("report", ALL.values(), ids=ALL)
def test_every_report_fits_the_published_schema(report: Report) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(parsed(report))] == []


def test_several_reports_in_one_document_fit_it_too_and_each_is_as_if_alone() -> None:
    together = json.loads(report_json.render_all([WEAK, HOSTILE]))
    Draft202012Validator(SCHEMA).validate(together)
    assert together["reports"] == [parsed(WEAK), parsed(HOSTILE)]


def test_the_schema_lets_no_unknown_key_pass() -> None:
    def objects(value: Any) -> Iterator[dict[str, Any]]:
        if isinstance(value, dict):
            if "properties" in value:
                yield value
            value = list(value.values())
        for item in value if isinstance(value, list) else []:
            yield from objects(item)

    for described in objects(SCHEMA):
        assert described["additionalProperties"] is False
        assert described["required"] == list(described["properties"])


def test_texts_do_nothing_to_a_terminal_and_are_bounded() -> None:
    document = report_json.render(HOSTILE)
    assert document.isascii()
    for key, text in texts(json.loads(document)):
        text.encode()
        if key not in ("path", "project", "verify", ""):
            assert text.isprintable(), key
            assert len(text) <= report_json.LONGEST


def test_a_path_comes_back_as_it_was_unless_it_is_no_utf_8() -> None:
    damaged = parsed(HOSTILE)["damage"]
    assert damaged[0]["path"] == NASTY_PATHS[0]
    assert damaged[6]["path"] == "caf\ufffd\ufffd.txt"


def test_the_place_to_act_is_the_one_that_a_template_marked() -> None:
    owners = next(found for found in parsed(FRESH)["findings"] if found["who"] == "owner")
    assert (owners["path"], owners["line"]) == ("README.md", 7)
    assert owners["evidence"][0]["path"] == ""


def test_a_finding_in_a_notebook_names_cell_and_line() -> None:
    secret = next(found for found in parsed(WEAK)["findings"] if found["code"] == "SEC101")
    assert (secret["path"], secret["cell"], secret["line"]) == ("train.ipynb", 2, 4)


def test_verify_asks_the_one_rule_of_the_same_project_and_kind() -> None:
    nested = replace(DAMAGED, subject=replace(DAMAGED.subject, project="my services/api/"))
    words = shlex.split(parsed(nested)["findings"][0]["verify"])
    expected = ["--project", "my services/api", "--kind", "reproduction", "--select", "DOC101", "--bar", "100"]
    assert words == ["aiscaffold", "audit", ".", *expected]


def test_what_is_no_portfolio_project_has_neither_score_nor_tier() -> None:
    document = parsed(OTHER)
    assert (document["scored"], document["score"], document["tier"], document["best_tier"]) == (False, None, None, None)
    assert document["findings"]


def test_findings_are_in_the_order_of_the_codes_whatever_the_order_of_the_rules() -> None:
    backwards = replace(WEAK, findings=WEAK.findings[::-1])
    assert report_json.render(backwards) == report_json.render(WEAK)
