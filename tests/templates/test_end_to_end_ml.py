"""What end-to-end-ml alone promises: its numbers, its database, its demo, its service."""

import json
import os
import re
from pathlib import Path

import pytest
from support import git

from .conftest import inside
from .serving import serving

pytestmark = pytest.mark.slow

PRINT_NOTICE = """
from unittest.mock import patch
from flight_delays import config, report
settings = config.Settings()
for left in (*report.TEMPLATE, None):
    with patch.dict(report.TEMPLATE, {name: "0" * 64 for name in report.TEMPLATE if name != left}):
        print(left, "worked example" in report.render_regions(settings)["notice"])
"""


def test_the_pipeline_reproduces_the_numbers_and_writes_nothing(installed: Path) -> None:
    assert "numbers match README" in inside(installed, "uv", "run", "--locked", "poe", "reproduce")
    assert git(installed, "status", "--porcelain") == ""


def test_the_database_is_tested_on_both_engines_where_postgresql_is_installed(installed: Path) -> None:
    said = inside(installed, "uv", "run", "--locked", "pytest", "--quiet", "tests/test_database.py")
    if os.environ.get("CI") == "true":
        assert "skipped" not in said


def test_the_demo_tells_its_story_records_it_and_leaves_the_project_as_it_was(installed: Path) -> None:
    said = inside(installed, "uv", "run", "--locked", "poe", "demo", "--record")
    picture = installed / "docs/demo.gif"
    try:
        assert "wrote docs" in said
        assert picture.read_bytes().startswith(b"GIF89a")
        assert picture.stat().st_size <= 500_000
        assert git(installed, "status", "--porcelain", "--untracked-files=no") == ""
    finally:
        picture.unlink(missing_ok=True)


def test_the_table_of_the_readme_is_that_of_the_metrics(project: Path) -> None:
    measured = json.loads((project / "reports/metrics.json").read_text(encoding="utf-8"))["models"]
    readme = (project / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| \**(\w+)\** \| (.+) \|$", readme, re.MULTILINE))
    for name, metrics in measured.items():
        shown = [cell.split(" ")[0] for cell in rows[name].split(" | ")]
        assert shown == [f"{metrics[key]['value']:.3f}" for key in ("roc_auc", "pr_auc", "brier", "lift")]


def test_the_notice_goes_only_when_data_datasheet_and_results_are_the_owners(installed: Path) -> None:
    said = inside(installed, "uv", "run", "--locked", "python", "-c", PRINT_NOTICE)
    assert said.splitlines() == ["data True", "datasheet True", "results True", "None False"]


def test_the_served_model_answers_refuses_and_counts(installed: Path, tmp_path: Path) -> None:
    example = json.loads((installed / "reports/metrics.json").read_text(encoding="utf-8"))["example"]
    with serving(installed, tmp_path) as service:
        status, answer = service.post("/v1/predict", example["request"])
        assert (status, answer["probability"]) == (200, pytest.approx(example["probability"], abs=0.01))
        assert service.post("/v1/predict", {"carrier": "UA"})[0] == 422
        assert service.post("/v1/predict/batch", {"rows": [example["request"]] * 3})[0] == 200
        assert service.get("/readyz")[0] == service.get("/healthz")[0] == service.get("/v1/model")[0] == 200
        assert "model_decisions_total" in service.get("/metrics")[1].decode()
