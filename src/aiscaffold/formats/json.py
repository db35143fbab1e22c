"""Results as JSON documents: versioned shapes of their own, never internal types dumped."""

import json
from typing import TYPE_CHECKING, Any

from aiscaffold import __version__

if TYPE_CHECKING:
    from aiscaffold.answers import Answers
    from aiscaffold.catalog import Catalogue, Question, Template
    from aiscaffold.changes import Change, ChangeSet
    from aiscaffold.results import Ended, Updated
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


def updated(done: "Updated") -> str:
    """An update that was planned, applied, or committed to a branch."""
    plan = done.plan
    gates = [{"command": g.command, "passed": g.passed, "seconds": g.seconds} for g in done.gates]
    files = [
        {**_file(change), "note": change.note, "origin": change.origin or None, "needs_a_look": change.needs_a_look}
        for change in plan.changes.changes
    ]
    return _document(
        {
            **_versions(plan.lineage.name, plan.lineage.old, plan.lineage.new),
            "newer": done.is_newer,
            "affects_you": plan.affects_owner,
            "state": done.done,
            "tree": plan.changes.tree,
            "totals": plan.changes.totals,
            "files": files,
            "conflicts": list(plan.changes.conflicts),
            "notes": list(done.notes),
            "gates": gates,
            "branch": done.branch or None,
            "commit": done.commit or None,
            "next": list(done.next_steps),
        }
    )


def ended(end: "Ended") -> str:
    """An update that was taken back or ended."""
    saved = [str(place) for place in end.saved]
    return _document({"state": end.state, "unsettled": list(end.unsettled), "saved": saved, "message": end.message})


def up_to_date(name: str, revision: str) -> str:
    """A project that already stands at the wanted version."""
    return _document(
        {**_versions(name, revision, revision), "newer": False, "affects_you": False, "state": "up to date"}
    )


def _versions(name: str, old: str, new: str) -> dict[str, Any]:
    return {"template": name, "from": old, "to": new}


def _change_set(plan: "ChangeSet") -> dict[str, Any]:
    return {"tree": plan.tree, "files": [_file(change) for change in plan.changes]}


def _file(change: "Change") -> dict[str, Any]:
    return {"path": change.path, "kind": change.kind, "reason": change.reason}


def _property(question: "Question", defaults: "Answers") -> dict[str, Any]:
    known: dict[str, Any] = {
        "type": "string",
        "description": question.help,
        "default": defaults[question.name],
    }
    return {**known, "enum": list(question.choices)} if question.choices else known


def _document(content: dict[str, Any]) -> str:
    return json.dumps({"schema": SCHEMA, **content}, indent=2, ensure_ascii=False)
