"""Honest repositories, small and real, that do things their own way: other names, other tools, other languages."""

from gaming.trees import STEPS, Tree, grown, tree

UNDERLINED = tree(
    """
    === README.rst
    Tidewatch
    =========

    Tidewatch is a small library that predicts the height of the tide at a harbour from its last readings.

    It was written for the harbour of Emden, where the official forecast comes every six hours and a crane has to know
    the height every ten minutes. A forecast is the last reading, shifted by the mean change of the last day. That is
    simple, and it beat a network that I tried first: the network needed a year of readings, and most harbours have a
    month. The package has one function for the forecast and one for the error, and no dependency but numpy.

    Install
    -------

    .. code-block:: console

       $ pip install -e .

    Use
    ---

    .. code-block:: python

       from tidewatch import forecast
       forecast([1.0, 1.5, 2.0], steps=2)

    Limits
    ------

    ``mean_change`` looks at the readings alone, so that a storm surge is seen only when it has arrived.
    === LICENCE.txt
    Copyright 2024 Ada Lovelace. Anyone may use, copy, change and pass on this software, for any purpose and without a
    fee, as long as this notice stays with it. It comes without any warranty.
    === setup.cfg
    [metadata]
    name = tidewatch
    [options]
    packages = find:
    install_requires =
        numpy>=1.26
    === setup.py
    from setuptools import setup

    setup()
    === tidewatch/__init__.py
    \"\"\"Forecast the height of the tide.\"\"\"

    import numpy as np


    def mean_change(readings: list[float]) -> float:
        \"\"\"How much the height changed between readings, on average.\"\"\"
        return float(np.diff(readings).mean())


    def forecast(readings: list[float], steps: int) -> list[float]:
        \"\"\"The heights to come.\"\"\"
        return [readings[-1] + step * mean_change(readings) for step in range(1, steps + 1)]
    === tidewatch/tests/__init__.py
    === tidewatch/tests/test_forecast.py
    from tidewatch import forecast, mean_change


    def test_a_steady_rise_goes_on():
        assert forecast([1.0, 1.5, 2.0], steps=2) == [2.5, 3.0]


    def test_the_mean_change_of_a_fall_is_negative():
        assert mean_change([3.0, 2.0, 1.0]) == -1.0


    def test_no_steps_give_no_heights():
        assert forecast([1.0, 2.0], steps=0) == []
    === noxfile.py
    import nox


    @nox.session
    def tests(session):
        session.install("-e.", "pytest")
        session.run("pytest", "--pyargs", "tidewatch")
    === Makefile
    check:
    \tnox -s tests
    === .github/workflows/main.yaml
    on: [push, pull_request]
    jobs:
      verify:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v4
          - run: pip install nox
          - run: make check
    """
)

ON_GITLAB = tree(
    """
    === readme.md
    # Parcel times

    A web service that predicts how many days a parcel needs, for the customer service of a shop in Lyon.

    It was trained on the parcels of one autumn, 8 214 of them, which the shop exported as a table. The service takes
    the weight, the country and the weekday of the order, and answers with days. A linear model was enough: trees were
    better by a tenth of a day and three times as slow. People in the shop use it by telephone, so that an answer
    within a second was all that was asked for.

    ## Set up

    ```
    pip install -r requirements/base.txt
    uvicorn serve.api:app
    ```

    ## What came out

    The mean absolute error is 0.83 days on the last two weeks, against 1.21 for the median of each country.

    ## What does not work

    Parcels to islands are off by days: `COUNTRIES` knows no regions, and `predict_days` gives Corsica the answer for
    Lyon.
    === requirements/base.txt
    fastapi==0.115.0
    scikit-learn==1.5.2
    uvicorn==0.31.0
    === serve/Dockerfile
    FROM python:3.12-slim
    COPY requirements/base.txt .
    RUN pip install -r base.txt
    COPY serve serve
    CMD ["uvicorn", "serve.api:app"]
    === serve/__init__.py
    === serve/model.py
    \"\"\"How many days a parcel needs.\"\"\"

    from sklearn.linear_model import LinearRegression

    COUNTRIES = ("FR", "BE", "CH")


    def features(weight, country, weekday):
        return [weight, COUNTRIES.index(country), weekday >= 4]


    def train(rows, days):
        return LinearRegression().fit([features(*row) for row in rows], days)


    def predict_days(model, weight, country, weekday):
        return max(1.0, float(model.predict([features(weight, country, weekday)])[0]))
    === serve/api.py
    from fastapi import FastAPI

    from serve.model import predict_days, train

    app = FastAPI()
    model = train([(1, "FR", 0), (2, "BE", 1), (9, "CH", 4)], [1, 2, 4])


    @app.get("/days")
    def days(weight: float, country: str, weekday: int):
        return {"days": predict_days(model, weight, country, weekday)}
    === serve/checks/test_days.py
    from serve.model import features, predict_days, train


    def test_the_weekend_is_told_apart():
        assert features(1, "BE", 5) == [1, 1, True]


    def test_no_parcel_arrives_before_the_next_day():
        model = train([(1, "FR", 0), (2, "FR", 1)], [0, 0])
        assert predict_days(model, 1, "FR", 0) == 1.0
    === .gitlab-ci.yml
    image: python:3.12
    default:
      before_script:
        - pip install -r requirements/base.txt pytest
    checks:
      script:
        - pytest serve/checks
    """
)

