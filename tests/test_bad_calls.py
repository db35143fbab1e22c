"""A call that cannot work says why in one line, ends with the right code, and leaves nothing behind."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from catalogues import write_catalogue
from driving import SWITCH, UNPRIVILEGED, call, command
from support import listing

posix = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell, modes or links")

Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Bad:
    """A call, its exit code, what its first line says, and the files that stand there before."""

    arguments: tuple[str, ...]
    code: int
    says: str
    files: dict[str, str] = field(default_factory=dict)


CALLS = {
    "an unknown template": Bad(("new", "mimi", "x"), 2, "no template is called 'mimi'"),
    "a keyword": Bad(("new", "mini", "class"), 2, "is a word of the Python language"),
    "a module of Python": Bad(("new", "mini", "json"), 2, "is a module of Python's standard library"),
    "a dependency": Bad(("new", "mini", "scikit-learn"), 2, "is a package that the template itself depends on"),
    "a dependency's import name": Bad(("new", "mini", "SkLearn"), 2, "is a package that the template itself depends"),
    "a device of Windows": Bad(("new", "mini", "com1"), 2, "is a folder name that Windows refuses"),
    "a folder of the project": Bad(("new", "mini", "tests"), 2, "is a folder of the generated project"),
    "an odd name": Bad(("new", "mini", "x", "-d", "project_name=9lives"), 2, "must start with a letter"),
    "an answer without a value": Bad(("new", "mini", "x", "-d", "license"), 2, "is not of the form key=value"),
    "an answer without a name": Bad(("new", "mini", "x", "-d", "=MIT"), 2, "is not of the form key=value"),
    "an unknown answer": Bad(("new", "mini", "x", "-d", "licence=MIT"), 2, "mini has no question 'licence'"),
    "a choice that is none": Bad(("new", "mini", "x", "-d", "license=GPL"), 2, "must be one of MIT, Apache-2.0"),
    "an unknown option": Bad(("new", "mini", "x", "--frobnicate"), 2, "No such option"),
    "a dry run that shall verify": Bad(("new", "mini", "x", "--dry-run", "--verify"), 2, "--dry-run does not write"),
    "no template": Bad(("new",), 2, "Missing argument"),
    "an unknown command": Bad(("news",), 2, "No such command"),
    "a data file that is missing": Bad(("new", "mini", "x", "--data-file", "no.yml"), 2, "cannot read no.yml"),
    "a data file that is no YAML": Bad(
        ("new", "mini", "x", "--data-file", "a.yml"), 2, "a.yml is not YAML", {"a.yml": "license: [MIT\n"}
    ),
    "a data file with a list": Bad(
        ("new", "mini", "x", "--data-file", "a.yml"), 2, "a.yml holds no answers", {"a.yml": "- MIT\n"}
    ),
    "a data file with a nested answer": Bad(
        ("new", "mini", "x", "--data-file", "a.yml"), 2, "one text", {"a.yml": "author_name: [a, b]\n"}
    ),
    "a binary data file": Bad(
        ("new", "mini", "x", "--data-file", "a.yml"), 2, "a.yml is not YAML", {"a.yml": "\x00\udcff\udcfe"}
    ),
    "a destination that holds a file": Bad(("new", "mini", "x"), 3, "is not empty (mine.txt)", {"x/mine.txt": "mine"}),
    "a destination that is a file": Bad(("new", "mini", "x"), 3, "x is a file", {"x": "mine"}),
    "a destination below a file": Bad(("new", "mini", "x/bike"), 3, "x", {"x": "mine"}),
    "a name that is too long": Bad(("new", "mini", "y" * 300), 3, "y" * 300),
    "a package outside the project": Bad(("new", "mini", "x", "-d", "package_name=../up"), 2, "Python can import"),
    "a project outside the folder": Bad(("new", "mini", "-d", "distribution_name=../up"), 2, "no name of a package"),
}
# What an error in a template itself looks like: in a released one never, in one under development often.
BROKEN = {
    "an undefined name": "{{ project_name.no.such }}\n",
    "an error of syntax": "{% if %}\n",
    "a missing include": "{% include 'no-such-file' %}\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to call from."""
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    place = tmp_path / "here"
    place.mkdir()
    return place


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_catalogue(tmp_path / "catalogue")


