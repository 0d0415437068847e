"""Exact ranks at real sizes against NumPy's floating-point ``matrix_rank``, in one run.

    python benchmarks/ranks.py [size] [deficient size]

Prints the seconds for the three exact ranks of a product of two float32 layers, the seconds that
``numpy.linalg.matrix_rank`` needs for the same three matrices, and their ratio; then the seconds
for a deficient pair, proved.
"""

import resource
import sys
import time

import numpy

from landscape_cli.algebra.floats import FloatMatrix, product_ranks


def trained_layer(rng: numpy.random.Generator, rows: int, columns: int) -> numpy.ndarray:
    """A float32 layer with a decaying spectrum, as after training."""
    base = rng.normal(size=(rows, columns)) / columns**0.5
    size = min(rows, columns)
    low = rng.normal(size=(rows, size // 8)) @ rng.normal(size=(size // 8, columns)) / size
    return (base + 3 * low).astype(numpy.float32)


def main() -> None:
    """Run both benchmarks and print the figures."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    small = int(sys.argv[2]) if len(sys.argv) > 2 else 512
    rng = numpy.random.default_rng(0)
    left, right = trained_layer(rng, size, size), trained_layer(rng, size, size)
    start = time.perf_counter()
    ranks = product_ranks(FloatMatrix.from_numpy(left), FloatMatrix.from_numpy(right))
    exact = time.perf_counter() - start
    start = time.perf_counter()
    floating = [int(numpy.linalg.matrix_rank(m)) for m in (left, right, left @ right)]
    numeric = time.perf_counter() - start
    print(f"{size}^3 float32: exact {tuple(ranks)} in {exact:.2f} s")
    print(f"numpy.linalg.matrix_rank: {tuple(floating)} in {numeric:.2f} s")
    print(f"ratio exact / numpy: {exact / numeric:.2f}")

    def progress(text: str, done: float) -> None:
        print(f"\r{text}: {done:4.0%}", end="", file=sys.stderr)

    a, b = trained_layer(rng, small, small), trained_layer(rng, small, small)
    a[:, : small // 64] = 0  # dead units: the deficiency that training leaves behind
    b[-(small // 64) :, :] = b[: small // 64, :]
    start = time.perf_counter()
    ranks = product_ranks(FloatMatrix.from_numpy(a), FloatMatrix.from_numpy(b), progress)
    print(
        f"\n{small}^2 deficient pair: exact {tuple(ranks)} in {time.perf_counter() - start:.1f} s"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory: {peak:.2f} GB")


if __name__ == "__main__":
    main()
