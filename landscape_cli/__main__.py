"""``python -m landscape_cli``, and the console script ``landscape``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from .cli import main as run

        code = run()
    except KeyboardInterrupt:
        # Interrupted before the command line could look after itself.
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
