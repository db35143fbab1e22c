"""Reading Python: what a module says, whatever the bytes are."""

import ast
from concurrent import futures
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.facts import python
from aiscaffold.facts.python import read_module, read_modules
from aiscaffold.module import Call, Class, Function, Import, Module, Text

TRIVIAL = [
    "assert True",
    "assert x == x",
    "assert len(x) >= 0",
    "assert f(x) or True",
    "assert 1 is not None",
    "assert (a, 'b')",
    "assert isinstance(x, object)",
    "assert not False",
    "self.assertTrue(True)",
    "self.assertEqual(1, 1)",
    "self.assertIs(x, x)",
]
TELLING = [
    "assert x",
    "assert False",
    "assert x == y",
    "assert len(x) > 0",
    "assert x is not None",
    "assert x or y",
    "assert isinstance(x, int)",
    "self.assertEqual(f(1), 1)",
    "np.testing.assert_allclose(a, b)",
    "pytest.raises(E, f)",
    "client.assert_called_once()",
]


def module(text: str) -> Module:
    read = read_module("a.py", dedent(text).encode())
    assert read.problem == ""
    return read


def function(text: str) -> Function:
    return module(text).functions[-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a, b.c as d", [Import("a", 1, False, (), 0), Import("b.c", 1, False, (), 0)]),
        ("from .x import y, z as w", [Import("x", 1, False, ("y", "z"), 1)]),
        ("from .. import y", [Import("", 1, False, ("y",), 2)]),
        ("def f():\n    import a", [Import("a", 2, True, (), 0)]),
        (
            "try:\n    import a\nexcept ImportError:\n    import b",
            [Import("a", 2, True, (), 0), Import("b", 4, True, (), 0)],
        ),
        ("try:\n    import a\nexcept KeyError:\n    pass", [Import("a", 2, False, (), 0)]),
        (
            "if typing.TYPE_CHECKING:\n    import a\nelse:\n    import b",
            [Import("a", 2, True, (), 0), Import("b", 4, False, (), 0)],
        ),
    ],
)
def test_imports_say_whether_they_may_fail(text: str, expected: list[Import]) -> None:
    assert list(module(text).imports) == expected


def test_a_call_has_its_full_name_and_its_literal_arguments() -> None:
    text = """
        import numpy as np
        from .data import load
        load(path, "a", -1, [1, 2], seed=7, rest=x)
        np.random.rand(3).mean()
    """
    assert module(text).calls == (
        Call(".data.load", 4, ("", "'a'", "-1", "[1, 2]"), (("seed", "7"), ("rest", ""))),
        Call("numpy.random.rand().mean", 5, (), ()),
        Call("numpy.random.rand", 5, ("3",), ()),
    )


def test_a_function_says_what_it_is_made_of() -> None:
    found = function('''
        class Model:
            @cached
            def fit(self, x: int, *rows, deep=False) -> None:
                """Fit."""
                for row in rows:
                    if row.ok:
                        self.net.train(row)
    ''')
    assert (found.name, found.qualname, found.line, found.end) == ("fit", "Model.fit", 4, 8)
    assert found.arguments == ("self", "x", "rows", "deep")
    assert (found.annotated, found.annotatable, found.complexity, found.body_lines) == (2, 4, 3, 3)
    assert (found.has_docstring, found.decorators, found.is_nested) == (True, ("cached",), False)
    assert found.names == {"row", "rows", "row.ok", "self.net.train"}
    assert found.calls == ("self.net.train",)


def test_a_function_holds_what_its_inner_functions_use() -> None:
    inner, outer = sorted(
        module("def f():\n    def g():\n        assert h(1) == 2\n    g()").functions, key=lambda f: -f.line
    )
    assert (inner.qualname, inner.is_nested) == ("f.g", True)
    assert outer.calls == ("h", "g")
    assert [assertion.names for assertion in outer.assertions] == [("h",)]


@pytest.mark.parametrize("text", TRIVIAL)
def test_an_assertion_that_cannot_fail_is_trivial(text: str) -> None:
    assert [assertion.trivial for assertion in function(f"def test():\n    {text}").assertions] == [True]


@pytest.mark.parametrize("text", TELLING)
def test_an_assertion_that_can_fail_is_not_trivial(text: str) -> None:
    assert [assertion.trivial for assertion in function(f"def test():\n    {text}").assertions] == [False]


def test_the_body_under_an_expected_error_belongs_to_the_assertion() -> None:
    (found,) = function("def test():\n    with pytest.raises(ValueError):\n        train(0)").assertions
    assert found.names == ("ValueError", "pytest.raises", "train")


@pytest.mark.parametrize(
    ("text", "skips"),
    [
        ("@pytest.mark.skip\ndef test(): f()", True),
        ("@pytest.mark.xfail(reason='x')\ndef test(): f()", True),
        ("@pytest.mark.xfail(os.name == 'nt', reason='x')\ndef test(): f()", False),
        ("@pytest.mark.skipif(True, reason='x')\ndef test(): f()", True),
        ("@unittest.skipUnless(False, 'x')\ndef test(): f()", True),
        ("@pytest.mark.skipif(os.name == 'nt', reason='x')\ndef test(): f()", False),
        ("@pytest.mark.skipif('os.name == 1')\ndef test(): f()", False),
        ("def test():\n    return\n    f()", True),
        ("def test():\n    return f()", False),
        ("def test():\n    pytest.skip('later')", True),
        ("def test():\n    if x:\n        pytest.skip('later')", False),
    ],
)
def test_a_test_is_skipped_only_where_no_condition_stands(text: str, skips: bool) -> None:
    assert function(text).skips is skips


