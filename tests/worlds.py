"""Projects that a template and a user have both changed, as hypothesis makes them up.

Lines carry who wrote them: `mine` only the user, `theirs` only the new template, `both` either. So where a line is
after an update tells whose work arrived.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from exchanging import Content, Script, write
from hypothesis import strategies as st
from merging import Files
from support import git

PATHS = (
    "a.txt",
    "b.txt",
    "c.yaml",
    "d",
    "d/a.txt",
    "d/b.txt",
    "d/e/a.txt",
    "f/a.txt",
    "f/b.txt",
    "g/h/i.txt",
    "uv.lock",
)
BINARIES = [b"\0picture %d" % number * 60 for number in range(3)]
KNOWN = [b"line %d: known to everybody\n" % number for number in range(6)]

Edit = Callable[[dict[str, Content]], None]


@dataclass(frozen=True)
class World:
    """A template's two versions, and what a user has: committed, not tracked, ignored, edited since the commit."""

    base: Files
    theirs: Files
    ours: Files
    untracked: Files
    unsaved: Files = field(default_factory=dict)


def texts(*writers: str) -> st.SearchStrategy[bytes]:
    """Texts of known lines, and of lines of these writers; some are tiny, some end without a line end."""
    written = [f"{who} {number}: a line\n".encode() for who in writers for number in range(4)]
    lined = st.lists(st.sampled_from([*KNOWN, *KNOWN, *written]), min_size=4, max_size=9).map(b"".join)
    return st.one_of(lined, lined, lined.map(lambda text: text[:70]), lined.map(_windows), st.just(b""))


def files(*writers: str) -> st.SearchStrategy[Content]:
    """Texts, scripts and binaries."""
    text = texts(*writers)
    return st.one_of(text, text, text, text.map(Script), st.sampled_from(BINARIES))


def edits(who: str, known: list[str]) -> st.SearchStrategy[list[Edit]]:
    """What a writer does to a project, most of it to files that it has."""
    there, path, place = st.sampled_from(known), st.sampled_from(PATHS), st.integers(0, 4)
    line = st.sampled_from([f"{by} {number}: a line\n".encode() for by in (who, who, "both") for number in range(4)])
    of_lines = st.one_of(
        st.builds(_insert, there, place, line),
        st.builds(_replace, there, place, line),
        st.builds(_take_out, there, place),
    )
    of_files = st.one_of(
        st.builds(_remove, there),
        st.builds(_move, there, path),
        st.builds(_move_folder, st.sampled_from("dfg"), st.sampled_from("dfgx")),
        st.builds(_put, path, files(who, "both")),
        st.builds(_put, there, st.sampled_from([b"\0" + who.encode() * 99, b""])),
        st.builds(_rewrite, there, st.sampled_from([_windows, _unix])),
        st.builds(_turn, there),
    )
    return st.lists(st.one_of(of_lines, of_files), min_size=1, max_size=7)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Any template, any next version of it, any user."""
    base = _standing_together(draw(st.dictionaries(st.sampled_from(PATHS), files(), min_size=1, max_size=6)))
    known = sorted(base)
    theirs, ours = (_edited(base, draw(edits(who, known))) for who in ("theirs", "mine"))
    coming = [path for path in (*theirs, *base) if path not in ours]
    beside = draw(st.dictionaries(st.sampled_from(("d/mine", "x", "d", *coming)), texts("mine"), max_size=2))
    untracked = {path: content for path, content in beside.items() if _has_room(path, ours)}
    is_dirty = bool(ours) and draw(st.integers(0, 7)) == 7
    unsaved = {draw(st.sampled_from(sorted(ours))): draw(texts("mine"))} if is_dirty else {}
    return World(base, theirs, ours, _standing_together(untracked), unsaved)


def text_of(content: Content) -> bytes:
    """A file's content, whatever its mode."""
    return content.text if isinstance(content, Script) else bytes(content)


def _like(content: Content, text: bytes) -> Content:
    return Script(text) if isinstance(content, Script) else text


def _windows(text: bytes) -> bytes:
    return _unix(text).replace(b"\n", b"\r\n")


def _unix(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n")


def _rewrite(path: str, change: Callable[[bytes], bytes]) -> Edit:
    def edit(project: dict[str, Content]) -> None:
        if path in project and b"\0" not in text_of(project[path]):
            project[path] = _like(project[path], change(text_of(project[path])))

    return edit


def _of_lines(path: str, change: Callable[[list[bytes]], None]) -> Edit:
    def changed(text: bytes) -> bytes:
        held = text.splitlines(keepends=True)
        change(held)
        return b"".join(held)

    return _rewrite(path, changed)


def _insert(path: str, place: int, line: bytes) -> Edit:
    def insert(held: list[bytes]) -> None:
        if held[:place]:
            held[place - 1 : place] = [
                whole if whole.endswith(b"\n") else whole + b"\n" for whole in held[place - 1 : place]
            ]
        held.insert(place, line)

    return _of_lines(path, insert)


def _replace(path: str, place: int, line: bytes) -> Edit:
    return _of_lines(path, lambda held: held.__setitem__(slice(place, place + 1), [line] if held[place:] else []))


def _take_out(path: str, place: int) -> Edit:
    return _of_lines(path, lambda held: held.__delitem__(slice(place, place + 1)))


def _remove(path: str) -> Edit:
    return lambda project: project.pop(path, None) and None


def _move(source: str, target: str) -> Edit:
    def edit(project: dict[str, Content]) -> None:
        if source in project and source != target:
            _put(target, project.pop(source))(project)

    return edit


def _move_folder(source: str, target: str) -> Edit:
    def edit(project: dict[str, Content]) -> None:
        for path in [path for path in project if path.startswith(f"{source}/")]:
            _move(path, target + path.removeprefix(source))(project)

    return edit


def _put(path: str, content: Content) -> Edit:
    """Write a file; what would be a folder above it, or a file below it, goes."""

    def edit(project: dict[str, Content]) -> None:
        for other in [other for other in project if _collide(path, other)]:
            del project[other]
        project[path] = content

    return edit


def _turn(path: str) -> Edit:
    def edit(project: dict[str, Content]) -> None:
        if path in project:
            content = project[path]
            project[path] = content.text if isinstance(content, Script) else Script(text_of(content))

    return edit


def _collide(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _has_room(path: str, project: Files) -> bool:
    return not any(_collide(path, other) for other in project)


def _edited(project: Files, changes: list[Edit]) -> Files:
    result = dict(project)
    for change in changes:
        change(result)
    return result


def _standing_together(project: Files) -> Files:
    return _edited({}, [_put(path, content) for path, content in project.items()])


def settle(empty: Path, top: Path, world: World) -> None:
    """Lay out what the user has."""
    shutil.copytree(empty, top)
    (top / ".git" / "info").mkdir()
    (top / ".git" / "info" / "exclude").write_text("mine\n/x\n", encoding="utf-8")
    for path, content in world.ours.items():
        write(top, path, content)
    git(top, "add", "--all", "--force")
    git(top, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "--allow-empty", "-m", "1")
    for path, content in {**world.untracked, **world.unsaved}.items():
        write(top, path, content)
