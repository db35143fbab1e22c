"""A finished project as plain text: what is there, what to know, what to type next."""

from aiscaffold.scaffold import Created


def render(made: Created) -> str:
    """A few lines that fit a screen."""
    lines = [made.headline, *(f"note: {note}" for note in made.notes)]
    lines += [f"{'passed' if gate.passed else 'FAILED'}  {gate.command}  {gate.seconds} s" for gate in made.gates]
    lines += ["", "Next:", *(f"  {step}" for step in made.next_steps)]
    return "\n".join(lines)
