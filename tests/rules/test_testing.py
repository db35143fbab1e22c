"""What counts as a test, what tests reach, and which of them can fail."""

import pytest

from aiscaffold.repo import Repo
from aiscaffold.rules.behaviour import coverage_floor, model_behaviour_tested
from aiscaffold.rules.honesty import tests_can_fail as can_fail
from aiscaffold.rules.layers import risky_layers_tested
from aiscaffold.rules.testing import real_test
from aiscaffold.rules.testing import tests_cover_code as cover_code

CODE = (
    "def predict(rows):\n    return [len(row) for row in rows]\n\n\n"
    "class Model:\n    def fit(self, x):\n        return self\n"
)
IMPORT = "from app.model import predict\n\n\n"
TRUE = "    assert predict(['a']) == [1]\n"


@pytest.mark.parametrize(
    ("files", "verdict", "place"),
    [
        ({"tests/test_model.py": IMPORT + "def test_length():\n" + TRUE}, "pass", "tests/test_model.py:4"),
        (
            {"app/test_model.py": IMPORT.replace("app.model", ".model") + "def test_length():\n" + TRUE},
            "pass",
            "app/test_model.py:4",
        ),
        (
            {"tests/test_model.py": "import app.model as m\n\n\ndef test_it():\n    assert m.predict([]) == []\n"},
            "pass",
            "tests/test_model.py:4",
        ),
        (
            {"tests/test_model.py": "def test_it():\n    from app.model import predict\n" + TRUE},
            "pass",
            "tests/test_model.py:1",
        ),
        (
            {
                "tests/conftest.py": "from app.model import Model\n\n\ndef model():\n    return Model()\n",
                "tests/test_fit.py": "def test_fit(model):\n    assert model.fit(1) is model\n",
            },
            "pass",
            "tests/test_fit.py:1",
        ),
        (
            {
                "tests/test_cli.py": "import subprocess\n\n\ndef test_it():\n    done = "
                "subprocess.run(['python', 'app/model.py'])\n"
                "    assert done.returncode == 0\n"
            },
            "pass",
            "tests/test_cli.py:4",
        ),
        (
            {
                "tests/test_case.py": "import unittest\nfrom app.model import predict\n\n\n"
                "class TestIt(unittest.TestCase):\n"
                "    def test_it(self):\n        self.assertEqual(predict([]), [])\n"
            },
            "pass",
            "tests/test_case.py:6",
        ),
        (
            {
                "tests/test_api.py": "from app.model import Model\n\nclient = Model()\n\n\ndef test_it():\n    assert "
                "client.fit(1) is client\n"
            },
            "pass",
            "tests/test_api.py:6",
        ),
        (
            {
                "tests/helpers.py": IMPORT + "def check(rows):\n    assert predict(rows) == []\n",
                "tests/test_it.py": "from tests.helpers import check\n\n\ndef test_it():\n    check([])\n",
            },
            "pass",
            "tests/test_it.py:4",
        ),
        ({"web/app.test.ts": "test('adds', () => { expect(add(1, 2)).toBe(3) })\n"}, "pass", "web/app.test.ts"),
        ({"tests/test_model.py": IMPORT + "def test_length():\n    predict([])\n"}, "fail", "tests/test_model.py:4"),
        ({"tests/test_model.py": IMPORT + "def test_length():\n    assert True\n"}, "fail", "tests/test_model.py:4"),
        (
            {"tests/test_model.py": "import numpy as np\n\n\ndef test_mean():\n    assert np.mean([1, 3]) == 2\n"},
            "fail",
            "tests/test_model.py:4",
        ),
        (
            {"tests/test_model.py": "import pytest\n" + IMPORT + "@pytest.mark.skip\ndef test_length():\n" + TRUE},
            "fail",
            "tests/test_model.py:6",
        ),
        ({"test.py": "from app.model import predict\n\n\ndef test(loader):\n    print(predict(loader))\n"}, "fail", ""),
        ({"artifacts/test.csv": "a,b\n1,2\n"}, "fail", ""),
        ({"tests/test_old.py": "print 'python two'\n"}, "unknown", "tests/test_old.py"),
    ],
)
def test_a_test_calls_own_code_and_asserts_something(files: dict[str, str], verdict: str, place: str) -> None:
    outcome = real_test.check(Repo.given({"app/__init__.py": "", "app/model.py": CODE, **files}))
    assert (outcome.verdict, outcome.evidence[0].place) == (verdict, place)


