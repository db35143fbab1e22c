"""CI systems that are recognised only: what scripts they name, without the logic between them."""

from collections.abc import Iterator

from aiscaffold.marked import Broken, Value, read_documents
from aiscaffold.pipeline import Job, Step, Workflow
from aiscaffold.regex import regex

# Where each system keeps shell scripts.
SCRIPTS = {
    "circle": {"run"},
    "travis": {"before_install", "install", "before_script", "script", "after_success", "after_script"},
    "azure": {"script", "bash", "pwsh", "powershell"},
    "appveyor": {"init", "install", "before_build", "build_script", "before_test", "test_script", "after_test"},
    "bitbucket": {"script"},
    "drone": {"commands"},
    "woodpecker": {"commands"},
    "cirrus": {
        "script",
        "install_script",
        "setup_script",
        "test_script",
        "tests_script",
        "lint_script",
        "build_script",
    },
}
INNER = ("command", "sh", "cmd", "ps")  # the script of an entry that is a mapping itself
LONG_QUOTES = ('"""', "'''")
STEPS = 2_000
SHELL = regex(r"\b(?:sh|bat|powershell)\b[ \t]*\(?[ \t]*(?:script:[ \t]*)?(\"\"\"|'''|\"|')")


def read_other(system: str, path: str, text: str) -> Workflow:
    """The scripts of one file, by the job where the system has a table of jobs."""
    if system == "jenkins":
        steps = tuple(_jenkins(path, text))
        return Workflow(path, system, "", ("push",), (Job("", _whole(path).place, steps),), follows=False)
    try:
        documents = read_documents(path, text)
    except Broken as error:
        return Workflow(path, system, "", problem=str(error), follows=False)
    jobs = [job for document in documents for job in _jobs(system, document)]
    return Workflow(path, system, "", ("push",), tuple(jobs), follows=False)


def _whole(path: str) -> Value:
    return Value(path, 1)


def _jobs(system: str, document: Value) -> Iterator[Job]:
    named = document["jobs"].keys if system == "circle" else {}
    for name, value in (named or {document["name"].text: document}).items():
        yield Job(name, value.place, tuple(_steps(value, SCRIPTS[system])))


def _steps(top: Value, scripts: set[str]) -> Iterator[Step]:
    """Every script below a value, in the order of the text; each value is visited once, whatever anchors it has."""
    seen: set[int] = set()
    stack = [top]
    count = 0
    while stack and count < STEPS:
        value = stack.pop()
        if id(value.keys) in seen:
            continue
        seen.add(id(value.keys))
        for key, held in value.keys.items():
            for script in held.one_or_more if key in scripts else []:
                line = next((script[inner] for inner in INNER if script[inner].text), script)
                if line.text:
                    count += 1
                    yield Step(script["name"].text, line.text, "", line.place, run_line=line.line)
        stack.extend([*value.items, *value.keys.values()][::-1])


def _jenkins(path: str, text: str) -> Iterator[Step]:
    """The texts that a Jenkinsfile gives to `sh`, `bat` and `powershell`."""
    for found in SHELL.finditer(text):
        end = text.find(found[1], found.end())
        if end > found.end() and (found[1] in LONG_QUOTES or "\n" not in text[found.end() : end]):
            line = text.count("\n", 0, found.start()) + 1
            script = text[found.end() : end]
            yield Step("", script, "", Value(path, line).place, run_line=line)
