"""True evidence never costs anything: whatever good is added to a project, its score and tier rise or stay.

New code is no evidence: it has to be tested, declared and put in its place like all code, so that it may well cost a
pass. That is why the project that grows here already has what rules ask something of, and nothing that they ask for.
"""

from collections.abc import Mapping

import pytest
from audited import HISTORY
from gaming.trees import credited
from hypothesis import given, settings
from hypothesis import strategies as st

from aiscaffold.audit import audit
from aiscaffold.repo import Repo
from aiscaffold.report import Report
from aiscaffold.rule import TIERS, Files, Rule
from aiscaffold.rules import load

RULES = load()

SWALLOWS = "    try:\n        return numpy.sum(yaml.safe_load(rows))\n    except Exception:\n        pass\n"
LIMITS = "".join(f"LIMIT_{n} = {n}\n" for n in range(200))
JOB = "jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: python everything.py\n"
NEGLECTED: Files = {
    "everything.py": f"import numpy\nimport yaml\n\n\ndef whole(rows):\n{SWALLOWS}\n\n{LIMITS}",
    "train_model.py": "def fit_model(rows):\n    return rows\n",
    ".flake8": "[flake8]\nmax-line-length = 100\n",
    ".github/workflows/old.yml": f"on: push\npermissions: write-all\n{JOB}",
}
PLAIN = [rule for rule in RULES if not {HISTORY} & {*rule.bad, *rule.good}]
each_rule = st.sampled_from(PLAIN)


def report(files: Files, kind: str) -> Report:
    return audit(Repo.given(files, declared_kind=(kind, "")), RULES)


def grown_by(files: Files, more: Mapping[str, str | bytes]) -> Files | None:
    """The files and more beside them; None where a file would have to be rewritten."""
    return {**files, **more} if files.keys().isdisjoint(more) else None


def brings_code(example: Rule) -> bool:
    """Whether an example holds code of a project, which has duties of its own."""
    return any(path.endswith((".py", ".ipynb")) and "test" not in path for path in example.good)


def is_no_worse(after: Report, before: Report) -> bool:
    """Whether neither end of the score fell, and the tier neither."""
    kept = all(now >= was for now, was in zip(after.score, before.score, strict=True))
    return kept and TIERS.index(after.tier) >= TIERS.index(before.tier)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    faulty=each_rule,
    examples=st.lists(each_rule, min_size=1, max_size=3, unique_by=lambda rule: rule.code),
    data=st.data(),
)
def test_what_is_good_never_lowers_a_score_or_a_tier(faulty: Rule, examples: list[Rule], data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(faulty.kinds)))
    files = {**NEGLECTED, **faulty.bad}
    before = report(files, kind)
    for example in examples:
        more = grown_by(files, example.good)
        if more is None:
            continue
        after = report(more, kind)
        if not brings_code(example):
            assert is_no_worse(after, before), [
                f.rule.code for f in before.passes if f.rule.code not in credited(after)
            ]
        files, before = more, after


@pytest.mark.parametrize("rule", PLAIN, ids=lambda rule: rule.code)
def test_an_example_of_the_good_state_lifts_the_neglected_project_or_leaves_it(rule: Rule) -> None:
    files = grown_by(NEGLECTED, rule.good)
    for kind in sorted(rule.kinds) if files else ():
        assert is_no_worse(report(files or {}, kind), report(NEGLECTED, kind))