def test_examples_in_docstrings_count_where_they_run() -> None:
    code = 'def double(x):\n    """Twice.\n\n    >>> double(2)\n    4\n    """\n    return 2 * x\n'
    assert real_test.check(Repo.given({"app.py": code})).verdict == "fail"
    run = {"app.py": code, "pytest.ini": "[pytest]\naddopts = --doctest-modules\n"}
    assert real_test.check(Repo.given(run)).evidence[0].place == "app.py:4"


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("    assert True\n", "fail"),
        ("    assert 1 + 1 == 2\n", "fail"),
        ("    x = [1]\n    assert len(x) == 1\n", "fail"),
        ("    assert predict == predict\n", "fail"),
        ("    pass\n", "fail"),
        ("    predict(['a'])\n    assert True\n", "fail"),
        ("    assert predict(['a']) == predict(['a'])\n", "fail"),
        ("    assert (predict(['a']) == [1], 'one')\n", "fail"),
        ("    try:\n        assert predict(['a']) == [1]\n    except AssertionError:\n        pass\n", "fail"),
        ("    return\n" + TRUE, "fail"),
        ("    predict(['a'])\n", "pass"),
        (TRUE, "pass"),
        ("    with open('data.csv') as file:\n        assert file.read()\n", "pass"),
    ],
)
def test_a_suite_fails_where_no_test_of_it_can(body: str, verdict: str) -> None:
    head = IMPORT if "predict(" in body else ""
    outcome = can_fail.check(Repo.given({"app/model.py": CODE, "tests/test_it.py": head + "def test_it():\n" + body}))
    assert outcome.verdict == verdict
    assert outcome.evidence[0].path == "tests/test_it.py"


def test_whether_a_broken_test_can_fail_is_not_known() -> None:
    files = {
        "app/model.py": CODE,
        "tests/test_it.py": "def test_it(:\n",
        "tests/test_b.py": "def test_b():\n    pass\n",
    }
    outcome = can_fail.check(Repo.given(files))
    assert (outcome.verdict, outcome.is_damage, outcome.evidence[0].path) == ("unknown", True, "tests/test_it.py")


def test_a_suite_that_is_never_run_is_called_skipped() -> None:
    text = "import pytest\n" + IMPORT + "pytestmark = pytest.mark.skip\n\n\ndef test_it():\n" + TRUE
    repo = Repo.given({"app/model.py": CODE, "tests/test_it.py": text})
    assert can_fail.check(repo).evidence[0].remark == "is always skipped"
    assert real_test.check(repo).evidence[0].remark == "cannot fail"


def test_no_tests_at_all_is_no_dishonesty() -> None:
    assert can_fail.check(Repo.given({"app.py": CODE})).verdict == "pass"


def test_a_quarter_of_the_public_names_in_three_tests_is_enough() -> None:
    code = "".join(f"def part{number}():\n    return {number}\n\n\n" for number in range(8))
    tests = "from app.parts import part0, part1\n\n\n" + "".join(
        f"def test_{n}():\n    assert part{n % 2}() == {n % 2}\n\n\n" for n in range(3)
    )
    files = {"app/parts.py": code, "tests/test_parts.py": tests}
    assert cover_code.check(Repo.given(files)).verdict == "pass"
    more = {**files, "app/parts.py": code + "def part8():\n    return 8\n"}
    outcome = cover_code.check(Repo.given(more))
    assert (outcome.verdict, outcome.evidence[0].place) == ("fail", "app/parts.py:9")


def test_each_layer_that_the_code_has_needs_a_test() -> None:
    files = {
        "app/model.py": CODE,
        "app/metrics.py": "def accuracy(y, p):\n    return 1\n",
        "tests/test_it.py": IMPORT + "def test_it():\n" + TRUE,
    }
    outcome = risky_layers_tested.check(Repo.given(files))
    assert (outcome.verdict, outcome.evidence[0].place) == ("fail", "app/metrics.py:1")
    both = {
        **files,
        "tests/test_metrics.py": "from app.metrics import accuracy\n\n\ndef test_one():\n    assert accuracy(1, 1)\n",
    }
    assert risky_layers_tested.check(Repo.given(both)).verdict == "pass"


