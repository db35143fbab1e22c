"""Where a third-party template lies: which words are addresses, what they stand for, what is recorded of them."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from aiscaffold.errors import TemplateUnreachable
from aiscaffold.files import full_path

HOSTS = {"gh:": "https://github.com", "gl:": "https://gitlab.com", "bb:": "https://bitbucket.org"}
# What plain copier takes for git by itself. Other URLs are recorded with `git+` in front, which it takes too.
KNOWN_TO_COPIER = ("gh:", "gl:", "git@", "git://", "git+", "https://github.com/", "https://gitlab.com/")
FORMS = "an address is gh:owner/name, gl:owner/name, the URL of a git repository, or a folder"


def looks_like_address(word: str) -> bool:
    """Whether a word names a template by where it lies, and not by a name of the catalogue."""
    known = word.startswith((*HOSTS, "git@", "git+", ".", "~", "-"))
    return known or "/" in word or "\\" in word or "::" in word or word.endswith(".git")


def normal_address(word: str) -> str:
    """The address as a project records it: as typed, but true from any folder and known to plain copier.

    Raises `TemplateUnreachable` for what is no address, and for one that carries a password.
    """
    if word.startswith("-") or "::" in word.partition("/")[0] or not word.isprintable() or not word.strip():
        raise TemplateUnreachable(f"{printable(word)!r} is no address of a template", hint=FORMS)
    _refuse_credentials(word)
    if word.startswith("bb:"):
        return _expanded(word)
    if not is_remote(word):
        return _folder(word)
    needs_mark = not word.startswith(KNOWN_TO_COPIER) and not word.endswith(".git")
    return f"git+{word}" if needs_mark else word


def clone_url(address: str) -> str:
    """What git is told to clone: the same URL that plain copier makes of the address."""
    if address.startswith(tuple(HOSTS)):
        return _expanded(address)
    if address.startswith("git+"):
        return address.removeprefix("git+")
    bare = address.startswith(("https://github.com/", "https://gitlab.com/")) and not address.endswith(".git")
    return f"{address}.git" if bare else address


def is_remote(address: str) -> bool:
    """Whether an address is a URL rather than a folder."""
    if address.startswith((*HOSTS, "git@", "git+")) or "://" in address:
        return True
    # As ssh knows it, host:path.git; but a drive of Windows is no host.
    return bool(re.match(r"[^/\\:]{2,}:.*\.git$", address)) and not Path(address).exists()


def shown_address(address: str) -> str:
    """An address as it may be printed: without credentials or control characters."""
    return printable(re.sub(r"://[^/@]*@", "://", address))


def printable(text: str) -> str:
    """A stranger's text with everything escaped that could rewrite the terminal or hide a part of it."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _expanded(address: str) -> str:
    host, path = HOSTS[address[:3]], address[3:].removeprefix("/")
    return f"{host}/{path}" if path.endswith(".git") else f"{host}/{path}.git"


def _folder(word: str) -> str:
    folder = full_path(word)
    if folder.exists() and not folder.is_dir():
        raise TemplateUnreachable(f"{folder} is a file, no folder with a template", hint=FORMS)
    return str(folder)


def _refuse_credentials(word: str) -> None:
    """A password in an address would be recorded in each project, for everybody to read."""
    try:
        url = urlsplit(word.removeprefix("git+"))
    except ValueError as error:
        raise TemplateUnreachable(f"{printable(word)!r} is no address of a template: {error}", hint=FORMS) from error
    userinfo, at, _ = url.netloc.rpartition("@")
    if at and (":" in userinfo or url.scheme in ("http", "https")):
        raise TemplateUnreachable(
            f"the address {shown_address(word)} was given with credentials, which every project would record",
            hint="leave them out and let git's credential helper log in (git help credentials)",
        )
