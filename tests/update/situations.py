"""All situations, in the order of the published table."""

from types import ModuleType

from . import (
    situations_files,
    situations_history,
    situations_kinds,
    situations_line_ends_and_format,
    situations_meaning,
    situations_repository,
    situations_template,
    situations_text,
    situations_user_configuration,
    situations_working_tree,
)
from .description import Situation

FILES = (
    situations_text,
    situations_line_ends_and_format,
    situations_files,
    situations_kinds,
    situations_meaning,
)
SURROUNDINGS = (
    situations_template,
    situations_working_tree,
    situations_repository,
    situations_history,
    situations_user_configuration,
)


def of(modules: tuple[ModuleType, ...]) -> tuple[Situation, ...]:
    """The situations that modules describe."""
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Situation))


SITUATIONS = of((*FILES, *SURROUNDINGS))
