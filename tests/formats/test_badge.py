"""The badge: valid, readable for eyes and screen readers, and bound to a commit."""

import json
from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest
from formats.reports import EMPTY, HOSTILE, LIFELIKE, OTHER, STRONG, WEAK

from aiscaffold.formats.badge import COLOURS, endpoint, svg
from aiscaffold.report import Report

NAMESPACE = "{http://www.w3.org/2000/svg}"
ALL = {**LIFELIKE, "hostile": HOSTILE, "empty": EMPTY}


@pytest.mark.parametrize("report", ALL.values(), ids=ALL)
def test_the_picture_is_a_labelled_svg_whose_texts_fit_their_halves(report: Report) -> None:
    root = fromstring(svg(report))
    assert root.attrib["role"] == "img"
    assert root[0].tag == f"{NAMESPACE}title"
    halves = [int(rect.attrib["width"]) for rect in root.findall(f"{NAMESPACE}g/{NAMESPACE}rect")]
    assert sum(halves) == int(root.attrib["width"])
    for text, half in zip(root.iter(f"{NAMESPACE}text"), halves, strict=True):
        assert int(text.attrib["textLength"]) < half


def test_it_says_the_tier_the_score_and_the_commit() -> None:
    root = fromstring(svg(STRONG))
    assert [text.text for text in root.iter(f"{NAMESPACE}text")] == ["portfolio", "B 92-97"]
    assert root[0].text == "portfolio: B 92-97 at commit 0123456"
    assert "not judged" in svg(OTHER)


def test_a_commit_that_is_none_does_not_get_into_the_picture() -> None:
    assert "commit" not in svg(replace(STRONG, subject=replace(STRONG.subject, commit="<script>")))


def test_the_endpoint_is_what_shields_asks_for() -> None:
    shown = json.loads(endpoint(WEAK))
    expected = {"schemaVersion": 1, "label": "portfolio", "message": f"D {WEAK.interval}", "color": COLOURS["D"]}
    assert shown == expected


def test_white_text_is_readable_on_every_colour() -> None:
    assert all(contrast_with_white(colour) >= 4.5 for colour in COLOURS.values())


def contrast_with_white(colour: str) -> float:
    """The contrast after WCAG 2."""
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 1.05 / (0.05 + sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True)))
