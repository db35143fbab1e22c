"""More of the honest repositories: other places for documents, other languages, other systems of CI."""

from gaming.trees import STEPS, Tree, grown, tree

DOCS_ASIDE = tree(
    """
    === README.md
    # Ask the minutes

    A chat service that answers questions on the minutes of a town council, and cites the page that it read.

    The minutes of ten years are four thousand pages, scanned and read by machine. People ask who voted for the
    bridge, and expect a yes or a name. Each page is cut where the agenda goes on to the next item, the best three
    pieces are given to the language model, and an answer without a page number is thrown away. That costs one answer
    in nine, and none of the others was invented. How to set it up stands in [the first page](docs/first.md), and what
    went wrong in
    [the second](docs/second.md).
    === docs/first.md
    # Installing and using it

    ```
    just setup
    just ask "Who voted for the bridge?"
    ```
    === docs/second.md
    # Lessons

    Cutting by `PAGE_LENGTH` tore votes apart: 31.5 % of the answers had no page. Cutting by agenda in `cut_by_item`
    took that to 11.2 %.

    # Why no vector store

    We chose plain counts of words instead of vectors, because names of people are what is asked for, and `best_pieces`
    finds these.
    === evaluation.csv
    cut,without_page
    PAGE_LENGTH,31.5
    item,11.2
    === justfile
    setup:
        pip install -e .
    ask question:
        python -m minutes {{question}}
    check:
        python -m pytest
    === pyproject.toml
    [project]
    name = "minutes"
    version = "0.1"
    dependencies = ["openai==1.51.0"]
    === src/minutes/__init__.py
    === src/minutes/__main__.py
    import sys

    from openai import OpenAI

    from minutes.pieces import best_pieces, cut_by_item


    def ask(question, text):
        pieces = "\\n".join(best_pieces(question, cut_by_item(text)))
        asked = f"{pieces}\\n\\nWith the page: {question}"
        return OpenAI().chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": asked}])


    if __name__ == "__main__":
        print(ask(sys.argv[1], sys.stdin.read()))
    === src/minutes/pieces.py
    PAGE_LENGTH = 1_800


    def cut_by_item(text):
        return [piece.strip() for piece in text.split("ITEM") if piece.strip()]


    def best_pieces(question, pieces, number=3):
        words = set(question.lower().split())
        return sorted(pieces, key=lambda piece: -len(words & set(piece.lower().split())))[:number]
    === test/pieces_test.py
    from minutes.pieces import best_pieces, cut_by_item


    def test_a_vote_is_not_torn_apart():
        assert cut_by_item("ITEM the bridge: yes 9 ITEM the school") == ["the bridge: yes 9", "the school"]


    def test_the_piece_with_the_words_of_the_question_comes_first():
        assert best_pieces("the bridge", ["a school", "the bridge"], 1) == ["the bridge"]
    === azure-pipelines.yml
    trigger: [main]
    steps:
      - script: pip install -e . pytest
      - script: just check
    """
)

IN_GERMAN = tree(
    """
    === README.md
    # Wann blüht der Apfel?

    Dieses Projekt sagt voraus, an welchem Tag im Frühling die Apfelbäume im Alten Land zu blühen beginnen.

    Die Obstbauern müssen die Bienen eine Woche vorher bestellen. Bisher verließen sie sich auf ihr Gefühl und lagen
    im Mittel sechs Tage daneben. Das Modell summiert die Wärme ab Februar und vergleicht sie mit der Summe, bei der
    es in früheren Jahren blühte. Mehr als zwanzig Jahre gibt es nicht, deshalb hat es nur einen einzigen Parameter,
    und der wird jedes Jahr ohne das Jahr geschätzt, das es vorhersagen soll. Die Messungen stammen von der
    Wetterstation in Jork und dürfen weitergegeben werden. Alles steht in einem Notebook, weil die Rechnung kurz ist.

    ## Einrichten

        conda env create -f umgebung/environment.yml

    Danach `jupyter lab bluete.ipynb` öffnen.

    ## Ergebnis

    Mittlerer Fehler (MAE): 2.9 Tage, gegenüber 6.1 Tagen beim Gefühl.

    ## Grenzen (limitations)

    Nach Spätfrost stimmt `waermesumme` nicht: 2017 lag sie elf Tage daneben.
    === umgebung/environment.yml
    name: bluete
    dependencies:
      - python=3.12
      - pandas=2.2.3
      - scikit-learn=1.5.2
    === bluete.ipynb
    {"nbformat": 4, "nbformat_minor": 5, "metadata": {"language_info": {"name": "python"}}, "cells": [
     {"cell_type": "markdown", "metadata": {}, "source": ["# Wärmesumme"]},
     {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": [
      "import pandas as pd\\n", "from sklearn.linear_model import LinearRegression\\n",
      "tage = pd.read_csv('jork.csv')"]},
     {"cell_type": "code", "execution_count": 2, "metadata": {}, "source": [
      "def waermesumme(tage, ab=5.0):\\n", "    return (tage.mittel - ab).clip(lower=0).cumsum()\\n", "\\n",
      "modell = LinearRegression().fit(waermesumme(tage).to_frame(), tage.blueht)\\n", "print('MAE', 2.9)"],
      "outputs": [{"output_type": "stream", "name": "stdout", "text": ["MAE 2.9\\n"]}]}]}
    === jork.csv
    tag,mittel,blueht
    1,4.5,0
    2,9.0,1
    """
)

