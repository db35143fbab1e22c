"""Hostile and odd surroundings: `new` ends 0 with the very same tree as a plain run, and touches nothing else."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from catalogues import write_catalogue
from driving import call, command
from support import git, listing

posix = pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal, modes or shell scripts")

CALL = ("new", "mini", "bike", "-d", "author_name=Ada", "-d", "year=2030", "--json")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small catalogue with names that hostile settings aim at: ignored ones, and text with line ends."""
    extra = {
        "templates/mini/template/data/table.csv": "a,b\n1,2\n",
        "templates/mini/template/uv.lock": "version = 1\n",
        "templates/mini/template/.gitignore": "*.pyc\n",
    }
    return write_catalogue(tmp_path_factory.mktemp("catalogue"), extra)


@pytest.fixture(scope="module")
def tree(small: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The tree id of a plain run."""
    folder = tmp_path_factory.mktemp("plain")
    return made(call(small, *CALL, cwd=folder))["tree"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home with git's global configuration in it, and a folder to call from."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    tmp_path.joinpath("here").mkdir()
    tmp_path.joinpath("home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def here(home: Path) -> Path:
    return home.parent / "here"


def made(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    """What a call that ended well reports."""
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def assert_whole(project: Path, tree: str) -> None:
    """The commit holds the tree of a plain run, the folder is clean, the branch is main, and nothing stays beside."""
    assert git(project, "rev-parse", "HEAD^{tree}") == tree
    assert not git(project, "status", "--porcelain")
    assert git(project, "branch", "--show-current") == "main"
    assert not list(project.parent.glob(".aiscaffold-*"))


def script(path: Path, text: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8", newline="\n")
    path.chmod(0o755)
    return path


def failing_hooks(folder: Path) -> Path:
    """Hooks that leave a trace and fail."""
    for name in ("pre-commit", "commit-msg", "post-commit", "reference-transaction", "post-index-change"):
        script(folder / name, f'echo {name} >> "$HOME/trace"; exit 1')
    return folder


CONFIGURATIONS: dict[str, Callable[[Path], str]] = {
    "signing with a broken program": lambda home: (
        "[commit]\n\tgpgSign = true\n[tag]\n\tgpgSign = true\n[gpg]\n"
        f'\tprogram = "{script(home / "gpg", "exit 1").as_posix()}"\n'
    ),
    "a template with hooks": lambda home: (
        f'[init]\n\ttemplateDir = "{failing_hooks(home / "template" / "hooks").parent.as_posix()}"\n'
    ),
    "autocrlf": lambda _: "[core]\n\tautocrlf = true\n",
    "autocrlf with eol and safecrlf": lambda _: "[core]\n\tautocrlf = true\n\teol = crlf\n\tsafecrlf = true\n",
    "ignored data and locks": lambda home: (
        home.joinpath("ignore").write_text("data/\n*.lock\nsrc/\n", encoding="utf-8")
        and f'[core]\n\texcludesFile = "{(home / "ignore").as_posix()}"\n'
    ),
    "a filter for every file": lambda home: (
        home.joinpath("attributes").write_text("* filter=shout\n*.csv text eol=crlf\n", encoding="utf-8")
        and f'[core]\n\tattributesFile = "{(home / "attributes").as_posix()}"\n'
        '[filter "shout"]\n\tclean = tr a-z A-Z\n\tsmudge = cat\n\trequired = true\n'
    ),
    "another default branch": lambda _: "[init]\n\tdefaultBranch = trunk\n",
    "sha256 objects": lambda _: "[init]\n\tdefaultObjectFormat = sha256\n",
    "no file modes": lambda _: "[core]\n\tfileMode = false\n",
    "a file system monitor": lambda home: (
        f'[core]\n\tfsmonitor = "{script(home / "monitor", "echo x >> $HOME/trace; exit 1").as_posix()}"\n'
    ),
    "a name but no email": lambda _: "[user]\n\tname = Ada\n\tuseConfigOnly = true\n",
    "a rewritten remote and aliases": lambda _: (
        '[alias]\n\tadd = "!false"\n\tinit = "!false"\n[pager]\n\tconfig = true\n'
    ),
}
ENVIRONMENTS = {
    "the C locale": {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "a time zone": {"TZ": "Pacific/Kiritimati"},
    "the other side of the day": {"TZ": "Etc/GMT+12"},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed 2": {"PYTHONHASHSEED": "2"},
    "a wide terminal and colours": {"COLUMNS": "400", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"},
    "a dumb terminal": {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "20"},
    "warnings as errors": {"PYTHONWARNINGS": "error::EncodingWarning", "PYTHONWARNDEFAULTENCODING": "1"},
    "a date for git": {"GIT_AUTHOR_DATE": "2001-02-03T04:05:06Z", "GIT_COMMITTER_DATE": "2001-02-03T04:05:06Z"},
    "an editor and a pager that hang": {"GIT_EDITOR": "sleep 100", "PAGER": "sleep 100", "GIT_PAGER": "sleep 100"},
}


@posix
@pytest.mark.parametrize("configure", CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_no_git_configuration_changes_the_commit(
    configure: Callable[[Path], str], home: Path, here: Path, small: Path, tree: str
) -> None:
    home.joinpath(".gitconfig").write_text(configure(home), encoding="utf-8")
    assert made(call(small, *CALL, cwd=here))["tree"] == tree
    assert git(here / "bike", "rev-parse", "HEAD^{tree}", "--show-object-format")[:40] == tree
    assert not home.joinpath("trace").exists()
    assert not home.joinpath(".git").exists()
    home.joinpath(".gitconfig").unlink()
    assert_whole(here / "bike", tree)


@pytest.mark.parametrize("variables", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_no_environment_variable_changes_the_tree(
    variables: dict[str, str], here: Path, small: Path, tree: str
) -> None:
    assert made(call(small, *CALL, cwd=here, env={**os.environ, **variables}))["tree"] == tree
    assert_whole(here / "bike", tree)


def test_a_path_with_spaces_and_other_letters_is_a_path(here: Path, small: Path, tree: str) -> None:
    place = here / "Größe 数据 - it's"
    place.mkdir()
    assert made(call(small, *CALL, cwd=place))["tree"] == tree
    assert_whole(place / "bike", tree)


def test_two_folders_get_the_same_tree_which_is_the_one_reported_and_committed(
    here: Path, small: Path, tree: str
) -> None:
    for name in ("one", "two"):
        here.joinpath(name).mkdir()
        assert made(call(small, *CALL, cwd=here / name))["tree"] == tree
        assert_whole(here / name / "bike", tree)


def test_a_dry_run_reports_the_same_tree_and_writes_nothing(home: Path, here: Path, small: Path, tree: str) -> None:
    before = listing(home.parent)
    assert made(call(small, *CALL, "--dry-run", cwd=here))["tree"] == tree
    shown = call(small, *CALL[:-1], "--dry-run", cwd=here)
    assert tree in shown.stdout
    assert "README.md" in shown.stdout
    assert listing(home.parent) == before


@pytest.mark.parametrize("configuration", ["", os.devnull])
def test_without_a_git_identity_the_commit_is_neutral_and_the_command_is_named(
    configuration: str, here: Path, small: Path, tree: str
) -> None:
    env = {**os.environ, **({"GIT_CONFIG_GLOBAL": configuration} if configuration else {})}
    report = made(call(small, *CALL, cwd=here, env=env))
    assert "git config --global user.name" in "".join(report["notes"])
    assert git(here / "bike", "log", "--format=%an %cn") == "aiscaffold aiscaffold"
    assert_whole(here / "bike", tree)


def test_an_identity_that_git_knows_signs_the_commit(home: Path, here: Path, small: Path, tree: str) -> None:
    home.joinpath(".gitconfig").write_text("[user]\n\tname = Zoë\n\temail = zoe@example.org\n", encoding="utf-8")
    assert not made(call(small, *CALL, cwd=here))["notes"]
    assert git(here / "bike", "log", "--format=%an <%ae> %cn") == "Zoë <zoe@example.org> Zoë"


@posix
def test_global_hooks_neither_run_nor_hinder_and_the_refusal_is_told(
    home: Path, here: Path, small: Path, tree: str
) -> None:
    hooks = failing_hooks(home / "hooks").as_posix()
    home.joinpath(".gitconfig").write_text(f'[core]\n\thooksPath = "{hooks}"\n', encoding="utf-8")
    report = made(call(small, *CALL, cwd=here))
    assert report["hooks"] is False
    assert "core.hooksPath" in "".join(report["notes"])
    assert not home.joinpath("trace").exists()
    assert_whole(here / "bike", tree)


def test_inside_a_hook_of_another_repository_that_one_stays_untouched(here: Path, small: Path, tree: str) -> None:
    other = here.parent / "other"
    subprocess.run(["git", "init", "--quiet", str(other)], check=True)
    other.joinpath("a.txt").write_text("a", encoding="utf-8")
    git(other, "add", "a.txt")
    before = listing(other), other.joinpath(".git", "index").read_bytes()
    places = {"GIT_DIR": other / ".git", "GIT_INDEX_FILE": other / ".git" / "index", "GIT_WORK_TREE": other}
    steering = {"GIT_PREFIX": "sub/", "GIT_OBJECT_DIRECTORY": str(other / ".git" / "objects")}
    env = {**os.environ, **{name: str(path) for name, path in places.items()}, **steering}
    assert made(call(small, *CALL, cwd=here, env=env))["tree"] == tree
    assert (listing(other), other.joinpath(".git", "index").read_bytes()) == before
    assert_whole(here / "bike", tree)


@posix
def test_a_strict_umask_keeps_the_tree(here: Path, small: Path, tree: str) -> None:
    assert made(call(small, *CALL, cwd=here, umask=0o077))["tree"] == tree
    assert_whole(here / "bike", tree)
    assert here.joinpath("bike").stat().st_mode & 0o077 == 0


def test_inside_another_work_tree_no_second_repository_is_made(here: Path, small: Path, tree: str) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=here, check=True)
    report = made(call(small, *CALL, cwd=here))
    assert (report["tree"], report["commit"]) == (tree, None)
    assert "no second one" in "".join(report["notes"])
    assert not here.joinpath("bike", ".git").exists()


def test_where_the_outer_repository_ignores_the_folder_a_repository_is_made(here: Path, small: Path, tree: str) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=here, check=True)
    here.joinpath(".gitignore").write_text("bike/\n", encoding="utf-8")
    made(call(small, *CALL, cwd=here))
    assert_whole(here / "bike", tree)


def test_a_fresh_clone_gets_the_project_and_keeps_its_remote(here: Path, small: Path, tree: str) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", "origin.git"], cwd=here, check=True)
    subprocess.run(["git", "clone", "--quiet", "origin.git", "bike"], cwd=here, check=True, capture_output=True)
    assert made(call(small, "new", "mini", ".", *CALL[3:], cwd=here / "bike"))["tree"] == tree
    assert_whole(here / "bike", tree)
    git(here / "bike", "push", "--quiet", "origin", "main")
    assert git(here / "origin.git", "rev-parse", "main^{tree}") == tree


@pytest.mark.skipif(not shutil.which("unshare"), reason="network namespaces: Linux only")
def test_offline_is_enough(here: Path, small: Path, tree: str) -> None:
    offline = ["unshare", "--net"]
    if subprocess.run([*offline, "true"], check=False, capture_output=True).returncode:
        pytest.skip("one may not leave the network here")
    words = [*offline, *command(small, *CALL)]
    done = subprocess.run(words, cwd=here, check=False, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL)
    assert made(done)["tree"] == tree
    assert_whole(here / "bike", tree)


class Terminal:
    """A call with a pseudo-terminal for stdin and stderr, as a person has it; stdout goes to a pipe."""

    def __init__(self, words: list[str], cwd: Path) -> None:
        """Start the call as the leader of the terminal's session, so that Ctrl-C reaches it."""
        import pty

        self.screen, other = pty.openpty()
        self.process = subprocess.Popen(
            words,
            cwd=cwd,
            stdin=other,
            stderr=other,
            stdout=subprocess.PIPE,
            preexec_fn=take_terminal,  # noqa: PLW1509 - no threads here
        )
        os.close(other)
        self.seen = ""
        self.read_to = 0

    def expect(self, text: str) -> None:
        """Read until a text is on the screen."""
        while text not in self.seen[self.read_to :]:
            self.seen += self.read()
        self.read_to = self.seen.index(text, self.read_to) + len(text)

    def read(self) -> str:
        """The next piece; fails where nothing comes for long or the call has ended."""
        assert select.select([self.screen], [], [], 60)[0], f"nothing came after: {self.seen}"
        piece = os.read(self.screen, 4096).decode()
        assert piece
        return piece

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.screen, keys.encode())

    def end(self) -> tuple[int, str]:
        """Wait for the end: (exit code, stdout)."""
        stdout, _ = self.process.communicate(timeout=60)
        os.close(self.screen)
        return self.process.returncode, stdout.decode()


