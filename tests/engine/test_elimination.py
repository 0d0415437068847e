"""A bound on one width against brute force, and grids against the concrete engine."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from landscape_cli.engine.elimination import bound_on
from landscape_cli.engine.grid import grid
from landscape_cli.engine.judge import judge
from landscape_cli.engine.solve import instantiate, symbols
from landscape_cli.model.terms import (
    Comparison,
    Conjunction,
    Formula,
    Symbol,
    any_of,
    atoms,
    substitute_formula,
)
from landscape_cli.render.layout import Page
from landscape_cli.render.solution import bound_text
from landscape_cli.render.width_grid import grid_json, grid_lines
from landscape_cli.syntax import parse

BOUNDS = (
    ("net d0 -> d1 -> 7; loss huber(1)", "d1", "d1 >= d0, or d1 >= 7"),
    ("net d0 -> d1 -> d2; loss huber(1)", "d1", "d1 >= d0, or d1 >= d2"),
    ("net d0 -> d1 -> d2; loss absolute; assume d0 = 3", "d1", "d1 >= d2 + 2"),
    ("net d0 -> d1 -> d2 -> 2; loss absolute", "d1", "d1 >= d0 + 1 and d2 >= d0 + 1"),
    ("net d0 -> d1 -> d2 -> d3; loss absolute", "d3", "d3 <= min(d1 - d0 + 1, d2 - d0 + 1)"),
    ("net d0 -> d1 -> d2; loss squared", "d1", "any value"),
    ("net d0 -> relu(d1) -> d2; loss squared", "d1", "no value"),
    ("net d0 -> d1 -> d1 -> d2; loss log_cosh; assume d0 <= 5", "d1", "d1 >= d0, or d1 >= d2"),
    ("net d0 -> d1 -> d2; loss cross_entropy; data samples 4", "d1",
     "d1 >= d0, or d1 >= d2 - 1, or d1 >= 4"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "name", "expected"), BOUNDS)
def test_bounds(text: str, name: str, expected: str) -> None:
    (model,) = parse(text)
    judgement = judge(model)
    found = bound_on(judgement, name)
    assert bound_text(found) == expected
    # The width stands alone wherever it occurs.
    for part in conjuncts(found.alternatives):
        if isinstance(part, Comparison) and Symbol(name) in atoms(part):
            assert part.left == Symbol(name) and Symbol(name) not in atoms(part.right)
    names = symbols(judgement)
    truths: dict[int, list[bool]] = {}
    for widths in product(range(1, 9 if len(names) < 3 else 5), repeat=len(names)):
        at = dict(zip(names, widths, strict=True))
        if False in [substitute_formula(f, at) for f in judgement.facts.background]:
            continue
        holds = judge(instantiate(model, at)).verdict == "holds"
        truths.setdefault(at[name], []).append(holds)
        assert substitute_formula(any_of(*found.alternatives), at) is holds
    if "-> 7" in text:
        # (Bounded, as d1 >= 7 is enough whatever d0 is.)
        assert found.enough == 7
        assert all(all(truths[v]) for v in range(7, 9)) and not all(truths[6])
        assert found.needed == min(v for v, seen in truths.items() if any(seen))


def conjuncts(formulas: tuple[Formula, ...]) -> Iterator[Formula]:
    for formula in formulas:
        yield from formula.parts if isinstance(formula, Conjunction) else (formula,)


def test_eliminated_bounds() -> None:
    found = bound_on(judge(parse("net d0 -> d1 -> d2; loss huber(1); assume d0 <= 9")[0]), "d1")
    assert (found.needed, found.enough) == (1, 9)
    found = bound_on(
        judge(parse("net d0 -> d1 -> d2; loss absolute; assume d0 >= 4 and d2 >= 3")[0]), "d1"
    )
    assert (found.needed, found.enough) == (6, None)


@pytest.mark.parametrize(
    "text",
    ["net d0 -> d1 -> d2; loss huber(1)", "net d0 -> d1 -> d2; loss absolute; assume d1 != 3",
     "net d0 -> d1 -> d2; loss logistic; data samples n; assume n <= 12",
     "net d0 -> tanh(d1) -> d2; loss convex; data X full_column_rank"],
)  # fmt: skip
def test_grids(text: str) -> None:
    (model,) = parse(text)
    judgement = judge(model)
    found = grid(judgement, "d1", "d2", 5, {})
    seen = set()
    for j, row in enumerate(found.cells, start=1):
        for i, cell in enumerate(row, start=1):
            values = {**found.fixed, "d1": i, "d2": j}
            allowed = False not in [
                substitute_formula(f, values) for f in judgement.facts.background
            ]
            assert cell == (judge(instantiate(model, values)).verdict if allowed else None)
            seen.add(cell)
    assert grid_json(found)["rows"][4][0] == found.cells[4][0]
    page = Page(80)
    grid_lines(found, page)
    text_ = page.text
    assert ("blank: not allowed" in text_) == (None in seen)
    for word, sign in (("holds", "#"), ("fails", "."), ("conditional", "c")):
        assert (f"{sign} {word}" in text_) == (word in seen)
    assert f"with d0 = {found.fixed['d0']}" in text_


def test_the_other_widths_of_a_grid() -> None:
    judgement = judge(parse("net d0 -> d1 -> d2; loss huber(1)")[0])
    chosen = grid(judgement, "d1", "d2", 8, {})
    assert {cell for row in chosen.cells for cell in row} == {"holds", "fails"}
    given = grid(judgement, "d1", "d2", 4, {"d0": 1})
    assert given.fixed == {"d0": 1}
    assert {cell for row in given.cells for cell in row} == {"holds"}
    with pytest.raises(ValueError, match="no widths"):
        grid(judgement, "d1", "d2", 4, {"d0": 0})
