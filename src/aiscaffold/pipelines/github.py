"""GitHub Actions: workflows, with the local actions and reusable workflows that they call written out in place."""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from aiscaffold.evidence import Evidence
from aiscaffold.marked import EMPTY, Broken, Value, read_documents
from aiscaffold.pipeline import Job, Step, Workflow
from aiscaffold.regex import regex

Read = Callable[[str], str | None]
HOPS = 8
STEPS = 2_000
CALLS = 300
EXPRESSION = regex(r"\$\{\{\s*(inputs|matrix)\.([\w-]{1,100})\s*\}\}")
VERSION = regex(r"(?:pypy-?)?\d+(?:\.[\dx]+)*t?")


@dataclass(frozen=True, slots=True)
class Context:
    """What a step inherits from the file and the job that hold it, and from their callers."""

    read: Read
    calls: Iterator[int]  # ends when so much was written out that the files must be calling each other
    chain: tuple[Evidence, ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    cwd: str = ""
    soft: bool = False
    condition: str = ""
    shell: str = ""


def read_github(path: str, text: str, read: Read) -> Workflow:
    """The workflow of one file."""
    try:
        content = _mapping(path, text)
    except Broken as error:
        return Workflow(path, "github", "", problem=str(error))
    on = content["on"] or content["true"]
    triggers = tuple(on.keys or [item.text for item in on.one_or_more])
    jobs = tuple(_jobs(content, Context(read, iter(range(CALLS)))))
    branches = tuple(each.text for each in on["push"]["branches"].one_or_more)
    permissions = _permissions(content["permissions"])
    return Workflow(path, "github", content["name"].text, triggers, jobs, permissions, branches=branches)


def _mapping(path: str, text: str) -> Value:
    """The first document of a file, which must be a mapping."""
    content = next(iter(read_documents(path, text)), EMPTY)
    if not content.keys:
        raise Broken("it holds no mapping")
    return content


def _jobs(content: Value, context: Context) -> Iterator[Job]:
    for name, job in content["jobs"].keys.items():
        inner = _within(context, content, job)
        steps = list(_called(job, inner)) if job["uses"] else _steps(job["steps"], inner)
        yield Job(
            name,
            job.place,
            tuple(steps)[:STEPS],
            job["uses"].text,
            _is_soft(job),
            job["if"].text,
            _permissions(job["permissions"]),
            tuple(dict.fromkeys(_pythons(job, steps))),
        )


def _within(context: Context, content: Value, job: Value) -> Context:
    """What the steps of a job inherit."""
    env = {**dict(context.env), **content["env"].pairs, **job["env"].pairs}
    defaults = [holder["defaults"]["run"] for holder in (job, content)]
    folders = [each["working-directory"].text for each in defaults]
    shells = [each["shell"].text for each in defaults]
    return replace(
        context,
        env=tuple(env.items()),
        cwd=next(filter(None, folders), context.cwd),
        shell=next(filter(None, shells), context.shell),
    )


def _steps(steps: Value, context: Context) -> list[Step]:
    found: list[Step] = []
    for value in steps:
        step = _step(value, context)
        inside = _action(step, context) if step.uses.startswith("./") else None
        found += [step] if inside is None else inside
        if len(found) > STEPS:
            break
    return found


def _step(value: Value, context: Context) -> Step:
    inputs = dict(context.inputs)
    env = {**dict(context.env), **value["env"].pairs}
    return Step(
        name=value["name"].text,
        run=_filled(value["run"].text, inputs),
        uses=value["uses"].text,
        place=value.place,
        chain=context.chain,
        cwd=_folder(_filled(value["working-directory"].text, inputs) or context.cwd),
        soft=context.soft or _is_soft(value),
        condition=" && ".join(filter(None, (context.condition, value["if"].text))),
        env=tuple(env.items()),
        with_=tuple((key, _filled(text, inputs)) for key, text in value["with"].pairs.items()),
        run_line=value["run"].line,
        pipefail=_keeps_pipes(value["shell"].text or context.shell),
    )


def _keeps_pipes(shell: str) -> bool:
    """Whether a failure in a pipe counts: where bash is named, but not where it is only the default."""
    return shell not in ("", "sh") and (shell == "bash" or "pipefail" in shell or not shell.startswith(("bash", "sh")))


def _action(step: Step, context: Context) -> list[Step] | None:
    """The steps of a local composite action; None where there is none."""
    folder = posixpath.normpath(step.uses)
    content = _first(context, [f"{folder}/action.yml", f"{folder}/action.yaml"])
    if content is None or content["runs"]["using"].text != "composite":
        return None
    inner = replace(
        context,
        chain=(*context.chain, step.place),
        inputs=_inputs(content["inputs"], dict(step.with_)),
        env=step.env,
        cwd="",
        shell="",
        soft=step.soft,
        condition=step.condition,
    )
    return _steps(content["runs"]["steps"], inner)


def _called(job: Value, context: Context) -> Iterator[Step]:
    """The steps of a local reusable workflow."""
    uses = job["uses"].text
    content = _first(context, [posixpath.normpath(uses)]) if uses.startswith("./") else None
    if content is None:
        return
    on = content["on"] or content["true"]
    inner = Context(
        context.read,
        context.calls,
        (*context.chain, job.place),
        _inputs(on["workflow_call"]["inputs"], job["with"].pairs),
        soft=context.soft or _is_soft(job),
        condition=" && ".join(filter(None, (context.condition, job["if"].text))),
    )
    for called in _jobs(content, inner):
        yield from called.steps


def _first(context: Context, paths: list[str]) -> Value | None:
    """The first of some files that is there and sound, unless the chain of callers is too long."""
    if len(context.chain) >= HOPS or next(context.calls, None) is None:
        return None
    for path in paths:
        text = context.read(path)
        if text is not None:
            try:
                return _mapping(path, text)
            except Broken:
                return None
    return None


def _inputs(declared: Value, given: dict[str, str]) -> tuple[tuple[str, str], ...]:
    defaults = {key: value["default"].text for key, value in declared.keys.items()}
    return tuple({**defaults, **given}.items())


def _filled(text: str, inputs: dict[str, str]) -> str:
    """The text with the inputs of the action or workflow put in."""
    if not inputs or "${{" not in text:
        return text
    return EXPRESSION.sub(lambda found: inputs.get(found[2], found[0]) if found[1] == "inputs" else found[0], text)


def _folder(text: str) -> str:
    if "$" in text:
        return "?"
    folder = posixpath.normpath(text) if text else ""
    return "" if folder == "." else folder


def _is_soft(value: Value) -> bool:
    return value["continue-on-error"].text.lower() == "true"


def _permissions(value: Value) -> str:
    return ", ".join(f"{key}: {text}" for key, text in sorted(value.pairs.items())) if value.keys else value.text


def _pythons(job: Value, steps: list[Step]) -> Iterator[str]:
    """The versions of Python that a job names: in its matrix, or where it sets Python up."""
    matrix = job["strategy"]["matrix"]
    for row in (matrix, *matrix["include"]):
        for key, value in row.keys.items():
            if "python" in key.lower() or key in ("py", "pyver"):
                yield from (item.text for item in value.one_or_more if VERSION.fullmatch(item.text))
    for step in steps:
        named = dict(step.with_).get("python-version", "") if step.uses else ""
        yield from (word for word in named.split() if VERSION.fullmatch(word))
