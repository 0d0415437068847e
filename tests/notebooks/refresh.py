"""``python -m tests.notebooks.refresh``: run the teaching notebooks and store their outputs."""

from __future__ import annotations

import nbformat

from .execution import notebooks, read, run

if __name__ == "__main__":
    for path in notebooks():
        nbformat.write(run(read(path)), path)
        print(path.name)
