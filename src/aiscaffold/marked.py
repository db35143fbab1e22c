"""YAML whose values know the line they stand on; scalars stay as they were written, so `on` and `3.10` are texts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiscaffold.evidence import Evidence, at
from aiscaffold.yaml_text import NotYaml, compose

NULLS = {"", "~", "null", "Null", "NULL"}


class Broken(Exception):
    """A text is no YAML; says why in one line."""


@dataclass(slots=True, eq=False)
class Value:
    """A scalar, list or mapping. `line` is its own, `key_line` that of its key; what is absent is empty."""

    path: str = ""
    line: int = 0
    key_line: int = 0
    text: str = ""
    tag: str = ""
    items: list["Value"] = field(default_factory=list)
    keys: dict[str, "Value"] = field(default_factory=dict)

    def __getitem__(self, key: str) -> "Value":
        """What stands under a key; empty where the key is not there."""
        return self.keys.get(key, EMPTY)

    def __iter__(self) -> Iterator["Value"]:
        """The items of a list."""
        return iter(self.items)

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.text or self.items or self.keys)

    @property
    def place(self) -> Evidence:
        """Where it stands; a value of a mapping stands where its key does."""
        return at(self.path, line=self.key_line or self.line)

    @property
    def one_or_more(self) -> list["Value"]:
        """The items of a list; a lone scalar or mapping is a list of one."""
        return self.items or ([self] if self else [])

    @property
    def pairs(self) -> dict[str, str]:
        """The scalars of a mapping."""
        return {key: value.text for key, value in self.keys.items() if not value.items and not value.keys}


EMPTY = Value()


def read_documents(path: str, text: str) -> list[Value]:
    """Every document of a YAML file. Raises `Broken`."""
    try:
        return [_value(path, node, {}) for node in compose(text)]
    except NotYaml as error:
        raise Broken(str(error)) from None
    except (RecursionError, MemoryError):
        raise Broken("it is nested too deeply") from None


def _value(path: str, node: Any, known: dict[int, Value]) -> Value:
    """A node as a value; an anchor's node, which may hold itself, becomes one value."""
    if id(node) in known:
        return known[id(node)]
    value = known[id(node)] = Value(path, node.start_mark.line + 1, tag=node.tag)
    if node.id == "scalar":
        value.text = "" if node.style is None and node.value in NULLS else node.value
        value.line += node.style in ("|", ">")
    elif node.id == "sequence":
        value.items = [_value(path, item, known) for item in node.value]
    else:
        _fill(value, node, known)
    return value


def _fill(value: Value, node: Any, known: dict[int, Value]) -> None:
    """Read a mapping; its own keys stand over those that `<<` merges into it."""
    for key, content in node.value:
        held = _value(value.path, content, known)
        if key.id == "scalar" and key.value != "<<":
            value.keys[key.value] = _under_key(held, key.start_mark.line + 1)
    for key, content in node.value:
        if key.id == "scalar" and key.value == "<<":
            for merged in _value(value.path, content, known).one_or_more:
                value.keys = {**merged.keys, **value.keys}


def _under_key(value: Value, line: int) -> Value:
    return Value(value.path, value.line, line, value.text, value.tag, value.items, value.keys)
