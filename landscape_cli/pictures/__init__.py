"""Pictures of landscapes: what ``landscape plot`` draws, for a file, a page or a terminal.

``picture_of(judgement, wish)`` computes what is asked for, as plain values (``shapes``);
``draw.svg``, ``draw.save`` and ``terminal.picture_lines`` draw it. Certified points and exact
values come from the builders and the kernel; everything in between is floating point and says
so. Computing needs NumPy, drawing matplotlib (the extra ``plot``); neither is imported before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ..engine.judge import Judgement
    from .planes import Towards
    from .shapes import Picture

Subject = Literal["plane", "segment", "training"]


@dataclass(frozen=True)
class Wish:
    """What to draw of a model: see ``landscape plot --help``."""

    subject: Subject = "plane"
    towards: Towards = "auto"
    seed: int = 0
    starts: int = 200
    rounds: int = 2000
    spread: float | None = None
    size: int | None = None


def picture_of(
    judgement: Judgement, wish: Wish, step: Callable[[str], None] | None = None
) -> Picture:
    """The picture of a model.

    Raises ``stage.NoStage`` (no instance), ``planes.NoDirection``, ``descent.TooLong``,
    ``values.NotDrawable``, ``directions.TooManyWeights``; ``ImportError`` without NumPy.
    """
    from .descent import train
    from .directions import directions_at
    from .planes import NoDirection, plane_axes, segment, slice_through, third_direction
    from .stage import set_stage

    stage = set_stage(judgement, wish.seed, step)
    if stage.lonely and wish.subject != "training":
        return directions_at(
            stage.objective, stage.first.theta, title=stage.title, subtitle=stage.subtitle,
            legend=stage.first.legend, letter=stage.first.letter, notes=stage.notes, step=step,
        )  # fmt: skip
    single = stage.objective.size < 2
    if wish.subject == "segment":
        third = None
        if not single and wish.towards in ("auto", "escape"):
            third = third_direction(stage, "auto", wish.seed, step)
        return segment(stage, third)
    if wish.subject == "training":
        view = axes = None
        if not stage.lonely and not single:
            third = third_direction(stage, wish.towards, wish.seed, step)
            view = slice_through(stage, third, size=wish.size, step=step)
            axes = plane_axes(stage, third)
        return train(
            stage, view, axes, seed=wish.seed, starts=wish.starts, rounds=wish.rounds,
            spread=wish.spread, step=step,
        )  # fmt: skip
    if single and wish.towards != "auto":
        raise NoDirection("the model has one weight: its landscape is a curve (--kind segment)")
    if single:
        return segment(stage)
    third = third_direction(stage, wish.towards, wish.seed, step)
    return slice_through(stage, third, size=wish.size, step=step)


__all__ = ["Wish", "picture_of"]
