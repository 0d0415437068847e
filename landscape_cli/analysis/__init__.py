"""Properties of custom losses and activations, derived and confirmed, never guessed.

From the parsed expression (nothing is evaluated as code, nothing is read as text by another
program) to exact pieces and normal forms (``elements``, ``pieces``), signs on intervals
(``signs``), one-sided derivatives at breaks (``series``), and the properties with their arguments
(``functions`` for one variable, ``losses`` for l(z, y)). ``derived`` joins them with what a model
declares; ``formulas`` writes derivatives for people to read. Ball arithmetic (python-flint) is
imported when a function is analysed, not before.
"""

from __future__ import annotations

from .derived import activation_of, explain_function, function_named, loss_of, targets_of
from .formulas import derivatives

__all__ = [
    "activation_of", "derivatives", "explain_function", "function_named", "loss_of", "targets_of",
]  # fmt: skip