WITH_TOX = tree(
    """
    === README.md
    # fewwords

    fewwords is a library that classifies short messages by their letters, for languages that have no tokenizer.

    Messages in dialect are written as people speak, so that a list of words is of no use. Pairs of letters are: the
    model counts them, and compares a new message with the counts of each label by naive Bayes. It was made for the
    messages of a village newspaper in Valais, which sorts eighty letters a day by hand. It learns from a dozen
    messages for each label within a millisecond, and it can say which pairs of letters decided. Whoever has more than
    a thousand messages should take a real language model instead.

        pip install .

    ## Example

    ```python
    from fewwords import learn, label
    label(learn([("grüezi", "hello"), ("adieu", "bye")]), "grüessech")
    ```

    ## Shortcomings

    `letter_pairs` is blind for order beyond two letters, so that names are confused.
    === setup.cfg
    [metadata]
    name = fewwords
    [options]
    py_modules = fewwords
    [flake8]
    max-line-length = 100
    === setup.py
    from setuptools import setup

    setup()
    === fewwords.py
    \"\"\"Label messages by their pairs of letters.\"\"\"

    from collections import Counter
    from math import log


    def letter_pairs(text):
        \"\"\"How often each pair of letters stands in a text.\"\"\"
        return Counter(zip(text, text[1:]))


    def learn(messages):
        \"\"\"Count the pairs of each label.\"\"\"
        counts = {}
        for text, name in messages:
            counts.setdefault(name, Counter()).update(letter_pairs(text))
        return counts


    def label(counts, text):
        \"\"\"The label whose counts fit best.\"\"\"
        def fit(name):
            whole = counts[name].total() + 1_000
            return sum(n * log((counts[name][pair] + 1) / whole) for pair, n in letter_pairs(text).items())

        return max(sorted(counts), key=fit)
    === check_fewwords.py
    import unittest

    from fewwords import label, learn, letter_pairs


    class Labels(unittest.TestCase):
        def test_pairs_overlap(self):
            self.assertEqual(letter_pairs("aaa"), {("a", "a"): 2})

        def test_a_similar_word_gets_the_label(self):
            self.assertEqual(label(learn([("grüezi", "hello"), ("adieu", "bye")]), "grüessech"), "hello")

        def test_nothing_is_learned_from_nothing(self):
            self.assertEqual(learn([]), {})
    === tox.ini
    [tox]
    env_list = py, style
    [testenv]
    commands = python -m unittest check_fewwords.py
    [testenv:style]
    deps = flake8
    commands = flake8 fewwords.py
    === .github/workflows/w.yml
    on:
      push:
    jobs:
      all:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v4
          - run: pipx run tox
    """
)

HONEST: dict[str, Tree] = {
    "reStructuredText, tests in the package, make and nox": grown(UNDERLINED, *STEPS),
    "GitLab, requirements and Dockerfile in folders": grown(ON_GITLAB, *STEPS),
    "tox, unittest, a module without a package": grown(WITH_TOX, *STEPS),
}
