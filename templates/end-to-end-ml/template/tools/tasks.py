"""Development tasks: run every gate, install the hooks, clean up."""

import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
GATES = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "tests": ["pytest", "--quiet", "--cov"],
    "report": ["poethepoet", "--quiet", "report", "--check"],
}
CACHES = [".coverage", ".mypy_cache", ".pytest_cache", ".ruff_cache", "build", "dist"]


def check() -> int:
    """Run all gates; print a line for each, its notes, and the output of those that fail."""
    passed = [_run_gate(name, command) for name, command in GATES.items()]
    return 0 if all(passed) else 1


def hooks() -> int:
    """Install the commit hook, where this folder is a repository of its own."""
    if _git("rev-parse", "--show-prefix") != "":
        print("no hook installed: this folder is not the top of a git repository")
    elif _git("config", "core.hooksPath"):
        print("no hook installed: core.hooksPath is set, and its hooks are yours")
    else:
        return _run(["pre_commit", "install"]).returncode
    return 0


def clean() -> int:
    """Delete caches and build products."""
    found = [ROOT / name for name in CACHES]
    for folder in ("src", "tests", "tools"):
        found += (ROOT / folder).rglob("__pycache__")
    for path in found:
        _delete(path)
    return 0


def _run_gate(name: str, command: list[str]) -> bool:
    start = perf_counter()
    done = _run(command)
    passed = done.returncode == 0
    seconds = perf_counter() - start
    print(f"{name:8} {'ok' if passed else 'FAILED':6} {seconds:6.1f} s", flush=True)
    if not passed:
        print(done.stdout, done.stderr, sep="", flush=True)
    for line in done.stdout.splitlines():
        if passed and line.startswith("note:"):
            print(f"  {line}", flush=True)
    return passed


def _run(module: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *module],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit({"check": check, "hooks": hooks, "clean": clean}[sys.argv[1]]())
