"""Results as JSON documents: versioned shapes of their own, never internal types dumped."""

import json
from typing import TYPE_CHECKING, Any

from aiscaffold import __version__

if TYPE_CHECKING:
    from aiscaffold.answers import Answers
    from aiscaffold.catalog import Catalogue, Question, Template
    from aiscaffold.changes import ChangeSet
    from aiscaffold.scaffold import Created

SCHEMA = 1


def templates(catalogue: "Catalogue") -> str:
    """The listing."""
    listed = [{"name": t.name, "version": __version__, "summary": t.summary} for t in catalogue.templates]
    return _document({"templates": listed})


def template(shown: "Template", defaults: "Answers") -> str:
    """One template: its questions as a JSON Schema (draft 2020-12), its files with their reasons."""
    files = [{"path": path, "reason": reason} for path, reason in shown.files.items()]
    head = {"name": shown.name, "version": __version__, "summary": shown.summary}
    return _document({**head, "questions": questions_schema(shown, defaults), "files": files})


def questions_schema(shown: "Template", defaults: "Answers") -> dict[str, Any]:
    """The answers that a template accepts, the derived ones included."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Answers to {shown.name}",
        "type": "object",
        "properties": {question.name: _property(question, defaults) for question in shown.questions},
        "additionalProperties": False,
    }


def created(made: "Created") -> str:
    """What was made, or would be with `--dry-run` (then `commit` is null and `hooks` false)."""
    gates = [{"command": g.command, "passed": g.passed, "seconds": g.seconds} for g in made.gates]
    return _document(
        {
            "template": made.order.template.name,
            "revision": made.revision,
            "destination": str(made.order.destination),
            "answers": made.order.answers,
            **_change_set(made.plan),
            "commit": made.commit,
            "hooks": made.hooks,
            "notes": list(made.notes),
            "gates": gates,
        }
    )


def _change_set(plan: "ChangeSet") -> dict[str, Any]:
    files = [{"path": change.path, "kind": change.kind, "reason": change.reason} for change in plan.changes]
    return {"tree": plan.tree, "files": files}


def _property(question: "Question", defaults: "Answers") -> dict[str, Any]:
    known: dict[str, Any] = {
        "type": "string",
        "description": question.help,
        "default": defaults[question.name],
    }
    return {**known, "enum": list(question.choices)} if question.choices else known


def _document(content: dict[str, Any]) -> str:
    return json.dumps({"schema": SCHEMA, **content}, indent=2, ensure_ascii=False)
