"""Documents say what is so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from aiscaffold import __version__
from aiscaffold.catalog import load_catalogue

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
DOCUMENTS += sorted((ROOT / "docs").rglob("*.md"))


def test_generated_parts_are_up_to_date() -> None:
    tool = [sys.executable, str(ROOT / "tools" / "docs.py")]
    if subprocess.run([*tool, "--check"], check=False).returncode:
        subprocess.run(tool, check=True)
        pytest.fail("generated documents were stale; they have been rewritten: look at the difference and commit it")


def test_the_dispatcher_is_up_to_date() -> None:
    assert (
        subprocess.run([sys.executable, str(ROOT / "tools" / "dispatcher.py"), "--check"], check=False).returncode == 0
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.relative_to(ROOT).as_posix())
def test_links_inside_the_repository_lead_somewhere(document: Path) -> None:
    text = re.sub(r"^(`{3,}).*?^\1$", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text)
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_changelog_names_the_current_version_or_what_is_coming() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest
    assert newest[1] == __version__.partition(".dev")[0]


def test_every_template_has_a_changelog_that_names_its_newest_version() -> None:
    for template in load_catalogue().templates:
        assert "## 0." in (template.folder / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_poe_task_that_a_document_names_exists() -> None:
    tasks = set(re.findall(r"^(\w+) = \{", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        name
        for document in (ROOT / "CONTRIBUTING.md", ROOT / "docs/explanation/architecture.md")
        for name in re.findall(r"`(?:uv run (?:--locked )?)?poe (\w+)`", document.read_text(encoding="utf-8"))
    }
    assert named - tasks == set()


def test_the_picture_shows_this_version_and_the_command_of_the_readme() -> None:
    picture = (ROOT / "docs/images/new.svg").read_text(encoding="utf-8").replace("&#160;", " ")
    assert "aiscaffold new end-to-end-ml" in picture
    assert __version__ in picture
