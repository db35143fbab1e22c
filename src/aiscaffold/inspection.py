"""From what somebody names (a folder, a commit, a git address) to a report on it."""

import os
import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from posixpath import normpath
from tempfile import TemporaryDirectory

from aiscaffold.address import printable
from aiscaffold.audit import audit
from aiscaffold.config import Config, matching, naming, read_config, reasons, require_kind, select
from aiscaffold.errors import BadConfig, NotARepository, ToolFailed
from aiscaffold.files import full_path
from aiscaffold.places import marked_place
from aiscaffold.pristine import pristine
from aiscaffold.process import git_remote
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.report import Report, Subject
from aiscaffold.rule import OTHER, OWNER, Rule
from aiscaffold.rules import CODES, load, named_by
from aiscaffold.screen import first_screen
from aiscaffold.snapshot import Commit, Folder, Snapshot, open_snapshot
from aiscaffold.uncommitted import is_changed, unknown_to_git

ADDRESS = regex(r"(?:https?|ssh|git|file)://|[\w.-]+@[\w.-]+:|(?:gh|gl):")
SHORT = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/"}


@dataclass(frozen=True)
class Order:
    """What is asked of an audit, beside the place; what is given here goes before the repository's own settings."""

    at: str = ""
    project: str = ""
    kind: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    with_screen: bool = False


@dataclass(frozen=True)
class Inspected:
    """A report, the bar that the repository sets for itself, and what its reader should know beside it."""

    report: Report
    bar: str
    notes: tuple[str, ...] = ()


def inspect(place: str, order: Order) -> Inspected:
    """Audit one place. Raises `NotARepository`, `BadConfig`."""
    with _opened(place, order.at) as (snapshot, inner):
        found = _inspected(snapshot, replace(order, project=order.project or inner))
        return _placed(found, snapshot, place)


def _inspected(snapshot: Snapshot, order: Order) -> Inspected:
    project = _project(snapshot, order.project)
    config = read_config(Repo(snapshot, project).text_or_none, project)
    repo = Repo(snapshot, project, _declared(order, config), pristine)
    # What is asked alone is loaded alone, unless the settings, which may name any rule, have to be checked.
    loaded = load() if order.ignore or config.ignore or config.select else load(named_by(order.select))
    rules = _selected(loaded, order, config)
    ignored = {code: why for code, why in reasons(loaded, config).items() if code in {rule.code for rule in rules}}
    report = audit(repo, rules, ignored)
    _refuse_unused(report, config)
    marked = (
        replace(f, where_to_write=marked_place(repo, f.rule)) if f.rule.who == OWNER and f.verdict != "pass" else f
        for f in report.findings
    )
    report = replace(report, findings=tuple(marked))
    screen = first_screen(repo, report) if order.with_screen else None
    return Inspected(replace(report, first_screen=screen, is_partial=len(rules) < len(CODES)), _bar(order, config))


def unaudited(place: str, problem: str) -> Inspected:
    """A report that only tells why there is none."""
    name = shown(place)
    return Inspected(Report(Subject(name, "", "", OTHER, (), place=name), (), problem=problem), "")


def _placed(found: Inspected, snapshot: Snapshot, place: str) -> Inspected:
    """The report with its place, and with what of a work tree git does not know yet."""
    subject = replace(found.report.subject, place=shown(place))
    if not isinstance(snapshot, Folder) or not os.path.lexists(snapshot.folder / ".git") or snapshot.is_refused:
        return replace(found, report=replace(found.report, subject=subject))
    changed = bool(snapshot.commit) and is_changed(snapshot.folder, snapshot.commit, snapshot.entries)
    names = [
        subject.project + name
        for name in unknown_to_git(
            snapshot.folder / subject.project,
            {path.removeprefix(subject.project) for path in snapshot.entries},
        )
    ]
    notes = tuple(
        f"{subject.label}: {name} is there, but git does not know it: {shlex.join(['git', 'add', name])}"
        for name in map(printable, names)
    )
    return replace(found, report=replace(found.report, subject=replace(subject, is_changed=changed)), notes=notes)