def test_a_test_that_only_sounds_like_a_layer_leaves_it_open() -> None:
    files = {
        "app/model.py": CODE,
        "app/text.py": "def shorten(x):\n    return x[:3]\n",
        "tests/test_model.py": "from app.text import shorten\n\n\ndef test_model_shape():\n    assert shorten('ab')\n",
    }
    assert risky_layers_tested.check(Repo.given(files)).verdict == "unknown"
    assert model_behaviour_tested.check(Repo.given(files)).verdict == "unknown"


def test_a_test_whose_name_fits_is_shown_for_a_layer() -> None:
    files = {
        "app/model.py": CODE,
        "tests/helpers.py": IMPORT + "def made(x):\n    return predict(x)\n",
        "tests/test_a.py": "from tests.helpers import made\n\n\ndef test_first():\n    assert made(['a']) == [1]\n",
        "tests/test_predict.py": IMPORT + "def test_second():\n" + TRUE,
    }
    assert risky_layers_tested.check(Repo.given(files)).evidence[0].path == "tests/test_predict.py"
    del files["tests/test_predict.py"]
    assert risky_layers_tested.check(Repo.given(files)).evidence[0].path == "tests/test_a.py"


@pytest.mark.parametrize(
    ("test", "verdict"),
    [
        ("def test_shape():\n    assert predict(rows).shape == (1,)\n", "pass"),
        ("def test_same_answer_after_save_and_load():\n    assert predict(['a']) == [1]\n", "pass"),
        ("def test_words():\n    assert predict(['a']) == [1]\n", "fail"),
    ],
)
def test_behaviour_is_shape_range_score_or_a_round_trip(test: str, verdict: str) -> None:
    outcome = model_behaviour_tested.check(Repo.given({"app/model.py": CODE, "tests/test_it.py": IMPORT + test}))
    assert (outcome.verdict, outcome.evidence[0].path) == (verdict, "tests/test_it.py")


@pytest.mark.parametrize(
    ("files", "verdict", "place"),
    [
        (
            {"pyproject.toml": '[tool.pytest]\naddopts = "--cov"\n[tool.coverage.report]\nfail_under = 80\n'},
            "pass",
            "pyproject.toml:4",
        ),
        (
            {".coveragerc": "[report]\nfail_under = 90\n", "Makefile": "test:\n\tcoverage run -m pytest\n"},
            "pass",
            ".coveragerc:2",
        ),
        ({"Makefile": "test:\n\tpytest --cov=app --cov-fail-under=85\n"}, "pass", "Makefile:2"),
        ({"pyproject.toml": "[tool.coverage.report]\nfail_under = 80\n"}, "fail", "pyproject.toml:2"),
        ({"pyproject.toml": "[tool.coverage.report]\nfail_under = 0\n"}, "fail", ""),
    ],
)
def test_a_floor_counts_where_coverage_is_measured(files: dict[str, str], verdict: str, place: str) -> None:
    outcome = coverage_floor.check(Repo.given(files))
    assert (outcome.verdict, outcome.evidence[0].place) == (verdict, place)


@pytest.mark.parametrize(
    "body",
    [
        "def test_it():\n    with patch('app.model.predict', return_value=1):\n        assert model.predict([]) == 1\n",
        "@patch('app.model.predict')\ndef test_it(mock):\n    assert model.predict([]) == mock.return_value\n",
        "def test_it(mp):\n    mp.setattr(model, 'predict', id)\n    assert model.predict([]) == 0\n",
    ],
)
def test_a_test_of_its_own_mock_tests_nothing(body: str) -> None:
    head = "from unittest.mock import patch\n\nfrom app import model\n\n\n"
    repo = Repo.given({"app/model.py": CODE, "tests/test_model.py": head + body})
    assert (real_test.check(repo).verdict, can_fail.check(repo).verdict) == ("fail", "fail")


def test_a_test_may_replace_what_the_code_under_test_needs() -> None:
    body = (
        "def test_it(monkeypatch):\n    monkeypatch.setattr(model, 'load', list)\n    assert model.predict([]) == []\n"
    )
    repo = Repo.given({"app/model.py": CODE, "tests/test_model.py": f"from app import model\n\n\n{body}"})
    assert real_test.check(repo).verdict == "pass"
