"""A generated project's recorded answers: the file that ties it to its template."""

from pathlib import Path
from typing import Any

import yaml

ANSWERS_FILE = ".copier-answers.yml"


def read_answers(project: Path) -> dict[str, Any]:
    """The answers, template and version that a project was made from."""
    recorded: dict[str, Any] = yaml.safe_load((project / ANSWERS_FILE).read_text(encoding="utf-8"))
    return recorded


def record_origin(project: Path, address: str, revision: str) -> None:
    """Put the public address and the version into the answers file, where copier wrote a folder of this machine."""
    file = project / ANSWERS_FILE
    comment = file.read_text(encoding="utf-8").splitlines()[0]
    answers = {**read_answers(project), "_commit": revision, "_src_path": address}
    # The same dumper settings as copier's `to_nice_yaml`: plain copier writes the same bytes.
    text = yaml.safe_dump(answers, indent=4, allow_unicode=True, default_flow_style=False)
    file.write_text(f"{comment}\n{text}", encoding="utf-8", newline="\n")
