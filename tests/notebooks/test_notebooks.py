"""The teaching notebooks show what they claim, and what is stored in them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from .execution import notebooks, read, run, shown

BOOKS = notebooks()


@pytest.fixture(scope="module", params=BOOKS, ids=[path.stem for path in BOOKS])
def book(request: pytest.FixtureRequest) -> tuple[Path, Any, Any]:
    """A notebook as stored and as it runs now."""
    stored = read(request.param)
    return request.param, stored, run(read(request.param))


def test_there_are_three() -> None:
    assert len(BOOKS) >= 3


def test_the_stored_outputs_are_those_of_today(book: tuple[Path, Any, Any]) -> None:
    """If this fails for a good reason: ``python -m tests.notebooks.refresh``."""
    _, stored, fresh = book
    for old, new in zip(stored.cells, fresh.cells, strict=True):
        assert old.get("outputs") == new.get("outputs"), old.id


def test_the_cells_show_what_the_prose_says(book: tuple[Path, Any, Any]) -> None:
    """Claims stand in the metadata of the cells; every cell but the first has one."""
    path, _, fresh = book
    claims = 0
    for cell in fresh.cells:
        if cell.cell_type != "code" or cell.source.startswith("%load_ext"):
            continue
        text = " ".join(shown(cell).split())
        claimed = cell.metadata.landscape.shows
        assert claimed, (path.name, cell.id)
        for claim in claimed:
            assert " ".join(claim.split()) in text, (path.name, cell.id, claim)
            claims += 1
    assert claims >= 8


def test_nothing_of_this_machine_is_stored(book: tuple[Path, Any, Any]) -> None:
    path, stored, _ = book
    text = path.read_text(encoding="utf-8")
    assert stored.metadata.kernelspec.name == "python3"
    assert set(stored.metadata) == {"kernelspec", "language_info"}
    assert not re.search(r"/(?:tmp|home|root|usr)/| object at 0x", text)
    assert os.sep + "site-packages" not in text


def test_a_false_claim_would_be_noticed() -> None:
    stored = read(BOOKS[0])
    cell = next(c for c in stored.cells if c.cell_type == "code" and c.outputs)
    assert "every local minimum is ice cream" not in shown(cell)
    assert shown(cell)
