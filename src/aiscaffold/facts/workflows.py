"""Find the CI of a repository, whatever the system, and read what it runs."""

from collections.abc import Callable, Sequence

from aiscaffold.pipeline import Workflow
from aiscaffold.pipelines.github import read_github
from aiscaffold.pipelines.gitlab import read_gitlab
from aiscaffold.pipelines.others import read_other
from aiscaffold.regex import regex

# Where each system looks for its file.
PLACES = {
    "github": r"\.github/workflows/[^/]+\.ya?ml",
    "gitlab": r"\.gitlab-ci\.ya?ml",
    "circle": r"\.circleci/config\.ya?ml",
    "travis": r"\.travis\.ya?ml",
    "azure": r"(?:\.azure-pipelines/[^/]+|\.?azure-pipelines?[^/]{0,60})\.ya?ml",
    "jenkins": r"(?:[^/]+/){0,3}Jenkinsfile[^/]{0,40}",
    "appveyor": r"\.?appveyor\.ya?ml",
    "bitbucket": r"bitbucket-pipelines\.ya?ml",
    "drone": r"\.drone\.ya?ml",
    "cirrus": r"\.cirrus\.ya?ml",
    "woodpecker": r"\.woodpecker(?:/[^/]+)?\.ya?ml",
}
SYSTEMS = {system: regex(pattern) for system, pattern in PLACES.items()}


def read_workflows(read: Callable[[str], str | None], paths: Sequence[str]) -> tuple[Workflow, ...]:
    """Every CI file among the paths, sorted; what is damaged or unreadable says so."""
    found = [(path, system) for path in sorted(paths) for system in SYSTEMS if SYSTEMS[system].fullmatch(path)]
    return tuple(_workflow(system, path, read) for path, system in found)


def _workflow(system: str, path: str, read: Callable[[str], str | None]) -> Workflow:
    text = read(path)
    if text is None:
        return Workflow(path, system, "", problem="it cannot be read")
    if system == "github":
        return read_github(path, text, read)
    if system == "gitlab":
        return read_gitlab(path, text, read)
    return read_other(system, path, text)
