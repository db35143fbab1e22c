"""Third-party templates come out byte for byte as plain copier renders them, without network, and do no harm."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from foreign_templates import ADDRESS, ANSWERS, write_template
from plumbum import local
from support import git, listing

from aiscaffold.errors import RenderFailed
from aiscaffold.foreign import Recipe, render
from aiscaffold.source import open_source

posix = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell or links")


def plain_copier(address: str, destination: Path, *options: str) -> None:
    """Let copier's own command line do the same."""
    cache = {"COPIER_CACHE_DIR": str(destination.parent / "copier-cache")}
    command = [sys.executable, "-m", "copier", "copy", "--defaults", *options, address, str(destination)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **cache})


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def recipe(address: str = ADDRESS, ref: str = "", **wishes: object) -> Recipe:
    source = open_source(address)
    return Recipe(source, source.find(ref) if ref else source.newest(), **wishes)  # type: ignore[arg-type]


def answers(project: Path) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load((project / ".copier-answers.yml").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("ref", ["", "v1.0.0", "main"])
def test_every_byte_is_plain_copiers(template: Path, tmp_path: Path, ref: str) -> None:
    write_template(template, {"README.md.jinja": "# {{ name }} {{ _copier_conf.vcs_ref_hash }}\n"}, tag="")
    plain_copier(ADDRESS, tmp_path / "theirs" / "p", *(["--vcs-ref", ref] if ref else []))
    render(recipe(ref=ref), tmp_path / "ours" / "p")
    assert contents(tmp_path / "ours" / "p") == contents(tmp_path / "theirs" / "p")
    assert answers(tmp_path / "ours" / "p")["_src_path"] == ADDRESS


@pytest.mark.parametrize("name", ["a folder: with odd # characters", "x.git"])
def test_so_it_is_with_a_folder_whatever_its_name(home: Path, tmp_path: Path, name: str) -> None:
    write_template(tmp_path / name)
    address = str(tmp_path / name)
    plain_copier(address, tmp_path / "theirs" / "p")
    render(recipe(address), tmp_path / "ours" / "p")
    assert contents(tmp_path / "ours" / "p") == contents(tmp_path / "theirs" / "p")
    assert answers(tmp_path / "ours" / "p")["_src_path"] == address


def test_a_folder_without_git_comes_out_as_plain_copiers_too(template: Path, tmp_path: Path) -> None:
    shutil.rmtree(template / ".git")
    plain_copier(str(template), tmp_path / "theirs" / "p")
    render(recipe(str(template)), tmp_path / "ours" / "p")
    assert contents(tmp_path / "ours" / "p") == contents(tmp_path / "theirs" / "p")
    assert "_commit" not in answers(tmp_path / "ours" / "p")


@pytest.mark.parametrize("is_folder", [True, False])
def test_nothing_is_needed_but_the_mirror(template: Path, tmp_path: Path, is_folder: bool) -> None:
    wanted = recipe(str(template) if is_folder else ADDRESS)
    shutil.rmtree(template)
    render(wanted, tmp_path / "p")
    assert answers(tmp_path / "p")["_commit"] == "v1.0.0"


def test_the_users_copier_settings_and_cache_are_left_alone(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "settings.yml"
    settings.write_text(f"defaults: {{name: mine}}\ntrust: ['{ADDRESS}']\n", encoding="utf-8")
    monkeypatch.setenv("COPIER_SETTINGS_PATH", str(settings))
    monkeypatch.setenv("COPIER_CACHE_DIR", str(tmp_path / "copier-cache"))
    before = dict(os.environ)
    render(recipe(), tmp_path / "p")
    assert answers(tmp_path / "p")["name"] == "tide"
    assert not (tmp_path / "copier-cache").exists()
    assert dict(os.environ) == before
    write_template(template, {"copier.yml": "_tasks: [touch ran]\n"}, "v2.0.0")
    with pytest.raises(RenderFailed, match="unsafe"):
        render(recipe(), tmp_path / "q")


def test_a_call_from_inside_a_git_hook_reaches_no_repository_of_the_user(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "--quiet", "user")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "user" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "user" / ".git" / "index"))
    with local.env(GIT_DIR=os.environ["GIT_DIR"]):  # as if copier had been imported inside of the hook
        render(recipe(), tmp_path / "p")
    monkeypatch.undo()
    assert listing(tmp_path / "user" / ".git" / "refs") == ["heads", "tags"]