ON_CIRCLE = tree(
    """
    === README.md
    # Dropout, once more

    A reproduction of the paper on dropout (https://arxiv.org/abs/1207.0580) with numpy alone, on digits of eight by
    eight.

    The paper claims that switching off half of the hidden units makes a network generalise better. On digits this
    small it does so only when the network is too large for them: with 16 hidden units dropout hurts, with 512 it
    helps. Each number is the mean of ten seeds, and the table in `runs.csv` holds them all. Training takes a minute
    on a laptop. The parts of the paper on speech and on pictures are left out, because their data cannot be had any
    more.

    ## Running

    ```sh
    pip install -r needed.txt
    sh everything.sh
    ```

    ## Results

    | hidden units | error without | error with dropout |
    |---|---|---|
    | 16 | 4.1 % | 6.3 % |
    | 512 | 3.2 % | 2.7 % |

    ## Differences and failures

    `keep_rate` of 0.5 never converged with 16 units within the 200 epochs of the paper.
    === needed.txt
    numpy==2.1.1
    scikit-learn==1.5.2
    === requirements.txt
    -r needed.txt
    === everything.sh
    for hidden in 16 512; do python dropout.py $hidden >> runs.csv; done
    === runs.csv
    hidden,without,with
    16,4.1,6.3
    512,3.2,2.7
    === dropout.py
    import sys

    import numpy as np
    from sklearn.datasets import load_digits


    def mask(shape, keep_rate, seed):
        return np.random.default_rng(seed).random(shape) < keep_rate


    def hidden_layer(inputs, weights, keep_rate=1.0, seed=0):
        active = np.maximum(0, inputs @ weights)
        return active * mask(active.shape, keep_rate, seed) / keep_rate


    if __name__ == "__main__":
        digits = load_digits().data
        print(sys.argv[1], hidden_layer(digits, np.ones((64, int(sys.argv[1])))).mean())
    === test_dropout.py
    import numpy as np

    from dropout import hidden_layer, mask


    def test_the_mean_stays_the_same():
        out = hidden_layer(np.ones((50, 8)), np.ones((8, 90)), keep_rate=0.5)
        assert abs(out.mean() - 8) < 0.5


    def test_nothing_is_dropped_at_rate_one():
        assert mask((3, 3), 1.0, seed=1).all()


    def test_negative_sums_are_cut():
        assert (hidden_layer(np.ones((2, 2)), -np.ones((2, 2))) == 0).all()
    === .circleci/config.yml
    version: 2.1
    jobs:
      all:
        docker: [{image: "cimg/python:3.12"}]
        steps:
          - checkout
          - run: pip install -r needed.txt pytest
          - run: pytest
    """
)

ELSEWHERE: dict[str, Tree] = {
    "an app for questions, its documents in docs/, a justfile": grown(DOCS_ASIDE, *STEPS),
    "German, one notebook, conda": grown(IN_GERMAN, *STEPS[:6]),
    "a reproduction by scripts, CircleCI": grown(ON_CIRCLE, *STEPS),
}
