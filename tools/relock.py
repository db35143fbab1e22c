"""Lock the templates' dependencies again: `poe relock`.

Renders each template under a sentinel name, runs `uv lock --upgrade`, and writes back uv.lock.jinja, with the
project's own name as a placeholder, and reserved.txt, the names that a project may not take.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from copier import run_copy

ROOT = Path(__file__).parents[1]
SENTINEL = "relock-sentinel"
PLACEHOLDER = "{{ distribution_name }}"
INDEX = "https://pypi.org/simple"
HOSTS = {"pypi.org", "files.pythonhosted.org"}
LIST_NAMES = """
import json
from importlib.metadata import packages_distributions
print(json.dumps(sorted(packages_distributions())))
"""


def main() -> int:
    """Lock every template, or those named; the exit code."""
    found = sorted(path.parent.name for path in ROOT.glob("templates/[!_]*/questions.yml"))
    for name in sys.argv[1:] or found:
        relock(name)
        print(f"{name}: locked")
    return 0


def relock(template: str) -> None:
    """Write one template's lock file and reserved names."""
    folder = ROOT / "templates" / template
    with tempfile.TemporaryDirectory(prefix="relock-", ignore_cleanup_errors=True) as scratch:
        project = render(template, Path(scratch))
        uv(project, "lock", "--upgrade")
        lock = project.joinpath("uv.lock").read_text(encoding="utf-8")
        refuse_foreign_hosts(lock)
        reserved = sorted({*distributions(lock), *imports(project)} - {SENTINEL, SENTINEL.replace("-", "_")})
    write(folder / "template" / "uv.lock.jinja", as_template(lock))
    write(folder / "reserved.txt", "\n".join(reserved) + "\n")


def render(template: str, scratch: Path) -> Path:
    """A project of the template, rendered from the files as they are now."""
    source, project = scratch / "source", scratch / "project"
    shutil.copytree(ROOT / "templates", source / "templates")
    shutil.copyfile(ROOT / "copier.yml", source / "copier.yml")
    answers = {"template": template, "project_name": SENTINEL}
    run_copy(str(source), project, data=answers, defaults=True, quiet=True)
    return project


def as_template(lock: str) -> str:
    """The lock file with a placeholder where it names the project itself."""
    return lock.replace(f'name = "{SENTINEL}"', f'name = "{PLACEHOLDER}"')


def refuse_foreign_hosts(lock: str) -> None:
    """Stop where the lock names any index but the public one, as behind a mirror."""
    foreign = set(re.findall(r"https?://([^/\"]+)", lock)) - HOSTS
    if foreign:
        raise SystemExit(f"the lock names {', '.join(sorted(foreign))}")


def distributions(lock: str) -> list[str]:
    """The name of every package in the lock file."""
    return re.findall(r'^name = "(.+)"$', lock, re.MULTILINE)


def imports(project: Path) -> list[str]:
    """Every name that the project's environment can import, but the private ones."""
    uv(project, "sync", "--locked")
    names: list[str] = json.loads(uv(project, "run", "--no-sync", "python", "-c", LIST_NAMES))
    return [name for name in names if re.fullmatch(r"[A-Za-z]\w*", name)]


def uv(project: Path, *arguments: str) -> str:
    """Run uv in the project, with the public index and an environment of its own."""
    private = {"VIRTUAL_ENV", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"}
    environment = {key: value for key, value in os.environ.items() if key not in private}
    environment["UV_DEFAULT_INDEX"] = INDEX
    command = ["uv", "--directory", str(project), *arguments]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, encoding="utf-8")
    return done.stdout


def write(path: Path, text: str) -> None:
    """Write a text file with the same bytes on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    raise SystemExit(main())
