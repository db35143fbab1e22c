"""Whether a merged file still parses: each format, and what its parsers let pass though nobody means it."""

import warnings

import pytest

from aiscaffold.syntax import why_broken

WHOLE = {
    "a.py": 'import re\n\nre.compile("\\d")\n',
    "a.pyi": "def f() -> int: ...\n",
    "a.toml": '[a]\nb = "c"\n',
    "a.json": '{"a": [1, {"a": 2}]}\n',
    "empty.json": "",
    "a.ipynb": '{"cells": [{"source": []}], "nbformat": 4}\n',
    "a.yaml": "a: 1\nb: [1, 2]\n",
    "several.yml": "a: 1\n---\na: 2\n",
    "tags.yml": "a: !Ref b\nc: !include d.yaml\n",
    "merged.yaml": "x: &x {a: 1}\ny: &y {b: 1}\nz:\n  <<: *x\n  <<: *y\n",
    "empty.yaml": "",
    "A.JSON": "{}",
}
BROKEN = {
    "a.py": ("def f(:\n", "invalid syntax"),
    "markers.py": ("<<<<<<< yours\na = 1\n", "invalid syntax"),
    "zero.py": ("a = 1\0\n", "null bytes"),
    "deep.py": ("(" * 400 + ")" * 400, "too many nested parentheses"),
    "a.toml": ("[a]\n[a]\n", "twice"),
    "double.toml": ("a = 1\na = 2\n", "overwrite"),
    "a.json": ('{"a" 1}', "Expecting ':' delimiter"),
    "double.json": ('{"a": 1, "a": 2}', "a key comes twice among a, a"),
    "inner.json": ('{"x": [{"a": 1, "b": 2, "a": 3}]}', "a key comes twice"),
    "a.ipynb": ('{"nbformat": 4}', "no cells"),
    "list.ipynb": ("[]", "no cells"),
    "empty.ipynb": ("", "Expecting value"),
    "a.yaml": ("a: [1\n", "expected"),
    "tab.yml": ("a:\n\tb: 1\n", "cannot start any token"),
    "double.yml": ("a: 1\nb: 2\na: 3\n", "a key comes twice: a, line 1"),
    "inner.yaml": ("x:\n  - a: 1\n    a: 2\n", "a key comes twice: a, line 2"),
}


@pytest.mark.parametrize("path", WHOLE)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_a_whole_file_is_not_broken(path: str, mark: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert why_broken(f"deep/er/{path}", mark + WHOLE[path].encode()) == ""


@pytest.mark.parametrize("path", BROKEN)
def test_a_broken_file_is_explained_in_one_line(path: str) -> None:
    content, why = BROKEN[path]
    found = why_broken(path, content.encode())
    assert why in found
    assert "\n" not in found


@pytest.mark.parametrize("path", ["a.py", "a.toml", "a.json", "a.ipynb", "a.yaml"])
def test_bytes_that_are_no_text_are_broken(path: str) -> None:
    assert why_broken(path, b"\x00\xff\xfe garbage \x80")


@pytest.mark.parametrize("path", ["README.md", "Makefile", "a.txt", "yaml", "a.py.jinja"])
def test_what_has_no_parser_is_never_broken(path: str) -> None:
    assert why_broken(path, b"{{ <<<<<<< \xff\0") == ""


def test_line_ends_of_windows_break_nothing() -> None:
    for path, content in WHOLE.items():
        assert why_broken(path, content.replace("\n", "\r\n").encode()) == ""


def test_a_nesting_that_no_parser_can_follow_is_broken_not_a_crash() -> None:
    for path, content in {"a.json": "[" * 100_000, "a.yaml": "[" * 5_000, "a.py": "-" * 100_000 + "1"}.items():
        assert why_broken(path, content.encode()) == "it is nested too deeply"
