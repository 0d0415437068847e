"""Weights of a chain from effective factors of its trained layers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from ..facts.facts import Facts
from .linear import as_int, padded_identity, zeros
from .numbers import Weights

if TYPE_CHECKING:
    from ..facts.normal_form import Chain

ZERO, ONE = Fraction(0), Fraction(1)
PRELU_SLOPE = Fraction(1, 4)
Rows = list[list[Fraction]]


class ChainWeights:
    """The weights of a chain: trained layers from effective factors, fixed ones padded identities.

    ``trained``: positions of the trained layers; ``widths``: d_0 .. d_h; ``fixed``: the weights of
    fixed layers that are not given; ``slopes``: those of the prelu layers (counted from 1).
    """

    def __init__(self, facts: Facts) -> None:
        chain = facts.chain
        assert chain is not None
        self.chain: Chain = chain
        self.trained = [k for k, layer in enumerate(chain.layers) if not layer.fixed]
        self.widths = [as_int(width) for width in chain.widths]
        self.fixed = self.known_layers()
        self.slopes = {
            k: PRELU_SLOPE
            for k, layer in enumerate(chain.layers, start=1)
            if layer.activation.name == "prelu"
        }

    def known_layers(self) -> Weights:
        """The fixed layers that are not given: padded identities (plus 1 where positive)."""
        found: Weights = {}
        for k, layer in enumerate(self.chain.layers, start=1):
            if not layer.fixed:
                continue
            rows, columns = self.widths[k], self.widths[k - 1]
            if self.chain.given[k - 1] is None:
                matrix = padded_identity(rows, columns, min(rows, columns))
                if layer.positive:
                    matrix = [[v + 1 for v in row] for row in matrix]
                elif layer.skip:
                    matrix = zeros(rows, columns)
                found[f"W{k}"] = matrix
            if layer.bias and self.chain.given_bias[k - 1] is None:
                found[f"b{k}"] = [ZERO] * rows
        return found

    def zero(self) -> list[Rows]:
        """All factors 0."""
        return [zeros(self.widths[k + 1], self.widths[k]) for k in self.trained]

    def weights(self, factors: list[Rows], shift: list[Fraction] | None = None) -> Weights:
        """The model's weights: a skip of a linear layer is taken off its factor."""
        from ..facts.normal_form import is_linear

        found: Weights = {}
        for k, factor in zip(self.trained, factors, strict=True):
            layer = self.chain.layers[k]
            matrix = [list(row) for row in factor]
            if layer.skip and is_linear(layer.activation):
                for i in range(len(matrix)):
                    matrix[i][i] -= 1
            found[f"W{k + 1}"] = matrix
            if layer.bias:
                last = k == len(self.chain.layers) - 1
                found[f"b{k + 1}"] = (
                    list(shift) if shift is not None and last else [ZERO] * len(matrix)
                )
        return found

    def product(self, outer: Rows, inner: Rows) -> list[Rows]:
        """Factors of outer * inner, identities between."""
        found = self.zero()
        if len(found) == 1:
            from ..algebra import product

            return [[list(row) for row in product(outer, inner)]]
        for i, row in enumerate(inner):
            found[0][i] = list(row)
        for i, row in enumerate(outer):
            found[-1][i][: len(row)] = row
        for factor in found[1:-1]:
            for i in range(len(inner)):
                factor[i][i] = ONE
        return found

    def outer(self, column: list[Fraction], row: list[Fraction]) -> Weights:
        """Weights of the product column * row (between the fixed ends)."""
        return self.weights(self.product([[v] for v in column], [row]))
