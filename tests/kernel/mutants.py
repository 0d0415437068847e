"""Every leaf of a document changed, one at a time."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

MALFORMED: tuple[Any, ...] = (
    "2/4",
    "+1",
    "01",
    "1e999999",
    "0.5",
    "-0",
    "3/1",
    "",
    "NaN",
    1,
    0.5,
    None,
    [],
    {},
)
NAMES = ("absolute", "squared", "hinge", "tanh", "relu", "leaky_relu", "no such name")
KINDS = ("rank-chart", "growth", "affine-region", "strict-hessian", "polynomial-bound",
         "descent-curve", "interval-newton", "nothing")  # fmt: skip


def paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    yield path, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from paths(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from paths(value, (*path, index))


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    result = copy.deepcopy(document)
    node = result
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return result


def numeric(text: str) -> bool:
    return text.lstrip("-")[:1].isdigit()


def malformed(document: Any) -> Iterator[tuple[str, Any]]:
    """Documents that break the grammar: all must be rejected."""
    for path, node in paths(document):
        if isinstance(node, str) and numeric(node):
            for bad in MALFORMED:
                yield f"{path} := {bad!r}", replaced(document, path, bad)
        if isinstance(node, dict):
            yield f"{path} + extra", replaced(document, path, {**node, "extra": "1"})
        free = {"forms", "flat", "gauge", "curve"} & set(path)
        if isinstance(node, list) and node and path and not free:
            yield f"{path} longer", replaced(document, path, [*node, node[-1]])


def changed(document: Any) -> Iterator[tuple[str, Any]]:
    """Well-formed changes, most of which make the claim false."""
    for path, node in paths(document):
        if isinstance(node, bool):
            yield f"{path} flipped", replaced(document, path, not node)
        elif isinstance(node, int):
            for step in (-1, 1):
                yield f"{path} + {step}", replaced(document, path, node + step)
        elif isinstance(node, str) and numeric(node):
            x = Fraction(node)
            for new in {x + 1, -x, x - Fraction(1, 10)} - {x}:
                yield f"{path} := {new}", replaced(document, path, str(new))
        elif isinstance(node, str):
            for new in (*NAMES, *KINDS):
                if new != node:
                    yield f"{path} := {new}", replaced(document, path, new)
        elif isinstance(node, dict):
            for key in node:
                yield (
                    f"{path} - {key}",
                    replaced(document, path, {k: v for k, v in node.items() if k != key}),
                )
        elif isinstance(node, list):
            for index in range(len(node) - 1):
                if node[index] != node[index + 1]:
                    new = list(node)
                    new[index], new[index + 1] = new[index + 1], new[index]
                    yield f"{path} swap {index}", replaced(document, path, new)
            if node:
                yield f"{path} shorter", replaced(document, path, node[:-1])


def swapped(document: Any) -> Iterator[tuple[str, Any]]:
    """Fields exchanged, matrices transposed, rows repeated or rotated."""
    for path, node in paths(document):
        if isinstance(node, dict):
            for one, two in combinations(sorted(node), 2):
                if node[one] != node[two]:
                    new = {**node, one: node[two], two: node[one]}
                    yield f"{path}: {one} and {two} exchanged", replaced(document, path, new)
        if not (isinstance(node, list) and len(node) > 0 and path):
            continue
        if all(isinstance(row, list) for row in node) and len({len(row) for row in node}) == 1:
            turned = [list(column) for column in zip(*node, strict=True)]
            if turned != node:
                yield f"{path} transposed", replaced(document, path, turned)
        if len(node) > 1 and node[0] != node[1]:
            yield f"{path} repeated", replaced(document, path, [node[0], node[0], *node[2:]])
            yield f"{path} rotated", replaced(document, path, [*node[1:], node[0]])


def foreign(document: Any, others: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The document with parts of other documents in place of its own."""
    for name, other in others.items():
        for part in ("argument", "data", "problem", "local_minimum", "better_point", "point"):
            if part in document and part in other and document[part] != other[part]:
                yield f"{part} of {name}", {**document, part: other[part]}
