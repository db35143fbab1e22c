"""Development tasks: gates, hooks, alert rules, a smoke test of the image, cleaning up."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GATES = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "tests": ["pytest", "--quiet", "--cov"],
    "report": ["poethepoet", "--quiet", "report", "--check"],
}
RULES = [
    ["promtool", "check", "config", "prometheus.yml"],
    ["promtool", "test", "rules", "alerts_test.yml"],
]
HARDENED = [
    *["--network", "none", "--read-only"],
    *["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
]
# Runs inside the container: it has no network to be asked from outside, and no curl.
ASK = """
import json, sys, urllib.request as http
body = sys.argv[2].encode() or None
kind = {"content-type": "application/json"}
request = http.Request("http://127.0.0.1:8000" + sys.argv[1], body, kind)
print(http.urlopen(request, timeout=10).read().decode())
"""
LONGEST_START = 60
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


def alerts() -> int:
    """Check Prometheus' configuration and rules, and run the rules' own tests."""
    if shutil.which("promtool") is None:
        print("not checked: promtool is not installed; it comes with Prometheus")
        return 0
    done = [subprocess.run(rule, cwd=ROOT / "monitoring", check=False) for rule in RULES]
    return max(each.returncode for each in done)


def smoke() -> int:
    """Run the image without network, privileges or a writable disk, and ask it for a prediction."""
    try:
        container = _docker("run", "--detach", *HARDENED, sys.argv[2])
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", None) or str(error)
        print("not run: is Docker running, and the image built?", reason.strip().splitlines()[0])
        return 1
    try:
        return _smoke(container)
    except subprocess.CalledProcessError as error:
        print(error.stdout, error.stderr, _docker("logs", container), sep="\n")
        return 1
    finally:
        _docker("rm", "--force", "--volumes", container)


def clean() -> int:
    """Delete caches and build products."""
    found = [ROOT / name for name in CACHES]
    for folder in ("src", "tests", "tools"):
        found += (ROOT / folder).rglob("__pycache__")
    for path in found:
        _delete(path)
    return 0


def _run_gate(name: str, command: list[str]) -> bool:
    start = time.perf_counter()
    done = _run(command)
    passed = done.returncode == 0
    seconds = time.perf_counter() - start
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


def _smoke(container: str) -> int:
    example = json.loads((ROOT / "reports/metrics.json").read_text(encoding="utf-8"))["example"]
    _wait_until_healthy(container)
    user = _docker("exec", container, "id", "-u")
    size = int(_docker("inspect", "--size", "--format", "{{.SizeRootFs}}", container))
    print(f"size        {size / 1e6:.0f} MB")
    print(f"user        {user}")
    print(f"/readyz     {_ask(container, '/readyz', '')}")
    print(f"/v1/predict {_ask(container, '/v1/predict', json.dumps(example['request']))}")
    return 1 if user == "0" else 0


def _wait_until_healthy(container: str) -> None:
    deadline = time.monotonic() + LONGEST_START
    state = ""
    while state != "healthy":
        if time.monotonic() > deadline:
            raise subprocess.CalledProcessError(1, "docker", f"not healthy but {state}", "")
        time.sleep(0.5)
        state = _docker("inspect", "--format", "{{.State.Health.Status}}", container)


def _ask(container: str, path: str, body: str) -> str:
    return _docker("exec", container, "python", "-c", ASK, path, body)


def _docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, encoding="utf-8", check=True)
    return done.stdout.strip() or done.stderr.strip()


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


TASKS = {"check": check, "hooks": hooks, "alerts": alerts, "smoke": smoke, "clean": clean}

if __name__ == "__main__":
    sys.exit(TASKS[sys.argv[1]]())
