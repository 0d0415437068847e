"""The ``%%landscape`` cell magic: ``%load_ext landscape_cli.notebook``.

The cell is in the model language; the report is shown below it and kept under a name::

    %%landscape --proof --as answer
    net 5 -> 2 -> 4
    loss squared

Needs IPython (extra ``notebook``).
"""

from __future__ import annotations

from typing import Any

from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from IPython.display import display


@magics_class
class LandscapeMagics(Magics):
    """Answers for the models of a cell."""

    @magic_arguments()
    @argument("--proof", action="store_true", help="show the argument step by step as well")
    @argument("--why-not", metavar="THEOREM", help="say why this theorem does not apply")
    @argument("--point", action="store_true", help="analyse the point that the model gives (at)")
    @argument("--as", dest="name", help="keep the report (of the whole cell) under this name")
    @cell_magic
    def landscape(self, line: str, cell: str) -> Any:
        """Ask whether every local minimum of the models in the cell is global."""
        from .api import analyse, check, why_not

        options = parse_argstring(self.landscape, line)
        if options.name is not None and not options.name.isidentifier():
            raise ValueError(f"--as needs the name of a variable, not {options.name!r}")
        report = check(cell)
        if options.name is not None:
            self.shell.push({options.name: report})
        shown = False
        for model in report.models:
            if options.proof:
                display(model.argument)
                shown = True
            if options.why_not is not None:
                display(_standing(why_not, model.model, options.why_not, cell))
                shown = True
            if options.point and model.model.point is not None:
                display(analyse(model.model))
                shown = True
        if shown and not report.errors:
            return None
        return report


def _standing(why_not: Any, model: Any, name: str, cell: str) -> Any:
    try:
        return why_not(model, name, cell)
    except LookupError:
        raise ValueError(f"nothing called {name!r} decides verdicts") from None


def load_ipython_extension(shell: Any) -> None:
    """Called by ``%load_ext landscape_cli.notebook``."""
    shell.register_magics(LandscapeMagics)


def unload_ipython_extension(shell: Any) -> None:
    """Called by ``%unload_ext``: the magic is taken away again."""
    shell.magics_manager.magics["cell"].pop("landscape", None)
