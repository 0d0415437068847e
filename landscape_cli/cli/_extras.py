"""Packages that only some commands need."""

from __future__ import annotations

from ..model.diagnostics import Diagnostic, InputError


def not_installed(what: str, package: str, extra: str, instead: str = "") -> InputError:
    """The error that ``what`` needs a package, with the extra that installs it."""
    hint = f"pip install 'landscape-cli[{extra}]'"
    return InputError(
        [
            Diagnostic(
                "E131", f"{what} needs {package}, which is not installed", None, None,
                f"{hint}; {instead}" if instead else hint,
            )
        ]
    )  # fmt: skip
