"""`aiscaffold rules`: code, stdout and stderr."""

import json
import re

import pytest
from support import Run

from aiscaffold.rules import load

RULES = load()


def test_every_rule_has_a_line_of_a_terminals_width(run: Run) -> None:
    code, out, err = run("rules")
    assert (code, err) == (0, "")
    listed = [line for line in out.splitlines() if line[:3].isupper() and line[3:6].isdigit()]
    assert [line[:6] for line in listed] == [rule.code for rule in RULES]
    assert [rule.title in line for rule, line in zip(RULES, listed, strict=True)] == [True] * len(RULES)
    assert max(map(len, out.splitlines())) <= 80
    assert "aiscaffold rules CODE" in out


@pytest.mark.parametrize("word", [RULES[0].code, RULES[0].code.lower(), RULES[0].slug])
def test_one_rule_is_shown_in_full(run: Run, word: str) -> None:
    code, out, err = run("rules", word)
    rule = RULES[0]
    assert (code, err) == (0, "")
    assert out.startswith(f"{rule.code} {rule.slug}\n")
    plain = " ".join(out.split())
    for text in (rule.why, rule.title, rule.expected, "What to do: ", "From the roadmaps: ", "Fails:", "Passes:"):
        assert text in plain
    assert "{path}" not in out
    assert max(map(len, out.splitlines())) <= 80
    assert "**" not in out
    assert "aiscaffold rules --help" in out
    assert run("rules", word, "--format", "markdown")[1].startswith(f"# {rule.code} {rule.slug}\n")


@pytest.mark.parametrize("words", [("DOC104", "QUA108"), ("DOC104,QUA108",), ("doc104, qua108",)])
def test_several_rules_are_shown_in_full(run: Run, words: tuple[str, ...]) -> None:
    code, out, err = run("rules", *words)
    assert (code, err) == (0, "")
    assert re.findall(r"^([A-Z]{3}\d{3}) ", out, re.MULTILINE) == ["DOC104", "QUA108"]
    assert out.count("What to do: ") == 2


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_no_page_shows_a_placeholder_or_its_marks(run: Run, form: str) -> None:
    code, out, err = run("rules", *(rule.code for rule in RULES), "--format", form)
    assert (code, err) == (0, "")
    for text in ("{path}", "{line}", "{commit}", "line N", "the repository line"):
        assert text not in out


def test_a_prefix_lists_its_rules(run: Run) -> None:
    code, out, err = run("rules", "tst2")
    assert (code, err) == (0, "")
    wanted = [rule.code for rule in RULES if rule.code.startswith("TST2")]
    assert [line[:6] for line in out.splitlines() if line.startswith("TST")] == wanted


def test_markdown_has_a_section_for_each(run: Run) -> None:
    code, out, err = run("rules", "--format", "markdown")
    assert (code, err) == (0, "")
    assert re.findall(r"^## ([A-Z]{3}\d{3}) ", out, re.MULTILINE) == [rule.code for rule in RULES]


@pytest.mark.parametrize(("words", "count"), [((), len(RULES)), (("DOC101",), 1)])
def test_json_tells_all_of_a_rule(run: Run, words: tuple[str, ...], count: int) -> None:
    code, out, err = run("rules", *words, "--format", "json")
    assert (code, err) == (0, "")
    listed = json.loads(out)["rules"]
    assert len(listed) == count
    assert listed[0].keys() >= {
        "code",
        "slug",
        "title",
        "why",
        "fix",
        "expected",
        "level",
        "tier",
        "kinds",
        "who",
        "item",
    }
    assert listed[0]["sources"]


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        (("",), "CODE is empty", "leave it out"),
        (("DOX",), "no rule is called 'DOX'", "did you mean DOC?"),
        (("DOC101x",), "no rule is called 'DOC101x'", "did you mean DOC101?"),
        ((RULES[0].slug + "x",), "no rule is called", f"did you mean {RULES[0].slug}?"),
        (("--format", "html"), "rules knows no format 'html'", "there is text, markdown, json"),
        (("DOC101", "--format", "html"), "rules knows no format 'html'", "there is text, markdown, json"),
    ],
)
def test_a_wrong_word_is_two_lines(run: Run, words: tuple[str, ...], said: str, hint: str) -> None:
    code, out, err = run("rules", *words)
    assert (code, out) == (2, "")
    first, second = err.splitlines()
    assert first.startswith(f"aiscaffold: {said}")
    assert hint in second
