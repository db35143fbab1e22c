"""GitLab CI: jobs with what they extend, reference and include."""

import posixpath
import re
from collections.abc import Callable, Iterator

from aiscaffold.marked import EMPTY, Broken, Value, read_documents
from aiscaffold.pipeline import Job, Step, Workflow
from aiscaffold.regex import regex

Read = Callable[[str], str | None]
HOPS = 10
LINES = 2_000
KEYWORDS = {"default", "include", "stages", "variables", "workflow", "image", "services", "cache", "spec"}
KEYWORDS |= {"before_script", "after_script", "types"}
SOURCE = regex(r"CI_PIPELINE_SOURCE\s*==\s*[\"'](\w{1,40})[\"']")
CHANGE_FOLDER = regex(r"cd\s+([^\s;&|]+)\s*(?:$|&&|;)")
PYTHON = regex(r"(?:^|/)python:(\d+(?:\.\d+)*)")
VERSION = regex(r"\d\.\d+")


def read_gitlab(path: str, text: str, read: Read) -> Workflow:
    """The pipeline of a repository, its local includes merged in."""
    try:
        content = _included(path, text, read, {path})
    except Broken as error:
        return Workflow(path, "gitlab", "", problem=str(error))
    jobs, known = [], dict[str, Value]()
    for name, value in content.keys.items():
        if value.keys and name not in KEYWORDS and not name.startswith("."):
            jobs.append(_job(name, _extended(value, content, known), content))
    return Workflow(path, "gitlab", content["workflow"]["name"].text, _triggers(text), tuple(jobs))


def _included(path: str, text: str, read: Read, seen: set[str]) -> Value:
    """A file over the files that it includes, each of which counts once."""
    content = next(iter(read_documents(path, text)), EMPTY)
    if not content.keys:
        raise Broken("it holds no mapping")
    for entry in content["include"].one_or_more:
        name = posixpath.normpath((entry["local"].text or entry.text).lstrip("/"))
        other = read(name) if name not in seen else None
        if other is not None:
            seen.add(name)
            content = _over(content, _included(name, other, read, seen), {})
    return content


def _over(value: Value, base: Value, known: dict[tuple[int, int], Value]) -> Value:
    """A mapping laid over another: its own keys win, mappings in it are merged (each pair once), lists replaced."""
    if not (value.keys and base.keys):
        return value or base
    pair = (id(value.keys), id(base.keys))
    if pair not in known:
        merged = known[pair] = Value(value.path, value.line, value.key_line)
        merged.keys = {key: _over(value[key], base[key], known) for key in (*base.keys, *value.keys)}
    return known[pair]


def _extended(value: Value, content: Value, known: dict[str, Value], depth: int = 0) -> Value:
    """A job over the jobs that it extends (each worked out once), the last of which counts most."""
    for name in (found.text for found in reversed(value["extends"].one_or_more if depth < HOPS else [])):
        if name not in known:
            known[name] = EMPTY  # for jobs that extend each other
            known[name] = _extended(content[name], content, known, depth + 1)
        value = _over(value, known[name], {})
    return value


def _job(name: str, job: Value, content: Value) -> Job:
    env = tuple({**content["variables"].pairs, **job["variables"].pairs}.items())
    rules = [rule["if"].text for rule in job["rules"] if rule["if"]]
    scripts = [_inherited("before_script", job, content), job["script"]]
    after = [_inherited("after_script", job, content)]  # in a shell of its own
    steps = [*_steps(scripts, content, env), *_steps(after, content, env)]
    return Job(
        name,
        job.place,
        tuple(steps),
        job["trigger"]["include"].text or job["trigger"].text,
        job["allow_failure"].text.lower() == "true",
        " || ".join(rules) or (job["when"].text if job["when"].text in ("manual", "never") else ""),
        pythons=tuple(dict.fromkeys(_pythons(job, content))),
    )


def _inherited(key: str, job: Value, content: Value) -> Value:
    """What a job says under a key, else what all jobs say."""
    return next(filter(None, (job[key], content["default"][key], content[key])), EMPTY)


def _steps(scripts: list[Value], content: Value, env: tuple[tuple[str, str], ...]) -> Iterator[Step]:
    """Each line of a job's scripts, which one shell runs: a change of folder holds for the lines after it."""
    cwd = ""
    for script in scripts:
        for number, line in enumerate(_lines(script, content, ())):
            if number >= LINES:
                break
            if not line.text:
                continue
            yield Step("", line.text, "", line.place, cwd=cwd, env=env, run_line=line.line)
            moved = CHANGE_FOLDER.match(line.text)
            if moved:
                cwd = "?" if "$" in moved[1] or cwd == "?" else posixpath.normpath(posixpath.join(cwd, moved[1]))


def _lines(script: Value, content: Value, above: tuple[Value, ...]) -> Iterator[Value]:
    """The entries of a script, nested lists and `!reference`s resolved; a list that holds itself ends there.

    What leads nowhere yields an empty entry, so that whoever counts entries also ends lists that only hold each other.
    """
    if len(above) > HOPS or any(script.items is value.items for value in above):
        yield EMPTY
        return
    if script.tag == "!reference":
        value = content
        for key in script:
            value = value[key.text]
        yield from _lines(value, content, (*above, script))
    elif script.items:
        for item in script:
            yield from _lines(item, content, (*above, script))
    else:
        yield script


def _pythons(job: Value, content: Value) -> Iterator[str]:
    """The versions of Python that a job's image or matrix names."""
    image = _inherited("image", job, content)
    yield from PYTHON.findall(image["name"].text or image.text)
    for row in job["parallel"]["matrix"]:
        for key, value in row.keys.items():
            if "PY" in key.upper():
                yield from (item.text for item in value.one_or_more if VERSION.fullmatch(item.text))


def _triggers(text: str) -> tuple[str, ...]:
    """What starts the pipeline, as its rules name it; a push where they name nothing."""
    named = {found[1].removesuffix("_event") for found in SOURCE.finditer(text)}
    if re.search(r"^\s*- merge_requests\b", text, re.MULTILINE):
        named.add("merge_request")
    return tuple(sorted(named)) or ("push",)
