"""Every expected failure, its exit code and its hint.

AiscaffoldError                 3  could not be done, nothing changed
├── WrongUsage                  2  the call itself is off
│   ├── UnknownTemplate
│   ├── BadAnswer
│   ├── BadDataFile
│   └── BadConfig
├── NotARepository              3
├── CannotWrite                 3
├── DestinationTaken            3
├── UpdateRunning               3
├── ProjectChanged              3
├── ToolMissing                 3
├── ToolFailed                  3
├── RenderFailed                3
├── MigrationFailed             3
├── TemplateUnreachable         3
├── NotTrusted                  3
├── CatalogueBroken             3
├── NotAProject                 3
├── ProjectNotReady             3
└── UpdateRefused               3

An `OSError` (permissions, a full disk) that nobody turned into one of these exits 3 too.
"""


class AiscaffoldError(Exception):
    """An expected failure: one line for the user, one hint, one exit code."""

    exit_code = 3

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class WrongUsage(AiscaffoldError):
    """The call cannot be understood or asks for something that does not exist."""

    exit_code = 2


class UnknownTemplate(WrongUsage):
    """No template of the catalogue has this name."""


class BadAnswer(WrongUsage):
    """An answer is missing, unknown or not allowed."""


class BadDataFile(WrongUsage):
    """The file given with `--data-file` cannot be read as answers."""


class BadConfig(WrongUsage):
    """The audit is asked for a rule, a kind or a bar that does not exist, or an ignore has no reason."""


class NotARepository(AiscaffoldError):
    """There is nothing at this path or address that could be audited."""


class CannotWrite(AiscaffoldError):
    """A report cannot be written where it was wanted."""


class DestinationTaken(AiscaffoldError):
    """The destination holds something that would be overwritten."""


class UpdateRunning(AiscaffoldError):
    """Another update, or a git command, is at work in this project."""


class ProjectChanged(AiscaffoldError):
    """The project is no longer what the plan was made for."""


class ToolMissing(AiscaffoldError):
    """A program that is needed is not on PATH."""


class ToolFailed(AiscaffoldError):
    """A program that was run answered with an error."""


class RenderFailed(AiscaffoldError):
    """The template could not be rendered with these answers."""


class TemplateUnreachable(AiscaffoldError):
    """A third-party template, or the wanted version of it, cannot be had."""


class NotTrusted(AiscaffoldError):
    """A third-party template would run code on this machine, and nobody agreed to that."""


class MigrationFailed(AiscaffoldError):
    """A command that a template runs between two versions ended with an error."""


class CatalogueBroken(AiscaffoldError):
    """The installed catalogue does not hold what its lock promises."""


class NotAProject(AiscaffoldError):
    """No generated project is at this place, or its answers file cannot be read."""


class ProjectNotReady(AiscaffoldError):
    """The project's repository is in a state in which an update could not be told from its owner's work."""


class UpdateRefused(AiscaffoldError):
    """There is no way from the project's version to the wanted one."""
