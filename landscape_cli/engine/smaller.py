"""The same model at smaller widths: every width shrunk, their order kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..model.problem import Model
from ..model.terms import Term

LARGEST_WIDTHS = (8, 10, 12, 16, 24, 32, 48, 64)
"""The largest width of a smaller model, tried in this order."""


def smaller_models(model: Model) -> Iterator[Model]:
    """The model with all widths shrunk in proportion, as far as a < b and a = b stay true.

    Nothing for models with symbols, given matrices or assumptions (they speak of the widths). The
    caller has to judge them: what a family needs beyond the order of the widths may be lost.
    """
    known = () if model.map is None else model.map.constants
    if model.data.matrices or model.assumptions or any(c.values is not None for c in known):
        return
    widths = sorted({w for w in _widths(model) if isinstance(w, int)})
    if not widths or not all(isinstance(w, int) for w in _widths(model)):
        return
    for largest in LARGEST_WIDTHS:
        shrunk: dict[int, int] = {}
        below = 0
        for width in widths:
            below = max(below + 1, round(width * largest / widths[-1])) if width > 1 else 1
            shrunk[width] = min(below, width)
        if shrunk[widths[-1]] < widths[-1]:
            yield _with_widths(model, shrunk)


def _widths(model: Model) -> list[Term]:
    found: list[Term] = []
    if model.data.samples is not None and _distinct(model):
        found.append(model.data.samples)
    if model.network is not None:
        found += [model.network.input_width, *(layer.width for layer in model.network.layers)]
    if model.map is not None:
        for parameter in model.map.parameters:
            found += [parameter.rows, parameter.columns]
        for constant in model.map.constants:
            found += [constant.rows, constant.columns]
    return found


def _distinct(model: Model) -> bool:
    """Whether the samples have to be independent: n is bounded by a width then."""
    data = model.data
    return any(data.property(name) for name in ("X full_column_rank", "X identity"))


def _with_widths(model: Model, shrunk: dict[int, int]) -> Model:
    def of(width: Term) -> Term:
        return shrunk[width] if isinstance(width, int) else width

    samples = model.data.samples
    if isinstance(samples, int) and _distinct(model):
        model = replace(model, data=replace(model.data, samples=shrunk[samples]))
    model = replace(model, point=None, expectation=None, waiver=None)
    if model.network is not None:
        layers = tuple(replace(layer, width=of(layer.width)) for layer in model.network.layers)
        network = replace(model.network, input_width=of(model.network.input_width), layers=layers)
        return replace(model, network=network)
    assert model.map is not None
    the_map = model.map
    parameters = tuple(
        replace(p, rows=of(p.rows), columns=of(p.columns)) for p in the_map.parameters
    )
    constants = tuple(replace(c, rows=of(c.rows), columns=of(c.columns)) for c in the_map.constants)
    return replace(model, map=replace(the_map, parameters=parameters, constants=constants))
