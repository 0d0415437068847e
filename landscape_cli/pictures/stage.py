"""What stands on the stage: an objective with two points worth looking at.

For ``fails`` they are the two points of the certified instance, whose values are exact. Otherwise
an instance is made of the data that the model gives, or of small data drawn from a seed, and the
points are the origin (where it is critical) and the best point that descents find; that is said.
Needs NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..hunt.objective import NotDrawable, Objective, array, of_document, of_instance
from .shapes import Array, MarkKind

if TYPE_CHECKING:
    from ..engine.judge import Judgement
    from ..model.problem import DataMatrix, Model
    from ..point.analysis import PointAnalysis

LARGEST_EXAMPLE = 1500
"""Weights of a model for which data are drawn."""

DESCENTS = 32
ENDLESS = 1e5
"""Weights beyond this size count as a descent without end."""

DESCENT_BUDGET = 120_000_000
"""Numbers that these descents may touch."""


class NoStage(Exception):
    """There is no instance to draw; the message says why, ``hint`` what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.hint = hint
        super().__init__(message)


@dataclass(frozen=True)
class Place:
    """A point of the stage: what it is, where (a flat vector), its value, the legend."""

    kind: MarkKind
    letter: str
    name: str
    theta: Array
    value: float
    legend: str


@dataclass(frozen=True)
class Stage:
    """An objective and two points, ``first`` usually the higher one.

    ``certified``: both values are those of a certificate that the checker has accepted.
    ``lonely``: only one point is worth showing, and ``first`` is ``second``. ``analysis``: the
    exact analysis of ``first`` where it was made.
    """

    title: str
    subtitle: str
    objective: Objective
    first: Place
    second: Place
    certified: bool
    notes: tuple[str, ...] = ()
    lonely: bool = False
    analysis: PointAnalysis | None = None


def heading(model: Model, most: int = 64) -> str:
    """The model in a line."""
    from ..render.verdict import title

    return title(model, most)


def set_stage(judgement: Judgement, seed: int, step: Callable[[str], None] | None = None) -> Stage:
    """The stage of a model; raises ``NoStage``."""
    if judgement.verdict == "fails":
        return certified_stage(judgement)
    if judgement.verdict == "depends" or not judgement.facts.numeric:
        raise NoStage(
            "the widths are symbols: a picture needs numbers",
            "write numbers for them; landscape solve says where it fails",
        )
    return example_stage(judgement, seed, step)


# --- certified instances ---------------------------------------------------------------------


def certified_document(judgement: Judgement) -> Mapping[str, Any]:
    """The certificate of a model that ``fails``; ``NoStage`` if none is built at its size."""
    from ..api import LARGEST_ENTRIES, counterexample

    found = counterexample(judgement)
    if found is None:
        raise NoStage(
            f"the instance has more than {LARGEST_ENTRIES} entries and is not built",
            "ask for smaller widths or fewer samples",
        )
    document: Mapping[str, Any] = found.document
    return document


def certified_stage(judgement: Judgement) -> Stage:
    """The local minimum and the better point of the certified instance."""
    document = certified_document(judgement)
    model = judgement.facts.model
    family = judgement.family
    name = family.id if family is not None else document["argument"]["kind"]
    stage = stage_of(document, heading(model), name)
    if not judgement.facts.numeric and "widths" in document["problem"]:
        widths = " -> ".join(map(str, document["problem"]["widths"]))
        stage = replace(
            stage, notes=(f"smallest widths for which it fails: {widths}", *stage.notes)
        )
    return stage


@dataclass(frozen=True)
class Claim:
    """One of the two points of a certificate, in words; ``weights`` as the document has them."""

    kind: MarkKind
    letter: str
    name: str
    legend: str
    weights: Mapping[str, Any]


