"""The contract that every rule keeps, whatever it asks."""

import re
from pathlib import Path

import pytest
from audited import HISTORY, repo_of

from aiscaffold.audit import judge
from aiscaffold.checklist import load_checklist
from aiscaffold.repo import Repo
from aiscaffold.rule import ALL, MUST, OTHER, OWNER, TIERS, TOOL, WEIGHTS, Rule
from aiscaffold.rules import load

RULES = load()

EACH = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
SECTIONS = ("DOC", "GIT", "ENV", "QUA", "TST", "SEC", "HON")
DAMAGED: dict[str, dict[str, str | bytes]] = {
    "nothing": {},
    "broken TOML": {"pyproject.toml": "[project\nname =", "uv.lock": "[[", "tox.ini": "[tox", ".aiscaffold.toml": "["},
    "broken YAML": {
        ".github/workflows/ci.yml": "on: [push\njobs: {a: b: c}\n",
        ".pre-commit-config.yaml": "repos: [",
        "environment.yml": "a: [",
        ".copier-answers.yml": "a: [",
    },
    "YAML of other shapes": {
        ".github/workflows/ci.yml": "- 1\n- {a: [b]}\n",
        ".github/workflows/x.yml": "on: 1\njobs: [a]\n",
        ".github/workflows/y.yml": "jobs: {a: {steps: {b: 1}}, c: 1, d: {steps: [1, {run: [1]}, {uses: {}}]}}\n",
        ".pre-commit-config.yaml": "repos: {a: 1}\n",
        ".gitlab-ci.yml": "a: 1\nb: {script: {c: 1}}\n",
    },
    "TOML of other shapes": {"pyproject.toml": "project = 1\ntool = 2\n", "uv.lock": "package = 1\n"},
    "broken notebooks": {"a.ipynb": "{", "b.ipynb": '{"cells": 1}', "c.ipynb": '{"cells": [1, {"source": 2}]}'},
    "UTF-16": {"README.md": "# Title\n\nWords.\n".encode("utf-16"), "a.py": "x = 1\n".encode("utf-16")},
    "NUL bytes": {"README.md": b"\0\0", "a.py": b"\0", "requirements.txt": b"\0", "Makefile": b"\0", "LICENSE": b"\0"},
    "Python 2": {"a.py": "print 'hello'\n", "tests/test_a.py": "def test_a(:\n"},
    "deep nesting": {"a.py": "(" * 5_000, "README.md": ">" * 5_000 + "a", "b.ipynb": "[" * 100_000},
}


@EACH
def test_the_bad_example_fails_at_places_that_it_has(rule: Rule, tmp_path: Path) -> None:
    repo = repo_of(rule.bad, tmp_path / "bad")
    outcome = judge(repo, rule)
    assert outcome.verdict == "fail", outcome
    assert outcome.evidence
    for evidence in outcome.evidence:
        assert not evidence.path or repo.has(evidence.path), evidence
        assert evidence.remark, evidence


@EACH
def test_the_good_example_passes_with_evidence(rule: Rule, tmp_path: Path) -> None:
    repo = repo_of(rule.good, tmp_path / "good")
    outcome = judge(repo, rule)
    assert outcome.verdict == "pass", outcome
    assert outcome.evidence
    for evidence in outcome.evidence:
        assert not evidence.path or repo.has(evidence.path), evidence


@EACH
@pytest.mark.parametrize("files", DAMAGED.values(), ids=DAMAGED)
def test_damage_never_crashes_a_rule(rule: Rule, files: dict[str, str | bytes]) -> None:
    outcome = judge(Repo.given(files), rule)
    assert outcome.verdict in ("pass", "fail", "unknown"), outcome
    assert outcome.evidence


@EACH
def test_the_same_repository_gives_the_same_answer_whatever_the_order_of_files(rule: Rule, tmp_path: Path) -> None:
    if HISTORY in rule.bad:
        pytest.skip("its answer comes from commits")
    turned = dict(reversed(rule.bad.items()))
    assert judge(Repo.given(turned), rule) == judge(Repo.given(rule.bad), rule)


@EACH
def test_the_card_is_filled_in(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z]{3}\d{3}", rule.code)
    assert rule.section in SECTIONS
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.slug)
    assert len(rule.why) > 80, "a reason is more than a word"
    assert rule.title[0].isupper()
    assert not rule.title.endswith(".")
    assert rule.fix.endswith(".")
    assert rule.expected
    assert rule.level in WEIGHTS
    assert (rule.tier in tuple(TIERS[1:])) == (rule.level == MUST)
    assert rule.who in (OWNER, TOOL)
    assert rule.kinds <= ALL
    assert rule.minutes > 0
    assert OTHER not in rule.kinds or rule.kinds == ALL


def test_codes_and_names_are_unique_and_in_order() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes), key=lambda code: (SECTIONS.index(code[:3]), code))
    assert len({rule.slug for rule in RULES}) == len(RULES)


def test_every_line_of_the_checklist_has_a_rule_or_says_why_none() -> None:
    checklist = load_checklist()
    codes = {rule.code for rule in RULES}
    assert len(checklist) == 78
    for item in checklist.values():
        assert bool(item.rules) != bool(item.why_no_rule), item.id
        assert set(item.rules) <= codes, item.id
        assert item.sources, item.id


def test_every_rule_answers_a_line_of_the_checklist() -> None:
    checklist = load_checklist()
    assert {rule.code for rule in RULES if rule.code not in checklist[rule.item].rules} == set()


def test_a_tier_rests_on_rules_that_every_kind_is_asked() -> None:
    for tier in TIERS[1:]:
        assert any(rule.tier == tier for rule in RULES)
