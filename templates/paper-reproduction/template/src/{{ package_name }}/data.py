"""Read the project's files: typed TOML, and data whose checksums are known."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

if TYPE_CHECKING:
    from .paper import Project

MOST_NAMES = 8

# Gives the text of a data file, by its key in `paper.toml`.
Files = Callable[[str], str]


class PaperError(ValueError):
    """What is wrong with the paper's files, in one line that names file and place."""


class DataError(ValueError):
    """A data file is missing, or is not the one that was promised."""


def _one_line(text: str) -> str:
    if not text.strip():
        message = "this is empty: fill it in"
        raise ValueError(message)
    return " ".join(text.split())


def _is_inside(name: str) -> str:
    if name.startswith("/") or {*name} & {*"\\:"} or ".." in name.split("/"):
        message = "give a path inside the project, with forward slashes"
        raise ValueError(message)
    return name


Text = Annotated[str, AfterValidator(_one_line)]
# Volume 45, or volume "45": nobody remembers which.
Numbering = Annotated[str, Field(strict=False, coerce_numbers_to_str=True)]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=40)]
# TOML has lists: they become tuples, which nobody can change.
SOME = Field(strict=False, min_length=1)


class Identified(Protocol):
    """Whatever has an id."""

    @property
    def id(self) -> str:
        """The name by which others refer to it."""


def distinct[T: Identified](among: tuple[T, ...]) -> tuple[T, ...]:
    """Return what has different ids."""
    for name, count in Counter(each.id for each in among).items():
        if count > 1:
            message = f"the id {name} is given {count} times: rename all but one"
            raise ValueError(message)
    return among


class Section(BaseModel):
    """A part of the files that refuses unknown keys, guesses no type and cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, given: Any) -> Any:
        for key in given if isinstance(given, dict) else ():
            if key not in cls.model_fields:
                raise ValueError(unknown("key", key, cls.model_fields))
        return given


class DataFile(Section):
    """A file that the method needs, with the sum that tells a changed one."""

    file: Annotated[Text, AfterValidator(_is_inside)]
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    source: Text
    licence: Text


class DataFiles:
    """The texts of the data files by key, each read and checked once."""

    def __init__(self, root: Path, known: Mapping[str, DataFile]) -> None:
        """Take the files' folder and what is known of them; read nothing yet."""
        self._root, self._known = root, known
        self._texts: dict[str, str] = {}

    def __call__(self, key: str) -> str:
        """Return the text of a file."""
        if key not in self._known:
            raise DataError(unknown("data file", key, self._known))
        if key not in self._texts:
            self._texts[key] = read_data(self._root, self._known[key])
        return self._texts[key]

    def read_all(self) -> Self:
        """Read what is left to read: better now than after an hour of work."""
        for key in self._known:
            self(key)
        return self


def files_of(project: "Project") -> DataFiles:
    """Return the project's data files by key."""
    return DataFiles(project.root, project.data)


def read_data(root: Path, file: DataFile) -> str:
    """Return the text of a data file that has the promised checksum."""
    try:
        content = (root / file.file).read_bytes()
    except FileNotFoundError:
        message = f"{file.file} is missing: restore it from {file.source}"
        raise DataError(message) from None
    if (found := sha256(content).hexdigest()) != file.sha256:
        message = (
            f"{file.file} has changed: sha256 expected {file.sha256}, found {found}; "
            "restore the file, or correct the sum in paper.toml"
        )
        raise DataError(message)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        message = f"{file.file} is no UTF-8 text: store it as UTF-8"
        raise DataError(message) from None


def read_text(path: Path) -> str:
    """Return the text of one of the paper's files."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        message = f"no {path.name} in {path.parent}: go to the project's folder"
    except UnicodeDecodeError:
        message = f"{path.name} is no UTF-8 text: save it as UTF-8"
    raise PaperError(message)


def validate[T: Section](name: str, model: type[T], text: str, context: Any = None) -> T:
    """Return a TOML text as its model; what it breaks first is named by file and place."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{name} is no TOML: {error}"
        raise PaperError(message) from error
    try:
        return model.model_validate(content, context=context)
    except ValidationError as error:
        first, *others = error.errors()
        more = f" (and {len(others)} more)" if others else ""
        place = ", ".join([name, *_place(content, first["loc"])])
        message = f"{place}: {_complaint(first)}{more}"
        raise PaperError(message) from error


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Return what to tell somebody who names a thing that does not exist."""
    names = [*known]
    near = get_close_matches(name, names, n=1, cutoff=0.4)
    if near:
        return f"no {kind} {name!r}: did you mean {near[0]}?"
    return f"no {kind} {name!r}: there is {', '.join(names[:MOST_NAMES]) or 'none'}"


def _place(content: Any, path: Sequence[str | int]) -> Iterator[str]:
    # The third claim is named by its id: nobody counts tables.
    for step in path:
        inside = isinstance(content, dict | list)
        content = content[step] if inside and (step in content or isinstance(step, int)) else None
        if isinstance(step, str):
            yield step
        else:
            yield str(content["id"] if isinstance(content, dict) and "id" in content else step + 1)


def _complaint(error: Mapping[str, Any]) -> str:
    if error["type"] == "missing":
        return "this key is missing"
    text = error["msg"]
    given = f", not {error['input']!r}" if text.startswith("Input should") else ""
    return " ".join(f"{text.removeprefix('Value error, ')}{given}".split())
