"""Third-party copier templates for tests: small git repositories, as good or as hostile as a test wants them."""

from pathlib import Path

from support import git

ADDRESS = "gh:ada/template"
ANSWERS = "{{ _copier_conf.answers_file }}.jinja"
FILES = {
    "copier.yml": "name: {type: str, default: tide}\nport: {type: int, default: 80}\n",
    ANSWERS: "# Changes here are overwritten by copier\n{{ _copier_answers|to_nice_yaml -}}\n",
    "README.md.jinja": "# {{ name }} at {{ port }}, from {{ _copier_answers._src_path }}\n",
}


def write_template(folder: Path, files: dict[str, str] | None = None, tag: str = "v1.0.0") -> str:
    """Commit the template, with files replaced or added, in a repository that may exist, and tag it; the commit id."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    for name, text in {**FILES, **(files or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", tag or "more")
    if tag:
        git(folder, "tag", "--force", tag)
    return git(folder, "rev-parse", "HEAD")


def publish(folder: Path, address: str = ADDRESS) -> None:
    """Let git find a folder where an address on GitHub points to."""
    url = address.replace("gh:", "https://github.com/")
    git(folder, "config", "--global", "--replace-all", f"url.{folder.as_posix()}.insteadOf", f"{url}.git")
