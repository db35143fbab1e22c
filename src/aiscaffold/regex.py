"""Regular expressions that are compiled when they are first used.

The audit holds some 400 of them, which take 80 ms to compile; one rule asked alone uses a dozen.
"""

import re
from functools import cached_property
from typing import Any, AnyStr, Generic, cast


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` returns, as far as its methods go."""
    return cast("re.Pattern[AnyStr]", _Lazy(text, flags))


class _Lazy(Generic[AnyStr]):
    """Stands for an expression; each method of it is looked up once, and then costs no more than its own."""

    def __init__(self, text: AnyStr, flags: int) -> None:
        self.pattern: AnyStr = text
        self.flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[AnyStr]:
        return re.compile(self.pattern, self.flags)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._compiled, name)
        setattr(self, name, method)
        return method
