"""What only the author can write, and that filler never passes for it."""

import json
from pathlib import Path

import pytest
from audited import repo_of

from aiscaffold.repo import Repo
from aiscaffold.rules.people import roles_stated
from aiscaffold.rules.writing import decisions_explained, lessons_told

CODE = "def clean_contracts(rows, max_months=24):\n    return rows\n"
FILLER = "The model may not work in all situations, and there is always room to improve it further."


def with_section(title: str, text: str, **files: str) -> Repo:
    return Repo.given({"README.md": f"# Churn\n\n## {title}\n\n{text}\n", "src/churn.py": CODE, **files})


@pytest.mark.parametrize("title", ["Limitations", "Lessons learned", "Known issues", "Challenges", "What did not work"])
@pytest.mark.parametrize(
    "text",
    [
        "Short contracts are dropped in `clean_contracts`, so new customers get no score at all.",
        "Recall is only 0.614 for the customers of the first months, for reasons not known to us.",
        "The whole cleaning in src/churn.py was written twice, since the first one leaked the future.",
    ],
)
def test_a_passage_that_names_something_of_the_repository_passes(title: str, text: str) -> None:
    outcome = lessons_told.check(with_section(title, text, **{"reports/metrics.json": '{"recall": 0.614}'}))
    assert (outcome.verdict, outcome.evidence[0].line) == ("pass", 3)


@pytest.mark.parametrize("title", ["Limitations", "Lessons learned"])
@pytest.mark.parametrize(
    "text",
    [
        FILLER,
        "In 2024 we learned that 100 ideas and 3 models are worth less than the time they take.",
        "Accuracy was 0.937 at best, which is not yet good enough for what we have in mind.",
        "See `somewhere_else.py` for what was tried in vain by us over the last few weeks.",
    ],
)
def test_what_cites_nothing_that_is_here_is_not_known(title: str, text: str) -> None:
    assert lessons_told.check(with_section(title, text)).verdict == "unknown"


@pytest.mark.parametrize("title", ["Machine Learning", "Deep learning", "Rate limits", "Weights & Biases", "To do"])
def test_other_headings_tell_no_lessons(title: str) -> None:
    assert (
        lessons_told.check(
            with_section(title, "Nothing is said about it in `clean_contracts` at all, dear reader.")
        ).verdict
        == "fail"
    )


@pytest.mark.parametrize(
    "title", ["Caution when several GPUs are used", "Why do I get different results than the paper?", "Gotchas"]
)
def test_a_heading_may_tell_of_limits_in_other_words(title: str) -> None:
    assert lessons_told.check(with_section(title, FILLER)).verdict == "unknown"


@pytest.mark.parametrize("lead", ["**Caveats/Limitations:**", "**Known issues**", "Limitations:"])
def test_a_line_in_bold_letters_heads_a_list_of_limits(lead: str) -> None:
    below = "- short contracts get no score at all\n- new customers are dropped in `clean_contracts`, all of them\n"
    outcome = lessons_told.check(with_section("Serving", f"{lead}\n\n{below}"))
    assert (outcome.verdict, outcome.evidence[0].line) == ("pass", 5)
    assert lessons_told.check(with_section("Serving", f"{lead}\n\n- none\n")).verdict == "fail"
    other = f"{lead}\n\n- {FILLER}\n\nA call that cleans:\n\n- send all rows to `clean_contracts` at once\n"
    assert lessons_told.check(with_section("Serving", other)).verdict == "unknown"


def test_wishes_may_tell_of_limits_where_they_name_shortcomings() -> None:
    told = "- The style sheets are messy.\n- More images could be collected to make `clean_contracts` more robust.\n"
    planned = "- Add a second model to `clean_contracts`.\n- Deploy it to the cloud.\n"
    assert lessons_told.check(with_section("Further improvements", told)).verdict == "unknown"
    assert lessons_told.check(with_section("Further improvements", planned)).verdict == "fail"


def test_an_empty_section_tells_nothing() -> None:
    assert lessons_told.check(with_section("Limitations", "")).verdict == "fail"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("We chose `clean_contracts` over a filter in SQL because the tests can call it.", "pass"),
        ("We chose the best tools for the job because quality matters.", "unknown"),
        ("The model is a random forest.", "fail"),
    ],
)
def test_a_decision_names_what_was_chosen(text: str, verdict: str) -> None:
    assert decisions_explained.check(with_section("Model", text)).verdict == verdict


