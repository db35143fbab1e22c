"""`aiscaffold audit` of one repository: code, stdout and stderr."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from audited import SERVICE, repository
from support import Run, git, listing

from aiscaffold.formats import FORMATS, TOGETHER

pytestmark = pytest.mark.usefixtures("home")
ONE = ("--select", "HON106")  # passes on a small service
BAD = ("--select", "DOC101")  # fails on it


def test_without_a_path_the_folder_at_hand_is_audited(run: Run, tides: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tides)
    code, out, err = run("audit")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == f"tides at {git(tides, 'rev-parse', '--short=7', 'HEAD')}"
    assert "Tier D" in out
    assert "DOC101" in out
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out


def test_failures_alone_are_no_error(run: Run, tides: Path) -> None:
    code, out, err = run("audit", tides, *BAD)
    assert (code, err) == (0, "")
    assert "Failed: 1" in out


def test_a_commit_a_project_and_a_kind_can_be_named(run: Run, home: Path, tides: Path) -> None:
    repository({"api/setup.py": "", "api/x.py": ""}, home / "mono")
    git(tides, "rm", "--quiet", "app.py")
    git(tides, "commit", "--quiet", "--message", "Drop it")
    code, out, err = run("audit", "tides", "--at", "HEAD~1", *ONE)
    assert (code, err) == (0, "")
    assert out.startswith(
        f"tides at {git(tides, 'rev-parse', '--short=7', 'HEAD~1')}\nservice: imports fastapi (app.py:1)"
    )
    code, out, err = run("audit", "mono", "--project", "api", "--kind", "library", *ONE)
    assert (code, err) == (0, "")
    assert out.startswith("mono/api at ")
    assert "library: declared on the command line\n" in out


@pytest.mark.parametrize(
    "words",
    [
        ("--select", "HON106,DOC101"),
        ("--select", "HON106", "--select", "doc101"),
        ("--select", " HON106  DOC101 "),
        (
            "--select",
            "HON106,DOC10",
            "--ignore",
            "DOC102,DOC103",
            "--ignore",
            "DOC104 DOC105 DOC106 DOC107 DOC108 DOC109",
        ),
    ],
)
def test_rules_are_selected_and_ignored_by_codes_and_prefixes(run: Run, tides: Path, words: tuple[str, ...]) -> None:
    code, out, err = run("audit", tides, "--format", "json", *words)
    assert (code, err) == (0, "")
    assert [finding["code"] for finding in json.loads(out)["findings"]] == ["DOC101", "HON106"]


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        (("--select", "DOX"), "no rule is called 'DOX'", "did you mean DOC?"),
        (("--ignore", "HON999"), "no rule is called 'HON999'", "did you mean HON"),
        (("--kind", "servce"), "--kind: there is no kind 'servce'", "did you mean service?"),
        (("--bar", "E"), "--bar: 'E' is no bar", "give a tier (A, B, C, D) or 0 to 100"),
        (("--bar", "101"), "--bar: '101' is no bar", "0 to 100"),
        (("--format", "htm"), "there is no format 'htm'", "did you mean html?"),
        (("--format", "many"), "there is no format 'many'", "did you mean markdown?"),
        (("--explain-score", "--format", "json"), "--explain-score is a format of its own", "leave out --format"),
        (("--bar", "B", *ONE), "only all rules together make a tier B", "with a selection give a score"),
        (("--from", "nowhere.txt"), "cannot read nowhere.txt", "a line"),
        (("--nope",), "No such option: --nope", "aiscaffold --help"),
    ],
)
def test_a_wrong_call_is_two_lines_and_prints_no_report(
    run: Run, tides: Path, words: tuple[str, ...], said: str, hint: str
) -> None:
    code, out, err = run("audit", tides, *words)
    assert (code, out) == (2, "")
    first, second = err.splitlines()
    assert first.startswith(f"aiscaffold: {said}")
    assert hint in second


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "nowhere does not exist"),
        (("tides/README.md",), "README.md is no folder"),
        (("tides", "--at", "v9"), "tides has no commit v9"),
        (("tides", "--project", "api"), "git tracks nothing below api"),
        (("ext::sh -c true",), "does not exist"),
    ],
)
def test_what_cannot_be_audited_is_told(run: Run, tides: Path, words: tuple[str, ...], said: str) -> None:
    code, out, err = run("audit", *words)
    assert (code, out) == (3, "")
    assert said in err.splitlines()[0]
    assert "  hint: " in err


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--bar", "d"), 0), (("--bar", "C"), 1), (("--bar", "0"), 0), (("--bar", "100"), 1), (("--bar", "100", *ONE), 0)],
)
def test_below_a_bar_the_report_is_printed_and_the_exit_code_is_1(
    run: Run, tides: Path, words: tuple[str, ...], code: int
) -> None:
    found, out, err = run("audit", tides, *words)
    assert (found, err) == (code, f"tides is below the bar {words[1]}\n" if code else "")
    assert out.startswith("tides at ")


def test_the_repositorys_own_bar_counts_unless_the_call_gives_one(run: Run, home: Path) -> None:
    folder = repository({**SERVICE, ".aiscaffold.toml": "[audit]\nbar = 'A'\n"}, home / "strict")
    assert run("audit", folder)[0::2] == (1, "strict is below the bar A\n")
    assert run("audit", folder, "--bar", "D")[0::2] == (0, "")
    assert run("audit", folder, *ONE)[0::2] == (0, "")


def test_a_tier_for_a_selection_of_the_repository_itself_is_refused(run: Run, home: Path) -> None:
    folder = repository({**SERVICE, ".aiscaffold.toml": "[audit]\nbar = 'A'\nselect = ['DOC']\n"}, home / "odd")
    code, out, err = run("audit", folder)
    assert (code, out) == (2, "")
    assert "only all rules together make a tier A" in err


@pytest.mark.parametrize(
    "settings", ["bar = 'Z'", "ignore = { HON106 = 'why' }", "kind = 'x'", "x = 1", "select = ['X']"]
)
def test_wrong_settings_of_the_repository_name_their_file(run: Run, home: Path, settings: str) -> None:
    folder = repository({**SERVICE, ".aiscaffold.toml": f"[audit]\n{settings}\n"}, home / "odd")
    code, out, err = run("audit", folder)
    assert (code, out) == (2, "")
    assert err.startswith("aiscaffold: .aiscaffold.toml")
    assert len(err.splitlines()) == 2


@pytest.mark.parametrize("form", [*FORMATS, *TOGETHER])
def test_every_format_is_printed_and_written_alike(run: Run, tides: Path, home: Path, form: str) -> None:
    code, out, err = run("audit", tides, *BAD, "--format", form)
    assert (code, err) == (0, "")
    assert out.endswith("\n")
    assert not out.endswith("\n\n")
    (home / "reports").mkdir()
    assert run("audit", tides, *BAD, "-f", form, "-o", "reports/one.txt") == (0, "", "")
    assert (home / "reports" / "one.txt").read_bytes() == out.encode()
    assert listing(home / "reports") == ["one.txt"]


def test_the_brief_is_what_a_reviewer_sees(run: Run, tides: Path) -> None:
    code, out, err = run("audit", tides, "--format", "brief")
    assert (code, err) == (0, "")
    assert "as a reviewer sees it in four minutes" in out
    assert "History   1 commit over 1 day" in out


def test_the_score_is_explained_rule_by_rule(run: Run, tides: Path) -> None:
    code, out, err = run("audit", tides, "--explain-score", "--select", "DOC101,HON106")
    assert (code, err) == (0, "")
    assert "     5  0       DOC101" in out
    assert "earned, 0 unknown: " in out
    assert "tier C needs DOC101 (missing)" in out


@pytest.mark.parametrize("output", ["taken", "file/report.txt", "x" * 300])
def test_what_cannot_be_written_is_told_and_leaves_nothing(run: Run, tides: Path, home: Path, output: str) -> None:
    (home / "taken").mkdir()
    (home / "file").touch()
    before = listing(home)
    code, out, err = run("audit", tides, *ONE, "--output", output)
    assert (code, out) == (3, "")
    assert err.startswith("aiscaffold: cannot write ")
    assert "  hint: choose another --output" in err
    assert listing(home) == before


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"NO_COLOR": "1"}, False),
    ],
)
def test_colours_follow_the_conventions(
    run: Run, tides: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], coloured: bool
) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    code, out, err = run("audit", tides, *BAD)
    assert (code, err) == (0, "")
    assert ("\x1b[" in out) is coloured
    assert "\x1b" not in run("audit", tides, *BAD, "--format", "markdown")[1]


@pytest.mark.skipif(os.name != "posix", reason="streams are closed by a shell")
@pytest.mark.parametrize(
    ("redirection", "code", "said"),
    [
        ("audit tides {} >&-", 0, ""),
        ("audit tides {} | head -0", 0, ""),
        ("audit tides {} > /dev/full", 3, "No space left"),
        ("audit --from - {} <&-", 2, "- names no repository"),
    ],
)
def test_streams_that_are_gone_are_no_bug(home: Path, tides: Path, redirection: str, code: int, said: str) -> None:
    script = redirection.format("--select HON106")
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; '{sys.executable}' -m aiscaffold {script}"],
        cwd=home, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the file system refuses such names")
@pytest.mark.parametrize("form", [*FORMATS, *TOGETHER])
def test_names_that_are_no_utf_8_can_be_printed_and_written(run: Run, home: Path, form: str) -> None:
    odd = {os.fsdecode(b"caf\xe9.py"): "import fastapi\nimport sklearn\nx = 1\n", "new\nline.ipynb": "{"}
    folder = repository({"README.md": "# Tides\n", **odd}, home / os.fsdecode(b"odd\xe9"))
    code, out, err = run("audit", folder, "--format", form)
    assert (code, err) == (0, "")
    assert out
    assert run("audit", folder, "--format", form, "--output", "report")[0::2] == (0, "")
