"""Every shape of repository a project may live in."""

from .description import PASS, REFUSED, lines, situation, swap
from .project import Project

TEXT = lines(20)
LATE = swap(TEXT, "line 18", "line 18 THEIRS")
APP, NEW_APP = {"app.py": TEXT, "old.py": lines(9)}, {"app.py": LATE, "old.py": None, "new.py": "THEIRS\n"}
MINE = {"app.py": "MINE"}
THEIRS = {"app.py": "THEIRS", "new.py": "THEIRS"}


def _edit(project: Project) -> None:
    project.edit("app.py", "line 2\n", "line 2 MINE\n")


@situation(APP, NEW_APP, mine={**MINE, "../README.md": "MINE"}, theirs=THEIRS, place="services")
def a_folder_of_a_larger_repository(project: Project) -> None:
    _edit(project)
    project.write("../README.md", "MINE\n")


@situation(APP, NEW_APP, mine={**MINE, "../../other/app.py": "MINE"}, theirs=THEIRS, place="deep/ünï er", commit=False)
def a_deeper_folder_beside_uncommitted_work_of_others(project: Project) -> None:
    _edit(project)
    project.write("../../other/app.py", lines(3))
    project.commit()
    project.write("../../other/app.py", "MINE\n")


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS, commit=False)
def a_linked_worktree(project: Project) -> Project:
    _edit(project)
    project.commit()
    place = project.top.with_name("linked")
    project.git("worktree", "add", "--quiet", str(place))
    return project.at(place)


@situation(APP, NEW_APP, mine={**MINE, "vendor/app.py": "line 1"}, theirs=THEIRS)
def a_project_with_a_submodule(project: Project) -> None:
    _edit(project)
    other = project.top.with_name("library")
    project.git("clone", "--quiet", str(project.top), str(other))
    project.git("submodule", "--quiet", "add", str(other), "vendor")


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS, commit=False)
def a_project_that_is_a_submodule(project: Project) -> Project:
    _edit(project)
    project.commit()
    outer = project.top.with_name("outer")
    project.git("init", "--quiet", str(outer))
    project.git("-C", str(outer), "submodule", "--quiet", "add", str(project.top), "part")
    return project.at(outer / "part")


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS, commit=False)
def a_shallow_clone(project: Project) -> Project:
    _edit(project)
    project.commit()
    return project.clone("--depth", "1")


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS, commit=False)
def a_partial_clone(project: Project) -> Project:
    _edit(project)
    project.commit()
    project.git("config", "uploadpack.allowFilter", "true")
    project.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return project.clone("--filter=blob:none")


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS, commit=False)
def a_squashed_history(project: Project) -> None:
    _edit(project)
    project.commit()
    project.git("checkout", "--quiet", "--orphan", "squashed")
    project.commit()
    project.git("branch", "--quiet", "--delete", "--force", "main")
    project.git("reflog", "expire", "--expire=now", "--all")
    project.git("gc", "--quiet", "--prune=now")


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS)
def a_sha_256_repository(project: Project) -> None:
    _edit(project)
    project.remove(".git")
    project.git("init", "--quiet", "--object-format=sha256")


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS, commit=False, expect=REFUSED)
def a_repository_without_a_commit(project: Project) -> None:
    _edit(project)
    project.remove(".git")
    project.git("init", "--quiet")


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS, commit=False, expect=REFUSED)
def a_project_without_a_repository(project: Project) -> None:
    _edit(project)
    project.remove(".git")


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS)
def failing_hooks_in_the_project(project: Project) -> None:
    _edit(project)
    for hook in ("pre-commit", "post-checkout", "post-index-change", "reference-transaction", "post-merge"):
        project.write(f".git/hooks/{hook}", "#!/bin/sh\ntouch hook-ran.txt\nexit 1\n")
        if hook != "reference-transaction":
            project.mode(f".git/hooks/{hook}", 0o755)


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS, expect=PASS)
def a_file_marked_as_unchanged_in_the_index(project: Project) -> None:
    _edit(project)
    project.commit()
    project.git("update-index", "--assume-unchanged", "old.py")


@situation(
    {"app.py": TEXT, ".gitattributes": "*.py merge=union\n"},
    {"app.py": LATE},
    mine=MINE,
    theirs={"app.py": "THEIRS"},
)
def an_attribute_that_merges_by_union(project: Project) -> None:
    _edit(project)


@situation({"app.py": TEXT}, {"app.py": LATE}, mine=MINE, theirs={"app.py": "THEIRS"})
def attributes_of_the_project_call_texts_binary(project: Project) -> None:
    _edit(project)
    project.write(".gitattributes", "*.py -text diff\n*.md binary\n")


@situation({"app.py": TEXT, "a.md": TEXT}, {"app.py": LATE, "a.md": LATE}, mine=MINE, theirs={"a.md": "THEIRS"})
def an_attribute_that_exports_nothing(project: Project) -> None:
    _edit(project)
    project.write(".gitattributes", "*.md export-ignore\n*.py export-subst ident\n")
