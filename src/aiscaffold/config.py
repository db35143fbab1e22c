"""What a repository's owner tells the audit: its kind, a selection, ignores with reasons, a bar.

Read from `[tool.aiscaffold.audit]` in pyproject.toml, or from `[audit]` in .aiscaffold.toml, which goes first.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiscaffold.errors import BadConfig
from aiscaffold.rule import KINDS, TIERS, Rule

OWN_FILE = ".aiscaffold.toml"
KEYS = ("kind", "select", "ignore", "bar")


@dataclass(frozen=True)
class Config:
    """The settings, and the file that they stand in (empty where there is none)."""

    path: str = ""
    kind: str = ""
    select: tuple[str, ...] = ()
    ignore: Mapping[str, str] = field(default_factory=dict)  # code or prefix → reason
    bar: str = ""


def read_config(read: Callable[[str], str | None], project: str = "") -> Config:
    """The settings of a repository or of one project in it. Raises `BadConfig`; a broken pyproject.toml has none."""
    own = read(project + OWN_FILE)
    if own is not None:
        try:
            content = tomllib.loads(own)
        except (ValueError, RecursionError) as error:
            raise BadConfig(f"{project}{OWN_FILE} is no TOML: {error}", hint="mend the line that it names") from error
        for key in (key for key in content if key != "audit"):
            raise BadConfig(f"{project}{OWN_FILE} has no place for {key!r}", hint="write settings below [audit]")
        return _config(project + OWN_FILE, content.get("audit", {}))
    path = f"{project}pyproject.toml"
    try:
        content = tomllib.loads(read(path) or "")
    except (ValueError, RecursionError):
        return Config()  # broken for every tool: the rules say so
    for key in ("tool", "aiscaffold"):
        inner = content.get(key, {})
        content = inner if isinstance(inner, dict) else {}
    return _config(path, content["audit"]) if "audit" in content else Config()


def _config(path: str, table: Any) -> Config:
    if not isinstance(table, dict):
        raise BadConfig(f"{path}: the audit's settings are no table", hint="write [audit] on a line of its own")
    for key in table:
        if key not in KEYS:
            raise BadConfig(f"{path}: the audit knows no setting {key!r}", hint=nearest(key, KEYS))
    ignore = table.get("ignore", {})
    if not isinstance(ignore, dict) or not all(isinstance(why, str) and why.strip() for why in ignore.values()):
        raise BadConfig(
            f"{path}: each ignored rule needs a reason", hint='for example: ignore = { DOC107 = "private" }'
        )
    select = table.get("select", [])
    if not isinstance(select, list) or not all(isinstance(code, str) for code in select):
        raise BadConfig(f"{path}: select is no list of codes", hint='for example: select = ["DOC", "TST101"]')
    kind, bar = str(table.get("kind", "")), str(table.get("bar", ""))
    return Config(path, require_kind(kind, path), tuple(select), dict(ignore), require_bar(bar, path))


def require_kind(kind: str, where: str) -> str:
    """The kind, if it is one. Raises `BadConfig`."""
    if kind and kind not in KINDS:
        raise BadConfig(f"{where}: there is no kind {kind!r}", hint=nearest(kind, KINDS))
    return kind


def require_bar(bar: str, where: str) -> str:
    """The bar as a tier or a score. Raises `BadConfig`."""
    if not bar or bar.upper() in tuple(TIERS):
        return bar.upper()
    if not (bar.isascii() and bar.isdigit() and int(bar) <= 100):  # noqa: PLR2004 - the whole
        raise BadConfig(f"{where}: {bar!r} is no bar", hint=f"give a tier ({', '.join(reversed(TIERS))}) or 0 to 100")
    return bar


def select(rules: Sequence[Rule], wanted: Iterable[str], unwanted: Iterable[str] = ()) -> tuple[Rule, ...]:
    """The rules that a code, a prefix of codes or a name selects. Raises `BadConfig` where one selects none."""
    chosen = [code for word in wanted for code in matching(rules, word)]
    dropped = {code for word in unwanted for code in matching(rules, word)}
    kept = set(chosen) if chosen else {rule.code for rule in rules}
    return tuple(rule for rule in rules if rule.code in kept - dropped)


def matching(rules: Sequence[Rule], word: str) -> list[str]:
    """The codes that a code, a prefix or a name stands for. Raises `BadConfig` where there is none."""
    found = [rule.code for rule in rules if rule.code.startswith(word.upper()) or rule.slug == word] if word else []
    if not found:
        known = [
            *dict.fromkeys(rule.section for rule in rules),
            *(name for rule in rules for name in (rule.code, rule.slug)),
        ]
        spelled = word.lower() if "-" in word else word.upper()  # as names are, and as codes are
        raise BadConfig(f"no rule is called {word!r}", hint=f"{nearest(spelled, known)}; see: aiscaffold rules")
    return found


def reasons(rules: Sequence[Rule], config: Config) -> dict[str, str]:
    """The reason for each ignored rule. Raises `BadConfig` for a code that is none."""
    found = {}
    for word, why in config.ignore.items():
        with naming(f"{config.path}: ignore"):
            found.update(dict.fromkeys(matching(rules, word), why))
    return found


@contextmanager
def naming(where: str) -> Iterator[None]:
    """Say in front of a `BadConfig` where the word stands that is wrong."""
    try:
        yield
    except BadConfig as error:
        raise BadConfig(f"{where}: {error.message}", hint=error.hint) from error


def nearest(word: str, names: Iterable[str]) -> str:
    """A suggestion."""
    import difflib  # 2 ms that only a mistake need pay

    known = list(dict.fromkeys(names))
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"there is {', '.join(known[:8])}"