def test_decision_records_count() -> None:
    record = (
        "# Split by month\n\n"
        + "We split by month, since the future leaks otherwise. " * 8
        + "See `clean_contracts`.\n"
    )
    outcome = decisions_explained.check(with_section("Model", "A forest.", **{"docs/adr/0001-split.md": record}))
    assert (outcome.verdict, outcome.evidence[0].path) == ("pass", "docs/adr/0001-split.md")


FROM_TEMPLATE = {".copier-answers.yml": "_src_path: gh:ada/template\n_commit: v1\n"}
GENERATED = '<!-- aiscaffold:gen id="honesty" from="reports/metrics.json" -->\n{}<!-- /aiscaffold:gen -->\n'
HONESTY = "- Against the logistic baseline, Brier changes by {}, which turned out to be worse than we had hoped.\n"
KEPT = "We split by month instead of at random, because the future would leak into the past otherwise. " * 4
PAGES = {
    "README.md": f"# Churn\n\n## How honest is this?\n\n{GENERATED}\n## Roles\n",
    "docs/DECISIONS.md": f"# Decisions\n\n{KEPT}\n\n{GENERATED}\n## Yours\n\nWhich ones are yours?\n",
}


def retrained(**own: str) -> Repo:
    """A project whose report rendered other numbers into the template's pages; `own` replaces words of a page."""
    rendered = {path: page.replace("{}", HONESTY.format("0.0054")) for path, page in PAGES.items()}
    pages = {path: page.replace("0.0054", "0.0123") for path, page in rendered.items()}
    for old, new in own.items():
        pages = {path: page.replace(old, new) for path, page in pages.items()}
    files = {**pages, **FROM_TEMPLATE, "src/churn.py": CODE, "reports/metrics.json": '{"brier": 0.0123}'}
    return Repo.given(files, pristine=lambda _: {path: page.encode() for path, page in rendered.items()})


def test_what_the_projects_own_report_renders_tells_no_lessons() -> None:
    assert lessons_told.check(retrained()).verdict == "fail"


def test_a_page_of_decisions_whose_numbers_alone_changed_is_the_templates() -> None:
    assert decisions_explained.check(retrained()).verdict == "fail"


def test_generated_numbers_do_not_vouch_for_what_was_written_beside_them() -> None:
    beside = retrained(**{"Which ones are yours?": "We chose the best tools for the job because quality matters."})
    assert decisions_explained.check(beside).verdict == "unknown"


def test_what_the_owner_writes_beside_a_generated_region_counts() -> None:
    told = "Short contracts are dropped in `clean_contracts`, so new customers get no score at all."
    outcome = lessons_told.check(retrained(**{"## Roles": f"{told}\n\n## Roles"}))
    assert (outcome.verdict, outcome.evidence[0].line) == ("pass", 3)
    chosen = "We chose `clean_contracts` over a filter in SQL because the tests can call it."
    outcome = decisions_explained.check(retrained(**{"Which ones are yours?": chosen}))
    assert (outcome.verdict, outcome.evidence[0].path) == ("pass", "docs/DECISIONS.md")


def test_a_region_whose_end_is_lost_swallows_nothing_of_the_owners() -> None:
    told = "Short contracts are dropped in `clean_contracts`, so new customers get no score at all."
    below = f"\n{told}\n\n{GENERATED.format('')}\n## Roles"
    lost = retrained(**{"<!-- /aiscaffold:gen -->\n\n## Roles": below})
    assert lessons_told.check(lost).verdict == "pass"


def test_windows_line_ends_make_nothing_the_owners() -> None:
    assert decisions_explained.check(retrained(**{"\n": "\r\n"})).verdict == "fail"


@pytest.mark.parametrize(
    ("authors", "readme", "verdict"),
    [
        (["Ada"], "# Churn\n", "pass"),
        (["Ada", "Grace"], "# Churn\n", "fail"),
        (["Ada", "Grace"], "# Churn\n\n## Team\n\nAda did the data, Grace the model.\n", "pass"),
        (["Ada", "Grace"], "# Churn\n\n## Authors\n\n", "fail"),
    ],
)
def test_several_authors_say_who_did_what(tmp_path: Path, authors: list[str], readme: str, verdict: str) -> None:
    commits = [{"subject": "Add a part", "author": author, "files": {f"{author}.py": "x = 1\n"}} for author in authors]
    commits[-1]["files"] = {"README.md": readme}
    repo = repo_of({".history": json.dumps(commits)}, tmp_path / "repo")
    assert roles_stated.check(repo).verdict == verdict
