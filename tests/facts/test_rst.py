"""What is read from reStructuredText, Org and plain text."""

from textwrap import dedent

import pytest

from aiscaffold.document import Document
from aiscaffold.readers import read_document


def read(text: str, path: str = "README.rst") -> Document:
    return read_document(path, dedent(text).removeprefix("\n"))


def test_levels_follow_the_order_in_which_adornments_appear() -> None:
    document = read("""
        =====
        Title
        =====

        Part
        ====

        Piece
        -----

        Part two
        ========

        Short
        ~~~~
        """)
    assert [(each.title, each.level, each.line) for each in document.sections] == [
        ("Title", 1, 2),
        ("Part", 2, 5),
        ("Piece", 3, 8),
        ("Part two", 2, 11),
        ("Short", 4, 14),
    ]
    assert document.title == "Title"


@pytest.mark.parametrize(
    ("text", "language", "content", "line"),
    [
        (".. code-block:: bash\n\n   pip install x\n", "bash", "pip install x\n", 3),
        (".. code:: python\n   :number-lines:\n\n   import x\n\n   x()\n\nWords\n", "python", "import x\n\nx()\n", 4),
        ("Run::\n\n    $ make\n\nthen", "", "$ make\n", 3),
        ("::\n\n    make\n", "", "make\n", 3),
        (">>> 1 + 1\n2\n", "python", ">>> 1 + 1\n2\n", 1),
        ("* Do:\n\n  .. code-block:: sh\n\n     make\n", "sh", "make\n", 5),
        (".. note::\n\n   .. code-block:: sh\n\n      make\n", "sh", "make\n", 5),
    ],
)
def test_code_is_read_however_it_is_marked(text: str, language: str, content: str, line: int) -> None:
    (block,) = read_document("a.rst", text).blocks
    assert (block.language, block.text, block.line) == (language, content, line)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See `the docs <https://x.org>`_.", [("https://x.org", "the docs", 1)]),
        ("One\nsee `the docs`_.\n\n.. _the docs: https://x.org", [("https://x.org", "the docs", 2)]),
        ("See docs_.\n\n.. _docs: https://x.org", [("https://x.org", "docs", 1)]),
        ("See `this <docs_>`_.\n\n.. _docs: https://x.org", [("https://x.org", "this", 1)]),
        ("See https://x.org/a.", [("https://x.org/a", "https://x.org/a", 1)]),
        (".. image:: a.png\n   :target: https://x.org\n   :alt: pic\n", [("https://x.org", "pic", 1)]),
        ("``https://x.org``", []),
        (".. a comment with https://x.org", []),
    ],
)
def test_links_are_read_however_they_are_written(text: str, links: list[tuple[str, str, int]]) -> None:
    assert [(each.target, each.text, each.line) for each in read_document("a.rst", text).links] == links


@pytest.mark.parametrize(
    ("text", "target", "kind"),
    [
        (
            ".. image:: https://img.shields.io/pypi/v/x.svg\n   :target: y\n",
            "https://img.shields.io/pypi/v/x.svg",
            "badge",
        ),
        ("|ci|\n\n.. |ci| image:: https://x.org/ci.svg\n   :target: y\n", "https://x.org/ci.svg", "badge"),
        (".. figure:: plot.png\n\n   The caption\n", "plot.png", "picture"),
        (".. image:: logo.png\n   :align: center\n", "logo.png", "logo"),
    ],
)
def test_a_picture_is_told_from_a_badge_and_a_logo(text: str, target: str, kind: str) -> None:
    (image,) = read_document("a.rst", text).images
    assert image.target == target
    assert {(True, False): "badge", (False, True): "logo", (False, False): "picture"}[
        image.is_badge, image.is_logo
    ] == kind


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("It **tells** *cats* from :ref:`dogs <x>`.", ["It tells cats from dogs."]),
        ("|a| |b|\n", []),
        ("- one\n- two\n  goes on\n\n#. three", ["one", "two goes on", "three"]),
        (":Author: me\n:Date: now\n\nWords", ["Words"]),
        (".. note::\n\n   Mind the gap\n", ["Mind the gap"]),
        (".. warning:: x\n   Mind the gap\n", ["Mind the gap"]),
        (".. contents::\n   :depth: 2\n\nWords", ["Words"]),
        (".. a comment\n   over lines\n\nWords", ["Words"]),
        ("Run ``make`` there", ["Run there"]),
        ("Install with::\n\n   make", ["Install with"]),
        (".. figure:: a.png\n   :alt: b\n\n   The caption\n", ["The caption"]),
        ("one\n\n----\n\ntwo", ["one", "two"]),
    ],
)
def test_prose_is_what_is_left_without_markup(text: str, prose: list[str]) -> None:
    assert [each.text for each in read_document("a.rst", text).prose] == prose


@pytest.mark.parametrize(
    "text",
    [
        "+-------+-----+\n| Model | F1  |\n+=======+=====+\n| A     | 0.9 |\n+-------+-----+\n",
        "=====  ===\nModel  F1\n=====  ===\nA      0.9\n=====  ===\n",
        ".. list-table::\n   :header-rows: 1\n\n   * - Model\n     - F1\n   * - A\n     - 0.9\n",
        ".. csv-table::\n   :header: Model, F1\n\n   A, 0.9\n",
    ],
)
def test_a_table_is_read_however_it_is_written(text: str) -> None:
    (table,) = read_document("a.rst", text).tables
    assert (table.header, table.rows) == (("Model", "F1"), (("A", "0.9"),))


def test_a_text_has_headings_examples_and_addresses() -> None:
    document = read(
        """
        Cat or dog
        ==========

        It tells cats from dogs,
        see https://x.org/a.

            python tell.py cat.png

        - one
        - two
        """,
        "README.txt",
    )
    assert [(each.title, each.line) for each in document.sections] == [("Cat or dog", 1)]
    assert [(each.text, each.line) for each in document.blocks] == [("python tell.py cat.png\n", 7)]
    assert [(each.target, each.line) for each in document.links] == [("https://x.org/a", 5)]
    assert [each.text for each in document.prose] == ["It tells cats from dogs, see", "one", "two"]


def test_org_is_read() -> None:
    document = read(
        """
        #+TITLE: Cat or dog

        It tells [[https://x.org][cats]] from ~dogs~.
        [[file:plot.png]]

        * Install :setup:
        #+begin_src sh
        make
        #+end_src
        ** TODO Deep
        - one
        - two
        """,
        "README.org",
    )
    assert [(each.title, each.level, each.line) for each in document.sections] == [
        ("Cat or dog", 1, 1),
        ("Install", 2, 6),
        ("Deep", 3, 10),
    ]
    assert [(each.language, each.text, each.line) for each in document.blocks] == [("sh", "make\n", 8)]
    assert [(each.target, each.text) for each in document.links] == [("https://x.org", "cats")]
    assert [each.target for each in document.images] == ["plot.png"]
    assert [each.text for each in document.prose] == ["It tells cats from .", "one", "two"]
