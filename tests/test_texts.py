"""One text is merged: what nobody meant (line ends, format, generated regions) makes no conflict."""

import pytest
from merging import LABEL, lines, unformatted

from aiscaffold.texts import MergedText, Versions, disputed_text, has_markers, merge_text, with_regions_of

TEXT = lines(5)
LATE = lines(5, l5="THEIRS")


def windows(text: bytes) -> bytes:
    return text.replace(b"\n", b"\r\n")


def merged(base: bytes, ours: bytes, theirs: bytes) -> MergedText:
    return merge_text("a.txt", Versions(base, ours, theirs), LABEL, unformatted)


def spaceless(_path: str, text: bytes) -> bytes | None:
    """A formatter that knows one rule, and that a text which says `broken` cannot be formatted."""
    return None if b"broken" in text else text.replace(b"  ", b" ")


def test_changes_at_different_places_are_joined() -> None:
    assert merged(TEXT, lines(5, l1="MINE"), LATE) == MergedText(lines(5, l1="MINE", l5="THEIRS"), 0)


def test_a_line_that_both_changed_stands_twice_between_named_markers() -> None:
    found = merged(b"one\ntwo\n", b"one\nmine\n", b"one\ntheirs\n")
    text = b"one\n<<<<<<< yours\nmine\n=======\ntheirs\n>>>>>>> template 2\n"
    assert (found.content, found.disputed > 0) == (text, True)
    assert has_markers(text)


@pytest.mark.parametrize("empty", range(3))
def test_an_empty_version_is_a_version(empty: int) -> None:
    texts = [TEXT, lines(5, l1="MINE"), LATE]
    texts[empty] = b""
    found = merged(*texts)
    assert all(line in found.content for line in [b"MINE"] * (empty != 1) + [b"THEIRS"] * (empty != 2))
    assert found.disputed


def test_a_last_line_without_line_end_can_be_in_conflict() -> None:
    found = merged(b"a\nb", b"a\nmine", b"a\ntheirs")
    assert b"mine\n=======\ntheirs\n>>>>>>> template 2" in found.content


@pytest.mark.parametrize(
    ("ours", "theirs", "wanted"),
    [
        (windows(lines(5, l1="MINE")), LATE, windows(lines(5, l1="MINE", l5="THEIRS"))),
        (lines(5, l1="MINE"), windows(LATE), lines(5, l1="MINE", l5="THEIRS")),
    ],
    ids=["the user's are of Windows", "the new template's are of Windows"],
)
def test_the_user_s_line_ends_stay_and_are_no_conflict(ours: bytes, theirs: bytes, wanted: bytes) -> None:
    assert merged(TEXT, ours, theirs) == MergedText(wanted, 0)


def test_a_conflict_in_a_text_of_windows_has_its_own_lines_unchanged() -> None:
    found = merged(TEXT, windows(lines(5, l5="MINE")), LATE)
    assert found.content.startswith(windows(lines(4)))
    assert b"MINE\r\n" in found.content


def test_mixed_line_ends_are_left_as_they_are() -> None:
    mixed = windows(TEXT[:38]) + TEXT[38:]
    assert merged(TEXT, mixed, LATE) == MergedText(windows(TEXT[:38]) + LATE[38:], 0)
    assert merged(TEXT, mixed, lines(5, l1="THEIRS")).disputed


def test_a_text_that_only_its_formatter_changed_is_no_conflict() -> None:
    base, theirs = b"a =  1\nb =  2\nc =  3\n", b"a =  1\nb =  2\nc =  4\n"
    ours = b"a = 0\nb = 2\nc = 3\n"
    assert merge_text("a.py", Versions(base, ours, theirs), LABEL, spaceless) == MergedText(b"a = 0\nb = 2\nc = 4\n", 0)


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        (b"a =  1\n", b"a =  0\n", b"a =  4\n"),
        (b"a =  1\nbroken\n", b"a = 0\nb\n", b"a =  4\nb\n"),
        (b"a =  1\n", b"a = 0 # broken\n", b"a =  4\n"),
    ],
    ids=["unformatted of the user", "base cannot be formatted", "the user's cannot be formatted"],
)
def test_where_a_formatter_does_not_help_nothing_is_formatted(base: bytes, ours: bytes, theirs: bytes) -> None:
    found = merge_text("a.py", Versions(base, ours, theirs), LABEL, spaceless)
    assert found == merge_text("a.py", Versions(base, ours, theirs), LABEL, unformatted)
    assert found.disputed


