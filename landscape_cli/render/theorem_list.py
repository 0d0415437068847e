"""The list of the catalogue, filtered, as text and as JSON."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..catalogue import Family, Theorem
from .layout import Page

KIND_WORDS = {
    "holds": "theorem",
    "conditional": "conditional theorem",
    "fails": "counterexample family",
    "rule": "rule",
    "erratum": "erratum",
    "cited": "historical theorem",
}
CONCLUSIONS = {
    ("holds", "local_is_global"): "every local minimum is global",
    ("holds", "strict_saddle"): "every critical point is global or a strict saddle",
    ("conditional", "local_is_global"): (
        "every local minimum that satisfies the point conditions is global"
    ),
    ("conditional", "strict_saddle"): (
        "every critical point that satisfies the point conditions is global or a strict saddle"
    ),
    ("fails", "local_is_global"): "some local minimum is not global",
    ("fails", "strict_saddle"): "some critical point is neither global nor a strict saddle",
}


class Filter(NamedTuple):
    """What to list; empty fields let everything through."""

    words: tuple[str, ...] = ()
    kind: str | None = None
    setting: str | None = None
    assumption: str | None = None
    property: str | None = None

    def keeps(self, entry: Theorem | Family) -> bool:
        """Whether the entry is listed."""
        theorem = entry if isinstance(entry, Theorem) else None
        if self.kind is not None and kind_of(entry) != self.kind:
            return False
        if self.setting is not None and (theorem is None or theorem.setting != self.setting):
            return False
        if self.property is not None and self.property not in entry.properties:
            return False
        if self.assumption is not None and self.assumption not in _assumptions(entry):
            return False
        text = " ".join(
            (entry.id, entry.title, entry.statement, str(entry.source), entry.proof)
        ).lower()
        return all(word.lower() in text for word in self.words)


def kind_of(entry: Theorem | Family) -> str:
    """``holds``, ``conditional``, ``fails``, ``rule``, ``erratum`` or ``cited`` (historical)."""
    from ..engine.discovery import literature

    if not isinstance(entry, Theorem):
        return "fails"
    if entry.kind in ("holds", "conditional") and entry in literature():
        return "cited"
    return entry.kind


def _assumptions(entry: Theorem | Family) -> list[str]:
    if isinstance(entry, Family):
        return []
    return list(dict.fromkeys(a.id for a in entry.assumptions))


def conclusion(entry: Theorem | Family) -> str:
    """What the entry concludes, in words."""
    kind = kind_of(entry)
    if kind in ("rule", "erratum"):
        return entry.title
    if kind == "cited":
        kind = "holds"
    return "; ".join(CONCLUSIONS[kind, asked] for asked in entry.properties)


def listed(wanted: Filter) -> list[Theorem | Family]:
    """The entries that the filter lets through, in the order of the theory."""
    from ..engine.discovery import families, theorems

    every: list[Theorem | Family] = [*theorems()]
    every.extend(families())
    return [entry for entry in every if wanted.keeps(entry)]


def list_lines(entries: list[Theorem | Family], page: Page) -> None:
    """Lay out a list: a line or two for each entry, by kind."""
    if not entries:
        page.row([("", "no entry has all of this; landscape theorems lists all")])
        return
    groups: dict[str, list[Theorem | Family]] = {}
    for entry in entries:
        groups.setdefault(kind_of(entry), []).append(entry)
    column = max([len(entry.id) for entry in entries] or [0]) + 4
    if column > page.width // 2:
        column = 6
    for kind, group in groups.items():
        page.blank()
        plural = {"erratum": "errata", "counterexample family": "counterexample families"}
        word = KIND_WORDS[kind]
        page.row([("label", plural.get(word, f"{word}s"))])
        for entry in group:
            page.row(
                [("", entry.title), ("dim", f" ({entry.source.label})")],
                indent=2,
                label=("name", entry.id),
                column=column,
            )
    page.blank()
    count = "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
    page.row([("", f"{count}; landscape explain NAME shows one in full")])


def entry_json(entry: Theorem | Family) -> dict[str, Any]:
    """One entry of ``landscape theorems --format json``."""
    return {
        "id": entry.id,
        "title": entry.title,
        "source": str(entry.source),
        "assumptions": _assumptions(entry),
        "conclusion": conclusion(entry),
        "subsumes": list(entry.subsumes) if isinstance(entry, Theorem) else [],
        "kind": kind_of(entry),
        "setting": entry.setting if isinstance(entry, Theorem) else None,
        "properties": list(entry.properties),
    }
