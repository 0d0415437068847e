"""``landscape check`` at scale: whole processes on many files, and on one.

    python benchmarks/check.py [FILES]

On 10,000 model files (or FILES): without the cache in one process and in two, cold and warm with
the cache, and the memory against that on a tenth of the files. On one file: the time against
``ruff check`` of one file, from runs that alternate, so that a busy machine hits both alike.
Bounds: warm at most half of cold; at most 1.5 kB a file more memory; 30 times ruff. Ruff is a
native program that takes a hundredth of a second. Runs on a machine with other work gave 15 to 29
times that; how it is on an idle one was not measured. Nearly all of it loads modules; starting
Python is an eighth.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from throughput import models

MOST_OF_COLD = 0.5
MOST_BYTES_A_FILE = 1500
MOST_OF_RUFF = 30.0
RUN = """
import json, resource, sys, time
from landscape_cli.cli import main
start = time.perf_counter()
code = main(sys.argv[1:])
taken = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([code, taken, peak]), file=sys.stderr)
"""


class Run(NamedTuple):
    """Seconds and peak kilobytes of a run."""

    seconds: float
    peak: int


def environment(folder: Path) -> dict[str, str]:
    """With bytecode caches, as an installed program has them."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def make(folder: Path, count: int) -> None:
    """Model files, a hundred in a folder; all are as expected."""
    for k, block in enumerate(models(count).split("\n\n")):
        place = folder / "models" / f"{k // 100:03}" / f"{k:05}.landscape"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(block + "\n")


def check(folder: Path, *arguments: str) -> Run:
    """One run in a process of its own; ``SystemExit`` if a model is not as expected."""
    ran = subprocess.run(
        [sys.executable, "-c", RUN, "check", *arguments],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True, cwd=folder,
        env=environment(folder),
    )  # fmt: skip
    code, seconds, peak = json.loads(ran.stderr.splitlines()[-1])
    if code:
        raise SystemExit(f"exit code {code}: {ran.stderr}")
    return Run(seconds, peak)


def scale(count: int) -> dict[str, Run]:
    """The runs on many files, by name."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, count)
        tenth = [f"models/{k:03}" for k in range(max(1, count // 1000))]
        check(folder, *tenth, "--no-cache")
        found = {
            "a tenth of them": check(folder, *tenth, "--no-cache", "--jobs", "1"),
            "one process": check(folder, "models", "--no-cache", "--jobs", "1"),
            "two processes": check(folder, "models", "--no-cache", "--jobs", "2"),
            "cold": check(folder, "models"),
            "warm": check(folder, "models"),
        }
        shutil.rmtree(folder / "models")
    return found


def one_file(runs: int) -> tuple[float, float]:
    """The least seconds of ``landscape check`` and of ``ruff check``, of one small file each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a.landscape").write_text("net 5 -> 2 -> 4\nloss squared\n")
        (folder / "a.py").write_text("import os\n\nprint(os.name)\n")
        program = shutil.which("ruff", path=str(Path(sys.executable).parent)) or "ruff"
        commands = (
            [sys.executable, "-m", "landscape_cli", "check", "a.landscape"],
            [program, "check", "a.py"],
        )
        least = [float("inf")] * 2
        for _ in range(runs + 2):
            for k, command in enumerate(commands):
                start = time.perf_counter()
                subprocess.run(
                    command, check=True, cwd=folder, stdout=subprocess.DEVNULL,
                    env=environment(folder),
                )  # fmt: skip
                least[k] = min(least[k], time.perf_counter() - start)
    return least[0], least[1]


def main() -> int:
    """Print the numbers; 1 if a bound is missed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    found = scale(count)
    print(f"{count:,} files")
    for name, run in found.items():
        print(f"  {name:<16} {run.seconds:6.2f} s  {run.peak / 1000:6.1f} MB")
    gain = found["one process"].seconds / found["two processes"].seconds
    share = found["warm"].seconds / found["cold"].seconds
    more = 1000 * (found["one process"].peak - found["a tenth of them"].peak) / (0.9 * count)
    print(f"two processes: {gain:.2f} times as fast as one")
    print(f"warm: {share:.2f} of cold (bound {MOST_OF_COLD})")
    print(f"memory: {more:.0f} bytes a file more (bound {MOST_BYTES_A_FILE})")
    ours, ruff = one_file(15)
    print(f"one file: {1000 * ours:.0f} ms; ruff check: {1000 * ruff:.0f} ms; "
          f"ratio {ours / ruff:.1f} (bound {MOST_OF_RUFF:g})")  # fmt: skip
    kept = share <= MOST_OF_COLD and more <= MOST_BYTES_A_FILE and ours <= MOST_OF_RUFF * ruff
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
