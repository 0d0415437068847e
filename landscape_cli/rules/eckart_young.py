"""Best low-rank approximation has no bad local minima."""

from __future__ import annotations

from ..catalogue import Source, Theorem

THEOREM = Theorem(
    id="eckart-young",
    order=115,
    kind="rule",
    title="Best low-rank approximation has no bad local minima",
    statement=(
        "For 1/2 |Z X - Y|^2 with X of full row rank every local minimum over {rank Z <= k} "
        "is global; likewise for 1/2 |Z - Y|^2 over {Z psd, rank <= k}."
    ),
    source=Source(
        "C. Eckart, G. Young",
        1936,
        "The approximation of one matrix by another of lower rank",
        "Psychometrika 1",
        "and Mirsky 1960; the statement on local minima is classical",
        "Eckart & Young",
    ),
    proof=(
        "Change variables so that X = I. A local minimum keeps singular directions of Y "
        "with their values; a kept direction with a smaller value than one left out can be "
        "rotated toward it with strict decrease."
    ),
    setting="any",
    nearest=False,
)
