"""Whether the failure of a command of a shell script is seen: what `set -e`, pipes and the background do to it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_NEVER_FAIL = frozenset({"true", ":", "echo", "printf", "Write-Host", "Write-Output"})
_LEAVES = frozenset({"exit", "return"})


@dataclass(slots=True)
class Found:
    """A command of a script, while the script is read."""

    words: tuple[str, ...]
    line: int
    cwd: str
    soft: bool = False

    @property
    def never_fails(self) -> bool:
        """Whether a command succeeds whatever came before."""
        return self.words[0] in _NEVER_FAIL or (self.words[0] in _LEAVES and self.words[1:] == ("0",))

    @property
    def always_fails(self) -> bool:
        """Whether a command reports a failure."""
        leaves = self.words[0] in _LEAVES and self.words[1:] not in ((), ("0",))
        return leaves or self.words[0] == "false"


def apply_set(found: Sequence[Found]) -> None:
    """Soften what runs under `set +e`, unless the script's end looks at what came of it."""
    judged = any(command.always_fails for command in found)
    strict = True
    for command in found[:-1]:
        if command.words[0] == "set" and len(command.words) > 1:
            strict = is_strict(command.words[1:], strict)
        elif not strict and not judged:
            command.soft = True


def is_strict(options: Sequence[str], strict: bool) -> bool:
    """Whether a failure ends the script after a `set` with these options."""
    for option in options:
        if re.fullmatch(r"[+-][a-z]*e[a-z]*", option) or option == "errexit":
            strict = option.startswith("-") if option != "errexit" else options[0].startswith("-")
    return strict


def soften(found: Iterable[Found]) -> None:
    """Note that the failure of some commands is swallowed."""
    for command in found:
        command.soft = True


def keeps_pipes(found: Iterable[Found]) -> bool:
    """Whether a script looks at the failure of every part of a pipe."""
    return any(command.words[0] == "set" and "pipefail" in command.words for command in found)


def waits(found: Iterable[Found]) -> bool:
    """Whether a script asks how what runs in the background ended."""
    return any(command.words[0] == "wait" and len(command.words) > 1 for command in found)
