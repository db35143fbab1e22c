"""Folders that commands go to, as paths relative to the top of the repository; `?` is one that is not known."""

import posixpath

from aiscaffold.regex import regex

_TOP = regex(
    r"\$\{?(?:GITHUB_WORKSPACE|CI_PROJECT_DIR|BITBUCKET_CLONE_DIR)\}?(?=/|$)/?|\$\{\{ *github\.workspace *\}\}/?"
)
_ELSEWHERE = regex(r"^[/~-]|[$`*?{%]|^[A-Za-z]:")


def joined(cwd: str, folder: str) -> str:
    """A folder as seen from another one."""
    if at_top := _TOP.match(folder):
        return joined("", folder[at_top.end() :])
    if cwd == "?" or _ELSEWHERE.search(folder):
        return "?"
    path = posixpath.normpath(posixpath.join(cwd, folder))
    return "" if path == "." else path


def target(words: tuple[str, ...]) -> str:
    """The folder that a `cd` goes to."""
    named = [word for word in words[1:] if word == "-" or not word.startswith("-")]
    return named[0] if named else "?"
