"""A finished project as plain text: what is there, what to know, what to type next."""

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiscaffold.scaffold import Created

WIDTH = 80


def render(made: "Created") -> str:
    """A few lines that fit a screen."""
    lines = [made.headline]
    for note in made.notes:
        lines += textwrap.wrap(f"note: {note}", WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    lines += [f"{'passed' if gate.passed else 'FAILED'}  {gate.command}  {gate.seconds} s" for gate in made.gates]
    lines += ["", "Next:", *(f"  {step}" for step in made.next_steps)]
    return "\n".join(lines)
