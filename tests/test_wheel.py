"""What the distributions hold: the package, the catalogue, nothing else; the same from a checkout and from an sdist."""

import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from aiscaffold import __version__
from aiscaffold.tree import files_of

ROOT = Path(__file__).parents[1]
CATALOGUE = ("copier.yml", "catalogue.lock.json", "catalogue.bundle")


def build(source: Path, target: Path, *kinds: str) -> None:
    subprocess.run(["uv", "build", "--quiet", *kinds, "--out-dir", str(target), str(source)], check=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    build(ROOT, target, "--wheel", "--sdist")
    return target


def wheel_files(folder: Path) -> dict[str, bytes]:
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {n: archive.read(n) for n in archive.namelist() if ".dist-info/" not in n}


def expected_files() -> dict[str, Path]:
    """Where each file of the wheel comes from in the repository."""
    package = ROOT / "src" / "aiscaffold"
    expected = {f"aiscaffold/{f.relative_to(package).as_posix()}": f for f in files_of(package)}
    expected |= {f"aiscaffold/_catalogue/{name}": ROOT / name for name in CATALOGUE}
    templates = {f.relative_to(ROOT).as_posix(): f for f in files_of(ROOT / "templates")}
    return expected | {f"aiscaffold/_catalogue/{name}": file for name, file in templates.items()}


def test_the_wheel_holds_the_package_and_the_catalogue_byte_for_byte(built: Path) -> None:
    expected = {name: file.read_bytes() for name, file in expected_files().items()}
    assert wheel_files(built) == expected


def test_the_sdist_holds_everything_that_git_tracks_but_ci(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames() if archive.getmember(name).isfile()}
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    tracked = {name for name in listed.split("\0") if name and not name.startswith((".ci/", ".github/"))}
    assert held - {"PKG-INFO"} == tracked


def test_a_wheel_built_from_the_sdist_is_the_same(built: Path, tmp_path: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.glob("aiscaffold-*")
    build(source, tmp_path / "dist", "--wheel")
    assert wheel_files(tmp_path / "dist") == wheel_files(built)


def test_the_file_names_say_the_version(built: Path) -> None:
    assert {path.name.split("-")[1].removesuffix(".tar.gz") for path in built.glob("aiscaffold*")} == {__version__}
