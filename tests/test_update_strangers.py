"""An update lets no stranger run or write anything: not a template's new version, not an edited record."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from foreign_templates import ADDRESS, FILES, publish, write_template
from strangers import assert_refused, record
from support import Run, git

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell and links")

QUESTIONS = FILES["copier.yml"]
NEWS = {"README.md.jinja": "# {{ name }}, better\n"}
Prepare = Callable[[Path, Path], object]


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that appears where a stranger's command was run, or a path of a stranger's written to."""
    return tmp_path / "canary"


@pytest.fixture
def project(template: Path, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of that template."""
    assert run("new", ADDRESS, "tide", "--defaults")[0] == 0
    monkeypatch.chdir(home / "tide")
    return home / "tide"


RUNS = {
    "a task": ("_tasks: ['touch CANARY']\n", "task: touch "),
    "a task for updates alone": (
        "_tasks: [{command: 'touch CANARY', when: \"{{ _copier_operation == 'update' }}\"}]\n",
        "task: touch ",
    ),
    "a migration": ("_migrations: ['touch CANARY']\n", "migration.*: touch "),
    "a migration to this version": ("_migrations: [{version: v2, command: 'touch CANARY'}]\n", "migration.*: touch "),
    "a migration of old": ("_migrations: [{version: v2, before: ['touch CANARY']}]\n", "migration.*: touch "),
    "an extension": ("_jinja_extensions: [evil.Extension]\n", "extension: evil.Extension"),
    "an included task": ("!include more.yml\n", "task: touch "),
    "data from outside": ("_external_data: {secret: ../../secret.yml}\n", r"external data: \.\./\.\./secret.yml"),
}


@pytest.mark.parametrize("name", RUNS)
def test_what_a_new_version_would_run_is_named_and_not_run(
    run: Run, template: Path, project: Path, canary: Path, name: str
) -> None:
    options, says = RUNS[name]
    options = options.replace("CANARY", str(canary))
    write_template(template, {**NEWS, "copier.yml": options, "more.yml": f"_tasks: ['touch {canary}']\n"}, "v2.0.0")
    assert_refused(run, project, says)


@pytest.mark.parametrize("words", [("--dry-run",), ("--check", "--json"), ("--branch", "news"), ("-d", "port=8080")])
def test_no_way_to_call_runs_what_nobody_agreed_to(
    run: Run, template: Path, project: Path, canary: Path, words: tuple[str, ...]
) -> None:
    write_template(template, {"copier.yml": f"{QUESTIONS}_tasks: ['touch {canary}']\n"}, "v2.0.0")
    assert_refused(run, project, "task: touch ", *words)


def link(target: str, options: str = "_preserve_symlinks: true\n") -> Prepare:
    """A new version with a link in it."""

    def prepare(template: Path, canary: Path) -> None:
        (template / "link").symlink_to(target)
        write_template(template, {**NEWS, "copier.yml": QUESTIONS + options}, "v2.0.0")

    return prepare


def files(**named: str) -> Prepare:
    """A new version with these files; `CANARY` in them is the path of the canary."""

    def prepare(template: Path, canary: Path) -> None:
        changed = {path: text.replace("CANARY", str(canary)) for path, text in named.items()}
        write_template(template, {**NEWS, **changed}, "v2.0.0")

    return prepare


def submodule(url: str, options: str = "") -> Prepare:
    """A new version with a submodule that no clone can have without running or reading something."""

    def prepare(template: Path, canary: Path) -> None:
        commit = git(template, "rev-parse", "HEAD")
        git(template, "update-index", "--add", "--cacheinfo", f"160000,{commit},module")
        text = f'[submodule "module"]\n\tpath = module\n\turl = "{url}"\n{options}'.replace("CANARY", str(canary))
        (template / ".gitmodules").write_text(text, encoding="utf-8")
        git(template, "add", ".gitmodules")
        git(template, "commit", "--quiet", "-m", "module")
        git(template, "tag", "v2.0.0")

    return prepare


ESCAPES: dict[str, tuple[Prepare, str]] = {
    "a path that goes up": (
        files(**{"copier.yml": f"{QUESTIONS}up: ../../canary\n", "{{ up }}": "x"}),
        "does not render",
    ),
    "a path from the root": (files(**{"copier.yml": f"{QUESTIONS}up: CANARY\n", "{{ up }}": "x"}), "does not render"),
    "a hook of the project's git": (
        files(
            **{
                "copier.yml": f"{QUESTIONS}_exclude: [copier.yml, /.git]\n",
                "sub/{{ '.git' }}/hooks/pre-commit": "touch CANARY",
            }
        ),
        "git could run code",
    ),
    "git's folder in other letters": (files(**{"{{ '.GIT' }}/config": "x"}), "git could run code"),
    "a bare repository": (
        files(**{f"b/{name}": "x" for name in ("HEAD", "objects/x", "refs/x", "config")}),
        "git could run code",
    ),
    "a link to a file of the system": (link("/etc/passwd"), "leads out of the project"),
    "a link out of the tree": (link("../../canary"), "leads out of the project"),
    "a link into git's folder": (link(".git/hooks"), "leads out of the project"),
    "a submodule by a command": (submodule("ext::sh -c touch% CANARY"), "does not render"),
    "a submodule from this machine": (submodule("/etc"), "does not render"),
    "a submodule that is an option": (submodule("-u./evil"), "does not render"),
    "a submodule updated by a command": (
        submodule("/etc", "\tupdate = !touch CANARY\n"),
        "does not render",
    ),
}


@pytest.mark.parametrize("name", ESCAPES)
def test_what_a_new_version_would_write_out_of_the_project_is_refused(
    run: Run, template: Path, project: Path, canary: Path, name: str
) -> None:
    prepare, says = ESCAPES[name]
    prepare(template, canary)
    assert_refused(run, project, says)


def test_a_link_that_copier_would_follow_out_of_the_template_brings_no_secret(
    run: Run, template: Path, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("of the user\n", encoding="utf-8")
    link(str(tmp_path / "secret"), "")(template, tmp_path)
    assert_refused(run, project, "does not render|leads out of")


def test_attributes_of_a_stranger_name_programs_in_vain(run: Run, template: Path, project: Path, canary: Path) -> None:
    config = f'[filter "evil"]\n\tclean = touch {canary}\n\tsmudge = touch {canary}\n'
    config += f'[diff "evil"]\n\ttextconv = touch {canary}\n[core]\n\tfsmonitor = touch {canary}\n'
    named = {".gitattributes": "* filter=evil diff=evil merge=evil\n", ".gitconfig": config, ".git-config": config}
    write_template(template, {**NEWS, **named}, "v2.0.0")
    assert run("update", "--defaults", "--diff")[0] == 0
    assert (project / ".gitattributes").read_text(encoding="utf-8").startswith("* filter=evil")
    assert not canary.exists()


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("-evil", "is no address"),
        ("--upload-pack=touch CANARY", "is no address"),
        ("ext::sh -c touch% CANARY", "is no address"),
        ("git+ext::sh -c touch% CANARY", "is no address|cannot be fetched"),
        ("https://ada:s3cret@example.org/t.git", "credentials"),
        ('"gh:ada/template\\n--upload-pack=touch CANARY"', "is no address|cannot be fetched"),
        ("fd::17", "is no address"),
        ("ssh://-oProxyCommand=touch%20CANARY/x.git", "cannot be fetched|is no address"),
        ("gh:-oProxyCommand=x/../../../etc", "cannot be fetched"),
        ("/etc", "is no template"),
        ("~", "is no template"),
        ("[gh:ada/template]", "is no address|cannot be fetched|is no template"),
    ],
)
def test_an_address_that_is_an_order_is_not_followed(
    run: Run, project: Path, canary: Path, value: str, says: str
) -> None:
    record(project, _src_path=value.replace("CANARY", str(canary)))
    assert_refused(run, project, says)
    assert "s3cret" not in run("update")[2]


@pytest.mark.parametrize(
    "value",
    [
        "--upload-pack=touch CANARY",
        "-v",
        "v1.0.0^{/x}",
        "HEAD~0:README.md",
        "$(touch CANARY)",
        "v1..v2",
        "@{u}",
        "':/x'",
    ],
)
def test_a_version_that_is_an_order_is_no_version(
    run: Run, template: Path, project: Path, canary: Path, value: str
) -> None:
    write_template(template, NEWS, "v2.0.0")
    record(project, _commit=value.replace("CANARY", str(canary)))
    assert_refused(run, project, "has no version")


@pytest.mark.parametrize("options", [QUESTIONS, f"{QUESTIONS}_tasks: ['touch CANARY']\n"], ids=["data", "code"])
def test_another_address_in_the_answers_file_is_not_followed_unasked(
    run: Run, project: Path, canary: Path, options: str, tmp_path: Path
) -> None:
    files_of_eve = {**NEWS, "copier.yml": options.replace("CANARY", str(canary))}
    write_template(tmp_path / "eve", files_of_eve)
    publish(tmp_path / "eve", "gh:eve/template")
    write_template(tmp_path / "eve", {"more": ""}, "v2.0.0")
    record(project, _src_path="gh:eve/template")
    assert_refused(run, project, "it takes the place of gh:ada/template")
