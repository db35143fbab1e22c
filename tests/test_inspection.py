"""From what somebody names to a report: folders, commits, git addresses, projects, kinds and ignores."""

import os
from pathlib import Path

import pytest
from audited import SERVICE, repository
from support import git, listing

from aiscaffold.catalog import ADDRESS
from aiscaffold.errors import BadConfig, NotARepository
from aiscaffold.inspection import Order, inspect
from aiscaffold.report import Report

pytestmark = pytest.mark.usefixtures("home")
ONE = Order(select=("DOC101",))
OURS = f"_src_path: {ADDRESS}\n_commit: v0.0.1\ntemplate: kaggle\n"


def report_of(place: Path | str, order: Order = ONE) -> Report:
    """The report on a place."""
    return inspect(str(place), order).report


@pytest.fixture
def tides(tmp_path: Path) -> Path:
    """A service with one commit."""
    return repository(SERVICE, tmp_path / "tides")


def test_a_folder_is_audited_as_it_stands(tides: Path) -> None:
    subject = report_of(tides).subject
    assert (subject.name, subject.commit, subject.project) == ("tides", git(tides, "rev-parse", "HEAD"), "")
    assert (subject.kind, subject.files) == ("service", 3)


@pytest.mark.parametrize("place", ["", "/", "/../tides", "/."])
def test_a_path_may_be_written_in_several_ways(tides: Path, place: str) -> None:
    assert report_of(f"{tides}{place}") == report_of(tides)


