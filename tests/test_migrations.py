"""Migrations of third-party templates: which ones apply, where they run, and what they are good for."""

from pathlib import Path

import pytest
from foreign_templates import ADDRESS, publish, write_template
from support import Run, git

from aiscaffold.migrations import matching


@pytest.mark.parametrize(
    ("entry", "commands"),
    [
        ("python m.py", ["python m.py"]),
        (["python", "m.py"], ["python m.py"]),
        ({"command": "a"}, ["a"]),
        ({"version": "v2.0.0", "command": "a"}, ["a"]),
        ({"version": "v1.0.0", "command": "a"}, []),
        ({"version": "v2.0.1", "command": "a"}, []),
        ({"version": "1.5", "before": ["a", ["b", "c"]], "after": ["d"]}, ["a", "b c", "d"]),
        ({"version": "3", "before": ["a"]}, []),
    ],
)
def test_migrations_apply_between_their_versions(entry: object, commands: list[str]) -> None:
    found = matching({"_migrations": [entry]}, "v1.0.0", "v2.0.0")
    assert [migration.line for migration in found] == commands


@pytest.mark.parametrize("names", [("", "v2.0.0"), ("v1-3-gabc", "main")])
def test_without_two_versions_nothing_is_migrated(names: tuple[str, str]) -> None:
    assert matching({"_migrations": ["a"]}, *names) == ()


MOVE = {"command": "git mv settings.ini config.ini", "when": "{{ _stage == 'before' }}"}
NOTE = {"version": "v2.0.0", "command": "echo $VERSION_FROM to {{ _version_to }} of {{ name }} > migrated.txt"}
SETTINGS = "".join(f"option{n} = {n}\n" for n in range(40))


@pytest.fixture
def project(tmp_path: Path, home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project at v1.0.0 of a template whose v2.0.0 moves and rewrites a file, and migrates."""
    template = tmp_path / "template"
    write_template(template, {"settings.ini": SETTINGS}, "v1.0.0")
    git(template, "rm", "--quiet", "settings.ini")
    new = "".join(f"[part{n}]\nvalue = {n}\n" for n in range(40))
    options = f"_migrations: {[MOVE, NOTE]!r}\nname: {{type: str, default: tide}}\nport: {{type: int, default: 80}}\n"
    write_template(template, {"config.ini": new + SETTINGS, "copier.yml": options}, "v2.0.0")
    publish(template)
    assert run("new", ADDRESS, "tide", "--ref", "v1.0.0", "--defaults")[0] == 0
    monkeypatch.chdir(home / "tide")
    return home / "tide"


def test_a_migration_needs_consent_and_runs_away_from_the_project(run: Run, project: Path) -> None:
    code, _, err = run("update", "--defaults")
    assert code == 3
    assert "migration: git mv settings.ini config.ini" in err
    assert git(project, "status", "--porcelain") == ""
    code, _, err = run("update", "--defaults", "--trust", "--dry-run")
    assert code == 0
    assert git(project, "status", "--porcelain") == ""


def test_what_a_migration_moved_is_merged_as_moved(run: Run, project: Path) -> None:
    settings = project / "settings.ini"
    settings.write_text(SETTINGS.replace("option7 = 7", "option7 = mine"), encoding="utf-8", newline="\n")
    git(project, "commit", "--quiet", "--all", "--message", "Mine")
    assert run("update", "--defaults", "--trust")[0] == 0
    assert not settings.exists()
    merged = (project / "config.ini").read_text(encoding="utf-8")
    assert "option7 = mine\n" in merged
    assert "[part39]\n" in merged
    assert (project / "migrated.txt").read_text(encoding="utf-8") == "v1.0.0 to v2.0.0 of tide\n"


def test_a_new_project_is_not_migrated_and_needs_no_consent(run: Run, project: Path, home: Path) -> None:
    code, _, _ = run("new", ADDRESS, home / "fresh", "--defaults")
    assert code == 0
    assert not (home / "fresh/migrated.txt").exists()


def test_a_migration_that_fails_leaves_the_project_alone(run: Run, project: Path, tmp_path: Path) -> None:
    failing = (
        "_migrations: ['echo why >&2; exit 3']\nname: {type: str, default: tide}\nport: {type: int, default: 80}\n"
    )
    write_template(tmp_path / "template", {"copier.yml": failing}, "v3.0.0")
    code, _, err = run("update", "--defaults", "--trust")
    assert code == 3
    assert "the template's migration failed: echo why" in err
    assert git(project, "status", "--porcelain") == ""
