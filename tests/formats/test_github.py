"""Workflow commands: GitHub's runner reads back what was meant, and no stranger's text becomes a command."""

import re

from formats.reports import EMPTY, HOSTILE, NASTY_PATHS, STRONG, WEAK

from aiscaffold.formats.github import render

COMMAND = re.compile(r"::(error|warning|notice) ([^\r\n]*?)::([^\r\n]*)")


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner takes it apart: the properties end at the next double colon."""
    match = COMMAND.fullmatch(line)
    assert match, line
    properties = dict(part.split("=", 1) for part in match[2].split(","))
    return match[1], {name: unescaped(value) for name, value in properties.items()}, unescaped(match[3])


def unescaped(text: str) -> str:
    for code, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, sign)
    return text


def test_each_failure_is_one_command_of_its_level_the_weightiest_first() -> None:
    read_back = [read(line) for line in render(HOSTILE).split("\n")]
    levels = {"must": "error", "should": "warning", "nice": "notice"}
    failed = read_back[: len(HOSTILE.failures)]
    assert [command for command, _, _ in failed] == [levels[f.rule.level] for f in HOSTILE.failures]
    assert [properties["title"].split()[0] for _, properties, _ in failed] == [f.rule.code for f in HOSTILE.failures]


def test_a_command_names_file_line_rule_what_was_found_and_the_fix() -> None:
    assert render(STRONG).splitlines()[0] == (
        "::warning file=.github/workflows/release.yml,line=9,title=SEC104 workflow-guarded::"
        "Workflows ask for few rights: contents: write for every job."
        " Set `permissions: contents: read` in .github/workflows/release.yml."
    )


def test_what_holds_back_the_tier_because_it_cannot_be_told_is_a_warning() -> None:
    assert [finding.rule.code for finding in STRONG.blocking] == ["DOC110"]
    (line,) = (line for line in render(STRONG).splitlines() if "DOC110" in line)
    assert line.startswith("::warning file=README.md,line=88,title=DOC110")
    assert "::Cannot be told: " in line


def test_paths_come_back_as_they_are() -> None:
    files = {properties.get("file") for _, properties, _ in map(read, render(HOSTILE).split("\n"))}
    plain = {path for path in NASTY_PATHS if all(c.isprintable() or c == "\n" for c in path)}
    assert plain <= files
    assert all(file is None or file.encode() for file in files)


def test_a_line_within_a_cell_is_no_line_of_the_file() -> None:
    (secret,) = (line for line in render(WEAK).splitlines() if "SEC101" in line)
    assert read(secret)[1] == {"file": "train.ipynb", "title": "SEC101 no-secrets"}
    assert "train.ipynb cell 2:4" in secret


def test_what_has_no_file_has_no_file() -> None:
    (history,) = (line for line in render(WEAK).splitlines() if "GIT101" in line)
    assert read(history)[1] == {"title": "GIT101 history-grown"}
    assert "commit 0123456" in history


def test_without_failures_there_is_nothing_to_say() -> None:
    assert render(EMPTY) == ""
