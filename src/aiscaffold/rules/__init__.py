"""The rules, a file for each part of a section: an explicit table in the order of the sections, no registry.

A rule that is asked alone is loaded alone: all files together take 25 ms, as much as the rest of such a run.
"""

from collections.abc import Collection
from importlib import import_module

from aiscaffold.rule import Rule

FILES = {
    "readme": (
        "DOC101",
        "DOC102",
    ),
    "commands": (
        "DOC103",
        "DOC104",
    ),
    "results": ("DOC105",),
    "shown": (
        "DOC106",
        "DOC108",
    ),
    "demo": ("DOC107",),
    "people": ("DOC109",),
    "writing": (
        "DOC110",
        "DOC111",
    ),
    "references": ("DOC112",),
    "history": (
        "GIT101",
        "GIT102",
        "GIT104",
    ),
    "progress": (
        "GIT103",
        "GIT105",
        "GIT106",
        "GIT107",
    ),
    "environment": (
        "ENV101",
        "ENV102",
        "ENV104",
    ),
    "interpreter": ("ENV103",),
    "installing": ("ENV105",),
    "structure": (
        "QUA101",
        "QUA102",
        "QUA103",
        "QUA104",
    ),
    "linting": ("QUA105",),
    "code": (
        "QUA106",
        "QUA107",
    ),
    "portable": ("QUA108",),
    "testing": (
        "TST101",
        "TST102",
    ),
    "layers": ("TST103",),
    "behaviour": (
        "TST104",
        "TST105",
    ),
    "ci": (
        "TST201",
        "TST202",
        "TST203",
        "SEC104",
    ),
    "secrets": (
        "SEC101",
        "SEC102",
    ),
    "safety": ("SEC103",),
    "honesty": (
        "HON101",
        "HON102",
        "HON103",
    ),
    "residue": ("HON104",),
    "beyond": ("HON105",),
    "claims": (
        "HON106",
        "HON107",
    ),
}
ORDER = ("DOC", "GIT", "ENV", "QUA", "TST", "SEC", "HON")
CODES = tuple(sorted((code for codes in FILES.values() for code in codes), key=lambda c: (ORDER.index(c[:3]), c)))


def load(codes: Collection[str] = CODES) -> tuple[Rule, ...]:
    """The rules with these codes, in the order of the sections."""
    files = [name for name, own in FILES.items() if not set(own).isdisjoint(codes)]
    found = {rule.code: rule for name in files for rule in import_module(f"aiscaffold.rules.{name}").RULES}
    return tuple(found[code] for code in CODES if code in codes)


def named_by(words: Collection[str]) -> tuple[str, ...]:
    """The codes that codes and prefixes of codes name; all of them where a word is neither, and may be a name."""
    chosen = [[code for code in CODES if code.startswith(word.upper())] for word in words if word]
    return tuple({code: None for codes in chosen for code in codes}) if chosen and all(chosen) else CODES
