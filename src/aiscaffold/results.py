"""What became of an update: the wording and the exit that its owner sees."""

from dataclasses import dataclass
from pathlib import Path

from aiscaffold.lineage import Lineage
from aiscaffold.plan import Plan
from aiscaffold.verify import Gate

DONE = {
    "planned": "nothing was changed",
    "applied": "in your work tree and index, not committed",
    "committed": "on a branch of its own",
}


@dataclass(frozen=True)
class Updated:
    """An update that was planned, and what was done with the plan."""

    plan: Plan
    done: str = "planned"  # or "applied", or "committed"
    branch: str = ""
    commit: str = ""
    gates: tuple[Gate, ...] = ()
    unverifiable: bool = False  # gates were asked for, but conflicts are left

    @property
    def is_newer(self) -> bool:
        """Whether the project goes to a newer version, not back or to other answers."""
        return self.plan.lineage.old != self.plan.lineage.new and not self.plan.lineage.goes_back

    @property
    def headline(self) -> str:
        """One sentence: what was done, from where to where."""
        lineage = self.plan.lineage
        way = lineage.new if lineage.old == lineage.new else f"{lineage.old} → {lineage.new}"
        return f"{lineage.name} {way}: {DONE[self.done]}"

    @property
    def summary(self) -> str:
        """How many files there are of each kind, in words."""
        words = {"conflict": "conflicts"}
        totals = self.plan.changes.totals.items()
        counted = (f"{count} {words.get(kind, kind) if count > 1 else kind}" for kind, count in totals)
        return ", ".join(counted) or "nothing to change"

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know beside the files."""
        dirty = self.plan.uncommitted if self.done == "planned" else ()
        waits = f"not committed yet, so the update would be refused: {', '.join(dirty)}" if dirty else ""
        unsure = (
            "conflicts are left, so no gate was run and nothing was changed; update without --verify to resolve them"
        )
        return (*self.plan.lineage.notes, *filter(None, [waits, unsure if self.unverifiable else ""]))

    @property
    def next_steps(self) -> tuple[str, ...]:
        """The commands that its owner types next."""
        if self.done == "planned":
            return ()
        if self.done == "committed" and self.plan.changes.conflicts:
            return (f"git switch {self.branch}", "git grep -n '^<<<<<<< yours'", "git commit --all")
        if self.done == "committed":
            return (f"git diff HEAD...{self.branch}", f"git merge {self.branch}")
        relock = tuple(note.step for note in self.plan.merged.notes if note.step)
        if self.plan.changes.conflicts:
            return ("git diff", *relock, "aiscaffold update --continue", "aiscaffold update --abort")
        return ("git diff --cached", *relock, f'git commit -m "{message(self.plan.lineage)}"')

    @property
    def passed(self) -> bool:
        """Whether every gate that was run is green."""
        return all(gate.passed for gate in self.gates) and not self.unverifiable


@dataclass(frozen=True)
class Ended:
    """What became of an update that its owner took back or went on with."""

    state: str  # "taken back", "resolved" or "conflicts left"
    message: str  # for the commit
    unsettled: tuple[str, ...] = ()  # what is left to do, one line for each file
    saved: tuple[Path, ...] = ()  # where edits are that the old files took the place of


def message(lineage: Lineage) -> str:
    """The commit message of an update."""
    if lineage.old == lineage.new:
        return f"Change answers to the template {lineage.name} {lineage.new}"
    return f"Update from the template {lineage.name}: {lineage.old} to {lineage.new}"
