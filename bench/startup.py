"""Commands that must feel instant, beside the smallest typer application and the peers."""

from environment import Environment
from timing import Command, Row, compare


def measure(environment: Environment, pairs: int) -> dict[str, list[Row]]:
    """The start-up comparisons by title."""

    def command(line: str, target: float | None = None) -> Command:
        name, *rest = line.split()
        return Command(line, (environment.program(name), *rest), target=target)

    bare, floor = command("hello --version", target=1.15), command("hello greet you", target=1.15)
    helps = [command("hello --help"), command("copier --help", target=1.0), command("cookiecutter --help", target=1.0)]
    return {
        "Version": compare(command("aiscaffold --version"), [bare], pairs, environment.variables),
        "Templates": compare(command("aiscaffold templates"), [floor], pairs, environment.variables),
        "Help": compare(command("aiscaffold --help"), helps, pairs, environment.variables),
    }
