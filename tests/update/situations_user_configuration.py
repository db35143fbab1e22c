"""What users write into their own git configuration."""

from .description import CONFLICT, GONE, lines, situation, swap
from .project import Project

TEXT = lines(20)
LATE = swap(TEXT, "line 18", "line 18 THEIRS")
ODD = lines(20, "odd")
APP = {"app.py": TEXT, "ünï name.py": ODD, "away.py": lines(9)}
NEW_APP = {"app.py": LATE, "ünï name.py": swap(ODD, "odd 18", "odd 18 NEW"), "away.py": None, "new.py": "THEIRS\n"}
BOTH = {
    "mine": {"app.py": "MINE", "ünï name.py": "OURS"},
    "theirs": {"app.py": "THEIRS", "ünï name.py": "NEW", "away.py": GONE, "new.py": "THEIRS"},
}


def _edit(project: Project) -> None:
    project.edit("app.py", "line 2\n", "line 2 MINE \n")
    project.edit("ünï name.py", "odd 3\n", "odd 3 OURS\n")


@situation(APP, NEW_APP, **BOTH, gitconfig={"apply.whitespace": "error"})
def apply_whitespace_error(project: Project) -> None:
    _edit(project)


@situation(
    {"app.py": TEXT},
    {"app.py": LATE},
    mine={"app.py": "MINE"},
    theirs={"app.py": "THEIRS"},
    gitconfig={"apply.whitespace": "fix"},
    check=lambda files: b"MINE \n" in files["app.py"],
)
def apply_whitespace_fix(project: Project) -> None:
    project.edit("app.py", "line 2\n", "line 2 MINE \n")


@situation(
    {"app.py": TEXT},
    {"app.py": LATE},
    mine={"app.py": "MINE"},
    theirs={"app.py": "THEIRS"},
    gitconfig={"merge.conflictStyle": "diff3"},
    expect=CONFLICT,
)
def conflict_style_diff3(project: Project) -> None:
    project.edit("app.py", "line 18\n", "line 18 MINE\n")


@situation(APP, NEW_APP, **BOTH, gitconfig={"commit.gpgSign": "true", "gpg.program": "false", "tag.gpgSign": "true"})
def every_commit_is_signed_by_a_program_that_fails(project: Project) -> None:
    _edit(project)


@situation(APP, NEW_APP, **BOTH, gitconfig={"core.hooksPath": "~/hooks"}, posix_only=True)
def hooks_of_the_user_that_fail(project: Project) -> None:
    _edit(project)
    hooks = project.template.parent / "home" / "hooks"
    for hook in ("pre-commit", "post-commit", "commit-msg", "post-checkout", "post-index-change", "pre-merge-commit"):
        project.write(str(hooks / hook), "#!/bin/sh\nexit 1\n")
        project.mode(str(hooks / hook), 0o755)


@situation(
    APP, NEW_APP, **BOTH, gitconfig={"diff.noprefix": "true", "diff.mnemonicPrefix": "true", "diff.renames": "copies"}
)
def diffs_without_prefixes(project: Project) -> None:
    _edit(project)


@situation(APP, NEW_APP, **BOTH, gitconfig={"diff.external": "false", "core.pager": "false", "color.ui": "always"})
def an_external_diff_that_fails(project: Project) -> None:
    _edit(project)


@situation(APP, NEW_APP, **BOTH, gitconfig={"core.quotePath": "true", "core.precomposeUnicode": "true"})
def quoted_paths(project: Project) -> None:
    _edit(project)


@situation(APP, NEW_APP, **BOTH, gitconfig={"core.fsmonitor": "false-monitor", "core.untrackedCache": "true"})
def a_file_system_monitor_that_fails(project: Project) -> None:
    _edit(project)


@situation(
    APP,
    {**NEW_APP, "new.py": "THEIRS = 1\n"},
    mine={"new.py": "MINE"},
    theirs={"app.py": "THEIRS", "new.py": "THEIRS"},
    gitconfig={"status.showUntrackedFiles": "no"},
    commit=False,
    expect=CONFLICT,
    code=0,
)
def untracked_files_hidden_from_status(project: Project) -> None:
    project.write("new.py", "MINE = 1\n")


@situation(APP, NEW_APP, **BOTH, gitconfig={"commit.template": "~/absent", "merge.ff": "only", "pull.rebase": "true"})
def a_commit_template_and_fast_forward_only(project: Project) -> None:
    _edit(project)


@situation(APP, NEW_APP, **BOTH, gitconfig={"init.defaultBranch": "trunk", "init.templateDir": "~/absent"})
def another_default_branch(project: Project) -> None:
    _edit(project)


@situation(APP, NEW_APP, **BOTH, gitconfig={"core.attributesFile": "~/attributes"})
def attributes_of_the_user_call_everything_binary(project: Project) -> None:
    _edit(project)
    project.write(str(project.template.parent / "home" / "attributes"), "* binary -merge\n")


@situation(
    {"app.py": TEXT, "build/a.txt": TEXT},
    {"app.py": LATE, "build/a.txt": LATE, "build/b.txt": "THEIRS\n"},
    mine={"app.py": "MINE"},
    theirs={"app.py": "THEIRS", "build/a.txt": "THEIRS", "build/b.txt": "THEIRS"},
    gitconfig={"core.excludesFile": "~/ignore"},
)
def the_user_ignores_a_folder_that_the_template_ships(project: Project) -> None:
    project.edit("app.py", "line 2\n", "line 2 MINE\n")
    project.write(str(project.template.parent / "home" / "ignore"), "build/\n")


@situation(
    {"old.py": TEXT},
    {"old.py": None, "core.py": LATE},
    mine={"core.py": "MINE"},
    theirs={"core.py": "THEIRS", "old.py": GONE},
    gitconfig={"merge.renames": "false", "diff.renames": "false"},
)
def no_renames_wanted(project: Project) -> None:
    project.edit("old.py", "line 2\n", "line 2 MINE\n")


@situation(APP, NEW_APP, **BOTH, gitconfig={"user.useConfigOnly": "true", "user.name": "", "user.email": ""})
def no_identity(project: Project) -> None:
    _edit(project)


@situation(APP, NEW_APP, **BOTH, gitconfig={"alias.status": "!false", "status.short": "true", "status.branch": "true"})
def a_short_status_with_the_branch(project: Project) -> None:
    _edit(project)


@situation(APP, NEW_APP, **BOTH, gitconfig={"safe.directory": "", "protocol.allow": "user", "gc.auto": "1"})
def garbage_is_collected_at_once(project: Project) -> None:
    _edit(project)
