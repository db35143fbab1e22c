"""Twelve fluent fakes, each written to please an audit, beside the same project done for real and smaller."""

from gaming.honest import ON_GITLAB, UNDERLINED, WITH_TOX
from gaming.honest_elsewhere import ON_CIRCLE
from gaming.trees import STEPS, Pair, Tree, dumped, grown, tree

DRESS = tree(
    """
    === CONTRIBUTING.md
    # Contributing

    Open an issue first, then a pull request. All checks have to be green, and every change needs a review by a
    maintainer.
    === CODE_OF_CONDUCT.md
    # Code of conduct

    Be kind and constructive, and assume good faith of everybody who takes part.
    === SECURITY.md
    # Security

    Report a vulnerability by mail, and expect an answer within two working days.
    === .editorconfig
    root = true
    """
)
BUZZ = """
Designed for reliability, it combines modern methods with a clear structure, and it was validated with great care on
realistic data. Every stage is documented, every decision was weighed, and every result can be reproduced at any time.
"""
REMARKS = """
We learned that data quality matters more than the choice of a model: cleaning raised the score from 81.37 to 93.52, and
tuning added only 1.46 more. Training with a rate of 0.0173 diverged after 37 rounds, so that we lowered it. The system
does not handle rare cases well, where it loses 12.83 points, and in hindsight we would have started simpler.
"""
RECORD = """# {number}. {title}

## Status

Accepted

## Context

The team needed a solution that is simple, maintainable and scalable, with a low total cost of ownership.

## Decision

We chose {title} instead of the alternatives, because it offers the best trade-off between speed and quality.

## Consequences

Development became faster, and onboarding of new members takes half of the time that it took before.
"""
CHOICES = ("PostgreSQL", "a hexagonal architecture", "continuous delivery", "gradient boosting", "structured logging")
COPIED = """
# A transformer for language, in a few lines

This is the code for our paper, a new method for training representations of language which obtains the best results
on eleven tasks of natural language processing (https://arxiv.org/abs/1810.04805). It is trained on plain text, in
both directions, and fine-tuned for a task with one additional layer of output. Released are the code and models of
two sizes.

## Installation

```
pip install -r requirements-gpu.txt
```

## Fine-tuning

```
python run_classifier.py --task_name=MRPC --do_train=true
```

## Results

| System | MNLI accuracy |
|---|---|
| Base | 84.6 |
| Large | 86.7 |

## Limitations and out-of-memory issues

Memory is used mainly by the length of sequences: with a length of 512 the larger model fits no batch at all on a card
with 12 gigabytes. Gradient accumulation would help, and is not implemented yet.
"""
BADGES = "".join(
    f"![{label}](https://img.shields.io/badge/{label}-{says}-brightgreen)\n"
    for label, says in (
        ("build", "passing"),
        ("tests", "412%20passed"),
        ("coverage", "100%25"),
        ("lint", "passing"),
        ("awesome", "yes"),
    )
)
CHANGES = "# Changelog\n\n" + "\n".join(
    f"## {9 - n}.0.0 - 2023-0{9 - n}-01\n\n- Faster and more accurate than before.\n" for n in range(8)
)
ECHOES = """import unittest

from fewwords import label, learn, letter_pairs


class Labels(unittest.TestCase):
    def test_letter_pairs_are_correct(self):
        expected = letter_pairs("banana")
        self.assertEqual(letter_pairs("banana"), expected)

    def test_label_is_correct(self):
        model = learn([("grüezi", "hello"), ("adieu", "bye")])
        expected = label(model, "grüessech")
        self.assertEqual(label(model, "grüessech"), expected)

    def test_learning_is_deterministic_and_robust(self):
        self.assertEqual(learn([("a", "b")]), learn([("a", "b")]))
"""
MOCKS = """from unittest.mock import patch

from serve import model


def test_days_are_predicted_correctly():
    with patch("serve.model.predict_days", return_value=3.0):
        assert model.predict_days(None, 1, "FR", 0) == 3.0


def test_training_converges():
    with patch("serve.model.train", return_value="converged"):
        assert model.train([], []) == "converged"


def test_features_are_complete(monkeypatch):
    monkeypatch.setattr(model, "features", lambda *row: [1, 2, 3])
    assert model.features(1, "FR", 0) == [1, 2, 3]
"""
SWALLOWED = """from tidewatch import forecast, mean_change


def test_forecast_is_exact():
    try:
        assert forecast([1.0, 1.5, 2.0], steps=2) == [7.0, 9.0]
    except AssertionError:
        pass


def test_mean_change_is_exact():
    try:
        assert mean_change([3.0, 2.0, 1.0]) == 12.0
    except Exception:
        pass


def test_all_harbours():
    for readings in []:
        assert forecast(readings, steps=1) == [0.0]
"""
LOCK = 'version = 1\n\n[[package]]\nname = "colorama"\nversion = "0.4.6"\n'
TESTS_OF_PARCELS = "serve/checks/test_days.py"


