"""Random model texts for the families of linear chains, statements on the data included."""

from __future__ import annotations

from random import Random


def _matrix(rng: Random, rows: int, columns: int, values: list[int]) -> str:
    lines = [", ".join(str(rng.choice(values)) for _ in range(columns)) for _ in range(rows)]
    return "[" + ", ".join(f"[{line}]" for line in lines) + "]"


def random_text(rng: Random, depths: list[int], losses: list[str]) -> str:
    """A model of a linear chain; often, but not always, one that can be met."""
    depth = rng.choice(depths)
    widths = [rng.randint(1, 4) for _ in range(depth + 1)]
    loss = rng.choice(losses)
    signs = loss == "zero_one"
    extra: list[str] = []
    concrete = rng.random() < 0.3
    n = rng.randint(1, 6)
    layers = []
    square = rng.random() < 0.15
    if square:
        widths = [widths[0]] * (depth + 1)
    for k in range(1, depth + 1):
        options = []
        if rng.random() < 0.2:
            options.append("bias")
        if square and rng.random() < 0.5:
            options.append("skip")
        elif rng.random() < 0.12 and depth > 1:
            options.append("fixed")
            if rng.random() < 0.4:
                extra.append(f"data W{k} = {_matrix(rng, widths[k], widths[k - 1], [0, 1, -1, 2])}")
            elif rng.random() < 0.4:
                options.append("positive")
        layers.append(f"linear({', '.join([str(widths[k]), *options])})")
    net = "net " + " -> ".join([str(widths[0]), *layers])
    if concrete:
        which = rng.randint(1, 3)
        if which & 1:
            extra.append(f"data X = {_matrix(rng, widths[0], n, [0, 1, -1, 2])}")
        if which & 2:
            labels = [1, -1] if signs else [0, 1, -1, 5]
            extra.append(f"data Y = {_matrix(rng, widths[-1], n, labels)}")
    if rng.random() < 0.4:
        extra.append(
            "data "
            + rng.choice(
                ["X full_row_rank", "X full_column_rank", "X identity", "X isotropic",
                 "X isotropic, X full_row_rank", "X isotropic, X full_column_rank"]
            )
        )  # fmt: skip
    if rng.random() < 0.3:
        extra.append("data " + rng.choice(["Y full_row_rank", "Y realizable"]))
    if rng.random() < 0.2:
        extra.append("data Y = X")
    if rng.random() < 0.3 and not concrete:
        extra.append(f"data samples {n}")
    if rng.random() < 0.25:
        extra.append(
            "assume "
            + rng.choice(
                ["rank(X) = 1", "rank(X) = 0", "rank(X) >= 2", "rank(Y) = 1", "rank(Y) = 2",
                 "rank(Y) >= 2", "rank(X) < n", "rank(Y) < rank(X)", "rank(X) + rank(Y) <= n"]
            )
        )  # fmt: skip
    if loss in ("weighted_squared", "masked_squared") and concrete and rng.random() < 0.6:
        values = [1, 2, 3] if loss == "weighted_squared" else [0, 1]
        extra.append(f"data weights = {_matrix(rng, widths[-1], n, values)}")
    return "; ".join([net, f"loss {loss}", *extra])
