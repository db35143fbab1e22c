"""Many audits as CSV: a spreadsheet reads it back, and takes nothing in it for a formula."""

import csv
import io

from formats.reports import EMPTY, HOSTILE, LIFELIKE, OTHER, STRONG, WEAK

from aiscaffold.formats.report_csv import HEADER, render


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_there_is_one_record_for_each_report_and_lines_end_as_the_standard_says() -> None:
    text = render([*LIFELIKE.values(), HOSTILE, EMPTY])
    records = read(text)
    assert text.splitlines(keepends=True)[0] == ",".join(HEADER) + "\r\n"
    assert len(records) == len(LIFELIKE) + 2
    assert all(set(record) == set(HEADER) for record in records)
    assert text.count("\n") == text.count("\r\n") == len(records) + 1


def test_the_weakest_comes_first_and_what_is_not_judged_last() -> None:
    names = [record["name"] for record in read(render(list(LIFELIKE.values())))]
    assert names == ["my_ML_project", "bikes", "crops", "tides", "dotfiles"]
    assert render(list(LIFELIKE.values())) == render(list(reversed(LIFELIKE.values())))


def test_a_record_tells_the_standing_the_reason_and_the_next_step() -> None:
    (record,) = read(render([WEAK]))
    assert (record["tier"], record["low"], record["kind"]) == ("D", str(WEAK.score[0]), "notebooks")
    assert (record["passed"], record["failed"], record["unknown"]) == ("6", "21", "0")
    assert record["worst reason"].startswith("DOC103 The README gives a working install command (README.md:3")
    assert record["first next step"] == "Correct the install command at README.md:3."
    (unjudged,) = read(render([OTHER]))
    assert (unjudged["tier"], unjudged["low"], unjudged["high"]) == ("", "", "")
    assert read(render([STRONG]))[0]["high"] == str(STRONG.score[1])


def test_no_cell_is_a_formula_or_holds_a_line_break() -> None:
    for record in read(render([HOSTILE])):
        for cell in record.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
            assert cell.isprintable()
    assert read(render([HOSTILE]))[0]["name"].startswith("'=HYPERLINK")
