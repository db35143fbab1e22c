"""The hooks of pre-commit's configuration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.evidence import Unreadable
from aiscaffold.facts.hooks import Hook, read_hooks

PATH = ".pre-commit-config.yaml"
CONFIGURATION = """\
repos:
- repo: https://github.com/astral-sh/ruff-pre-commit
  rev: v0.6.1
  hooks:
  - id: ruff-format
  - id: ruff
    args: [--fix, --select, 1]
- repo: local
  hooks:
  - {id: 'tests', name: Tests, entry: pytest -q, language: system, args: [tests]}
"""


def of(text: str, path: str = PATH) -> tuple[Hook, ...]:
    """The hooks of one configuration."""
    return read_hooks({path: text}.get, [path])


def test_each_hook_has_its_source_its_command_and_its_line() -> None:
    shape, lint, tests = of(CONFIGURATION)
    assert (shape.id, shape.repo, shape.rev, shape.entry) == (
        "ruff-format", "https://github.com/astral-sh/ruff-pre-commit", "v0.6.1", "",
    )  # fmt: skip
    assert (lint.id, lint.entry, tests.id, tests.repo, tests.rev, tests.entry) == (
        "ruff", "--fix --select 1", "tests", "local", "", "pytest -q tests",
    )  # fmt: skip
    assert [hook.place.line for hook in (shape, lint, tests)] == [5, 6, 10]
    assert tests.place.place == f"{PATH}:10"


@pytest.mark.parametrize(
    ("path", "read"),
    [
        (".pre-commit-config.yaml", True),
        (".pre-commit-config.yml", True),
        ("api/.pre-commit-config.yaml", True),
        ("prek.yaml", True),
        ("pre-commit-config.yaml", False),
        (".pre-commit-hooks.yaml", False),
        (".pre-commit-config.yaml.jinja", False),
    ],
)
def test_configurations_are_known_by_name(path: str, read: bool) -> None:
    assert bool(of(CONFIGURATION, path)) is read


@pytest.mark.parametrize(
    "text",
    [
        "", "# nothing\n", "[]", "3", "repos:", "repos: 3", "repos: {a: 1}", "repos: [3, null]", "repos: [{hooks: 3}]",
        "repos: [{repo: x}]", "repos: [{hooks: [1, a, null]}]",
    ],
)  # fmt: skip
def test_other_shapes_have_no_hooks(text: str) -> None:
    assert of(text) == ()


def test_a_hook_without_a_name_or_with_odd_values_is_read() -> None:
    (nameless, odd) = of("repos: [{repo: 3, rev: 1.10, hooks: [{entry: x}, {id: [a], args: x}]}]")
    assert (nameless.id, nameless.repo, nameless.rev, nameless.entry) == ("", "3", "1.1", "x")
    assert odd.id == "['a']"


@pytest.mark.parametrize("text", ["repos: [", "a: b: c", "\t- x", "repos: *nowhere", "a: " + "[" * 1_000])
def test_a_broken_configuration_is_unreadable_and_says_why(text: str) -> None:
    with pytest.raises(Unreadable, match=rf"^{PATH}: is no YAML: .") as damage:
        of(text)
    assert "\n" not in str(damage.value)


def test_a_configuration_that_cannot_be_read_has_no_hooks() -> None:
    assert read_hooks(lambda _: None, [PATH]) == ()


@given(
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.sampled_from(["{}", "repos: {}", "repos: [{{hooks: [{{id: {}}}]}}]"]),
)
def test_no_text_is_more_than_unreadable(text: str, around: str) -> None:
    written = around.format(text)
    try:
        hooks = of(written)
    except Unreadable:
        return
    assert all(0 <= hook.place.line <= len(written.splitlines()) for hook in hooks)
