"""The manifests of a repository, one file of readers per family."""

import posixpath
import re
from collections.abc import Callable, Sequence

from aiscaffold.manifest import Manifest
from aiscaffold.manifests.conda import read_environment
from aiscaffold.manifests.foreign import (
    LANGUAGES,
    read_cargo,
    read_description,
    read_gemfile,
    read_go,
    read_julia,
    read_other,
    read_package_json,
)
from aiscaffold.manifests.locks import RECOGNISED, read_conda_lock, read_json_lock, read_other_lock, read_toml_lock
from aiscaffold.manifests.pyproject import read_pipfile, read_pixi, read_pyproject
from aiscaffold.manifests.requirements import read_dockerfile, read_requirements
from aiscaffold.manifests.setup_script import read_setup_cfg, read_setup_script
from aiscaffold.regex import regex

Reader = Callable[[str, str], Manifest | None]

VENDORED = frozenset(
    """node_modules third_party third-party thirdparty vendor vendored _vendor site-packages .venv venv .git .github
    fixtures fixture testdata test_data test-data cassettes""".split()  # noqa: SIM905 - a list of names
)
TESTS = frozenset({"test", "tests"})
NAMED: dict[str, tuple[str, Reader]] = {
    "pyproject.toml": ("pyproject", read_pyproject),
    "setup.py": ("setup.py", read_setup_script),
    "setup.cfg": ("setup.cfg", read_setup_cfg),
    "pixi.toml": ("pixi", read_pixi),
    "pipfile": ("pipfile", read_pipfile),
    "uv.lock": ("uv.lock", read_toml_lock),
    "poetry.lock": ("poetry.lock", read_toml_lock),
    "pdm.lock": ("pdm.lock", read_toml_lock),
    "pipfile.lock": ("Pipfile.lock", read_json_lock),
    "pixi.lock": ("pixi.lock", read_conda_lock),
    "package.json": ("package.json", read_package_json),
    "cargo.toml": ("Cargo.toml", read_cargo),
    "project.toml": ("Project.toml", read_julia),
    "go.mod": ("go.mod", read_go),
    "description": ("DESCRIPTION", read_description),
    "gemfile": ("Gemfile", read_gemfile),
    **{name: (name, read_other) for name in LANGUAGES},
    **{name: (name, read_other_lock) for name in RECOGNISED},
}
PATTERNS: tuple[tuple[str, str, Reader], ...] = (
    (
        r"(?:.*[-_.])?requirements?(?:[-_.].*)?\.(?:txt|in|lock|pip)|constraints?.*\.txt",
        "requirements",
        read_requirements,
    ),
    (r"pylock(?:\..*)?\.toml", "pylock", read_toml_lock),
    (r"(?:.*[-_.])?conda-lock\.ya?ml", "conda-lock", read_conda_lock),
    (r"(?:.*[-_.])?environment(?:[-_.].*)?\.ya?ml|(?:conda|env)(?:[-_]env)?\.ya?ml", "environment", read_environment),
    (r"(?:.*\.)?(?:docker|container)file(?:\..*)?", "dockerfile", read_dockerfile),
)
LONGEST = 300_000  # characters
ENDINGS = (".txt", ".in", ".lock", ".pip", ".toml", ".yml", ".yaml")
SHAPED = [(regex(pattern, re.IGNORECASE), kind, reader) for pattern, kind, reader in PATTERNS]


def read_manifests(read: Callable[[str], str | None], paths: Sequence[str]) -> tuple[Manifest, ...]:
    """Read every manifest of a repository and what it draws on; `read` gives None for what it cannot read."""
    known = frozenset(paths)
    found: dict[str, Manifest | None] = {}
    waiting = [(path, *known_as) for path in sorted(known) if (known_as := _reader(path)) and not _is_foreign(path)]
    while waiting:
        path, kind, reader = waiting.pop()
        if path in found:
            continue
        manifest = found[path] = _read_one(path, kind, reader, read(path))
        for include in manifest.includes if manifest else ():
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), include))
            if target in known and not _reader(target):
                waiting.append((target, "requirements", read_requirements))
    return tuple(manifest for _, manifest in sorted(found.items()) if manifest)


def _read_one(path: str, kind: str, reader: Reader, text: str | None) -> Manifest | None:
    if text is None:
        return Manifest(path, kind, problem="it cannot be read")
    if len(text) > LONGEST and "lock" not in kind:
        return Manifest(path, kind, problem="it is too long for a manifest")
    try:
        return reader(path, text.removeprefix("\ufeff"))
    except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
        return Manifest(path, kind, problem=" ".join(str(error).split())[:300] or type(error).__name__)


def _reader(path: str) -> tuple[str, Reader] | None:
    folder, _, name = path.rpartition("/")
    if known := NAMED.get(name.lower()):
        return known
    if not name.lower().endswith(ENDINGS) and "file" not in name.lower():
        return None  # almost every file of a repository; the patterns are slow
    if name.endswith(".txt") and "requirements" in folder.rpartition("/")[2].lower():
        return "requirements", read_requirements
    return next(((kind, reader) for shape, kind, reader in SHAPED if shape.fullmatch(name)), None)


def _is_foreign(path: str) -> bool:
    """Whether a file belongs to somebody else's code, to a test's material, or to a template."""
    folders = path.split("/")[:-1]
    return not VENDORED.isdisjoint(folders) or not TESTS.isdisjoint(folders[:-1]) or "{" in path
