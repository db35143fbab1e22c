"""What a template rendered for a project: kept in a cache that may break, never more than a help."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from catalogues import write_catalogue
from support import ROOT

from aiscaffold import pristine as module
from aiscaffold.catalog import ADDRESS, Catalogue
from aiscaffold.facts.origin import Origin
from aiscaffold.pristine import pristine

ANSWERS = f"# Managed\n_src_path: {ADDRESS}\ntemplate: mini\nproject_name: Tides\nauthor_name: Ada\nlicense: MIT\n"


@pytest.fixture(autouse=True)
def small(catalogue: Catalogue, home: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """The small catalogue, with no release yet, in place of ours."""
    (catalogue.root / "catalogue.lock.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(module, "load_catalogue", lambda: catalogue)
    return catalogue


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Where renders are kept."""
    return tmp_path / "cache" / "aiscaffold" / "pristine"


def of(catalogue: Catalogue, text: str = ANSWERS, revision: str = "", kind: str = "service") -> Mapping[str, bytes]:
    """The render for an answers file."""
    return pristine(
        Origin("copier", ".copier-answers.yml", ADDRESS, revision or catalogue.revision, "mini", kind, text)
    )


def test_the_render_has_the_answers_in_it(small: Catalogue) -> None:
    files = of(small)
    assert files["README.md"].decode().startswith("# Tides\n")
    assert files["src/tides/__init__.py"] == b""
    assert b"project_name: Tides" in files[".copier-answers.yml"]


def test_the_render_is_kept_and_read_the_second_time(
    small: Catalogue, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = of(small)
    (kept,) = cache.iterdir()
    assert kept.suffix == ".zip"
    monkeypatch.delattr(module, "_rendered")
    assert of(small) == first


def test_other_answers_have_another_render(small: Catalogue, cache: Path) -> None:
    assert of(small, ANSWERS.replace("Ada", "Grace")) != of(small)
    assert len([*cache.iterdir()]) == 2


@pytest.mark.parametrize("cut", [0, 1, 40, 200, -1, -30])
def test_a_cache_cut_short_is_rendered_anew(small: Catalogue, cache: Path, cut: int) -> None:
    first = of(small)
    (kept,) = cache.iterdir()
    kept.write_bytes(kept.read_bytes()[:cut])
    assert of(small) == first
    assert zipfile.is_zipfile(kept)


def test_no_damage_to_the_cache_is_more_than_a_loss_of_time(small: Catalogue, cache: Path) -> None:
    first = of(small)
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    for place in range(0, len(whole), len(whole) // 25):
        kept.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        assert of(small) == first, place


@pytest.mark.parametrize("is_a_file", [True, False])
def test_a_cache_that_cannot_be_written_costs_nothing_but_time(
    small: Catalogue, tmp_path: Path, is_a_file: bool
) -> None:
    if is_a_file:
        (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    else:
        (tmp_path / "cache" / "aiscaffold").mkdir(parents=True)
        (tmp_path / "cache" / "aiscaffold" / "pristine").write_text("in the way", encoding="utf-8")
    assert "README.md" in of(small)


def test_answers_that_are_added_or_missing_do_not_matter(small: Catalogue) -> None:
    text = ANSWERS.replace("author_name: Ada\n", "") + "unknown: 3\n"
    assert "Tides authors" in of(small, text)["README.md"].decode()


BOMB = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}' if n else 'lol'] * 9)}]\n" for n in range(12))


# copier leaves a folder listing open where it fails.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "edit",
    [
        "[broken",
        "- a list\n",
        "",
        "project_name: ../../x\n",
        "package_name: ../../../x\n",
        "license: GPL\n",
        "x: " + "[" * 5_000,
        "x: !!python/object/apply:os.system [true]\n",
    ],
)
def test_answers_that_cannot_be_right_have_no_render(small: Catalogue, tmp_path: Path, edit: str) -> None:
    before = sorted(tmp_path.iterdir())
    assert of(small, edit if edit in ("", "- a list\n") else ANSWERS + edit) == {}
    assert sorted(path for path in tmp_path.iterdir() if path.name != "cache") == before


def test_answers_that_nobody_wrote_are_not_parsed(small: Catalogue) -> None:
    assert of(small, ANSWERS + "a: 1\n" * 1_000_000) == {}


def test_an_answer_of_aliases_is_not_written_out(small: Catalogue) -> None:
    assert "README.md" in of(small, f"{ANSWERS}{BOMB}license: *x11\n")


@pytest.mark.parametrize("revision", ["v9.9.9", "main", "v0.0.1", "0.1.0", "../..", "v"])
def test_a_version_that_this_installation_does_not_know_has_no_render(small: Catalogue, revision: str) -> None:
    assert of(small, revision=revision) == {}


def test_a_template_of_others_is_not_asked_for(small: Catalogue, cache: Path) -> None:
    assert of(small, kind="") == {}
    assert not cache.exists()


def test_an_unknown_template_has_no_render(small: Catalogue) -> None:
    origin = Origin("copier", ".copier-answers.yml", ADDRESS, small.revision, "maxi", "service", ANSWERS)
    assert pristine(origin) == {}


def test_an_installation_without_its_catalogue_has_no_render(small: Catalogue) -> None:
    (small.root / "catalogue.lock.json").unlink()
    assert of(small, revision="v0.1.0") == {}


def test_a_release_is_rendered_from_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "load_catalogue", lambda: Catalogue(ROOT))
    origin = Origin(
        "copier", ".copier-answers.yml", ADDRESS, "v0.1.0", "end-to-end-ml", "service", "project_name: Tides"
    )
    files = pristine(origin)
    assert b"_commit: v0.1.0\n" in files[".copier-answers.yml"]
    assert "src/tides/__init__.py" in files


def test_a_version_under_development_is_rendered_from_the_catalogue_at_hand(tmp_path: Path, cache: Path) -> None:
    extra = {"catalogue.lock.json": "{}"}
    catalogue = Catalogue(write_catalogue(tmp_path / "other", extra), "0.9.0.dev0")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "load_catalogue", lambda: catalogue)
        assert "README.md" in of(catalogue)
        assert of(catalogue, revision="v0.9.0.dev0+g0000000") == {}