def test_last_answers_are_taken_where_they_are_still_valid(template: Path, tmp_path: Path) -> None:
    last = "# mine\n_commit: v0.1\n_src_path: gh:eve/evil\nname: old\nport: high\ngone: 1\n"
    render(recipe(last=last), tmp_path / "p")
    assert answers(tmp_path / "p") == {"_commit": "v1.0.0", "_src_path": ADDRESS, "name": "old", "port": 80}


def test_given_answers_win_over_last_ones(template: Path, tmp_path: Path) -> None:
    render(recipe(last="name: old\nport: 1\n", data={"name": "new"}), tmp_path / "p")
    assert (answers(tmp_path / "p")["name"], answers(tmp_path / "p")["port"]) == ("new", 1)


@pytest.mark.parametrize("is_folder", [True, False])
def test_the_answers_file_may_have_another_name(template: Path, tmp_path: Path, is_folder: bool) -> None:
    address = str(template) if is_folder else ADDRESS
    render(recipe(address, last="name: old\n", answers_file=".copier-answers.app.yml"), tmp_path / "p")
    assert listing(tmp_path / "p") == [".copier-answers.app.yml", "README.md"]
    assert f"_src_path: {address}\nname: old\n" in (tmp_path / "p/.copier-answers.app.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("last", ["[1", "- 1", "name"])
def test_an_answers_file_that_holds_no_answers_is_refused(template: Path, tmp_path: Path, last: str) -> None:
    with pytest.raises(RenderFailed, match="does not hold answers"):
        render(recipe(last=last), tmp_path / "p")


def test_an_answers_file_outside_of_the_project_is_not_written(template: Path, tmp_path: Path) -> None:
    with pytest.raises(RenderFailed, match="outside"):
        render(recipe(last="name: x\n", answers_file="../evil.yml"), tmp_path / "p")
    assert not (tmp_path / "evil.yml").exists()


def test_excluded_paths_are_left_out(template: Path, tmp_path: Path) -> None:
    render(recipe(exclude=("README.md",)), tmp_path / "p")
    assert listing(tmp_path / "p") == [".copier-answers.yml"]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"x.jinja": "{{ ''.__class__.__mro__ }}"}, "unsafe"),
        ({"x.jinja": "{% include '/etc/passwd' %}"}, "etc/passwd"),
        ({"x.jinja": "{% include '../../../etc/passwd' %}"}, "etc/passwd"),
        ({"x.jinja": "{% if %}"}, "Expected an expression"),
        ({"x.jinja": "{{ no.such }}"}, "undefined"),
        ({"x.jinja": "{{ 1 / 0 }}"}, "division by zero"),
        ({"{{ name }}.txt": "", "copier.yml": "name: ../../evil"}, "evil"),
        ({"{{ name }}.txt": "", "copier.yml": "name: /tmp/evil"}, "evil"),
        ({"copier.yml": "_external_data: {o: '{{ \"../\" }}o.yml'}\nname: '{{ _external_data.o }}'"}, "o.yml"),
        ({"copier.yml": "name: {type: str}"}, "name"),
        ({"copier.yml": "name: {type: int, default: x}"}, "invalid literal"),
        ({"copier.yml": "name: {type: str, default: x, validator: 'never {{ name }}'}"}, "never x"),
        ({"copier.yml": "_min_copier_version: '99'"}, "99"),
        ({"copier.yml": "_subdirectory: ../.."}, "forbidden"),
        ({"copier.yml": "_answers_file: ../evil.yml"}, "evil"),
        ({"copier.yml": "_jinja_extensions: [os.path]"}, "unsafe"),
        ({"copier.yml": "_envops: {undefined: os.system}"}, "os.system"),
    ],
)
def test_what_does_not_render_says_why_in_one_line(
    template: Path, tmp_path: Path, files: dict[str, str], reason: str
) -> None:
    write_template(template, files, "v2.0.0")
    with pytest.raises(RenderFailed, match=reason) as refusal:
        render(recipe(), tmp_path / "deep" / "er" / "p")
    assert "gh:ada/template v2.0.0 does not render" in refusal.value.message
    assert refusal.value.message.isprintable()
    assert not list(tmp_path.rglob("evil*"))


