"""landscape: is every local minimum of a training problem global? Answers from proofs.

``landscape_cli.check(text)`` is the whole pipeline; ``landscape_cli.api`` has the parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import check, check_file, check_files

__version__ = "0.1.0"
__all__ = ["__version__", "check", "check_file", "check_files"]


def __getattr__(name: str) -> Any:
    # Loaded when first asked for, so that the kernel can be imported without the rest.
    if name in ("check", "check_file", "check_files"):
        from . import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
