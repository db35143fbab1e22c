"""What files hold: bytes, text, or the reason why there is none."""

import pytest

from aiscaffold.contents import Contents
from aiscaffold.evidence import Unreadable
from aiscaffold.snapshot import LARGEST, LINK, SUBMODULE, Entry, Given

TEXTS: dict[str, tuple[bytes, str]] = {
    "UTF-8": ("caf\u00e9\n".encode(), "caf\u00e9\n"),
    "UTF-8 with a mark": ("\ufeff# Title\n".encode(), "# Title\n"),
    "UTF-16 with a mark": ("# Title\n".encode("utf-16"), "# Title\n"),
    "UTF-16, big end first": (b"\xfe\xff" + "caf\u00e9".encode("utf-16-be"), "caf\u00e9"),
    "UTF-16, cut in the middle of a letter": ("ab".encode("utf-16")[:-1], "a\ufffd"),
    "Latin-1": (b"caf\xe9\n", "caf\u00e9\n"),
    "Windows line ends": (b"a\r\nb\r\n", "a\r\nb\r\n"),
    "nothing": (b"", ""),
}


def of(**files: bytes) -> Contents:
    """Contents by name."""
    return Contents(Given(files))


@pytest.mark.parametrize(("raw", "text"), TEXTS.values(), ids=TEXTS)
def test_text_is_decoded_by_what_it_shows(raw: bytes, text: str) -> None:
    assert of(a=raw).text("a") == text


@pytest.mark.parametrize("raw", [b"\0", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "plain".encode("utf-16-le")])
def test_binary_files_are_no_text(raw: bytes) -> None:
    contents = of(a=raw)
    with pytest.raises(Unreadable, match="a: binary where text is expected"):
        contents.text("a")
    assert contents.text_or_none("a") is None
    assert contents.raw("a") == raw


def test_a_file_above_the_cap_is_not_read_and_says_so() -> None:
    contents = of(big=b"x" * (LARGEST + 1), full=b"x" * LARGEST)
    with pytest.raises(Unreadable, match="big: larger than 5 MB, not read"):
        contents.raw("big")
    assert contents.text_or_none("big") is None
    assert contents.raw_or_zero("big") == b"\0"
    assert len(contents.text("full")) == LARGEST


def test_what_is_not_there_has_no_text() -> None:
    assert of().text_or_none("a") is None


def test_a_file_or_folder_that_holds_something_tracked_is_there() -> None:
    contents = Contents(Given({"src/tides/app.py": ""}))
    for path in ("src/tides/app.py", "src/tides", "src/", "src"):
        assert contents.has(path)
    for path in ("src/tide", "app.py", "SRC", "src/tides/app.py/x"):
        assert not contents.has(path)


def test_links_and_submodules_are_there_but_are_no_files() -> None:
    class WithLinks(Given):
        entries = {"a.py": Entry("100644", 0), "lib": Entry(SUBMODULE, 0), "link": Entry(LINK, 0)}  # noqa: RUF012

    contents = Contents(WithLinks({"a.py": ""}))
    assert contents.paths == ("a.py",)
    assert contents.has("lib")
    assert contents.has("link")
    assert contents.text_or_none("link") is None


@pytest.mark.parametrize(
    ("raw", "hollow"),
    [(b"", True), (b" \n\t\r\n", True), (b"\n" * 4_095, True), (b".", False), (b"\n" * 5_000, False), (b"#\n", False)],
)
def test_a_file_of_white_space_is_hollow(raw: bytes, hollow: bool) -> None:
    assert of(a=raw).is_hollow("a") is hollow
