"""What a document tells its reader to type: the commands of its code blocks, of code within sentences, and of prose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from aiscaffold.document import Block, Document
from aiscaffold.evidence import Evidence, at
from aiscaffold.regex import regex
from aiscaffold.shell import Simple, commands, plain

SHELLS = frozenset(
    [
        "bash",
        "sh",
        "shell",
        "zsh",
        "fish",
        "console",
        "shell-session",
        "shellsession",
        "terminal",
        "cmd",
        "bat",
        "batch",
        "dos",
        "powershell",
        "ps1",
        "pwsh",
        "term",
        "commandline",
        "cli",
        "ksh",
        "sourcecode",
    ]
)
UNMARKED = frozenset(
    {"", "text", "txt", "plaintext", "none", "plain", "raw", "code", "python", "py", "ipython", "pycon"}
)
PROMPT = regex(
    r"^[ \t]{0,20}(?:\([\w.-]{1,40}\)[ \t]{0,4})?(?:PS )?(?:[\w.@~:/\\-]{1,60}[ \t]?)?(?:[$%\u276f➜»]|(?<=[\w\\])>|"
    r">(?!>))[ \t]+(?=\S)"
)
ROOT_PROMPT = regex(r"^[ \t]{0,20}#[ \t]{1,4}(?=(?:pip3?|python3?|apt(?:-get)?|conda|docker|npm) )")
NOTEBOOK_PROMPT = regex(r"^[ \t]{0,20}[!%](?=\w)")
PROGRAMS = (
    r"pip3?(?:\.\d+)?|python(?:3(?:\.\d+)?)?|py|uvx?|uvicorn|gunicorn|hypercorn|conda|mamba|micromamba|poetry|pdm|"
    r"pixi|pipenv|pipx|"
    r"rye|hatch|npm|npx|yarn|pnpm|bun|docker|docker-compose|podman|make|just|task|poe|nox|tox|inv|invoke|"
    r"streamlit|chainlit|"
    r"flask|fastapi|jupyter|jupyter-lab|jupyter-notebook|voila|papermill|bash|sh|source|accelerate|torchrun|deepspeed|"
    r"dvc|snakemake|kedro|mlflow|zenml|rasa|cookiecutter|copier|cargo|go|node|Rscript|julia|modal|cd|git|"
    r"easy_install|export"
)
STARTS = regex(
    rf"^(?:(?:{PROGRAMS}) (?![=:])|(?:sudo|time|env) |[A-Z_]{{2,40}}=\S{{0,200}} |\./[\w./-]|(?:make|yarn|poe)$)"
)
SPOKEN = regex(
    r"(?<![\w/.-])(?:pip3? install|python3? (?:-m )?[\w./\\-]{2,100}|streamlit run|uvicorn [\w.]{1,80}:\w|"
    r"flask run|npm (?:install|ci|start|run)|"
    r"conda (?:env create|install|create)|docker[ -]compose up|docker build|poetry install|uv sync|pipenv install)"
)
SPOKEN_END = regex(r"[,;:()]|\.(?:\s|$)|\s(?:and|to|then|in|from|on|for|command|which|will|or|with|where|within)\s|$")
TASK_RUNNERS = {
    "make": "make",
    "just": "just",
    "task": "task",
    "poe": "poe",
    "nox": "nox",
    "tox": "tox",
    "inv": "invoke",
    "invoke": "invoke",
}
SCRIPT = regex(
    r"\.(?:py|pyw|sh|bash|zsh|ps1|bat|cmd|ipynb|r|jl|js|ts|mjs|lua|pl|rb|m|slurm|sbatch|scala|java|go)$",
    re.IGNORECASE,
)
RUNNERS = frozenset(
    [
        "python",
        "python2",
        "python3",
        "py",
        "ipython",
        "bash",
        "sh",
        "zsh",
        ".",
        "source",
        "streamlit",
        "chainlit",
        "node",
        "deno",
        "tsx",
        "ts-node",
        "Rscript",
        "julia",
        "accelerate",
        "torchrun",
        "deepspeed",
        "mpirun",
        "mpiexec",
        "fastapi",
        "modal",
        "sbatch",
        "srun",
        "bokeh",
        "panel",
        "locust",
        "spark-submit",
        "pwsh",
        "powershell",
        "perl",
        "ruby",
        "lua",
        "octave",
        "gradio",
        "solara",
        "horovodrun",
        "uv",
        "call",
        "start",
        "go",
        "java",
        "torch.distributed.launch",
        "torch.distributed.run",
    ]
)
PATH = regex(r"[\w./\\-]{1,300}$")
LONGEST = 4_000  # characters of a spoken line


@dataclass(frozen=True, slots=True)
class Instruction:
    """A simple command that a document shows, without wrappers; `section` holds the titles above it.

    `cwd` is the folder that `cd` lines before it in the same block lead to (`?`: not known).
    """

    words: tuple[str, ...]
    place: Evidence
    cwd: str
    section: str

    @property
    def program(self) -> str:
        """The name of the program, without its folder."""
        return self.words[0].replace("\\", "/").rsplit("/", 1)[-1]

    @property
    def text(self) -> str:
        """The command in one line, cut to a readable length."""
        return " ".join(self.words)[:80]


def instructions(document: Document) -> tuple[Instruction, ...]:
    """Every command of a document, in the order of its lines."""
    found = [*_of_blocks(document), *_of_codes(document), *_spoken(document)]
    return tuple(sorted(found, key=lambda each: each.place.line))


def _of_blocks(document: Document) -> Iterator[Instruction]:
    for block in document.blocks:
        if script := _script(block):
            yield from _read(document, script, block.line)


def _script(block: Block) -> str:
    """The commands of a block on their own lines; prompts and what was printed are left out."""
    is_shell = block.language in SHELLS
    if not (is_shell or block.language in UNMARKED):
        return ""
    lines = block.text.split("\n")
    prompted = any(PROMPT.match(line) for line in lines)
    kept, continues = [], False
    for line in lines:
        cleaned = _without_prompt(line)
        keep = continues or (cleaned != line) or (not prompted and (is_shell or bool(STARTS.match(cleaned.strip()))))
        kept.append(cleaned.strip() if keep else "")
        continues = keep and cleaned.rstrip().endswith(("\\", "&&", "^"))
    return "\n".join(kept)


def _without_prompt(line: str) -> str:
    for prompt in (PROMPT, ROOT_PROMPT, NOTEBOOK_PROMPT):
        if found := prompt.match(line):
            return line[found.end() :]
    return line


def _of_codes(document: Document) -> Iterator[Instruction]:
    for code in document.codes:
        text = _without_prompt(code.text).strip()
        if STARTS.match(text):
            yield from _read(document, text, code.line)


def _spoken(document: Document) -> Iterator[Instruction]:
    """Commands that stand in a sentence without any mark-up."""
    for prose in document.prose:
        text = prose.text[:LONGEST]
        for found in SPOKEN.finditer(text):
            end = SPOKEN_END.search(text, found.end())
            yield from _read(document, text[found.start() : end.start() if end else len(text)], prose.line)


def _read(document: Document, script: str, line: int) -> Iterator[Instruction]:
    for simple in commands(script):
        yield from _instruction(document, simple, line + simple.line - 1)


def _instruction(document: Document, simple: Simple, line: int) -> Iterator[Instruction]:
    if words := plain(simple.words):
        section = " / ".join(document.section_at(line))
        yield Instruction(words, at(document.path, line=line), simple.cwd, section)


def script_of(command: Instruction) -> str:
    """The script that a command runs, its own or its interpreter's first; empty where there is none."""
    first, *rest = command.words
    if SCRIPT.search(first) and PATH.match(first):
        return first
    if command.program not in RUNNERS and not command.program.startswith("python3."):
        return ""
    return next((word for word in rest if SCRIPT.search(word) and PATH.match(word)), "")


def task_runner(command: Instruction) -> str:
    """The task runner that a command calls; empty where it calls none."""
    return TASK_RUNNERS.get(command.program, "")


def task_name(command: Instruction) -> str:
    """The target that a task runner is asked for; empty for its default."""
    words = [word for word in command.words[1:] if "=" not in word]
    chosen = [value for flag, value in pairwise(words) if flag in ("-s", "-e", "--session", "--sessions")]
    if command.program in ("nox", "tox"):
        return next(iter(chosen), "")
    folders = {value for flag, value in pairwise(words) if flag in ("-C", "-f", "-j")}
    return next((word for word in words if not word.startswith("-") and word not in folders), "")
