"""A project of a stranger's template, and how its tests see that an update ran nothing and changed nothing."""

import json
import re
from pathlib import Path

from support import Run, git
from unchanged import contents

from aiscaffold.project import ANSWERS_FILE


def trusted(tmp_path: Path) -> dict[str, list[str]]:
    file = tmp_path / "config" / "aiscaffold" / "trust.json"
    found: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))["trusted"] if file.exists() else {}
    return found


def assert_refused(run: Run, project: Path, says: str, *words: str) -> None:
    """The update is refused with the reason; nothing was run, written or agreed to."""
    top = project.parents[1]
    before, known = contents(project), trusted(top)
    code, out, err = run("update", "--defaults", *words)
    assert (code, out) == (3, ""), err
    assert re.search(says, err), err
    assert "Traceback" not in err
    assert contents(project) == before
    assert trusted(top) == known
    assert not (top / "canary").exists()


def record(project: Path, **entries: str) -> None:
    """Write entries into the answers file as they are, and commit that."""
    text = (project / ANSWERS_FILE).read_text(encoding="utf-8")
    for name, value in entries.items():
        text = re.sub(rf"^{name}: .*", lambda _: f"{name}: {value}", text, flags=re.MULTILINE)  # noqa: B023 - used at once
    (project / ANSWERS_FILE).write_text(text, encoding="utf-8", newline="\n")
    git(project, "commit", "--quiet", "--all", "--message", "Record")
