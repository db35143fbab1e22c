"""Honest repositories without CI: a competition, a page for a school, three evenings of analysis."""

from gaming.trees import STEPS, Tree, grown, tree

WITH_POETRY = tree(
    """
    === README.md
    # House prices, a Kaggle competition

    My solution of https://www.kaggle.com/c/house-prices-advanced-regression-techniques, which asks what a house sells
    for.

    Prices spread over three orders of magnitude, so the model predicts their logarithm, and the error is a percentage
    in the end. Houses were sold over five years in which prices fell: the folds are years, since a random fold learns
    from the future. A ridge on forty columns was as good as boosting on all, and can be read. The table of the
    competition is not in this repository, since its rules forbid it.

    ## Run

    ```
    poetry install
    poetry run python -m prices.submit train.csv
    ```

    ## Score

    RMSLE of 0.131 on the public leaderboard, place 1 204 of 4 500; by years it was 0.148 here.

    ## What I learned

    My random folds promised 0.112. The gap went away with `folds_by_year`, which tells the truth and a worse score.
    === pyproject.toml
    [tool.poetry]
    name = "prices"
    version = "0.1.0"
    [tool.poetry.dependencies]
    python = "^3.11"
    scikit-learn = "1.5.2"
    pandas = "2.2.3"
    === prices/__init__.py
    === prices/folds.py
    def folds_by_year(years):
        \"\"\"Each year is predicted from the years before.\"\"\"
        for year in sorted(set(years))[1:]:
            past = [n for n, each in enumerate(years) if each < year]
            yield past, [n for n, each in enumerate(years) if each == year]
    === prices/submit.py
    import sys

    import numpy as np
    import pandas as pd
    from sklearn.linear_model import Ridge


    def fit(table):
        return Ridge().fit(table.select_dtypes("number").drop(columns="SalePrice"), np.log(table["SalePrice"]))


    if __name__ == "__main__":
        print(fit(pd.read_csv(sys.argv[1])).coef_)
    === prices/test_folds.py
    from prices.folds import folds_by_year


    def test_no_fold_sees_the_future():
        assert list(folds_by_year([2006, 2007, 2006])) == [([0, 2], [1])]
    """
)

WITH_FEW_COMMITS = tree(
    """
    === README.md
    # Which bird was that?

    A web page that recognises forty birds of the garden by their song, for the children of a school in Jena.

    Children record a song with the telephone of the teacher. The page cuts it into pieces of three seconds, computes
    how loud each pitch is, and asks a forest of trees that I trained on recordings from the forest behind the school.
    It tells the three likeliest birds with a picture of each. Blackbirds and starlings are confused most, because
    starlings imitate blackbirds. The recordings are not here: their authors allowed the school to use them, not to
    publish them.

    ## Start

    `docker compose up` starts the page; `pixi run page` does so without a container, after `pixi install`.

    ## Numbers

    The right bird is first in 71.5 % of the recordings, and among the first three in 88 %.
    === pixi.toml
    [project]
    name = "birds"
    channels = ["conda-forge"]
    platforms = ["linux-64"]
    [dependencies]
    flask = "==3.0.3"
    scikit-learn = "==1.5.2"
    numpy = "==2.1.1"
    [tasks]
    page = "flask --app web/page.py run"
    test = "python -m pytest web"
    === compose.yaml
    services:
      page:
        build: web
    === web/Dockerfile
    FROM python:3.12-slim
    RUN pip install flask==3.0.3 scikit-learn==1.5.2 numpy==2.1.1
    COPY . .
    CMD ["flask", "--app", "page.py", "run"]
    === web/sound.py
    import numpy as np

    SECONDS = 3


    def pieces(samples, rate):
        length = SECONDS * rate
        return [samples[start : start + length] for start in range(0, len(samples) - length + 1, length)]


    def loudness_by_pitch(piece):
        return np.abs(np.fft.rfft(piece))
    === web/page.py
    from flask import Flask, request
    from sklearn.ensemble import RandomForestClassifier

    from sound import loudness_by_pitch, pieces

    app = Flask(__name__)
    forest = RandomForestClassifier()


    @app.post("/song")
    def song():
        heard = [loudness_by_pitch(piece) for piece in pieces(request.get_json(), 8_000)]
        return {"birds": forest.predict(heard).tolist()}
    === web/sound_test.py
    import numpy as np

    from sound import loudness_by_pitch, pieces


    def test_what_is_left_over_is_dropped():
        assert pieces([0] * 7, 2) == [[0] * 6]


    def test_a_steady_tone_has_one_pitch():
        assert np.argmax(loudness_by_pitch(np.sin(np.arange(30) * 2 * np.pi / 10))) == 3
    """
)

NOTEBOOKS_ALONE = tree(
    """
    === README.md
    # Do buses come late together?

    Three evenings with the delays of the buses of Graz: an analysis in one notebook, which asks whether a late bus
    makes the next one late.

    The town publishes when each bus arrived at each stop, a table of a week with ninety thousand rows. I compared the
    delay of a bus with that of the bus before it, at the same stop, and then again after taking out the hour of the
    day, since everything is late at five o'clock. What remains is small: a quarter of a minute for each minute. I had
    expected more. Rows with a delay above an hour are errors of the counter, and were dropped. The table is in this
    folder.

    ## To repeat it

        pip install -r requirements.txt
        jupyter notebook buses.ipynb

    ## Result

    The correlation is 0.41 before the hour is taken out, and 0.24 afterwards.

    ## What I am not sure of

    Whether `drop_errors` drops real delays too; 312 rows went.
    === requirements.txt
    pandas
    scikit-learn
    jupyter
    === buses.csv
    stop,bus,delay
    1,a,0.5
    1,b,1.5
    === buses.ipynb
    {"nbformat": 4, "nbformat_minor": 5, "metadata": {"language_info": {"name": "python"}}, "cells": [
     {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": [
      "import pandas as pd\\n", "from sklearn.linear_model import LinearRegression\\n",
      "def drop_errors(table):\\n", "    return table[table.delay < 60]\\n",
      "table = drop_errors(pd.read_csv('buses.csv'))\\n",
      "print(312, 'rows dropped')\\n", "table.delay.autocorr()"],
      "outputs": [{"output_type": "execute_result", "execution_count": 1, "metadata": {},
       "data": {"text/plain": ["0.41"]}}]}]}
    """
)

UNCHECKED: dict[str, Tree] = {
    "poetry, a competition, no CI": grown(WITH_POETRY, *STEPS),
    "three commits, pixi, no CI": grown(WITH_FEW_COMMITS, *STEPS[:3]),
    "an analysis of three evenings, no tests": grown(NOTEBOOKS_ALONE, *STEPS[:4]),
}