def _selected(loaded: Sequence[Rule], order: Order, config: Config) -> tuple[Rule, ...]:
    with naming(f"{config.path}: select"):
        select(loaded, config.select)
    rules = select(loaded, order.select or config.select, order.ignore)
    if not rules:
        raise BadConfig("no rule is left to ask", hint="--ignore names all that was selected: leave some of it out")
    return rules


def _bar(order: Order, config: Config) -> str:
    """The repository's own bar; it was not set for whatever part of the rules a call picks."""
    return "" if order.select or order.ignore else config.bar


def _declared(order: Order, config: Config) -> tuple[str, str]:
    if order.kind:
        return require_kind(order.kind, "--kind"), ""
    return config.kind, config.path


def _refuse_unused(report: Report, config: Config) -> None:
    """Raise `BadConfig` where an ignore ignores nothing, though all that it names was asked."""
    asked = {finding.rule.code: finding for finding in report.ignored}
    for word in config.ignore:
        found = [asked[code] for code in matching(load(), word) if code in asked]
        is_needed = len(found) < len(matching(load(), word)) or any(f.is_open or f.verdict == "fail" for f in found)
        if not is_needed:
            remark = found[0].first.remark or "it passes"
            raise BadConfig(f"{config.path}: the ignore of {word} is not needed: {remark}", hint="delete that line")


def _project(snapshot: Snapshot, named: str) -> str:
    """The folder of a project with a slash at its end. Raises `NotARepository`."""
    name = normpath(named.replace("\\", "/")).strip("/")
    project = f"{name}/" if name not in ("", ".") else ""
    if not any(path.startswith(project) for path in snapshot.entries) and project:
        raise NotARepository(f"git tracks nothing below {name}", hint="see which projects there are: aiscaffold audit")
    return project


@contextmanager
def _opened(place: str, revision: str) -> Iterator[tuple[Snapshot, str]]:
    """The snapshot of a place, and the project in it that a path below the top names."""
    if ADDRESS.match(place):
        with (
            TemporaryDirectory(prefix="aiscaffold-", ignore_cleanup_errors=True) as scratch,
            _closing(open_snapshot(_cloned(place, Path(scratch)), revision or "HEAD")) as snapshot,
        ):
            yield snapshot, ""
        return
    folder = full_path(place)
    with _closing(open_snapshot(folder, revision, place)) as snapshot:
        top = snapshot.folder
        inner = folder.resolve().relative_to(top).as_posix() if top and folder.resolve().is_relative_to(top) else ""
        yield snapshot, inner


@contextmanager
def _closing(snapshot: Snapshot) -> Iterator[Snapshot]:
    try:
        yield snapshot
    finally:
        if isinstance(snapshot, Commit):
            snapshot.close()


def _cloned(address: str, folder: Path) -> Path:
    """A bare clone. Raises `NotARepository`."""
    url = next(
        (full + address.removeprefix(short) for short, full in SHORT.items() if address.startswith(short)), address
    )
    name = re.sub(r"\.git$", "", url.rstrip("/")).rpartition("/")[2].rpartition(":")[2] or "repository"
    target = folder / re.sub(r"[^\w.-]", "_", name)
    try:
        git_remote("clone", "--quiet", "--bare", "--", url, str(target), cwd=folder)
    except ToolFailed as error:
        raise NotARepository(f"{shown(url)} cannot be cloned: {_reason(error)}", hint="check the address") from error
    return target


def _reason(error: ToolFailed) -> str:
    """What git could not do, without its advice and what it says of its own steps."""
    said = f"{error.hint} {error.message}"
    fatal = re.search(r"fatal: (.+?)\.?(?: +Please make sure|$)", said)
    return shown(fatal[1] if fatal else error.message)


def shown(url: str) -> str:
    """An address, or a path, without the password that it may carry."""
    return re.sub(r"//[^/@]*@", "//", url)