def claims(document: Mapping[str, Any]) -> tuple[Claim, Claim]:
    """The point that is not global and the better one, with their values in the legends."""
    from ..render.matrices import two_values

    whole = "local_minimum" in document
    claimed = document["local_minimum" if whole else "critical_point"]
    better = document["better_point"]
    texts = two_values(claimed["value"], better["value"])

    def legend(words: str, point: Mapping[str, Any], text: str) -> str:
        how = "exact" if isinstance(point["value"], str) else "enclosed"
        shown = _weights_words(point["weights"])
        return f"{words}, loss {text} ({how})" + (f": {shown}" if shown else "")

    name = "local minimum" if whole else "critical point"
    return (
        Claim(
            "local" if whole else "saddle", "L" if whole else "S", name,
            legend(f"certified {name}", claimed, texts[0]), claimed["weights"],
        ),
        Claim("better", "B", "better point", legend("better point", better, texts[1]),
              better["weights"]),
    )  # fmt: skip


def refuted(document: Mapping[str, Any]) -> str:
    """What the certificate refutes, as a subtitle."""
    if "local_minimum" in document:
        return "fails: not every local minimum is global"
    return "fails: a critical point that is neither global nor a strict saddle"


def instance_note(document: Mapping[str, Any], family: str) -> str:
    """The data of an instance in a line, or only the family where that is long."""
    from ..render.verdict import instance_rows

    rows = instance_rows(document)
    parts = rows[0].replace("\x1f", " ").split(", ") if rows else []
    given = ", ".join(part for part in parts if not part.startswith(("W", "b")))
    return f"instance ({family}): {given}" if len(given) <= 90 else f"instance: {family}"


def stage_of(document: Mapping[str, Any], title: str, family: str) -> Stage:
    """The stage of a certificate document."""
    objective = of_document(document)
    places = []
    for claim in claims(document):
        theta = objective.flat({key: array(v) for key, v in claim.weights.items()})
        value = objective.value(theta)
        places.append(Place(claim.kind, claim.letter, claim.name, theta, value, claim.legend))
    notes = (instance_note(document, family),)
    return Stage(title, refuted(document), objective, places[0], places[1], True, notes)


def _weights_words(weights: Mapping[str, Any], most: int = 56) -> str:
    """``W2 = [[2],[0]], W1 = [[1,0]]``, or nothing where that is long."""
    from ..render.matrices import matrix

    parts = []
    for name in sorted(weights, key=lambda n: (n[0] != "W", -int(n[1:] or 0))):
        parts.append(f"{name} = {matrix(weights[name])}")
    text = ", ".join(parts)
    return text if len(text) <= most else ""


# --- examples for the other verdicts ----------------------------------------------------------


def example_stage(
    judgement: Judgement, seed: int, step: Callable[[str], None] | None = None
) -> Stage:
    """The origin and the best point of descents, for the data of the model or drawn ones."""
    from ..point.analysis import analyse_point
    from ..point.instance import make_instance

    model, drawn = concrete(judgement, seed)
    zero = zero_point(model)
    objective = of_instance(make_instance(model, zero))
    best, value = best_point(objective, seed, step)
    if not abs(best).max() < ENDLESS:
        raise NoStage(
            "descents go down without end on these data: there is no minimum to draw",
            "give data for which the loss is bounded below, or a penalty",
        )
    verdict = judgement.verdict
    if verdict == "holds" and judgement.theorem is not None:
        claim = f"every local minimum is global ({judgement.theorem.id})"
        subtitle = f"holds: {claim}"
        # That a descent has ended in a local minimum is not proved.
        ends = "; if it is a local minimum, it is global by the theorem"
        if judgement.facts.model.requirement.name == "strict_saddle":
            subtitle = (
                f"holds: every critical point is global or a strict saddle ({judgement.theorem.id})"
            )
            ends = ""
    else:
        subtitle = {
            "conditional": "conditional: local minima that meet a condition are global",
            "unknown": "unknown: no theorem and no counterexample decides this model",
        }.get(verdict, verdict)
        ends = "; whether it is global is not decided"
    notes = (f"data drawn with seed {seed}" if drawn else "data of the model",)
    name = "best point found"
    legend = f"best end of {DESCENTS} descents, loss {value:.5g} (numerical{ends})"
    second = Place("minimum", "M", name, best, value, legend)
    origin = best * 0
    slopes = objective.gradients(origin[None])[1][0]
    at_zero = objective.value(origin)
    critical = bool(abs(slopes).max() <= 1e-9 * (1 + abs(at_zero)))
    title = heading(judgement.facts.model)
    if critical and at_zero > value + 1e-6 * (1 + abs(value)):
        analysis = analyse_point(model, zero)
        exact = loss_words(analysis)
        what = {"strict_saddle": "a strict saddle", "local_minimum": "a local minimum"}.get(
            analysis.classification,
            "critical" if analysis.critical else "gradient 0 (numerical)",
        )
        legend = f"all weights 0: {what}, loss {exact}"
        first = Place("saddle", "S", "origin", origin, at_zero, legend)
        return Stage(title, subtitle, objective, first, second, False, notes, analysis=analysis)
    return Stage(title, subtitle, objective, second, second, False, notes, lonely=True)


