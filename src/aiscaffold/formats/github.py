"""Failures as workflow commands, which GitHub shows beside the lines of a pull request."""

from collections.abc import Mapping

from aiscaffold.report import Finding, Report
from aiscaffold.rule import Level
from aiscaffold.wording import one_line

COMMANDS: Mapping[Level, str] = {"must": "error", "should": "warning", "nice": "notice"}


def render(report: Report) -> str:
    """One command for each failure, at its first place, and for what holds back the tier because it cannot be told.

    GitHub shows ten of each level, so the weightiest go first.
    """
    untold = (finding for finding in report.blocking if finding.is_open)
    commands = [_command(finding, COMMANDS[finding.rule.level]) for finding in report.failures]
    return "\n".join([*commands, *(_command(finding, "warning", "Cannot be told: ") for finding in untold)])


def _command(finding: Finding, level: str, said: str = "") -> str:
    rule = finding.rule
    properties = {**_place(finding), "title": one_line(f"{rule.code} {rule.slug}")}
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {written}::{_data(said + _message(finding))}"


def _place(finding: Finding) -> dict[str, str]:
    """The file, and the line unless it is one within a cell."""
    place = finding.place
    line = {"line": str(place.line)} if place.line and not place.cell else {}
    return {"file": _encodable(place.path), **line} if place.path else {}


def _message(finding: Finding) -> str:
    evidence, others = finding.first, len(finding.evidence) - 1
    where = f" ({evidence.place})" if evidence.cell or evidence.commit else ""
    more = f" and {others} more" if others > 0 else ""
    found = one_line(f"{finding.rule.title}: {evidence.remark}{where}{more}" if evidence.remark else finding.rule.title)
    return f"{found}. {one_line(finding.fix)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _encodable(path: str) -> str:
    """A path as it is, but for bytes that are no UTF-8 and characters that drive a terminal."""
    return "".join(c if c.isprintable() or c in "\r\n" else "\ufffd" for c in path)