GIT_NAMES = [".git/hooks/post-checkout", ".GIT/config", "a/.Git/x", ".git./x", ".git /x", "git~1/x", ".g\u200cit/x"]


@pytest.mark.parametrize("name", [*GIT_NAMES, ".git::$INDEX_ALLOCATION/x", "a\\.git\\x"])
@posix
def test_a_repositorys_insides_are_refused_however_they_are_spelled(template: Path, tmp_path: Path, name: str) -> None:
    options = f"_subdirectory: t\nname: {json.dumps(name)}\n"
    write_template(template, {"t/{{ name }}": "evil", "copier.yml": options}, "v2.0.0")
    with pytest.raises(RenderFailed, match="git could run code"):
        render(recipe(), tmp_path / "p")


@posix
def test_a_repository_without_a_work_tree_is_refused_too(template: Path, tmp_path: Path) -> None:
    files = {f"vendor/{name}": "x" for name in ("HEAD", "config", "objects/keep", "refs/keep")}
    write_template(template, files, "v2.0.0")
    with pytest.raises(RenderFailed, match="'vendor', which git could run code from"):
        render(recipe(), tmp_path / "p")


@posix
def test_a_name_cannot_rewrite_the_terminal(template: Path, tmp_path: Path) -> None:
    options = '_subdirectory: t\nname: "a\\e[2Kb"\n'
    write_template(template, {"t/{{ name }}": "x", "copier.yml": options}, "v2.0.0")
    with pytest.raises(RenderFailed, match="control characters") as refusal:
        render(recipe(), tmp_path / "p")
    assert refusal.value.message.isprintable()


def test_a_submodule_brings_in_no_folder_of_this_machine(template: Path, tmp_path: Path) -> None:
    write_template(tmp_path / "private", {"secret.txt": "secret"})
    git(template, "-c", "protocol.file.allow=always", "submodule", "add", str(tmp_path / "private"), "sub")
    write_template(template, tag="v2.0.0")
    with pytest.raises(RenderFailed, match="sub"):
        render(recipe(), tmp_path / "p")
    assert not list((tmp_path / "p").rglob("secret.txt"))


def with_link(template: Path, name: str, target: str, *, preserved: bool) -> None:
    (template / name).parent.mkdir(parents=True, exist_ok=True)
    (template / name).symlink_to(target)
    write_template(template, {"copier.yml": f"_preserve_symlinks: {str(preserved).lower()}\n"}, "v2.0.0")


@pytest.mark.parametrize("target", ["/etc/hostname", "../x", "../../template", ".git/config", "a/../../x"])
@posix
def test_a_link_that_leads_out_of_the_project_is_refused(template: Path, tmp_path: Path, target: str) -> None:
    with_link(template, "link", target, preserved=True)
    with pytest.raises(RenderFailed, match="link that leads out of the project"):
        render(recipe(), tmp_path / "p")


@posix
def test_a_link_that_leads_out_over_another_link_is_refused(template: Path, tmp_path: Path) -> None:
    (template / "a" / "b").mkdir(parents=True)
    (template / "a" / "b" / "up").symlink_to("../..")
    with_link(template, "link", "a/b/up/../x", preserved=True)
    with pytest.raises(RenderFailed, match="link that leads out of the project"):
        render(recipe(), tmp_path / "p")


@posix
def test_a_link_inside_of_the_project_stays_one(template: Path, tmp_path: Path) -> None:
    with_link(template, "docs/readme", "../README.md", preserved=True)
    render(recipe(), tmp_path / "p")
    assert (tmp_path / "p" / "docs" / "readme").readlink() == Path("../README.md")


@pytest.mark.parametrize("target", ["/etc/hostname", "../secret"])
@posix
def test_a_followed_link_copies_nothing_from_outside_of_the_template(
    template: Path, tmp_path: Path, target: str
) -> None:
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    with_link(template, "link", target, preserved=False)
    with pytest.raises(RenderFailed):
        render(recipe(), tmp_path / "p")
    assert not (tmp_path / "p" / "link").exists()


