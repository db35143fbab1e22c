"""Third-party templates: which addresses there are, what is fetched, which versions a template has."""

import os
import shutil
from pathlib import Path

import pytest
from foreign_templates import ADDRESS, write_template
from support import git

from aiscaffold.address import clone_url, looks_like_address, normal_address
from aiscaffold.errors import RenderFailed, TemplateUnreachable
from aiscaffold.source import Release, open_source

pytestmark = pytest.mark.usefixtures("home")


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("gh:ada/tpl", "https://github.com/ada/tpl.git"),
        ("gh:ada/tpl.git", "https://github.com/ada/tpl.git"),
        ("gl:ada/tpl", "https://gitlab.com/ada/tpl.git"),
        ("bb:ada/tpl", "https://bitbucket.org/ada/tpl.git"),
        ("https://github.com/ada/tpl", "https://github.com/ada/tpl.git"),
        ("git+https://example.org/tpl", "https://example.org/tpl"),
        ("git@example.org:ada/tpl.git", "git@example.org:ada/tpl.git"),
        ("example.org:ada/tpl.git", "example.org:ada/tpl.git"),
    ],
)
def test_a_short_address_stands_for_the_url_that_plain_copier_makes_of_it(typed: str, url: str) -> None:
    assert looks_like_address(typed)
    assert clone_url(normal_address(typed)) == url


@pytest.mark.parametrize(
    ("typed", "recorded"),
    [
        ("gh:ada/tpl", "gh:ada/tpl"),
        ("bb:ada/tpl", "https://bitbucket.org/ada/tpl.git"),
        ("https://codeberg.org/ada/tpl", "git+https://codeberg.org/ada/tpl"),
        ("ssh://git@example.org/tpl", "git+ssh://git@example.org/tpl"),
    ],
)
def test_an_address_is_recorded_so_that_plain_copier_finds_it_too(typed: str, recorded: str) -> None:
    assert normal_address(typed) == recorded


@pytest.mark.parametrize("word", ["mini", "end-to-end-ml", "a.b"])
def test_the_name_of_a_template_is_no_address(word: str) -> None:
    assert not looks_like_address(word)


@pytest.mark.parametrize("word", ["-uevil/x", "--upload-pack=x", "ext::sh -c true", "gh:a/b\nc", " ", "https://[::1/x"])
def test_what_git_could_take_for_an_option_or_a_command_is_no_address(word: str) -> None:
    with pytest.raises(TemplateUnreachable, match="is no address"):
        open_source(word)


@pytest.mark.parametrize(
    "url", ["https://ada:secret@example.org/t.git", "git+https://secret@example.org/t", "ssh://ada:secret@x.org/t.git"]
)
def test_a_password_in_an_address_is_refused_and_never_shown(url: str) -> None:
    with pytest.raises(TemplateUnreachable) as refusal:
        open_source(url)
    assert "secret" not in refusal.value.message + refusal.value.hint
    assert "credential helper" in refusal.value.hint


def test_releases_are_the_tags_that_are_versions_oldest_first(template: Path) -> None:
    for tag in ("v10.0", "v2.0", "nightly", "v11.0rc1"):
        write_template(template, {"n": tag}, tag)
    git(template, "tag", "--annotate", "v1.5", "v1.0.0", "-m", "annotated")
    source = open_source(ADDRESS)
    assert [release.name for release in source.releases()] == ["v1.0.0", "v1.5", "v2.0", "v10.0", "v11.0rc1"]
    assert source.releases()[1].commit == git(template, "rev-parse", "v1.0.0^{commit}")
    assert source.newest().name == "v10.0"


def test_without_a_release_the_head_of_the_default_branch_is_the_newest(template: Path) -> None:
    git(template, "tag", "--delete", "v1.0.0")
    source = open_source(ADDRESS)
    head = git(template, "rev-parse", "HEAD")
    assert source.newest() == Release(git(template, "describe", "--always"), head)


