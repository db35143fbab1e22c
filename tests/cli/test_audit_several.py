"""`aiscaffold audit` of several repositories: code, stdout and stderr."""

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from audited import repository
from support import Run, listing

from aiscaffold.formats import FORMATS

pytestmark = pytest.mark.usefixtures("home")
ONE = ("--select", "HON106")  # passes on a small service
BAD = ("--select", "DOC101")  # fails on it


def test_several_repositories_make_a_table_and_a_report_each(run: Run, tides: Path, bikes: Path) -> None:
    code, out, err = run("audit", tides, bikes, *BAD)
    assert (code, err) == (0, "")
    table, first, second = (out.index(text) for text in ("repository  tier", "\ntides at", "\nbikes at"))
    assert table < first < second


def test_one_that_cannot_be_audited_does_not_end_the_others(run: Run, tides: Path, home: Path) -> None:
    broken = repository({".aiscaffold.toml": "[audit]\nbar = 'Z'\n"}, home / "broken")
    code, out, err = run("audit", tides, home / "nowhere", broken, "--format", "csv")
    assert code == 3
    assert "nowhere does not exist" in err
    assert ".aiscaffold.toml: 'Z' is no bar" in err
    records = {Path(record["name"]).name: record for record in csv.DictReader(io.StringIO(out))}
    assert [*records] == ["tides", "broken", "nowhere"]
    assert "does not exist" in records["nowhere"]["worst reason"]
    assert records["tides"]["tier"] == "D"


def test_a_wrong_word_of_the_call_itself_ends_all(run: Run, tides: Path, bikes: Path) -> None:
    code, out, err = run("audit", tides, bikes, "--select", "DOX")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 2


def test_each_below_the_bar_is_named(run: Run, tides: Path, bikes: Path) -> None:
    code, _, err = run("audit", tides, bikes, *BAD, "--bar", "50")
    assert (code, err) == (1, "tides is below the bar 50\nbikes is below the bar 50\n")


def test_csv_is_one_record_a_repository_without_an_empty_one(run: Run, tides: Path, bikes: Path) -> None:
    code, out, err = run("audit", tides, bikes, *BAD, "--format", "csv")
    assert (code, err) == (0, "")
    assert [len(record) for record in csv.reader(io.StringIO(out))] == [12, 12, 12]


def test_paths_are_read_from_a_file(run: Run, tides: Path, bikes: Path, home: Path) -> None:
    (home / "list.txt").write_bytes(f"\ufeff# a class\r\n\r\n  tides  \r\n{bikes.as_uri()}\r\n".encode())
    code, out, err = run("audit", "--from", "list.txt", "--format", "table", *BAD)
    assert (code, err) == (0, "")
    assert sorted(line.split()[0] for line in out.splitlines()) == ["bikes", "repository", "tides"]


def test_paths_are_read_from_stdin(tides: Path, bikes: Path, home: Path) -> None:
    words = [sys.executable, "-m", "aiscaffold", "audit", "--from", "-", "--format", "json", *ONE]
    listed = "\ufefftides\n# no\nbikes\n"
    done = subprocess.run(words, cwd=home, input=listed, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert [report["subject"]["name"] for report in json.loads(done.stdout)["reports"]] == ["tides", "bikes"]


@pytest.mark.parametrize("content", [b"", b"# nothing\n\n", b"caf\xe9\n", "tides\n".encode("utf-16")])
def test_a_list_that_names_nothing_or_is_no_text_is_wrong_usage(run: Run, home: Path, content: bytes) -> None:
    (home / "list.txt").write_bytes(content)
    code, out, err = run("audit", "--from", "list.txt")
    assert (code, out) == (2, "")
    assert "list.txt" in err.splitlines()[0]


@pytest.mark.parametrize("form", ["html", "sarif", "junit", "badge", "badge-json"])
def test_several_reports_of_a_file_format_want_a_folder(
    run: Run, tides: Path, bikes: Path, home: Path, form: str
) -> None:
    code, out, err = run("audit", tides, bikes, *ONE, "--format", form)
    assert (code, out) == (2, "")
    assert "give a folder: --output reports" in err
    code, out, err = run("audit", tides, bikes, *ONE, "--format", form, "--output", "reports")
    assert (code, err) == (0, "")
    assert out.startswith("repository")
    ending = FORMATS[form][2]
    assert listing(home / "reports") == [f"bikes.{ending}", f"tides.{ending}"]


def test_repositories_of_one_name_get_a_file_each(run: Run, home: Path, service: Path) -> None:
    places = [
        shutil.copytree(service, home / place).relative_to(home)
        for place in ("a/tides", "b/tides", "c/TIDES", "d/tides-2", "e/\u6f6e \u6c50", "f/---")
    ]
    code, _, err = run("audit", *places, *ONE, "--output", "reports")
    assert (code, err) == (0, "")
    assert listing(home / "reports") == sorted(
        ["a-tides.txt", "b-tides.txt", "c-TIDES.txt", "tides-2.txt", "\u6f6e-\u6c50.txt", "repository.txt"]
    )


def test_what_is_meant_for_people_goes_to_stderr_as_json_goes_to_stdout(run: Run, tides: Path, home: Path) -> None:
    code, out, err = run("audit", tides, home / "nowhere", *BAD, "--format", "json", "--bar", "100")
    assert code == 3
    assert len(json.loads(out)["reports"]) == 2
    assert "does not exist" in err
    assert "tides is below the bar 100" in err
