"""Exact ranks at real sizes against NumPy's floating-point ``matrix_rank``, in one run.

    python benchmarks/ranks.py [size] [deficient size]

Two float32 layers are saved as a .npz file and analysed as `landscape point --weights` does it:
the file is read, the three exact ranks are found, the report is written. The seconds for that,
the seconds that ``numpy.linalg.matrix_rank`` needs for the same three matrices, and their ratio;
then the seconds for two deficient pairs, proved: one with dead and repeated units, one with
columns and rows that are sums of others.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy

from landscape_cli.api import analyse
from landscape_cli.cli.point import read_weights
from landscape_cli.render.point import point_text
from landscape_cli.syntax import parse


def trained_layer(rng: numpy.random.Generator, rows: int, columns: int) -> numpy.ndarray:
    """A float32 layer with a decaying spectrum, as after training."""
    base = rng.normal(size=(rows, columns)) / columns**0.5
    size = min(rows, columns)
    low = rng.normal(size=(rows, size // 8)) @ rng.normal(size=(size // 8, columns)) / size
    return (base + 3 * low).astype(numpy.float32)


def exact_ranks(left: numpy.ndarray, right: numpy.ndarray, folder: Path) -> tuple[list, float]:
    """The three ranks of ``left @ right`` by the command's own path, and the seconds it took."""
    path = folder / "weights.npz"
    numpy.savez(path, W2=left, W1=right)
    m, k, n = len(left), len(right), len(right[0])
    shown = 0.0

    def progress(text: str, done: float) -> None:
        nonlocal shown
        shown = max(shown, done)
        print(f"\r{text}: {done:4.0%}", end="", file=sys.stderr)

    start = time.perf_counter()
    model = parse(f"net {n} -> {k} -> {m}; loss squared")[0]
    found = analyse(model, read_weights(path), progress=progress)
    point_text(found)
    seconds = time.perf_counter() - start
    return [bound.exact for bound in found.products[0].ranks], seconds


def main() -> None:
    """Run the benchmarks and print the figures."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    small = int(sys.argv[2]) if len(sys.argv) > 2 else 512
    rng = numpy.random.default_rng(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        left, right = trained_layer(rng, size, size), trained_layer(rng, size, size)
        ranks, exact = exact_ranks(left, right, folder)
        start = time.perf_counter()
        floating = [int(numpy.linalg.matrix_rank(m)) for m in (left, right, left @ right)]
        numeric = time.perf_counter() - start
        print(f"{size}^3 float32: exact {ranks} in {exact:.2f} s")
        print(f"numpy.linalg.matrix_rank: {floating} in {numeric:.2f} s")
        print(f"ratio exact / numpy: {exact / numeric:.2f}")
        part = small // 64
        a, b = trained_layer(rng, small, small), trained_layer(rng, small, small)
        a[:, :part] = 0  # dead units: the deficiency that training leaves behind
        b[-part:, :] = b[:part, :]
        ranks, seconds = exact_ranks(a, b, folder)
        print(f"\n{small}^2 pair with dead and repeated units: {ranks} in {seconds:.1f} s")
        a, b = (numpy.round(x * 2**14).astype(numpy.float32) / 2**14 for x in (a, b))
        a[:, :part] = a[:, part : 2 * part] + a[:, 2 * part : 3 * part]
        b[-part:, :] = b[:part, :] + b[part : 2 * part, :]
        ranks, seconds = exact_ranks(a, b, folder)
        print(f"\n{small}^2 pair of sums: {ranks} in {seconds:.1f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory: {peak:.2f} GB")


if __name__ == "__main__":
    main()
