"""Whatever is wrong with a repository: the audit ends soon, with a report in which the damage shows.

The long run, with other repositories and chance, is bench/fuzz.py.
"""

import shutil
import sys
from pathlib import Path
from random import Random

import pytest
from audited import HISTORY, repository
from damage import NOTHING_THERE, PATIENCE, Damage, audited, damages, long_texts
from damage_disk import deep, names
from damage_git import GIT

from aiscaffold.inspection import Order
from aiscaffold.rules import load

RULES = load()

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, pipes with names, other users: Linux only")

DAMAGES = damages()
IN_GIT = [damage for damage in DAMAGES if damage.inflict in (*GIT, names, deep)]
LONG_TEXTS = long_texts()[::211]


def name_of(damage: Damage) -> str:
    """What a damage is called."""
    return damage.name


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of all that good examples hold."""
    files = {path: content for rule in RULES for path, content in rule.good.items() if path != HISTORY}
    return repository(files, tmp_path_factory.mktemp("damage") / "example")


@pytest.fixture
def copy(example: Path, tmp_path: Path) -> Path:
    """A copy to harm."""
    return Path(shutil.copytree(example, tmp_path / "copy", symlinks=True))


@pytest.mark.parametrize("damage", DAMAGES, ids=name_of)
def test_an_audit_of_a_damaged_repository_ends_soon_and_shows_the_damage(damage: Damage, copy: Path) -> None:
    unreadable = set(damage.inflict(copy, Random(1)))
    outcome = audited(copy, as_nobody=damage.is_locked)
    assert not outcome.fault
    assert not outcome.refused or damage.name in NOTHING_THERE, outcome.refused
    assert outcome.seconds < PATIENCE
    assert unreadable <= outcome.unknown
    assert not copy.with_name("copy-RAN").exists(), "a command of the repository was run"


@pytest.mark.parametrize("damage", IN_GIT, ids=name_of)
def test_the_commit_of_a_damaged_repository_is_audited_or_refused(damage: Damage, copy: Path) -> None:
    damage.inflict(copy, Random(1))
    outcome = audited(copy, Order(at="HEAD"), as_nobody=damage.is_locked)
    assert not outcome.fault
    assert outcome.seconds < PATIENCE


@pytest.mark.parametrize("damage", LONG_TEXTS, ids=name_of)
def test_a_long_text_takes_no_long_time(damage: Damage, copy: Path) -> None:
    damage.inflict(copy, Random(1))
    outcome = audited(copy)
    assert not outcome.fault
    assert outcome.seconds < PATIENCE
