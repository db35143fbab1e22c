"""The readers of documents, one file per markup."""

import re
from collections.abc import Callable

from aiscaffold.document import Document
from aiscaffold.readers.markdown import read_markdown
from aiscaffold.readers.plain import read_org, read_plain
from aiscaffold.readers.rst import read_rst
from aiscaffold.regex import regex

MARKDOWN = regex(r"^(?:#{1,3} \S|```)", re.MULTILINE)  # of a file without an ending
READERS: dict[str, Callable[[str, str], Document]] = {
    **dict.fromkeys(("md", "markdown", "mdown", "mkd", "mkdn", "mdx", "qmd", "rmd"), read_markdown),
    **dict.fromkeys(("rst", "rest"), read_rst),
    "org": read_org,
}


def read_document(path: str, text: str) -> Document:
    """Read a document as its name says; what has no markup of its own is read as plain text."""
    _, dot, ending = path.rpartition("/")[2].rpartition(".")
    if not dot and MARKDOWN.search(text):
        return read_markdown(path, text)
    return READERS.get(ending.lower(), read_plain)(path, text)
