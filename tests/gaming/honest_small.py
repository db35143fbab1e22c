"""The smallest of the honest repositories: one module, one script, an app with an action of its own."""

from gaming.trees import STEPS, Tree, grown, tree

DOCTESTED = tree(
    """
    === README
    Evenly: calibrate the probabilities of a classifier, a library of one module.

    A classifier that says 70 % should be right seven times out of ten. Most are not, and whoever bets money on their
    answers finds out. This module sorts the answers into bins, counts how often each bin was right, and replaces the
    probability by that share. It is what textbooks call histogram binning. I wrote it because the weather model of
    our sailing club says 90 % far too often, and nobody there wants to install more than one file. It needs Python
    3.11 and nothing else. The tests are the examples in the docstrings.

    Installing it:

        pip install .

    Using it:

        from evenly import calibrate
        calibrate([0.1, 0.9], [0, 1])
    === pyproject.toml
    [project]
    name = "evenly"
    version = "0.2"
    requires-python = ">=3.11"
    dependencies = []
    === evenly.py
    \"\"\"Histogram binning.\"\"\"


    def bin_of(probability, bins=10):
        \"\"\"The number of the bin of a probability.

        >>> bin_of(0.0), bin_of(0.95), bin_of(1.0)
        (0, 9, 9)
        \"\"\"
        return min(int(probability * bins), bins - 1)


    def calibrate(probabilities, right, bins=10):
        \"\"\"The share of right answers in the bin of each probability.

        >>> calibrate([0.91, 0.92, 0.1], [1, 0, 0])
        [0.5, 0.5, 0.0]
        \"\"\"
        inside = {}
        for probability, answer in zip(probabilities, right):
            inside.setdefault(bin_of(probability, bins), []).append(answer)
        return [sum(inside[bin_of(each, bins)]) / len(inside[bin_of(each, bins)]) for each in probabilities]
    === .travis.yml
    language: python
    python: "3.11"
    script: python -m doctest evenly.py && python -m pytest --doctest-modules
    """
)

ON_ACTIONS_OF_ITS_OWN = tree(
    """
    === README.md
    # Second reader

    An LLM service that reads a discharge letter a second time and lists the drugs whose dose is missing.

    A pharmacist in our clinic does that by hand for forty letters a day. The service cuts a letter into lines, asks
    the model for drug and dose of each line, and checks with a plain list of drugs that nothing was invented. It
    decides nothing: every finding goes to the pharmacist with the line that it came from. Letters never leave the
    house, since the model runs on a machine in the cellar, behind an interface like that of OpenAI. No letter of a
    patient is in this repository; the five examples are made up.

    ## Installation

    ```
    pipenv install
    pipenv run uvicorn second_reader.web:app
    ```

    ## Measured

    On 200 letters that two pharmacists had read: recall 0.93, precision 0.78.

    ## Where it fails

    Doses in words ("half a tablet") are not found by `find_doses`, and 7 of the 14 misses were such.

    ## Why a list of drugs beside the model

    We use `KNOWN_DRUGS` instead of a second prompt because a list cannot invent.
    === Pipfile
    [packages]
    openai = "==1.51.0"
    fastapi = "==0.115.0"
    uvicorn = "==0.31.0"
    [dev-packages]
    pytest = "*"
    ruff = "*"
    === backend/second_reader/__init__.py
    === backend/second_reader/doses.py
    import re

    KNOWN_DRUGS = ("aspirin", "ramipril", "metformin")


    def find_doses(line):
        return re.findall(r"\\d+ ?mg", line)


    def without_dose(lines):
        named = [line for line in lines if any(drug in line.lower() for drug in KNOWN_DRUGS)]
        return [line for line in named if not find_doses(line)]
    === backend/second_reader/web.py
    import openai
    from fastapi import FastAPI

    from second_reader.doses import without_dose

    app = FastAPI()
    model = openai.OpenAI


    @app.post("/letters")
    def letters(text: str):
        return {"open": without_dose(text.splitlines())}
    === backend/spec/test_doses.py
    from second_reader.doses import find_doses, without_dose


    def test_a_dose_with_its_unit_is_found():
        assert find_doses("Ramipril 5 mg") == ["5 mg"]


    def test_a_drug_without_a_dose_is_listed():
        assert without_dose(["Aspirin 100 mg", "Metformin"]) == ["Metformin"]


    def test_other_lines_are_left_alone():
        assert without_dose(["Dear colleague"]) == []
    === .github/actions/verify/action.yml
    runs:
      using: composite
      steps:
        - run: pip install pipenv && pipenv install --dev
          shell: bash
        - run: pipenv run pytest backend
          shell: bash
        - run: pipenv run ruff check
          shell: bash
    === .github/workflows/on-push.yml
    on: push
    permissions: {contents: read}
    jobs:
      one:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v4
          - uses: ./.github/actions/verify
    """
)

WITH_A_SUBMITTED_SCRIPT = tree(
    """
    === docs/README.rst
    Slow queries, early
    ===================

    A script that predicts which query to the database of a library will take longer than ten seconds, before it runs.

    The librarians' queries come from a form, and a few of them stop everything for a minute. The script reads the
    text of the query and the sizes of the tables, and a tree of depth three says slow or fast. Slow ones are sent to
    the copy of the database that is made at night. It has run there since March, and the log of what it said and how
    long each query took is what the tree is trained on again every Sunday. Depth three was the deepest that I could
    explain to the librarians.

    Set-up: ``pip install -e .``

    Then run ``python bin/slow.py "SELECT * FROM loans"``.
    === pyproject.toml
    [project]
    name = "slow-queries"
    version = "3"
    dependencies = ["scikit-learn~=1.5"]
    === bin/slow.py
    #!/usr/bin/env python3
    import sys

    from sklearn.tree import DecisionTreeClassifier

    TABLES = {"loans": 900_000, "books": 40_000}


    def describe(query):
        words = query.lower().replace(",", " ").split()
        return [max((TABLES.get(word, 0) for word in words), default=0), words.count("join"), "*" in words]


    if __name__ == "__main__":
        tree = DecisionTreeClassifier(max_depth=3).fit([[0, 0, 0], [900_000, 1, 1]], [0, 1])
        print("slow" if tree.predict([describe(sys.argv[1])])[0] else "fast")
    === bin/test_slow.py
    from slow import describe


    def test_the_largest_table_counts():
        assert describe("select * from loans join books") == [900_000, 1, True]


    def test_an_unknown_table_has_no_size():
        assert describe("select a from b") == [0, 0, False]
    === bin/ci
    python -m pip install -e . pytest && python -m pytest bin
    === .woodpecker.yml
    steps:
      test:
        image: python:3.12
        commands:
          - sh bin/ci
    """
)

SMALL: dict[str, Tree] = {
    "a README without extension, doctests, Travis": grown(DOCTESTED, *STEPS),
    "pipenv, a composite action, code in backend/": grown(ON_ACTIONS_OF_ITS_OWN, *STEPS),
    "a script, its README in docs/, Woodpecker": grown(WITH_A_SUBMITTED_SCRIPT, *STEPS),
}
