"""What a picture shows, apart from how it is drawn: plain values for every drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Array: TypeAlias = Any
"""A ``numpy.ndarray``, or lists of numbers where NumPy is not installed."""

MarkKind = Literal["local", "better", "saddle", "pass", "point", "minimum"]


@dataclass(frozen=True)
class Mark:
    """A marked point. ``text`` is the legend: what it is, its value, and how that is known."""

    kind: MarkKind
    letter: str
    x: float
    y: float
    value: float
    text: str


@dataclass(frozen=True)
class Slice:
    """The loss on a plane: ``values[i][j]`` at ``(xs[j], ys[i])``.

    ``levels``: increasing contour levels, dense where the basins are; what is above the last is
    cut off. ``reference``: a level to draw by itself (None: none), ``reference_text`` says which.
    ``path``: a polygon in the plane, drawn as a line; ``path_text`` says what it is.
    """

    title: str
    subtitle: str
    xs: Array
    ys: Array
    values: Array
    levels: tuple[float, ...]
    marks: tuple[Mark, ...]
    x_label: str
    y_label: str
    reference: float | None = None
    reference_text: str = ""
    path: tuple[tuple[float, float], ...] = ()
    path_text: str = ""
    notes: tuple[str, ...] = ()

    @property
    def cap(self) -> float:
        """Where values are cut off."""
        return self.levels[-1]


@dataclass(frozen=True)
class Curve:
    """A named curve."""

    name: str
    xs: Array
    values: Array


@dataclass(frozen=True)
class Curves:
    """Curves over one axis, with marked points (``y`` of a mark is its value)."""

    title: str
    subtitle: str
    curves: tuple[Curve, ...]
    marks: tuple[Mark, ...]
    x_label: str
    y_label: str
    cap: float
    reference: float | None = None
    reference_text: str = ""
    notes: tuple[str, ...] = ()


Outcome = Literal["trapped", "solved", "elsewhere"]
OUTCOMES: tuple[Outcome, ...] = ("trapped", "solved", "elsewhere")


@dataclass(frozen=True)
class Training:
    """Gradient descent from many starts.

    ``losses[s][r]`` and ``paths[s][r]`` (x, y in the plane of ``slice``) of run r at the recorded
    step ``steps[s]``; ``outcomes[r]`` where it ended; ``words`` what each outcome means.
    """

    title: str
    subtitle: str
    slice: Slice | None
    steps: Array
    losses: Array
    paths: Array
    outcomes: tuple[Outcome, ...]
    words: dict[Outcome, str]
    summary: str
    levels: tuple[tuple[float, str], ...]
    notes: tuple[str, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """How many runs ended so."""
        return self.outcomes.count(outcome)


@dataclass(frozen=True)
class Reach:
    """Which products small moves of the factors reach, around one pair of factors.

    ``needed[i][j]``: the smallest move found with product AB + x R + y E, x = ``xs[j]``,
    y = ``ys[i]`` (infinite: none found). ``open``, ``reason``: the exact verdict. ``samples``:
    (x, y, class) of products of perturbed factors, class k: within ``radii[k]``.
    """

    name: str
    open: bool
    reason: str
    factors: tuple[str, str]
    xs: Array
    ys: Array
    needed: Array
    outside: Array | None
    samples: Array
    x_label: str
    y_label: str
    arrow: str


@dataclass(frozen=True)
class Openness:
    """Local openness at one or two pairs of factors, beside each other."""

    title: str
    subtitle: str
    radii: tuple[float, ...]
    panels: tuple[Reach, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Directions:
    """A point with its steepest, flattest and most negative direction."""

    slice: Slice | None
    curves: Curves


Picture: TypeAlias = "Slice | Curves | Training | Openness | Directions"