def test_the_default_branch_may_be_renamed(template: Path) -> None:
    open_source(ADDRESS)
    git(template, "branch", "--move", "trunk")
    head = write_template(template, {"n": "2"}, tag="")
    assert open_source(ADDRESS).find("HEAD").commit == head


def test_a_version_is_found_by_tag_branch_commit_and_describe(template: Path) -> None:
    head = write_template(template, {"n": "2"}, tag="")
    described = git(template, "describe", "--tags")
    source = open_source(ADDRESS)
    assert source.find("v1.0.0") == Release("v1.0.0", git(template, "rev-parse", "v1.0.0"))
    assert {source.find(ref) for ref in ("main", head, head[:9], described)} == {Release(described, head)}


@pytest.mark.parametrize("ref", ["v9", "HEAD~1", "v1.0.0^", "--all", "main@{0}", ":/v", "v1.0.0:README.md"])
def test_an_unknown_version_is_refused_with_those_that_there_are(template: Path, ref: str) -> None:
    write_template(template, tag="v1.1.0")
    with pytest.raises(TemplateUnreachable) as refusal:
        open_source(ADDRESS).find(ref)
    assert refusal.value.hint == "there is v1.1.0, v1.0.0"


def test_a_new_release_is_fetched_and_a_moved_tag_followed(template: Path) -> None:
    before = open_source(ADDRESS).find("v1.0.0")
    moved = write_template(template, {"n": "2"}, "v1.0.0")
    write_template(template, {"n": "3"}, "v2.0.0")
    source = open_source(ADDRESS)
    assert source.find("v1.0.0").commit == moved != before.commit
    assert source.newest().name == "v2.0.0"


def test_offline_the_cache_is_used_and_says_why_it_may_be_old(template: Path) -> None:
    assert open_source(ADDRESS).stale == ""
    shutil.rmtree(template)
    source = open_source(ADDRESS)
    assert source.newest().name == "v1.0.0"
    assert "does not exist" in source.stale or "not appear to be a git repository" in source.stale
    assert "\n" not in source.stale
    assert open_source(ADDRESS, refresh=False).stale == ""


def test_offline_without_a_cache_there_is_one_clear_line(template: Path) -> None:
    shutil.rmtree(template)
    with pytest.raises(TemplateUnreachable, match="gh:ada/template cannot be fetched: ") as refusal:
        open_source(ADDRESS)
    assert "\n" not in refusal.value.message


def test_a_clone_that_was_cut_off_is_made_anew(template: Path) -> None:
    mirror = open_source(ADDRESS).mirror
    shutil.rmtree(mirror / "objects")
    assert open_source(ADDRESS).newest().name == "v1.0.0"


def test_the_lock_of_a_fetch_that_was_killed_does_not_stay_for_ever(template: Path) -> None:
    locks = [open_source(ADDRESS).mirror / name for name in ("packed-refs.lock", "refs/tags/v2.0.0.lock")]
    write_template(template, {"n": "2"}, "v2.0.0")
    for lock in locks:
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.touch()
    assert "lock" in open_source(ADDRESS).stale
    for lock in locks:
        os.utime(lock, (0, 0))
    assert open_source(ADDRESS).stale == ""
    assert open_source(ADDRESS).newest().name == "v2.0.0"


def test_an_empty_repository_is_no_template(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "empty")
    with pytest.raises(TemplateUnreachable, match="cannot be fetched"):
        open_source(str(tmp_path / "empty"))


def test_a_folder_is_recorded_by_its_full_path(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(template.parent)
    source = open_source("./template")
    assert source.address == str(template)
    assert source.newest().name == "v1.0.0"


def test_a_folder_without_git_has_no_versions(template: Path) -> None:
    shutil.rmtree(template / ".git")
    source = open_source(str(template))
    assert not source.versioned
    assert source.releases() == ()
    assert source.newest().name == ""
    assert source.config(source.newest())["port"] == {"type": "int", "default": 80}
    with pytest.raises(TemplateUnreachable, match="no version 'v1'"):
        source.find("v1")


def test_a_folder_without_a_template_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateUnreachable, match="neither git nor"):
        open_source(str(tmp_path))
    with pytest.raises(TemplateUnreachable):
        open_source(str(tmp_path / "no-such-folder"))


