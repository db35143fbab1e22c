"""YAML of strangers, read by libyaml where it is there: ten times as quick, but deep nesting would end the process."""

from typing import Any

from aiscaffold.regex import regex

BRACKET = regex(r"[\[\]{}]")
# Lists of lists on one line: each dash is a level.
DASHES = regex(r"(?:[-?:][ \t]{1,4}){40}")
DEEPEST = 50  # levels of brackets; people write up to five
LARGEST = 1_000_000  # characters


class NotYaml(ValueError):
    """The text is no YAML that can be read; the message is one line."""


def load(text: str) -> Any:
    """The first document as plain values. Raises `NotYaml`."""
    return next(iter(_read(text, compose=False)), None)


def compose(text: str) -> list[Any]:
    """The node of each document, which knows its lines. Raises `NotYaml`."""
    return _read(text, compose=True)


def _read(text: str, *, compose: bool) -> list[Any]:
    import yaml  # 15 ms that a repository without YAML need not pay

    if len(text) > LARGEST:
        raise NotYaml("it is too large")
    if _is_deep(text):
        raise NotYaml("it is nested too deeply")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return list(yaml.compose_all(text, loader) if compose else [yaml.load(text, loader)])  # noqa: S506 - it is safe
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise NotYaml(f"{line}{error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, MemoryError, AttributeError) as error:
        raise NotYaml(" ".join(str(error).split())[:200] or "it is nested too deeply") from None


def _is_deep(text: str) -> bool:
    """Whether a text nests deeper than people write."""
    depth = deepest = 0
    for bracket in BRACKET.finditer(text):
        depth = max(0, depth + (1 if bracket[0] in "[{" else -1))
        deepest = max(deepest, depth)
    return deepest > DEEPEST or DASHES.search(text) is not None
