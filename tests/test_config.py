"""What a repository's owner tells the audit, and how a wrong word is answered: one line and a suggestion."""

from collections.abc import Callable

import pytest

from aiscaffold.config import Config, matching, read_config, reasons, require_bar, require_kind, select
from aiscaffold.errors import BadConfig
from aiscaffold.rule import KINDS
from aiscaffold.rules import load

RULES = load()

SETTINGS = """\
kind = "service"
select = ["DOC", "TST101"]
ignore = { DOC107 = "it is private" }
bar = 80
"""
READ = Config("", "service", ("DOC", "TST101"), {"DOC107": "it is private"}, "80")


def told(call: Callable[[], object]) -> str:
    """What a wrong setting is answered with: the message and the hint, a line each."""
    with pytest.raises(BadConfig) as refusal:
        call()
    assert "\n" not in refusal.value.message
    assert refusal.value.hint
    return f"{refusal.value.message} | {refusal.value.hint}"


def of(project: str = "", **files: str) -> Config:
    """The settings in `own` (.aiscaffold.toml) and `shared` (pyproject.toml)."""
    paths = {"own": ".aiscaffold.toml", "shared": "pyproject.toml"}
    return read_config({project + paths[name]: text for name, text in files.items()}.get, project)


def test_pyproject_toml_holds_every_setting() -> None:
    found = of(shared=f'[project]\nname = "x"\n[tool.aiscaffold.audit]\n{SETTINGS}')
    assert found == Config("pyproject.toml", *_fields(READ))


def test_the_own_file_holds_every_setting_and_goes_first() -> None:
    found = of(own=f"[audit]\n{SETTINGS}", shared='[tool.aiscaffold.audit]\nbar = "A"')
    assert found == Config(".aiscaffold.toml", *_fields(READ))


def test_an_empty_own_file_goes_first_too() -> None:
    assert of(own="", shared='[tool.aiscaffold.audit]\nbar = "A"').bar == ""


def test_a_project_of_a_repository_has_its_own_settings() -> None:
    assert of(project="api/", shared='[tool.aiscaffold.audit]\nbar = "b"') == Config("api/pyproject.toml", bar="B")


@pytest.mark.parametrize(
    "text", ["", "[tool.ruff]", "[tool]\naiscaffold = 3", "tool = []", "[broken", "a = " + "[" * 9_999]
)
def test_a_pyproject_toml_that_says_nothing_to_us_is_no_settings(text: str) -> None:
    assert of(shared=text) == Config()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("kinds = 'service'", "the audit knows no setting 'kinds' | did you mean kind?"),
        ("x = 1", "the audit knows no setting 'x' | there is kind, select, ignore, bar"),
        ("kind = 'servce'", "there is no kind 'servce' | did you mean service?"),
        ("kind = 3", "there is no kind '3' | there is service, reproduction, kaggle"),
        ("bar = 'E'", "'E' is no bar | give a tier (A, B, C, D) or 0 to 100"),
        ("bar = 'BA'", "'BA' is no bar"),
        ("bar = 101", "'101' is no bar"),
        ("bar = -1", "'-1' is no bar"),
        ("bar = 80.5", "'80.5' is no bar"),
        ("bar = true", "'True' is no bar"),
        ("bar = '\u0663'", "'\u0663' is no bar"),
        ("select = 'DOC'", "select is no list of codes | for example: select ="),
        ("select = [1]", "select is no list of codes"),
        ("ignore = ['DOC107']", "each ignored rule needs a reason | for example: ignore ="),
        ("ignore = { DOC107 = ' ' }", "each ignored rule needs a reason"),
        ("ignore = { DOC107 = true }", "each ignored rule needs a reason"),
        ("ignore = { DOC107.why = 'x' }", "each ignored rule needs a reason"),
    ],
)
def test_a_wrong_setting_is_answered_with_its_file_and_a_suggestion(settings: str, said: str) -> None:
    assert f"pyproject.toml: {said}" in told(lambda: of(shared=f"[tool.aiscaffold.audit]\n{settings}"))
    assert f".aiscaffold.toml: {said}" in told(lambda: of(own=f"[audit]\n{settings}"))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"shared": "[tool.aiscaffold]\naudit = 3"}, "pyproject.toml: the audit's settings are no table"),
        ({"own": "audit = 3"}, ".aiscaffold.toml: the audit's settings are no table"),
        ({"own": "kind = 'service'"}, ".aiscaffold.toml has no place for 'kind' | write settings below [audit]"),
        ({"own": "[adit]"}, ".aiscaffold.toml has no place for 'adit'"),
        ({"own": "[audit\nbar = 3"}, ".aiscaffold.toml is no TOML"),
        ({"own": "a = " + "[" * 9_999}, ".aiscaffold.toml is no TOML"),
    ],
)
def test_settings_of_a_wrong_shape_are_told(files: dict[str, str], said: str) -> None:
    assert said in told(lambda: of(**files))


@pytest.mark.parametrize("bar", ["", "A", "B", "C", "D", "0", "100", "07"])
def test_a_bar_is_a_tier_or_a_score(bar: str) -> None:
    assert require_bar(bar, "--bar") == require_bar(bar.lower(), "--bar") == bar


@pytest.mark.parametrize("kind", ["", *KINDS])
def test_a_kind_is_one_of_the_list(kind: str) -> None:
    assert require_kind(kind, "--kind") == kind


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("DOC101", ["DOC101"]),
        ("doc101", ["DOC101"]),
        (RULES[0].slug, ["DOC101"]),
        ("TST2", [rule.code for rule in RULES if rule.code.startswith("TST2")]),
        ("hon", [rule.code for rule in RULES if rule.section == "HON"]),
    ],
)
def test_a_code_a_prefix_or_a_name_stands_for_rules(word: str, codes: list[str]) -> None:
    assert matching(RULES, word) == codes
    assert codes


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("DOC1O1", "no rule is called 'DOC1O1' | did you mean DOC1"),
        ("DCO", "no rule is called 'DCO' | did you mean DOC?"),
        (RULES[0].slug[:-1] + "x", f"| did you mean {RULES[0].slug}?"),
        ("", "no rule is called '' | there is DOC, GIT, ENV, QUA, TST, SEC, HON"),
        ("%", "see: aiscaffold rules"),
    ],
)
def test_an_unknown_code_is_answered_with_the_nearest(word: str, said: str) -> None:
    assert said in told(lambda: matching(RULES, word))


def test_a_selection_keeps_the_order_of_the_rules_and_leaves_out_what_is_unwanted() -> None:
    assert [rule.code for rule in select(RULES, ["HON101", "DOC10"], ["DOC101", "DOC102"])] == [
        *(rule.code for rule in RULES if rule.code.startswith("DOC10") and rule.code > "DOC102"),
        "HON101",
    ]
    assert select(RULES, []) == RULES
    assert "'NOPE'" in told(lambda: select(RULES, [], ["NOPE"]))


def test_each_ignored_code_has_its_reason() -> None:
    found = reasons(RULES, Config("x", ignore={"HON": "a course's template", "DOC101": "short"}))
    assert found["HON101"] == "a course's template"
    assert found["DOC101"] == "short"
    assert "pyproject.toml: ignore: no rule is called 'DOC9' | did you mean DOC" in told(
        lambda: reasons(RULES, Config("pyproject.toml", ignore={"DOC9": "why"}))
    )


def _fields(config: Config) -> tuple[object, ...]:
    return config.kind, config.select, config.ignore, config.bar
