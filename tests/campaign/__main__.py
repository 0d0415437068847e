"""The campaign at any size: ``python -m tests.campaign --models 2000 --perturbations 50000``."""

from __future__ import annotations

import argparse
import sys
from time import monotonic

from landscape_cli.engine.discovery import families

from .run import Report, campaign


def main() -> int:
    """Exit code 1 if any family has a fault, or fewer models than asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--models", type=int, default=200, help="models for each family")
    parser.add_argument("--perturbations", type=int, default=100, help="for each model")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("families", nargs="*", metavar="FAMILY", help="all, if none is named")
    options = parser.parse_args()
    known = {family.id: family for family in families()}
    if unknown := set(options.families) - set(known):
        parser.error(f"no such family: {', '.join(sorted(unknown))}")
    good = True
    for name in options.families or known:
        shown = monotonic()

        def step(report: Report) -> None:
            nonlocal shown
            if sys.stderr.isatty() and monotonic() - shown > 0.5:
                shown = monotonic()
                print(f"\r{report.family} {report.models}", end="\r", file=sys.stderr)

        report = campaign(known[name], options.models, options.perturbations, options.seed, step)
        print(report.line(), flush=True)
        for text, fault in report.faults:
            print(f"    {fault}: {text}", flush=True)
        good &= not report.faults and report.models == options.models
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