def assert_told(done: Done, code: int, says: str) -> None:
    """The last words on stderr are one line of ours and perhaps a hint; nothing else is said anywhere."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    ours = [line for line in done.stderr.splitlines() if line.startswith("aiscaffold: ")]
    assert len(ours) == 1, done.stderr
    assert says in ours[0]
    assert not done.stdout


@pytest.mark.parametrize("bad", CALLS.values(), ids=CALLS)
def test_a_bad_call_is_refused_in_one_line_and_leaves_nothing(bad: Bad, folder: Path, small: Path) -> None:
    for name, text in bad.files.items():
        folder.joinpath(name).parent.mkdir(exist_ok=True)
        folder.joinpath(name).write_bytes(text.encode("utf-8", "surrogateescape"))
    before = listing(folder)
    done = call(small, *bad.arguments, cwd=folder)
    assert_told(done, bad.code, bad.says)
    assert done.stderr.startswith("aiscaffold: ")
    assert listing(folder) == before


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (("mimi", "x"), "did you mean mini?"),
        (("mini", "x", "-d", "licence=MIT"), "did you mean license?"),
        (("mini", "class"), "project_name=my-class"),
    ],
)
def test_a_near_miss_gets_a_suggestion(arguments: tuple[str, ...], suggestion: str, folder: Path, small: Path) -> None:
    assert suggestion in call(small, "new", *arguments, cwd=folder).stderr


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_template_that_does_not_render_leaves_nothing(text: str, folder: Path, tmp_path: Path) -> None:
    broken = write_catalogue(tmp_path / "broken", {"templates/mini/template/README.md.jinja": text})
    assert_told(call(broken, "new", "mini", "x", cwd=folder), 3, "template mini does not render")
    assert not listing(folder)


@posix
def test_a_link_to_nowhere_is_no_destination(folder: Path, small: Path) -> None:
    folder.joinpath("x").symlink_to("nowhere")
    assert_told(call(small, "new", "mini", "x", cwd=folder), 3, "is a link to nowhere")
    assert listing(folder) == ["x"]


@posix
@pytest.mark.parametrize("dest", ["x", "deep/er/x"])
def test_a_read_only_parent_is_refused(dest: str, folder: Path, small: Path) -> None:
    folder.chmod(0o555)
    settings = {"cwd": folder, "env": unprivileged(folder)}
    assert_cannot_write(folder)
    assert_told(call(small, "new", "mini", dest, **settings), 3, "Permission denied")
    folder.chmod(0o755)
    assert not listing(folder)


def unprivileged(folder: Path) -> dict[str, str]:
    """The environment of a call by somebody whom modes bind; root becomes nobody, who must see the folder."""
    if os.geteuid():
        return dict(os.environ)
    for parent in folder.parents[:4]:
        if parent != Path(parent.anchor):
            parent.chmod(parent.stat().st_mode | 0o055)
    return {**os.environ, SWITCH: str(UNPRIVILEGED)}


def assert_cannot_write(folder: Path) -> None:
    """The fault bites: that user cannot create a file there."""
    who = {} if os.geteuid() else {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []}
    tried = subprocess.run(["/bin/sh", "-c", ": > probe"], cwd=folder, check=False, capture_output=True, **who)
    assert tried.returncode
    assert b"ermission denied" in tried.stderr


def on_tiny_disk(place: Path, words: list[str], env: dict[str, str]) -> Done:
    """Run a command while `place` is a disk of 64 KiB, in a mount namespace that ends with it; lists it at the end."""
    script = f'mount -t tmpfs -o size=64k tmpfs "{place}" && cd "{place}" && "$@"; code=$?; ls -A "{place}"; exit $code'
    shell = ["unshare", "--mount", "/bin/sh", "-c", script, "sh", *words]
    return subprocess.run(
        shell, check=False, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, env={**os.environ, **env}
    )


@pytest.fixture
def _tiny_disk(folder: Path) -> None:
    """Skip where one may not mount, and see that the fault bites elsewhere."""
    if sys.platform != "linux" or not shutil.which("unshare"):
        pytest.skip("mount namespaces: Linux only")
    probe = on_tiny_disk(folder, ["dd", "if=/dev/zero", "of=big", "bs=128k", "count=1"], {"LC_ALL": "C"})
    if "must be superuser" in probe.stderr or "not permitted" in probe.stderr or "denied" in probe.stderr:
        pytest.skip(f"one may not mount here: {probe.stderr}")
    assert "No space left" in probe.stderr


@pytest.mark.usefixtures("_tiny_disk")
def test_a_full_disk_is_said_and_leaves_nothing(folder: Path, small: Path) -> None:
    write_catalogue(small, {"templates/mini/template/big.txt": "x" * 100_000})
    assert_told(on_tiny_disk(folder, command(small, "new", "mini", "x"), {}), 3, "No space left on device")


@pytest.mark.usefixtures("_tiny_disk")
def test_a_full_temporary_folder_is_no_obstacle(folder: Path, small: Path, tmp_path: Path) -> None:
    words = command(small, "new", "mini", str(tmp_path / "x"), "--json")
    filled = ["/bin/sh", "-c", 'dd if=/dev/zero of=fill bs=64k count=1 2>/dev/null; "$@"', "sh", *words]
    done = on_tiny_disk(folder, filled, {"TMPDIR": str(folder)})
    assert done.returncode == 0, done.stderr
    assert tmp_path.joinpath("x", ".git").is_dir()


@posix
@pytest.mark.parametrize(("arguments", "code"), [((), 3), (("--no-git",), 0)])
def test_without_git_the_message_names_it_and_no_git_works(
    arguments: tuple[str, ...], code: int, folder: Path, small: Path, tmp_path: Path
) -> None:
    env = {**os.environ, "PATH": str(tmp_path / "empty")}
    done = call(small, "new", "mini", "x", *arguments, cwd=folder, env=env)
    if code:
        assert_told(done, code, "git was not found on PATH")
        assert not listing(folder)
    else:
        assert done.returncode == 0, done.stderr


@posix
@pytest.mark.parametrize("step", ["init", "--template=", "add", "write-tree", "commit-tree", "update-ref"])
def test_a_git_that_fails_leaves_nothing(step: str, folder: Path, small: Path, tmp_path: Path) -> None:
    # A mock, at git's edge alone: no real repository makes git fail at a chosen step.
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    real = shutil.which("git")
    fake.write_text(
        f'#!/bin/sh\nfor w in "$@"; do [ "$w" = {step} ] && {{ echo "fatal: no luck" >&2; exit 128; }}; done\n'
        f'exec {real} "$@"\n',
        encoding="utf-8",
    )
    fake.chmod(0o755)
    env = {**os.environ, "PATH": f"{fake.parent}{os.pathsep}{os.environ['PATH']}"}
    assert_told(call(small, "new", "mini", "x", cwd=folder, env=env), 3, "fatal: no luck")
    assert not listing(folder)


@posix
def test_verify_without_uv_names_the_command_before_anything_is_written(
    folder: Path, small: Path, tmp_path: Path
) -> None:
    lonely = tmp_path / "bin"
    lonely.mkdir()
    lonely.joinpath("git").symlink_to(shutil.which("git") or "")
    # An interpreter without neighbours: the same one behind a link, with the packages of this environment.
    lonely.joinpath("python").symlink_to(Path(sys.executable).resolve())
    words = [str(lonely / "python"), *command(small, "new", "mini", "x", "--verify")[1:]]
    env = {**os.environ, "PATH": str(lonely), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        words, cwd=folder, env=env, check=False, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL
    )
    assert_told(done, 3, "uv was not found on PATH")
    assert "install uv" in done.stderr
    assert not listing(folder)


@posix
@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-", ">&- 2>&- <&-"])
def test_a_closed_stream_is_no_obstacle(closed: str, folder: Path, small: Path) -> None:
    shell = ["/bin/sh", "-c", f'"$@" {closed}', "sh", *command(small, "new", "mini", "x")]
    done = subprocess.run(shell, cwd=folder, check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert folder.joinpath("x", ".git").is_dir()
    assert [path.name for path in folder.iterdir()] == ["x"]