@pytest.mark.parametrize(
    ("text", "skips"),
    [
        ("pytestmark = pytest.mark.skip", True),
        ("pytestmark = [pytest.mark.slow, pytest.mark.skip(reason='later')]", True),
        ("pytestmark = pytest.mark.slow", False),
        ("pytest.skip('later', allow_module_level=True)", True),
        ("if x:\n    pytest.skip('later', allow_module_level=True)", False),
        ("__test__ = False", True),
    ],
)
def test_a_module_or_class_may_skip_all_its_tests(text: str, skips: bool) -> None:
    inside = "".join(f"    {line}\n" for line in text.splitlines())
    assert module(text).skips is skips
    assert module(f"class TestIt:\n{inside}").classes[0].skips is skips


def test_the_shape_of_a_body_ignores_layout_and_comments_only() -> None:
    body = "    a = 1\n    b = 2\n    c = f(a, b)\n    d = [c,\n 3]\n    return 'd'\n"
    shapes = [
        function(f"def {head}:\n{text}").shape
        for head, text in [
            ("f()", body),
            ("g(x)", body.replace("\n 3]", "3,]  # c").replace("'", '"')),
            ("f()", body.replace("2", "4")),
        ]
    ]
    assert shapes[0] == shapes[1] != shapes[2]
    assert function("def f():\n    return 1").shape == ""


def test_a_module_says_the_rest() -> None:
    found = module('''
        """What it does."""
        # comment

        NAME: str = "some text"
        a, (b) = 1, 2
        class C(nn.Module, Generic[T]):
            """Doc."""
            inner = 1
        try:
            print(1)
        except Exception:
            pass
        if __name__ == "__main__":
            print(2)
    ''')
    assert found.docstring == "What it does."
    assert found.code_lines == 10
    assert found.assigned == ("NAME", "a", "b")
    assert found.classes == (Class("C", 7, ("nn.Module", "Generic[]"), True, (), False),)
    assert Text("some text", 5) in found.texts
    assert (found.swallowed, found.prints, found.has_main, found.is_generated) == ((12,), 2, True, False)


@pytest.mark.parametrize("line", ["# Generated by Django 4.2", "# -*- @generated -*-", "# DO NOT EDIT!"])
def test_a_generated_file_is_known_by_its_head(line: str) -> None:
    assert module(f"{line}\nx = 1").is_generated


def test_type_parameters_of_a_newer_python_hide_nothing_on_an_older_one() -> None:
    source = b"""type Pair[T] = tuple[T, T]

class Box[T: (int, list[str])](Base):
    async def open[**P](self) -> T: ...

def first[T](many: list[T]) -> T:
    return many[0]
"""
    read = read_module("boxes.py", source)
    assert read.problem == ""
    assert [(each.qualname, each.line) for each in read.functions] == [("Box.open", 4), ("first", 6)]
    assert [each.name for each in read.classes] == ["Box"]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (b"x = 1\nprint 'a'\n", "line 2: Missing parentheses in call to 'print'. Did you mean print(...)?"),
        (b"x = (\n", "line 1: '(' was never closed"),
        (b"-" * 100_000 + b"1", "it is nested too deeply"),
    ],
)
def test_broken_code_says_what_is_wrong_and_how_long_it_is(source: bytes, problem: str) -> None:
    read = read_module("a.py", source)
    assert read.problem == problem
    assert read.code_lines == len(source.splitlines())
    assert (read.functions, read.calls) == ((), ())


def test_an_invalid_escape_is_not_our_business() -> None:
    assert module(r"x = '\d+\w'").texts == (Text(r"\d+\w", 1),)


@given(st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "replace"))))
def test_no_bytes_make_the_reader_fail(source: bytes) -> None:
    read_module("a.py", source)


@given(st.text("abc=()[]:.,'\"\\#@*-+ \n\t0\ud800", max_size=60).map(lambda text: text.encode("utf-8", "replace")))
def test_no_text_of_pythons_own_characters_makes_the_reader_fail(source: bytes) -> None:
    read = read_module("a.py", source)
    assert 0 <= read.code_lines <= len(source.splitlines())


def many() -> list[tuple[str, bytes]]:
    text = Path(ast.__file__).read_bytes()
    return [(f"m{number}.py", text + b"\n# %d" % number) for number in range(1 + python.MANY // len(text))]


def test_many_files_are_read_in_several_processes_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    files = many()
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    together = read_modules(files)
    assert list(together) == [path for path, _ in files]
    assert together == {path: read_module(path, source) for path, source in files}


def test_where_no_process_can_be_started_one_reads_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise PermissionError("no semaphores here")

    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(futures, "ProcessPoolExecutor", refuse)
    files = many()
    assert list(read_modules(files)) == [path for path, _ in files]