@pytest.fixture
def hooked(tmp_path: Path, home: Path) -> Path:
    """A mark that hooks of the user's global configuration leave."""
    for hook in ("post-checkout", "pre-commit", "post-commit", "reference-transaction"):
        script = tmp_path / "hooks" / hook
        script.parent.mkdir(exist_ok=True)
        script.write_text(f"#!/bin/sh\necho {hook} >> '{tmp_path}/hooked'\n", encoding="utf-8")
        script.chmod(0o755)
    git(tmp_path, "config", "--global", "core.hooksPath", str(tmp_path / "hooks"))
    return tmp_path / "hooked"


@pytest.mark.parametrize("unsafe", [True, False])
@posix
def test_no_hook_of_the_user_runs_in_a_clone(template: Path, tmp_path: Path, hooked: Path, unsafe: bool) -> None:
    hooked.unlink(missing_ok=True)
    render(recipe(unsafe=unsafe), tmp_path / "p")
    assert not hooked.exists()


@posix
def test_tasks_with_consent_run_once_in_the_project_with_the_users_git(template: Path, tmp_path: Path) -> None:
    tasks = "_tasks: ['echo once >> ran', 'git init', 'git config user.name > who', 'ln -s /usr/bin tools']\n"
    write_template(template, {"copier.yml": tasks}, "v2.0.0")
    render(recipe(unsafe=True), tmp_path / "p")
    assert (tmp_path / "p" / "ran").read_text(encoding="utf-8") == "once\n"
    assert (tmp_path / "p" / "who").read_text(encoding="utf-8") == "Ada Lovelace\n"
    assert not (tmp_path / "p" / ".git").exists()


@posix
def test_tasks_can_be_left_out(template: Path, tmp_path: Path) -> None:
    write_template(template, {"copier.yml": "_tasks: ['touch ran']\n"}, "v2.0.0")
    render(recipe(unsafe=True, tasks=False), tmp_path / "p")
    assert not (tmp_path / "p" / "ran").exists()


@posix
def test_what_a_task_prints_stays_off_stdout(template: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write_template(template, {"copier.yml": "_tasks: ['echo hello']\n"}, "v2.0.0")
    render(recipe(unsafe=True), tmp_path / "p")
    out, err = capfd.readouterr()
    assert (out, err) == ("", "hello\n")


@posix
def test_a_task_that_fails_is_named(template: Path, tmp_path: Path) -> None:
    write_template(template, {"copier.yml": "_tasks: ['exit 7']\n"}, "v2.0.0")
    with pytest.raises(RenderFailed, match="exit 7"):
        render(recipe(unsafe=True), tmp_path / "p")


def test_secrets_and_hidden_questions_are_copiers_business(template: Path, tmp_path: Path) -> None:
    options = "key: {type: str, secret: true, default: x}\nname: tide\nhidden: {when: false, default: h}\n"
    files = {"copier.yml": options, "README.md.jinja": "{{ key }}{{ hidden }}\n", ANSWERS: "{{ _copier_answers }}\n"}
    write_template(template, files, "v2.0.0")
    render(recipe(data={"key": "s3cret"}), tmp_path / "p")
    assert (tmp_path / "p" / "README.md").read_text(encoding="utf-8") == "s3creth\n"
    assert "s3cret" not in (tmp_path / "p" / ".copier-answers.yml").read_text(encoding="utf-8")


@posix
def test_questions_are_asked_on_stderr(template: Path, home: Path) -> None:
    import pty

    terminal, end = pty.openpty()
    command = [sys.executable, "-m", "aiscaffold", "new", ADDRESS, "asked", "--json"]
    with subprocess.Popen(command, stdin=end, stderr=end, stdout=subprocess.PIPE, start_new_session=True) as process:
        os.close(end)
        os.write(terminal, b"X\r\r")
        seen = b""
        with suppress(OSError):  # how Linux says that the other end is closed
            while chunk := os.read(terminal, 4096):
                seen += chunk
        assert process.stdout
        made = json.loads(process.stdout.read())
    assert b"port (int)" in seen
    assert made["answers"] == {"name": "tideX", "port": 80}
