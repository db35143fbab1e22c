"""The roadmaps' checklist in our own words: what each line asks, where it comes from, which rules look at it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("checklist.toml")


@dataclass(frozen=True, slots=True)
class Item:
    """One line; without rules it says why there is none. A source is a roadmap's title and a section of it."""

    id: str
    title: str
    sources: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]
    why_no_rule: str


def load_checklist() -> dict[str, Item]:
    """Every item by its id, in order."""
    import tomllib  # 6 ms that a plain audit need not pay

    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    items = (_item(entry, content["roadmaps"]) for entry in content["items"])
    return {item.id: item for item in items}


def _item(entry: dict[str, Any], roadmaps: dict[str, str]) -> Item:
    sources = tuple((roadmaps[source["roadmap"]], source["section"]) for source in entry["sources"])
    return Item(entry["id"], entry["title"], sources, tuple(entry.get("rules", ())), entry.get("why_no_rule", ""))