def test_the_hooks_and_settings_of_a_template_folder_never_run(template: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    for hook in ("post-checkout", "reference-transaction", "pre-auto-gc"):
        script = template / ".git" / "hooks" / hook
        script.write_text(f"#!/bin/sh\ntouch '{ran}'\n", encoding="utf-8")
        script.chmod(0o755)
    for key in ("core.fsmonitor", "core.sshCommand", "uploadpack.packObjectsHook", "core.alternateRefsCommand"):
        git(template, "config", key, f"touch '{ran}'; false")
    source = open_source(str(template))
    source.config(source.newest())
    open_source(str(template))
    assert not ran.exists()


def test_hooks_of_a_users_git_template_do_not_come_into_the_mirror(template: Path, tmp_path: Path) -> None:
    (tmp_path / "git-template" / "hooks").mkdir(parents=True)
    (tmp_path / "git-template" / "hooks" / "post-checkout").write_text("#!/bin/sh\n", encoding="utf-8")
    git(template, "config", "--global", "init.templateDir", str(tmp_path / "git-template"))
    assert not (open_source(ADDRESS).mirror / "hooks").exists()


def test_no_configuration_lets_git_run_a_transport_command(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(template, "config", "--global", "protocol.ext.allow", "always")
    git(template, "config", "--global", f"url.ext::touch {tmp_path}/ran %S.insteadOf", "https://evil.example/")
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "ext")
    with pytest.raises(TemplateUnreachable, match="ext"):
        open_source("https://evil.example/x.git")
    assert not (tmp_path / "ran").exists()


def test_options_are_read_by_copiers_rules(template: Path) -> None:
    files = {
        "copier.yml": "_exclude: [a]\nname: one\n---\n!include extra/*.yml\n---\n_exclude: [b]\nport: 1\n",
        "extra/more.yml": "name: two\ncolour: red\n",
    }
    write_template(template, files, "v2")
    source = open_source(ADDRESS)
    assert source.config(source.newest()) == {"_exclude": ["a", "b"], "name": "two", "colour": "red", "port": 1}
    assert "colour" not in source.config(source.find("v1.0.0"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [1\n", "is not YAML"),
        ("- a\n", "no mapping"),
        ("!include /etc/passwd\n", "no relative path"),
        ("!include ../../*\n", "leads out of the template"),
        ("!include link.yml\n", "leads out of the template"),
        ("!include [a]\n", "no relative path"),
    ],
)
def test_options_that_copier_would_refuse_are_refused(template: Path, text: str, reason: str) -> None:
    (template / "link.yml").symlink_to("/etc/hostname")
    write_template(template, {"copier.yml": text}, "v2")
    source = open_source(ADDRESS)
    with pytest.raises(RenderFailed, match=reason):
        source.config(source.newest())


def test_options_are_not_read_through_a_link_out_of_the_template(template: Path) -> None:
    (template / "copier.yml").unlink()
    (template / "copier.yml").symlink_to("/etc/hostname")
    git(template, "commit", "--quiet", "--all", "-m", "evil")
    source = open_source(ADDRESS)
    with pytest.raises(RenderFailed, match="leads out of the template"):
        source.config(source.find("HEAD"))


def test_one_set_of_options_is_enough(template: Path) -> None:
    write_template(template, {"copier.yaml": "name: x\n"}, "v2")
    source = open_source(ADDRESS)
    with pytest.raises(RenderFailed, match=r"both copier\.yml and copier\.yaml"):
        source.config(source.newest())