def test_a_formatter_is_not_asked_where_there_is_no_conflict() -> None:
    def never(_path: str, _text: bytes) -> bytes:
        raise AssertionError

    assert not merge_text("a.py", Versions(TEXT, lines(5, l1="MINE"), LATE), LABEL, never).disputed


@pytest.mark.parametrize(
    ("ours", "theirs", "wanted"),
    [
        (b"a\nx\nz\n", b"a\ny\nz\n", b"a\n<<<<<<< yours\nx\n=======\ny\n>>>>>>> template 2\nz\n"),
        (b"x", b"y", b"<<<<<<< yours\nx\n=======\ny\n>>>>>>> template 2\n"),
        (b"a\r\nx\r\n", b"a\r\ny\r\n", b"a\r\n<<<<<<< yours\r\nx\r\n=======\r\ny\r\n>>>>>>> template 2\r\n"),
        (b"", b"y\n", b"<<<<<<< yours\n=======\ny\n>>>>>>> template 2\n"),
        (b"a\n", b"a\na\n", b"a\n<<<<<<< yours\n=======\na\n>>>>>>> template 2\n"),
        (b"a\nz", b"b\nz", b"<<<<<<< yours\na\n=======\nb\n>>>>>>> template 2\nz"),
    ],
    ids=["a line between equal ones", "no final line end", "of Windows", "empty", "a line twice", "an equal last line"],
)
def test_two_texts_are_disputed_where_they_differ(ours: bytes, theirs: bytes, wanted: bytes) -> None:
    assert disputed_text(ours, theirs, LABEL) == wanted


def readme(region: bytes, around: bytes = b"# Title") -> bytes:
    return around + b'\n\n<!-- aiscaffold:gen id="x" by="us" -->\n' + region + b"<!-- /aiscaffold:gen -->\n\nEnd\n"


def test_a_region_that_a_command_rewrote_is_in_all_three_versions() -> None:
    known = Versions(readme(b"old\n"), readme(b"of the command\n"), readme(b"new\n", b"# New title"))
    assert with_regions_of(known.ours, known) == Versions(
        readme(b"of the command\n"), readme(b"of the command\n"), readme(b"of the command\n", b"# New title")
    )


@pytest.mark.parametrize(
    "known",
    [
        Versions(readme(b"old\n"), readme(b"old\n"), readme(b"new\n")),
        Versions(b"# Title\n", readme(b"mine\n"), readme(b"new\n")),
        Versions(readme(b"old\n"), readme(b"mine\n"), b"# Title\n"),
        Versions(readme(b"old\n"), b"# Title\n", readme(b"new\n")),
    ],
    ids=["nobody rewrote it", "not in the old template", "not in the new template", "the user took it out"],
)
def test_other_regions_are_merged_as_any_text(known: Versions) -> None:
    assert with_regions_of(known.ours, known) == known


def test_only_the_rewritten_one_of_two_regions_is_taken() -> None:
    def two(one: bytes, other: bytes) -> bytes:
        return readme(one) + readme(other).replace(b'"x"', b'"y"')

    known = Versions(two(b"1\n", b"2\n"), two(b"mine\n", b"2\n"), two(b"1\n", b"3\n"))
    assert with_regions_of(known.ours, known).theirs == two(b"mine\n", b"3\n")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<<<<<<< yours\n", True),
        (b"a\n>>>>>>> template 2\n", True),
        (b"Title\n=======\n", False),
        (b"in a line <<<<<<< yours\n", False),
        (b"", False),
    ],
)
def test_markers_are_told_from_headings(content: bytes, found: bool) -> None:
    assert has_markers(content) is found


def test_a_zero_byte_makes_a_binary() -> None:
    assert Versions(b"", b"a\n", "ü".encode("latin-1")).is_text
    assert not Versions(b"", b"a\0", b"a\n").is_text
