"""The cell magic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from landscape_cli.engine.report import Report


@pytest.fixture(scope="module")
def shell() -> Iterator[Any]:
    instance = InteractiveShell.instance()
    instance.run_line_magic("load_ext", "landscape_cli.notebook")
    yield instance
    instance.run_line_magic("unload_ext", "landscape_cli.notebook")
    assert "landscape" not in instance.magics_manager.magics["cell"]
    InteractiveShell.clear_instance()


def test_it_answers_and_keeps_the_report(shell: Any) -> None:
    found = shell.run_cell_magic("landscape", "--as kept", "net 5 -> 2 -> 4\nloss squared\n")
    assert isinstance(found, Report)
    assert shell.user_ns["kept"] is found
    assert [model.verdict for model in found.models] == ["holds"]


def test_proof_and_why_not_are_displayed(shell: Any) -> None:
    cell = "net 2 -> 2 -> 2; loss absolute"
    with capture_output() as shown:
        line = "--proof --why-not linear-no-bottleneck"
        assert shell.run_cell_magic("landscape", line, cell) is None
    texts = [output.data["text/html"] for output in shown.outputs]
    assert len(texts) == 2
    assert "nonsmooth-narrow" in texts[0] and "does not apply" in texts[1]


def test_an_input_error_is_shown_and_not_raised(shell: Any) -> None:
    found = shell.run_cell_magic("landscape", "", "net 2 -> 3\nloss sqared\n")
    html = found._repr_html_()
    assert "Input error" in html and "squared" in html and "line 2" in html


@pytest.mark.parametrize(
    ("line", "words"),
    [("--as 3x", "name of a variable"), ("--why-not nothing", "decides verdicts")],
)
def test_wrong_options_say_so(shell: Any, line: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        shell.run_cell_magic("landscape", line, "net 2 -> 3; loss squared")
