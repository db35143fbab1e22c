"""What runs in CI: workflows, their jobs and the steps of these."""

from dataclasses import dataclass

from aiscaffold.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Step:
    """A script or an action; the first line of `run` stands on line `run_line` of the file of `place`.

    `chain` leads from a local action's or workflow's callers, the outermost first, to the step; it is empty for most.
    `cwd` is relative to the top, `?` where an expression decides; `env` holds the job's and the workflow's too.
    `pipefail` says that the step fails where any part of a pipe does.
    """

    name: str
    run: str
    uses: str
    place: Evidence
    chain: tuple[Evidence, ...] = ()
    cwd: str = ""
    soft: bool = False
    condition: str = ""
    env: tuple[tuple[str, str], ...] = ()
    with_: tuple[tuple[str, str], ...] = ()
    run_line: int = 0
    pipefail: bool = True


@dataclass(frozen=True, slots=True)
class Job:
    """A job by its key. A `soft` job's failure fails nothing. `uses` names a reusable workflow.

    `permissions` is empty where unset, `read-all`, `write-all`, or `key: value, …`, sorted.
    """

    name: str
    place: Evidence
    steps: tuple[Step, ...]
    uses: str = ""
    soft: bool = False
    condition: str = ""
    permissions: str = ""
    pythons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """One file of a CI system; `problem` says why it has no jobs.

    `follows` is false where the system is only recognised: its jobs hold what scripts could be found. `branches` are
    those whose pushes start it; empty where any does.
    """

    path: str
    system: str
    name: str
    triggers: tuple[str, ...] = ()
    jobs: tuple[Job, ...] = ()
    permissions: str = ""
    problem: str = ""
    follows: bool = True
    branches: tuple[str, ...] = ()
