"""An audit as a badge: a picture of our own, or an endpoint that shields.io draws."""

import json
from html import escape

from aiscaffold.report import Report

LABEL = "portfolio"
COLOURS = {"A": "#2b7a3d", "B": "#4c7a1d", "C": "#946200", "D": "#b3391f", "": "#5c5c5c"}  # white on each: 4.5 to 1
NARROW, WIDE, USUAL = 40, 90, 68  # tenths of a pixel that a character of Verdana 11 takes
PADDING = 10
HEIGHT = 20


def svg(report: Report) -> str:
    """A flat badge with its text as an accessible title."""
    label, message, title = LABEL, _message(report), escape(_title(report))
    left, right = _width(label), _width(message)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{HEIGHT}" role="img">',
            f"<title>{title}</title>",
            f'<clipPath id="r"><rect width="{left + right}" height="{HEIGHT}" rx="3"/></clipPath>',
            '<g clip-path="url(#r)">',
            f'<rect width="{left}" height="{HEIGHT}" fill="#444"/>',
            f'<rect x="{left}" width="{right}" height="{HEIGHT}" fill="{_colour(report)}"/>',
            "</g>",
            '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">',
            _written(label, 0, left),
            _written(message, left, right),
            "</g>",
            "</svg>",
        ]
    )


def endpoint(report: Report) -> str:
    """The JSON of a shields.io endpoint."""
    shown = {"schemaVersion": 1, "label": LABEL, "message": _message(report), "color": _colour(report)}
    return json.dumps(shown, indent=2)


def _message(report: Report) -> str:
    return f"{report.tier} {report.interval}" if report.is_scored else "not judged"


def _title(report: Report) -> str:
    """What the badge says, and of which commit: it is true of no other."""
    commit = report.subject.commit[:7]
    return f"{LABEL}: {_message(report)}{f' at commit {commit}' if commit.isalnum() else ''}"


def _colour(report: Report) -> str:
    return COLOURS[report.tier if report.is_scored else ""]


def _width(text: str) -> int:
    return PADDING + -(-sum(_tenths(character) for character in text) // 10)


def _tenths(character: str) -> int:
    return NARROW if character in "fijlrt -" else WIDE if character in "mw" else USUAL


def _written(text: str, start: int, width: int) -> str:
    """A text in the middle of its half; its length is fixed, whatever font there is."""
    middle = f"{start + width / 2:g}"
    return f'<text x="{middle}" y="14" textLength="{width - PADDING}">{escape(text)}</text>'
