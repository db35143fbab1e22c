"""Templates as plain text, without rich: the listing is a start-up path."""

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiscaffold.answers import Answers
    from aiscaffold.catalog import Catalogue, Question, Template

WIDTH = 80


def templates(catalogue: "Catalogue") -> str:
    """One line for each template."""
    width = max(len(template.name) for template in catalogue.templates)
    lines = [f"{template.name:{width}}  {template.summary}" for template in catalogue.templates]
    return "\n".join([*lines, "", "Show one: aiscaffold templates NAME · Use one: aiscaffold new NAME"])


def template(shown: "Template", defaults: "Answers") -> str:
    """A template's questions with their defaults, and its files with the reason for each."""
    asked = [_question(question, defaults) for question in shown.questions if question.asked]
    derived = [_question(question, defaults) for question in shown.questions if not question.asked]
    files = [_entry(path, reason) for path, reason in shown.files.items()]
    parts = [f"{shown.name}: {shown.summary}", "", "Questions (answer them with -d key=value)", *asked]
    parts += ["", "Derived, and yours to override", *derived, "", f"Files ({len(files)})", *files]
    return "\n".join(parts)


def _question(question: "Question", defaults: "Answers") -> str:
    default = defaults[question.name] or "nothing"
    choices = f" One of {', '.join(question.choices)}." if question.choices else ""
    return _entry(question.name, f"{question.help.rstrip('.')}.{choices} Default: {default}")


def _entry(head: str, text: str) -> str:
    """A head at the left and its text beside it, or below where the head is long."""
    column = 28
    body = textwrap.fill(text, WIDTH, initial_indent=" " * column, subsequent_indent=" " * column)
    lead = f"  {head}"
    return f"{lead}{body[len(lead) :]}" if len(lead) < column - 1 else f"{lead}\n{body}"
