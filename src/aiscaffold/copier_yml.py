"""A third-party template's copier.yml, read by copier's rules: several documents, `!include`, options that add up."""

import difflib
from collections import ChainMap
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from aiscaffold.errors import BadAnswer, RenderFailed

# Where several documents give one of these lists, all of them count.
ADDED_UP = ("_exclude", "_jinja_extensions", "_secret_questions", "_skip_if_exists")


def read_copier_yml(template: Path) -> dict[str, Any]:
    """The options and questions of the template in a folder; none where it has no copier.yml.

    Raises `RenderFailed` where there are two, and for what is no YAML mapping or includes a file from outside.
    """
    root = template.resolve()
    found = [file for name in ("copier.yml", "copier.yaml") if (file := root / name).is_file()]
    if any(not file.resolve().is_relative_to(root) for file in found):
        raise RenderFailed("the template's copier.yml is a link that leads out of the template")
    if len(found) > 1:
        raise RenderFailed("the template has both copier.yml and copier.yaml")
    try:
        documents = [document for file in found for document in _documents(file, root)]
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise RenderFailed(f"the template's copier.yml is not YAML: {' '.join(str(error).split())}") from error
    if not all(isinstance(document, dict) for document in documents):
        raise RenderFailed("the template's copier.yml holds no mapping")
    sums = {name: [entry for part in documents for entry in part.get(name) or ()] for name in ADDED_UP}
    return dict(ChainMap({name: entries for name, entries in sums.items() if entries}, *reversed(documents)))


def refuse_unknown(given: Iterable[str], options: dict[str, Any], template: str) -> None:
    """Raise `BadAnswer` where an answer is given that no question asks for: copier would use it, but not record it."""
    known = [str(name) for name in options if not str(name).startswith("_")]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it asks: {', '.join(map(repr, known))}"
            raise BadAnswer(f"{template} has no question {name!r}", hint=hint)


def _documents(file: Path, root: Path) -> list[Any]:
    """The YAML documents in a file, those of included files in their place."""

    class Loader(yaml.SafeLoader):
        """Knows `!include`."""

    def include(loader: yaml.SafeLoader, node: yaml.Node) -> list[Any]:
        pattern = str(loader.construct_scalar(node)) if isinstance(node, yaml.ScalarNode) else ""
        if not pattern or PurePosixPath(pattern).is_absolute() or Path(pattern).is_absolute():
            raise RenderFailed(f"copier.yml: !include {pattern!r} is no relative path")
        return [document for path in _inside(root, pattern) for document in _documents(path, root)]

    Loader.add_constructor("!include", include)
    return list(_flat(yaml.load_all(file.read_text(encoding="utf-8"), Loader=Loader)))


def _inside(root: Path, pattern: str) -> Iterator[Path]:
    for path in sorted(root.glob(pattern)):
        if not path.resolve().is_relative_to(root):
            raise RenderFailed(f"copier.yml: !include {pattern!r} leads out of the template")
        yield path.resolve()


def _flat(documents: Any) -> Iterator[Any]:
    """The documents without the empty ones, and without the lists that includes come in."""
    for document in documents:
        if isinstance(document, list):
            yield from _flat(document)
        elif document:
            yield document
