"""The catalogue, found by looking into its folders: adding a theorem means adding a file."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from ..catalogue import Family, Theorem


def _modules(folder: str) -> tuple[str, ...]:
    """The module names of a folder of the package, also inside a zip file."""
    package = import_module(f"landscape_cli.{folder}")
    names: set[str] = set()
    for place in package.__path__:
        path = Path(place)
        if path.is_dir():
            names.update(p.name[:-3] for p in path.iterdir() if p.name.endswith(".py"))
        else:
            from pkgutil import iter_modules

            names.update(info.name for info in iter_modules([place]))
    return tuple(sorted(name for name in names if not name.startswith("_")))


def _load(folder: str) -> tuple[Theorem, ...]:
    found: list[Theorem] = []
    for name in _modules(folder):
        entry = import_module(f"landscape_cli.{folder}.{name}").THEOREM
        found.append(entry)
    return tuple(sorted(found, key=lambda theorem: theorem.order))


@cache
def deciding_theorems() -> tuple[Theorem, ...]:
    """The theorems that decide verdicts, in the order of theory.md."""
    return _load("theorems")


@cache
def rules() -> tuple[Theorem, ...]:
    """The rules that proofs are made of."""
    return _load("rules")


@cache
def literature() -> tuple[Theorem, ...]:
    """Historical theorems (subsumed) and errata."""
    return _load("literature")


@cache
def theorems() -> tuple[Theorem, ...]:
    """Every theorem, rule and erratum, in the order of theory.md."""
    every = (*deciding_theorems(), *rules(), *literature())
    return tuple(sorted(every, key=lambda theorem: theorem.order))


@cache
def families() -> tuple[Family, ...]:
    """The counterexample families, in the order of theory.md."""
    found: list[Family] = []
    for name in _modules("witnesses"):
        found.append(import_module(f"landscape_cli.witnesses.{name}").FAMILY)
    return tuple(sorted(found, key=lambda family: family.order))


def entry(identifier: str) -> Theorem | Family | None:
    """The theorem, rule, erratum or family of that id."""
    for theorem in theorems():
        if theorem.id == identifier:
            return theorem
    for family in families():
        if family.id == identifier:
            return family
    return None
