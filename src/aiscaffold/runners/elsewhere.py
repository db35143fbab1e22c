"""Commands that lead out of what can be read: to other machines, into containers, to tools whose files nobody reads."""

import re

_FOREIGN = {
    "ssh": "runs on another machine",
    "srun": "runs on a cluster",
    "sbatch": "runs on a cluster",
    "kubectl": "runs on a cluster",
    "anyscale": "runs on another machine",
    "modal": "runs on another machine",
    "earthly": "its targets are not read",
    "dagger": "its pipelines are not read",
    "bazel": "its targets are not read",
    "bazelisk": "its targets are not read",
    "pants": "its targets are not read",
    "nix": "its derivations are not read",
    "act": "its workflows run elsewhere",
    "snakemake": "its rules are not read",
    "doit": "its tasks are not read",
    "scons": "its targets are not read",
    "mage": "its targets are not read",
    "rake": "its tasks are not read",
}
_IN_CONTAINER = frozenset({"run", "exec"})


def is_variable(name: str) -> bool:
    """Whether all of a task's name is only known when it runs; a part of it may be, as in `py${{ matrix.python }}`."""
    return re.fullmatch(r"\$\{\{[^}]*\}\}|\$\{?\w+\}?|\{\{[^}]*\}\}", name) is not None


def why_opaque(program: str, words: tuple[str, ...]) -> str:
    """Why what a command does cannot be seen in the repository; nothing where it can."""
    arguments = [word for word in words[1:] if not word.startswith("-")]
    if program in ("docker", "podman", "docker-compose"):
        inside = (
            set(arguments[: 2 if arguments[:1] == ["compose"] or program == "docker-compose" else 1]) & _IN_CONTAINER
        )
        return "runs inside a container" if inside or (arguments[:1] == ["compose"] and "run" in arguments) else ""
    if words[0].startswith(("$", "%", "{{", "<")) or "${{" in words[0]:
        return "the program is a variable"
    if program == "dvc" and arguments[:1] == ["repro"]:
        return "its stages are not read"
    if program == "gh" and arguments[:2] == ["workflow", "run"]:
        return "starts a workflow elsewhere"
    return _FOREIGN.get(program, "")