@pytest.mark.parametrize("ending", ["", ".git", "/"])
def test_a_git_address_is_cloned_and_leaves_nothing(tides: Path, tmp_path: Path, ending: str) -> None:
    if ending == ".git":
        tides = tides.rename(tides.with_name("tides.git"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(scratch))
        subject = report_of(f"{tides.as_uri()}{'/' * (ending == '/')}").subject
    assert (subject.name, subject.commit, subject.files) == ("tides", git(tides, "rev-parse", "HEAD"), 3)
    assert listing(scratch) == []


def test_a_commit_of_an_address_can_be_named(tides: Path) -> None:
    first = git(tides, "rev-parse", "HEAD")
    git(tides, "rm", "--quiet", "app.py")
    git(tides, "commit", "--quiet", "--message", "Drop it")
    assert report_of(tides.as_uri(), Order(at="HEAD~1", select=("DOC101",))).subject.commit == first
    assert report_of(tides, Order(at=first[:10], select=("DOC101",))).subject.files == 3


@pytest.mark.parametrize(
    "address",
    [
        "ext::sh -c 'touch% evil'",
        "ext::touch evil",
        "fd::17",
        "--upload-pack=touch evil",
        "ssh://-oProxyCommand=touch evil/x",
    ],
)
def test_an_address_that_would_run_a_program_is_refused(home: Path, address: str) -> None:
    with pytest.raises(NotARepository):
        report_of(address)
    assert listing(home) == []


@pytest.mark.skipif(os.name != "posix", reason="the program is a shell script")
def test_an_address_never_reaches_a_transport_that_runs_commands(home: Path, tmp_path: Path) -> None:
    git(home, "config", "--global", "protocol.ext.allow", "always")
    git(home, "config", "--global", f"url.ext::touch {tmp_path}/evil .insteadOf", "https://example.org/")
    with pytest.raises(NotARepository, match="cannot be cloned"):
        report_of("https://example.org/tides")
    assert not (tmp_path / "evil").exists()


def test_an_address_that_cannot_be_cloned_is_shown_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(NotARepository) as refusal:
        report_of("ssh://ada:secret@127.0.0.1:1/nowhere.git")
    assert "secret" not in refusal.value.message + refusal.value.hint
    assert "ssh://127.0.0.1:1/nowhere.git cannot be cloned" in refusal.value.message
    with pytest.raises(NotARepository, match="nowhere cannot be cloned"):
        report_of((tmp_path / "nowhere").as_uri())


API = {
    "api/pyproject.toml": "[project]\nname = 'api'\n",
    "api/app.py": SERVICE["app.py"],
    "web/setup.py": "",
    "web/x.py": "",
}


@pytest.mark.parametrize("named", ["api", "api/", "./api", "/api/"])
@pytest.mark.parametrize("revision", ["", "HEAD"])
def test_a_project_of_a_repository_is_audited_alone(tmp_path: Path, named: str, revision: str) -> None:
    folder = repository({**SERVICE, **API}, tmp_path / "mono")
    subject = report_of(folder, Order(at=revision, project=named, select=("DOC101",))).subject
    assert (subject.name, subject.project, subject.files, subject.projects) == ("mono", "api/", 2, ())
    assert report_of(folder).subject.projects == ("api", "web")


@pytest.mark.parametrize("revision", ["", "HEAD"])
def test_a_path_below_the_top_names_the_project_there(tmp_path: Path, revision: str) -> None:
    folder = repository({**SERVICE, **API}, tmp_path / "mono")
    assert report_of(folder / "api", Order(at=revision, select=("DOC101",))).subject.project == "api/"


@pytest.mark.parametrize("named", ["ap", "api/app.py", "..", "../mono", "nope"])
def test_a_project_without_tracked_files_is_refused(tmp_path: Path, named: str) -> None:
    folder = repository({**SERVICE, **API}, tmp_path / "mono")
    with pytest.raises(NotARepository, match="git tracks nothing below"):
        report_of(folder, Order(project=named))


def test_the_kind_is_declared_by_the_option_before_the_settings_before_the_answers_file(tmp_path: Path) -> None:
    answers = {**SERVICE, ".copier-answers.yml": OURS}
    settled = {**answers, ".aiscaffold.toml": "[audit]\nkind = 'library'\n"}
    of_answers, of_settings = (repository(files, tmp_path / str(len(files))) for files in (answers, settled))
    assert _kind(report_of(of_answers)) == ("kaggle", ".copier-answers.yml")
    assert _kind(report_of(of_settings)) == ("library", ".aiscaffold.toml")
    assert _kind(report_of(of_settings, Order(kind="notebooks", select=("DOC101",)))) == ("notebooks", "")


def _kind(report: Report) -> tuple[str, str]:
    return report.subject.kind, report.subject.reasons[0].path


def settled(tmp_path: Path, settings: str) -> Path:
    """A service with settings."""
    return repository({**SERVICE, ".aiscaffold.toml": f"[audit]\n{settings}\n"}, tmp_path / "settled")


def test_the_settings_of_the_audited_commit_count(tmp_path: Path) -> None:
    folder = settled(tmp_path, "kind = 'library'")
    (folder / ".aiscaffold.toml").write_text("[audit]\nkind = 'kaggle'\n", encoding="utf-8")
    assert report_of(folder).subject.kind == "kaggle"
    assert report_of(folder, Order(at="HEAD", select=("DOC101",))).subject.kind == "library"


@pytest.mark.parametrize(
    ("settings", "order", "said"),
    [
        ("", Order(kind="servce"), "--kind: there is no kind 'servce'"),
        ("", Order(select=("DOX",)), "no rule is called 'DOX'"),
        ("", Order(ignore=("DOX",)), "no rule is called 'DOX'"),
        ("select = ['DOX']", Order(), ".aiscaffold.toml: select: no rule is called 'DOX'"),
        ("select = ['DOX']", ONE, ".aiscaffold.toml: select: no rule is called 'DOX'"),
        ("ignore = { DOX = 'why' }", ONE, ".aiscaffold.toml: ignore: no rule is called 'DOX'"),
        ("ignore = { HON106 = 'no' }", Order(), ".aiscaffold.toml: the ignore of HON106 is not needed: the README has"),
        ("ignore = { HON10 = 'no' }", Order(kind="kaggle", select=("HON106",)), ""),
        ("ignore = { HON106 = 'no' }", ONE, ""),
        ("ignore = { DOC = 'all in the wiki' }", Order(), ""),
    ],
)
def test_a_wrong_code_and_an_ignore_of_nothing_are_refused(
    tmp_path: Path, settings: str, order: Order, said: str
) -> None:
    folder = settled(tmp_path, settings)
    if not said:
        assert report_of(folder, order).findings
        return
    with pytest.raises(BadConfig) as refusal:
        report_of(folder, order)
    assert refusal.value.message.startswith(said)
    assert refusal.value.hint


def test_an_ignored_failure_shows_its_reason_and_does_not_lift_the_tier(tmp_path: Path) -> None:
    folder = settled(tmp_path, "ignore = { DOC101 = 'in the wiki' }")
    report = report_of(folder, Order())
    assert [(found.rule.code, found.ignored) for found in report.ignored] == [("DOC101", "in the wiki")]
    assert report.tier == "D"
    assert "DOC101" in {found.rule.code for found in report.blocking}


@pytest.mark.parametrize(("order", "bar"), [(Order(), "B"), (ONE, ""), (Order(ignore=("DOC101",)), "")])
def test_the_repositorys_own_bar_is_for_all_that_it_asks(tmp_path: Path, order: Order, bar: str) -> None:
    assert inspect(str(settled(tmp_path, "bar = 'B'")), order).bar == bar


def test_a_part_of_the_rules_makes_no_tier(tides: Path) -> None:
    assert report_of(tides).is_partial
    assert report_of(tides, Order(ignore=("DOC101",))).is_partial
    assert not report_of(tides, Order()).is_partial


def test_the_first_screen_is_looked_at_only_where_it_is_wanted(tides: Path) -> None:
    assert report_of(tides).first_screen is None
    screen = report_of(tides, Order(select=("DOC101",), with_screen=True)).first_screen
    assert screen
    assert (screen.title, screen.commits) == ("Tides", 1)


def test_a_repository_without_any_file_is_audited(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "empty")
    report = report_of(tmp_path / "empty", Order(with_screen=True))
    assert report.subject.kind == "other"
    assert not [found for found in report.findings if found.verdict == "crashed"]


def test_an_audit_leaves_no_trace(tides: Path) -> None:
    (tides / "app.py").write_text("x = 1\n", encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in tides.rglob("*")}
    report_of(tides, Order(with_screen=True))
    report_of(tides, Order(at="HEAD", with_screen=True))
    assert {path: path.stat().st_mtime_ns for path in tides.rglob("*")} == before