def loss_words(analysis: PointAnalysis) -> str:
    """The exact loss of an analysis: ``5/2 (exact)``, ``1.386.. (enclosed)``."""
    from ..point.certificates import number as certified
    from ..render.matrices import number

    if analysis.loss is None:
        return "not known exactly"
    entry = certified(analysis.loss)
    return f"{number(entry)} ({'exact' if isinstance(entry, str) else 'enclosed'})"


def best_point(
    objective: Objective, seed: int, step: Callable[[str], None] | None = None
) -> tuple[Array, float]:
    """The best end of many descents, and its value."""
    import numpy as np

    from .descent import descend

    generator = np.random.default_rng(seed)
    starts = generator.standard_normal((DESCENTS, objective.size))
    rounds = max(60, min(1500, DESCENT_BUDGET // (DESCENTS * objective.work)))
    ends, values = descend(objective, starts, rounds, step=step)
    values = np.where(np.isfinite(values), values, np.inf)
    # Of equally good ends the nearest one shows most.
    near = values <= values.min() + 1e-7 * (1 + abs(values.min()))
    sizes = np.where(near, np.abs(ends).max(1), np.inf)
    chosen = int(sizes.argmin())
    return ends[chosen], float(values[chosen])


def zero_point(model: Model) -> tuple[DataMatrix, ...]:
    """All trained weights 0, as a point of the model (numeric widths)."""
    return tuple(_matrix(name, [[Fraction(0)] * c] * r) for name, (r, c) in trained_shapes(model))


def trained_shapes(model: Model) -> list[tuple[str, tuple[int, int]]]:
    """The shapes of the trained matrices and biases by name."""
    shapes: list[tuple[str, tuple[int, int]]] = []
    if model.network is not None:
        below = model.network.input_width
        for k, layer in enumerate(model.network.layers, start=1):
            if not layer.fixed:
                shapes.append((f"W{k}", (layer.width, below)))  # type: ignore[arg-type]
                if layer.bias:
                    shapes.append((f"b{k}", (layer.width, 1)))  # type: ignore[arg-type]
            below = layer.width
    elif model.map is not None:
        shapes += [(p.name, (p.rows, p.columns)) for p in model.map.parameters]  # type: ignore[misc]
    return shapes


def _matrix(name: str, rows: Sequence[Sequence[Fraction | int]]) -> DataMatrix:
    from ..model.problem import DataMatrix, Matrix

    return DataMatrix(name, Matrix(tuple(tuple(Fraction(v) for v in row) for row in rows)))


def concrete(judgement: Judgement, seed: int) -> tuple[Model, bool]:
    """The model with data, drawn where it gives none; whether any were drawn.

    Raises ``NoStage`` where the model is too large or too open to draw data for.
    """
    import numpy as np

    from ..algebra import rank
    from ..hunt.data import draw_data, suited

    facts = judgement.facts
    model = facts.model
    if model.loss.kind != "named":
        raise NoStage(
            f"a picture needs one loss: the model speaks of {model.loss.name}",
            "write a loss by name, for example loss huber(1)",
        )
    if model.constraints is not None:
        raise NoStage("a picture of a constrained problem is not drawn", "drop subject_to")
    if model.network is not None:
        for k, layer in enumerate(model.network.layers, start=1):
            if layer.opaque is not None:
                raise NoStage(
                    f'layer {k}, opaque("{layer.opaque}"), can\'t be evaluated',
                    "a picture needs layers that the language knows",
                )
    count = sum(r * c for _, (r, c) in trained_shapes(model))
    rows, columns = facts.output_width, facts.input_width
    if count > LARGEST_EXAMPLE or not isinstance(rows, int) or not isinstance(columns, int):
        raise NoStage(
            f"{count} weights: data are drawn for up to {LARGEST_EXAMPLE}",
            "ask for smaller widths",
        )
    generator = np.random.default_rng(seed)
    given = {matrix.name: matrix for matrix in model.data.matrices}
    added: list[DataMatrix] = []
    if facts.form.has_data:
        data = draw_data(facts, generator)
        if data is None:
            raise NoStage("no data that satisfy the statements could be drawn", "give X and Y")
        x, targets = data.x, data.y
        if model.data.property("X isotropic") is not None and "X" not in given:
            x = [[Fraction(int(i == j)) for j in range(len(x[0]))] for i in range(len(x))]
        if "X" not in given and model.data.property("X identity") is None:
            added.append(_matrix("X", x))
        columns = len(x[0])
    else:
        targets = [
            [Fraction(int(v)) for v in row] for row in generator.integers(-4, 5, (rows, columns))
        ]
        if facts.form.kind == "symmetric":
            targets = [[targets[min(i, j)][max(i, j)] for j in range(rows)] for i in range(rows)]
    loss = model.loss.name
    if loss in ("weighted_squared", "masked_squared") and "weights" not in given:
        low, high = (1, 5) if loss == "weighted_squared" else (0, 2)
        added.append(_matrix("weights", generator.integers(low, high, (rows, columns)).tolist()))
    if loss == "linear_loss" and "coefficients" not in given:
        added.append(_matrix("coefficients", generator.integers(-3, 4, (rows, columns)).tolist()))
    if loss != "linear_loss" and "Y" not in given and model.data.property("Y = X") is None:
        targets = suited(loss, targets)
        bounds = facts.ranges.rank_y if facts.ranges is not None else None
        if bounds is not None:
            found = rank(targets)
            if found < bounds.least or (bounds.most is not None and found > bounds.most):
                raise NoStage("no targets that satisfy the statements could be drawn", "give Y")
        added.append(_matrix("Y", targets))
    if model.network is not None:
        below = model.network.input_width
        for k, layer in enumerate(model.network.layers, start=1):
            if layer.fixed and f"W{k}" not in given:
                low = 1 if layer.positive else -2
                size: Any = (layer.width, below)
                added.append(_matrix(f"W{k}", generator.integers(low, 3, size).tolist()))
            if layer.fixed and layer.bias and f"b{k}" not in given:
                size = (layer.width, 1)
                added.append(_matrix(f"b{k}", generator.integers(-2, 3, size).tolist()))
            below = layer.width
    if model.data.property("Y realizable") is not None and "Y" not in given:
        raise NoStage("targets that the network reaches are not drawn", "give Y")
    if model.map is not None:
        for constant in model.map.constants:
            if constant.values is None:
                raise NoStage(
                    f"the values of {constant.name} are not given", "write const ... = ..."
                )
    data_ = replace(model.data, matrices=(*model.data.matrices, *added))
    return replace(model, data=data_), bool(added)


__all__ = ["NoStage", "NotDrawable", "Place", "Stage", "set_stage", "stage_of"]
