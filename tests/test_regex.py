"""Expressions that are compiled when they are first used."""

import re

import pytest

from aiscaffold.regex import regex


def test_it_answers_as_the_compiled_expression_does() -> None:
    lazy, compiled = regex(r"(\w)\d", re.IGNORECASE), re.compile(r"(\w)\d", re.IGNORECASE)
    assert lazy.findall("a1 B2") == compiled.findall("a1 B2")
    assert lazy.sub(r"<\1>", "a1 B2") == compiled.sub(r"<\1>", "a1 B2")
    assert lazy.pattern == compiled.pattern


def test_nothing_is_compiled_before_it_is_used() -> None:
    broken = regex("(")
    with pytest.raises(re.error):
        broken.search("")