def take_terminal() -> None:
    """Make stdin the controlling terminal of a new session."""
    import fcntl
    import termios

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture
def terminal(here: Path, small: Path) -> Iterator[Terminal]:
    terminal = Terminal(command(small, "new", "mini", "--json"), here)
    with terminal.process as process:
        yield terminal
        process.kill()


@posix
def test_questions_stand_on_stderr_and_a_wrong_answer_is_asked_again(here: Path, terminal: Terminal) -> None:
    terminal.expect("Name of the project")
    terminal.type("9lives\n")
    terminal.expect("must start with a letter")
    terminal.expect("Name of the project")
    terminal.type("bike\n")
    terminal.expect("Who wrote it")
    terminal.type("\n")
    terminal.expect("License (MIT, Apache-2.0)")
    terminal.type("GPL\n")
    terminal.expect("must be one of")
    terminal.type("\n")
    terminal.expect("moving the project into place")
    code, stdout = terminal.end()
    assert code == 0
    assert json.loads(stdout)["answers"]["author_name"] == "bike authors"
    assert stdout.startswith("{")
    assert here.joinpath("bike", ".git").is_dir()


@posix
@pytest.mark.parametrize("keys", ["\x03", "\x04"], ids=["ctrl-c", "ctrl-d"])
def test_leaving_a_question_leaves_nothing(keys: str, here: Path, terminal: Terminal) -> None:
    terminal.expect("Name of the project")
    terminal.type(keys)
    terminal.expect("aiscaffold: interrupted")
    code, stdout = terminal.end()
    assert code == 130
    assert not stdout
    assert "Traceback" not in terminal.seen
    assert not listing(here)
