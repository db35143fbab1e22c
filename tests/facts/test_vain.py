"""Assertions of tests that cannot be false, whatever the code does."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.facts.python import read_module

VAIN = {
    "an answer beside itself": "a = f(1)\nassert f(1) == a",
    "two answers of one call": "a = f(1)\nb = f(1)\nassert a == b",
    "through approx": "a = f(1)\nassert f(1) == pytest.approx(a)",
    "through unittest": "a = f(1)\nself.assertAlmostEqual(f(1), a)",
    "through numpy": "a = f(1)\nassert np.allclose(f(1), a)",
    "a swallowed failure": "try:\n    assert f(1) == 2\nexcept AssertionError:\n    pass",
    "every error swallowed": "with x:\n    try:\n        assert f(1) == 2\n    except Exception:\n        ...",
    "a loop over nothing": "for x in []:\n    assert f(x) == 2",
    "behind the end": "f(1)\nreturn\nassert f(1) == 2",
    "every answer of a server": "assert client.get('/').status_code in range(0, 600)",
    "one thing or its opposite": "assert f(1) is None or f(1) is not None",
    "of a kind or any": "assert isinstance(f(1), (int, object))",
    "a text that is there": "assert str(f(1)) is not None",
    "a branch never taken": "if False:\n    assert f(1) == 2",
}
REAL = {
    "a known answer": "a = 2\nassert f(1) == a",
    "two different calls": "a = f(1)\nassert f(2) == a",
    "the same after saving and loading": "a = m.f(1)\nm = load(save(m))\nassert m.f(1) == a",
    "the same after a step": "a = f(1)\nreset()\nassert f(1) == a",
    "a good answer of a server": "assert client.get('/').status_code in range(200, 300)",
    "one of two": "assert f(1) is None or f(2) is not None",
    "before the end": "assert f(1) == 2\nreturn",
    "the same seed": "a = f(seed=1)\nb = f(seed=1)\nassert a == b",
    "an expected error": "try:\n    f(1)\n    assert False\nexcept ValueError:\n    pass",
    "a failure told again": "try:\n    assert f(1) == 2\nexcept AssertionError:\n    print(1)\n    raise",
    "a loop over cases": "for x in [1]:\n    assert f(x) == 2",
}


def assertions(body: str, name: str = "test_f") -> list[bool]:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    (function,) = read_module("test_f.py", f"def {name}(self):\n{lines}".encode()).functions
    return [each.trivial for each in function.assertions]


@pytest.mark.parametrize("body", VAIN.values(), ids=VAIN)
def test_what_cannot_be_false_is_trivial(body: str) -> None:
    assert assertions(body) == [True]


@pytest.mark.parametrize("body", REAL.values(), ids=REAL)
def test_what_can_be_false_is_not(body: str) -> None:
    assert False in assertions(body)


def test_only_tests_are_looked_at() -> None:
    assert assertions(VAIN["an answer beside itself"], name="check") == [False]


@given(st.lists(st.sampled_from([*VAIN.values(), *REAL.values(), "a = a", "f()"]), max_size=6))
def test_any_order_of_statements_is_read(parts: list[str]) -> None:
    module = read_module(
        "test_f.py",
        dedent("def test_f():\n    pass\n").encode()
        + b"".join(f"    {line}\n".encode() for part in parts for line in part.splitlines()),
    )
    assert not module.problem