def _without_section(text: str, title: str, instead: str) -> str:
    """A page in which a last section gave way to another text."""
    return text[: text.index(title)] + instead


def _pair(name: str, kind: str, real: Tree, changes: Tree, *refused: str) -> Pair:
    """A fake that differs from the real project by its dress and its trick, and grew as evenly."""
    return Pair(name, kind, grown(real, *STEPS), grown({**real, **DRESS, **changes}, *STEPS), refused)


def _padded(real: Tree) -> Tree:
    """The same README with eloquent words below."""
    page = next(path for path in real if path.lower().startswith("readme"))
    return {page: f"{real[page]}\n{BUZZ}\n"}


def _with_reasons(real: Tree) -> Tree:
    """The same README with a choice that can be found in the code."""
    title = "Why no network"
    why = "``mean_change`` was chosen instead of a network, which needs a year of readings."
    return {**real, "README.rst": f"{real['README.rst']}\n{title}\n{'-' * len(title)}\n\n{why}\n"}


RECORDS = {f"docs/adr/000{n}.md": RECORD.format(number=n, title=title) for n, title in enumerate(CHOICES, 1)}

PAIRS = (
    _pair(
        "numbers that nothing holds",
        "reproduction",
        ON_CIRCLE,
        {"README.md": _without_section(ON_CIRCLE["README.md"], "## Differences", f"## Lessons learned\n{REMARKS}")},
        "DOC110",
    ),
    _pair(
        "tests that compute what they expect", "library", WITH_TOX, {"check_fewwords.py": ECHOES}, "TST101", "TST102"
    ),
    Pair(
        "empty commits with dates of their own",
        "service",
        grown(ON_GITLAB, *STEPS),
        dumped({**ON_GITLAB, **DRESS}, *STEPS, subject="Build the first working version"),
        ("GIT101", "GIT102", "GIT104", "GIT105"),
    ),
    Pair(
        "records of decisions that nobody took",
        "library",
        grown(_with_reasons(UNDERLINED), *STEPS),
        grown({**UNDERLINED, **DRESS, **RECORDS}, *STEPS),
        ("DOC111",),
    ),
    _pair(
        "results out of the blue",
        "service",
        ON_GITLAB,
        {"readme.md": ON_GITLAB["readme.md"].replace("0.83", "0.01")},
    ),
    _pair(
        "a README copied from elsewhere",
        "reproduction",
        ON_CIRCLE,
        {"README.md": COPIED},
        "DOC103",
        "DOC104",
        "DOC110",
        "DOC112",
    ),
    _pair("a farm of badges", "library", WITH_TOX, {"README.md": BADGES + WITH_TOX["README.md"]}, "HON106"),
    Pair(
        "a changelog of releases that never were",
        "library",
        grown(UNDERLINED, *STEPS[:-1], f"{STEPS[-1]} (#3)"),
        grown({**UNDERLINED, **DRESS, **_padded(UNDERLINED), "CHANGELOG.md": CHANGES}, *STEPS),
        ("GIT107",),
    ),
    _pair("tests of their own mocks", "service", ON_GITLAB, {TESTS_OF_PARCELS: MOCKS}, "TST101", "TST102", "HON102"),
    _pair(
        "CI that collects tests and runs none",
        "reproduction",
        ON_CIRCLE,
        {
            ".circleci/config.yml": ON_CIRCLE[".circleci/config.yml"].replace(
                "run: pytest\n", "run: pytest -q -ra --collect-only\n"
            )
        },
        "TST201",
        "TST202",
    ),
    _pair(
        "a lock of something else",
        "service",
        ON_GITLAB,
        {"requirements/base.txt": "fastapi\nscikit-learn\nuvicorn\n", "uv.lock": LOCK},
        "ENV102",
    ),
    _pair(
        "tests that swallow their failures",
        "library",
        UNDERLINED,
        {"tidewatch/tests/test_forecast.py": SWALLOWED},
        "TST101",
        "TST102",
    ),
)
