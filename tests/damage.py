"""All the ways to harm a repository, and the audit of a harmed one in a process that may hang or die."""

import json
import multiprocessing
import os
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from tempfile import gettempdir

from damage_disk import DISK, LOCKED, Paths, commit, put
from damage_git import GIT
from damage_lines import bombs
from damage_texts import BROKEN, LONG, ODD, Files

from aiscaffold.errors import AiscaffoldError
from aiscaffold.formats import FORMATS, TOGETHER, renderer, renderer_of_many
from aiscaffold.inspection import Order, inspect
from aiscaffold.report import Report

NOBODY = 65_534
AS_IT_IS = Order()
PATIENCE = 10.0  # seconds that an audit may take
NOTHING_THERE = frozenset({"empty bare", "objects all lost", "head lost"})  # no commit, or none that can be read


@dataclass(frozen=True)
class Damage:
    """One way to harm; `inflict` tells which files the report must then call unreadable."""

    name: str
    inflict: Callable[[Path, Random], Paths]

    @property
    def is_locked(self) -> bool:
        """Whether it takes away rights, which root does not notice."""
        return self.inflict in LOCKED


@dataclass(frozen=True)
class Outcome:
    """What became of an audit."""

    seconds: float
    verdicts: Mapping[str, int] = field(default_factory=Counter)
    unknown: frozenset[str] = frozenset()  # the files that unknown verdicts name
    crashed: tuple[str, ...] = ()  # rules, and formats
    refused: str = ""
    broken: str = ""  # a traceback, or that there was no end

    @property
    def fault(self) -> str:
        """What must never be; empty where all is well."""
        return self.broken or " · ".join(self.crashed)


def damages() -> list[Damage]:
    """Every kind of damage but the long texts."""
    texts = [Damage(name, _written(files, damaged=name in BROKEN)) for name, files in (BROKEN | ODD).items()]
    return [*texts, *(Damage(_named(inflict), inflict) for inflict in (*DISK, *GIT, *LOCKED))]


def long_texts() -> list[Damage]:
    """Every long text in every kind of file."""
    return [Damage(name, partial(_lengthened, path, head, text)) for name, path, head, text in bombs()]


def audited(folder: Path, order: Order = AS_IT_IS, *, as_nobody: bool = False) -> Outcome:
    """Audit in a forked child, and put the report into every format."""
    if as_nobody and os.geteuid() == 0:
        give_to_nobody(folder)
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_child, args=(theirs, folder, order, as_nobody))
    started = time.perf_counter()
    child.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(PATIENCE * 3) else Outcome(PATIENCE * 3, broken="no end in sight")
    except EOFError:
        return Outcome(time.perf_counter() - started, broken="the process died")
    finally:
        child.kill()
        child.join()


def give_to_nobody(folder: Path) -> None:
    """Make an unprivileged user the owner of a tree, and let them reach it."""
    for parent, names, files in os.walk(os.fsencode(folder)):
        for name in (b"", *names, *files):
            os.chown(parent + b"/" + name, NOBODY, NOBODY, follow_symlinks=False)
    for above in folder.parents:
        if above.is_relative_to(gettempdir()) and above.stat().st_uid == 0:
            above.chmod(above.stat().st_mode | 0o011)


def _child(pipe: Connection, folder: Path, order: Order, as_nobody: bool) -> None:
    os.environ["HOME"] = str(folder.parent)
    if as_nobody and os.geteuid() == 0:
        with suppress(AiscaffoldError):  # so that whatever is imported late is imported before the rights are gone
            inspect(str(folder), AS_IT_IS)
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    started = time.perf_counter()
    try:
        report = inspect(str(folder), order).report
    except AiscaffoldError as error:
        pipe.send(Outcome(time.perf_counter() - started, refused=error.message))
    except BaseException:  # noqa: BLE001 - whatever it is, it is what we look for
        pipe.send(Outcome(time.perf_counter() - started, broken=traceback.format_exc()[-1_500:]))
    else:
        # Nobody may be unable to read the formats' own files, where this repository lies in a private folder.
        formats = () if as_nobody and os.geteuid() == NOBODY else tuple(_broken_formats(report))
        pipe.send(_outcome(report, time.perf_counter() - started, formats))


def _outcome(report: Report, seconds: float, formats: tuple[str, ...]) -> Outcome:
    unclear = [finding for finding in report.findings if finding.verdict == "unknown"]
    rules = [f"{f.rule.code}: {f.first.remark}" for f in report.findings if f.verdict == "crashed"]
    return Outcome(
        seconds,
        Counter(finding.verdict for finding in report.findings),
        frozenset(place.path for place in (*report.damage, *(e for found in unclear for e in found.evidence))),
        (*rules, *formats),
    )


def _broken_formats(report: Report) -> list[str]:
    """The formats that cannot tell of this report, or not in UTF-8."""
    single = {name: lambda name=name: renderer(name)(report) for name in FORMATS}
    together = {f"{name} of many": lambda name=name: renderer_of_many(name)([report, report]) for name in TOGETHER}
    faults = []
    for name, render in (single | together).items():
        try:
            text = render()
            text.encode("utf-8")
            json.loads(text) if "json" in name or name == "sarif" else None
        except Exception:  # noqa: BLE001 - whatever it is, it is what we look for
            faults.append(f"{name}: {traceback.format_exc()[-400:]}")
    return faults


def _named(inflict: Callable[[Path, Random], Paths]) -> str:
    return inflict.__name__.replace("_", " ")


def _lengthened(path: str, head: str, text: str, folder: Path, _: Random) -> Paths:
    """Harm by one long file; put together only here, because all of them would take gigabytes."""
    put(folder, path, (head + text)[:LONG])
    commit(folder)
    return ()


def _written(files: Files, *, damaged: bool) -> Callable[[Path, Random], Paths]:
    """Harm by files of this content."""

    def inflict(folder: Path, _: Random) -> Paths:
        for path, content in files.items():
            put(folder, path, content)
        commit(folder)
        return files if damaged else ()

    return inflict
