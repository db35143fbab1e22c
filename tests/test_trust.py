"""A third-party template's code: named in words, run only where its commit was agreed to."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from foreign_templates import ADDRESS, publish, write_template

from aiscaffold.address import clone_url
from aiscaffold.errors import NotTrusted
from aiscaffold.source import open_source
from aiscaffold.trust import Demand, demand, is_trusted, knows, require, trust

Write = Callable[[str], Demand | None]

PIN = Demand("gh:ada/tpl", "a" * 40, ("task: make setup",))


@pytest.fixture
def demanded(tmp_path: Path, home: Path) -> Write:
    """What a template with this copier.yml would run."""

    def write(options: str) -> Demand | None:
        write_template(tmp_path / "template", {"copier.yml": options})
        publish(tmp_path / "template")
        source = open_source(ADDRESS)
        return demand(source, source.newest())

    return write


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ("_tasks: [make setup]", ["task: make setup"]),
        ("_tasks: make setup", ["task: make setup"]),
        ("_tasks: [[git, init]]", ["task: git init"]),
        ("_tasks: [{command: [rm, x], when: '{{ true }}'}]", ["task: rm x"]),
        ("_jinja_extensions: [a.b:C]", ["extension: a.b:C"]),
        ("_external_data: {a: ../secret.yml}", ["external data: ../secret.yml"]),
        ("_external_data: {a: /etc/passwd}", ["external data: /etc/passwd"]),
        ("_tasks: [x]\n---\n_jinja_extensions: [e]", ["task: x", "extension: e"]),
        ("_tasks: [x]\n_external_data: {a: '{{ where }}'}", ["task: x", "external data: {{ where }}"]),
    ],
)
def test_what_a_template_would_run_is_said_in_words(demanded: Write, options: str, lines: list[str]) -> None:
    found = demanded(options)
    assert found is not None
    assert list(found.lines) == lines


@pytest.mark.parametrize(
    "options",
    ["name: tide", "_tasks: []", "_external_data: {a: .other-answers.yml}", "_external_data: {a: '{{ name }}.yml'}"],
)
def test_pure_data_demands_nothing(demanded: Write, options: str) -> None:
    assert demanded(options) is None


def test_a_command_cannot_hide_behind_control_characters(demanded: Write) -> None:
    found = demanded('_tasks: ["rm -rf ~ #\\r\\e[2Kmake setup\\u202e"]')
    assert found is not None
    assert found.lines == ("task: rm -rf ~ #\\r\\x1b[2Kmake setup\\u202e",)


@pytest.mark.usefixtures("home")
def test_trust_is_for_one_commit_of_one_address() -> None:
    assert not knows(PIN.address)
    trust(PIN)
    assert is_trusted(PIN)
    assert not is_trusted(Demand(PIN.address, "b" * 40, PIN.lines))
    assert not is_trusted(Demand("gh:eve/tpl", PIN.commit, PIN.lines))
    assert knows(PIN.address)
    assert not knows("gh:eve/tpl")


@pytest.mark.usefixtures("home")
def test_trust_does_not_depend_on_how_the_address_is_spelled() -> None:
    trust(PIN)
    assert is_trusted(Demand("https://github.com/ada/tpl", PIN.commit, PIN.lines))


@pytest.mark.usefixtures("home")
def test_trust_in_a_new_commit_keeps_the_old_one() -> None:
    newer = Demand(PIN.address, "b" * 40, PIN.lines)
    for pin in (PIN, newer, newer):
        trust(pin)
    assert is_trusted(PIN)
    assert is_trusted(newer)


@pytest.mark.usefixtures("home")
def test_consent_is_asked_once_for_each_commit_and_then_remembered() -> None:
    asked: list[Demand] = []

    def consent(demand: Demand) -> bool:
        asked.append(demand)
        return True

    newer = Demand(PIN.address, "b" * 40, PIN.lines)
    require([PIN, PIN], consent)
    require([PIN, newer], consent)
    require([], consent)
    assert asked == [PIN, newer]


@pytest.mark.usefixtures("home")
def test_a_refusal_names_all_that_would_run_and_pins_nothing() -> None:
    other = Demand("gh:eve/tpl", "e" * 40, ("extension: a:B",))
    with pytest.raises(NotTrusted) as refusal:
        require([PIN, other], lambda demand: demand == PIN)
    assert refusal.value.message.splitlines() == [
        "gh:ada/tpl at aaaaaaaaaaaa would run code on this machine:",
        "  task: make setup",
        "gh:eve/tpl at eeeeeeeeeeee would run code on this machine:",
        "  extension: a:B",
    ]
    assert "--trust" in refusal.value.hint
    assert not is_trusted(PIN)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"trusted": 1}', '{"trusted": {"a": "b"}}', "\x00"])
def test_a_broken_file_of_agreements_trusts_nothing_and_is_replaced(home: Path, tmp_path: Path, text: str) -> None:
    file = tmp_path / "config" / "aiscaffold" / "trust.json"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    assert not is_trusted(PIN)
    trust(PIN)
    assert json.loads(file.read_text(encoding="utf-8"))["trusted"] == {clone_url(PIN.address): [PIN.commit]}
    assert [entry.name for entry in file.parent.iterdir()] == ["trust.json"]
