"""Whether a file still parses: what a merge of lines cannot know."""

import ast
import json
import tomllib
import warnings
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import yaml


def why_broken(path: str, content: bytes) -> str:
    """What is wrong with a file's syntax, in one line; empty where it parses or its kind is not known."""
    name = PurePosixPath(path)
    check = CHECKS.get(name.suffix.lower())
    if check is None:
        return ""
    try:
        check(content.decode("utf-8-sig"))
    except (ValueError, SyntaxError, yaml.YAMLError) as error:
        return " ".join(str(error).split())
    except (RecursionError, MemoryError):  # the second is what Python's own parser raises
        return "it is nested too deeply"
    return ""


def _python(text: str) -> None:
    with warnings.catch_warnings():
        # An invalid escape in the user's file is theirs to see when they run it.
        warnings.simplefilter("ignore")
        ast.parse(text)


def _json(text: str) -> None:
    if text.strip():
        json.loads(text, object_pairs_hook=_unique)


def _notebook(text: str) -> None:
    notebook = json.loads(text, object_pairs_hook=_unique)
    if not isinstance(notebook, dict) or not notebook.get("cells"):
        raise ValueError("the notebook has no cells")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, unless a key comes twice, which parsers accept and nobody means."""
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError(f"a key comes twice among {', '.join(key for key, _ in pairs)}")
    return content


def _yaml(text: str) -> None:
    # Composed, not loaded: tags of other tools' (`!include`, `!Ref`) are none of our business.
    for document in yaml.compose_all(text, Loader=yaml.SafeLoader):
        _refuse_double_keys(document)


def _refuse_double_keys(node: yaml.Node | None) -> None:
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
        if double := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"a key comes twice: {', '.join(sorted(double))}, line {node.start_mark.line + 1}")
        for _, value in node.value:
            _refuse_double_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_double_keys(item)


CHECKS: dict[str, Callable[[str], object]] = {
    ".py": _python,
    ".pyi": _python,
    ".toml": tomllib.loads,
    ".json": _json,
    ".ipynb": _notebook,
    ".yaml": _yaml,
    ".yml": _yaml,
}
