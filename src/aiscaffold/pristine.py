"""What a template rendered for a project, before anybody touched it: the measure of what is the owner's own.

Rendering takes half a second, so each render is kept in the user's cache; it depends on nothing but the release and the
answers.
"""

import hashlib
import os
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

from platformdirs import user_cache_path

from aiscaffold import __version__
from aiscaffold.catalog import Catalogue, load_catalogue
from aiscaffold.errors import AiscaffoldError
from aiscaffold.facts.origin import Origin
from aiscaffold.project import read_answers
from aiscaffold.store import Store
from aiscaffold.tree import files_of

LONGEST = 100_000  # characters of an answers file; ours have a thousand
OLDEST_DATE = (1980, 1, 1, 0, 0, 0)  # that a zip archive can hold


def pristine(origin: Origin) -> Mapping[str, bytes]:
    """The files that one of our templates rendered with the recorded answers; empty where that cannot be known."""
    if not origin.is_ours or len(origin.text) > LONGEST:
        return {}
    try:
        catalogue = load_catalogue()
        if origin.revision not in (catalogue.revision, *(f"v{name}" for name in Store(catalogue.root).releases)):
            return {}
        return _kept(origin, catalogue)
    except (AiscaffoldError, OSError, RecursionError):
        return {}


def _kept(origin: Origin, catalogue: Catalogue) -> Mapping[str, bytes]:
    key = hashlib.sha256(f"{origin.revision}\n{origin.text}".encode()).hexdigest()[:32]
    place = user_cache_path("aiscaffold", appauthor=False) / "pristine" / f"{key}.zip"
    try:
        return _read(place)
    except Exception:  # noqa: BLE001 - zipfile meets a damaged archive with half a dozen kinds of error
        rendered = _rendered(origin, catalogue)
        with suppress(OSError):  # a cache that cannot be written costs time, nothing else
            _write(place, rendered)
        return rendered


def _read(place: Path) -> Mapping[str, bytes]:
    with zipfile.ZipFile(place) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _write(place: Path, files: Mapping[str, bytes]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=place.parent, delete=False) as draft, zipfile.ZipFile(draft, "w") as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, OLDEST_DATE), content)
    os.replace(draft.name, place)  # noqa: PTH105 - replaces on Windows too


def _rendered(origin: Origin, catalogue: Catalogue) -> Mapping[str, bytes]:
    from aiscaffold.render import render  # copier takes 0.3 s, paid once for each project

    with TemporaryDirectory(prefix="aiscaffold-", ignore_cleanup_errors=True) as folder:
        release = origin.revision.removeprefix("v")
        if origin.revision != catalogue.revision and release != __version__:
            Store(catalogue.root).unpack(release, Path(folder, "release"))
            catalogue = Catalogue(Path(folder, "release"), release)
        template = catalogue.template(origin.template)
        recorded = read_answers(origin.text)
        known = ((question.name, recorded.get(question.name)) for question in template.questions)
        # Of a stranger's file: a list of lists of aliases would be written out in full.
        answers = {name: str(answer) for name, answer in known if isinstance(answer, str | int | float)}
        project = Path(folder, "project")
        render(catalogue, template, answers, project)
        return {path.relative_to(project).as_posix(): path.read_bytes() for path in files_of(project)}
