"""The answers file after a merge: it records the template's version, whatever its owner wrote beside that."""

from dataclasses import replace

import yaml

from aiscaffold.merge import Merged
from aiscaffold.objects import Quarantine, Sides


def keep_answers(quarantine: Quarantine, sides: Sides, merged: Merged, path: str) -> Merged:
    """The merge with an answers file that says what the new template recorded; the owner's comments stay in it."""
    wanted = sides.theirs.get(path)
    if wanted is None or path not in sides.ours or merged.tree.get(path) == wanted:
        return merged
    text = quarantine.read(wanted).decode()
    if path not in merged.conflicts and path in merged.tree:
        result = quarantine.read(merged.tree[path]).decode(errors="replace")
        if _recorded(result) == _recorded(text):
            return merged
    mine = quarantine.read(sides.ours[path]).decode(errors="replace").splitlines(keepends=True)
    comments = [line for line in mine if line.startswith("#") and line not in text]
    blob = quarantine.write("".join([*comments, text]).encode())
    conflicts = {name: stages for name, stages in merged.conflicts.items() if name != path}
    return replace(merged, tree={**merged.tree, path: (wanted[0], blob)}, conflicts=conflicts)


def _recorded(text: str) -> object:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None
