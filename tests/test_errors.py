"""Every expected failure has its place in the drawn tree and its exit code."""

import inspect
import re
from pathlib import Path

from aiscaffold import errors

CLASSES = {
    name: kind for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.AiscaffoldError)
}


def test_the_tree_at_the_top_draws_every_error_with_its_exit_code() -> None:
    drawn = dict(re.findall(r"(\w+) {2,}(\d)", errors.__doc__ or ""))
    inherited = re.findall(r"│ +[├└]── (\w+)$", errors.__doc__ or "", re.MULTILINE)
    drawn |= dict.fromkeys(inherited, "2")
    assert drawn == {name: str(kind.exit_code) for name, kind in CLASSES.items()}


def test_every_error_is_raised_somewhere() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(errors.__file__).parent.rglob("*.py"))
    bases = {"AiscaffoldError", "WrongUsage"}
    assert {name for name in CLASSES.keys() - bases if f"raise {name}(" not in source} == set()
