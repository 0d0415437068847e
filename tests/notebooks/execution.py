"""Teaching notebooks: run, compared with the outputs that are stored in them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "examples" / "teaching"


def notebooks() -> list[Path]:
    """Every teaching notebook."""
    return sorted(FOLDER.glob("*.ipynb"))


def read(path: Path) -> Any:
    """A notebook; ``ValidationError`` if it is not one."""
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    return book


def run(book: Any) -> Any:
    """The notebook with the outputs that its cells have now; an error in a cell is raised."""
    fresh = nbformat.from_dict(book)
    path = os.pathsep.join(p for p in (str(REPOSITORY), os.environ.get("PYTHONPATH")) if p)
    os.environ["PYTHONPATH"] = path
    client = NotebookClient(
        fresh,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(FOLDER)}},
    )
    client.execute()
    return tidy(fresh)


def tidy(book: Any) -> Any:
    """Without what differs between machines and runs: times, versions, counts of the kernel."""
    book.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    count = 0
    for cell in book.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    return book


def shown(cell: Any) -> str:
    """The text of all outputs of a cell."""
    parts: list[str] = []
    for output in cell.outputs:
        if output.output_type == "stream":
            parts.append(output.text)
        else:
            parts.append(output.data.get("text/plain", ""))
    return "\n".join(parts)
