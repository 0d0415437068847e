"""``landscape point``: everything that can be said exactly about one point of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from ..display import shown
from ..model.diagnostics import Diagnostic, InputError
from ..model.problem import DataMatrix, MapExpression, Model
from ..openness.calculus import Judgement, Refusal, names_in, openness_of
from ..openness.chain import Progress
from . import certificates
from .better import better_point
from .coverage import Circumstances, Coverage, covering_theorems, data_is_known
from .instance import Instance, make_instance
from .local import Finding, Situation, classify
from .network import (
    Kink,
    Tape,
    evaluate,
    expression_value,
    gradients,
    kinks,
    penalty,
    tape_of,
)
from .numbers import (
    ONE,
    Matrix,
    Number,
    Undecided,
    add_matrices,
    is_exact_zero,
    minus,
    plus,
    scale_matrix,
    sign,
    working_precision,
)
from .products import (
    ChainReport,
    ProductReport,
    chain_products,
    chain_report,
    network_products,
    rank_bounds,
)

Classification = Literal[
    "not_local_minimum", "strict_saddle", "local_minimum", "global_minimum", "undecided"
]


# Multiplications of rationals up to which the map is evaluated exactly.
LARGEST_WORK = 2_000_000


@shown
@dataclass(frozen=True)
class PointAnalysis:
    """What is known about a point; every field is exact or a rigorous enclosure.

    ``loss`` includes the penalty. ``gradient`` is None where the objective is not differentiable
    (``kinks`` and ``loss_kinks`` say where) or can't be evaluated; ``critical`` None: undecided.
    ``inertia`` is (positive, negative, zero) of the exact Hessian, ``inertia_note`` says why it is
    missing. ``better`` is a point with a lower value, if a search found one.
    ``certificate`` is a document for the kernel, ``argument`` what it rests on.
    """

    model: Model
    loss: Number | None
    gradient: dict[str, Matrix] | None
    critical: bool | None
    kinks: tuple[Kink, ...]
    loss_kinks: tuple[tuple[int, int], ...]
    products: tuple[ProductReport, ...]
    chain: ChainReport | None
    nondegenerate: bool | None
    covered_by: tuple[Coverage, ...]
    inertia: tuple[int, int, int] | None
    inertia_note: str | None
    classification: Classification
    reason: str
    argument: dict[str, Any] | None
    certificate: dict[str, Any] | None
    notes: tuple[str, ...]
    openness: Judgement | Refusal | None = None
    better: tuple[dict[str, Matrix], Fraction] | None = None


def analyse_point(
    model: Model,
    matrices: Sequence[DataMatrix] | None = None,
    *,
    largest_hessian: int = 300,
    progress: Progress | None = None,
) -> PointAnalysis:
    """Analyse the model at its ``at`` point, or at the given matrices.

    ``largest_hessian`` is the number of parameters up to which the exact Hessian is formed;
    ``progress`` is told (text, fraction) where an exact rank takes long.
    Raises ``InputError`` (E110 .. E116) for a point that does not fit the model.
    """
    instance = make_instance(model, matrices)
    with working_precision():
        found = _analyse(instance, largest_hessian, progress)
        if found.chain is not None:
            return found
        return replace(found, openness=_openness(instance))


def _openness(instance: Instance) -> Judgement | Refusal | None:
    """The calculus at the point, for maps that are no chain of free matrices."""
    if _work(instance) > LARGEST_WORK:
        return None
    leaves: dict[str, Matrix] = dict(instance.leaves)
    if instance.inputs is not None:
        leaves["1"] = ((ONE,) * len(instance.inputs[0]),)
    names = leaves.keys()

    def rank(node: MapExpression) -> int | None:
        if not names_in(node) <= names:
            return None
        try:
            return rank_bounds(expression_value(node, leaves, instance.model)).exact
        except Undecided:
            return None

    sizes = {} if instance.inputs is None else {"n": len(instance.inputs[0])}
    return openness_of(instance.model, rank, sizes)


def _analyse(instance: Instance, largest_hessian: int, progress: Progress | None) -> PointAnalysis:
    notes: list[str] = []
    chain = chain_report(instance, progress)
    nondegenerate: bool | None = None
    if chain is not None and data_is_known(instance):
        nondegenerate = chain.test.nondegenerate
    tape: Tape | None = None
    values: tuple[Matrix, ...] | None = None
    try:
        tape = tape_of(instance.model)
        needed = [n for n in instance.missing if n in _leaf_names(tape)]
        if not needed and _work(instance) > LARGEST_WORK:
            raise Undecided("the matrices are too large for exact evaluation")
        if not needed:
            values = evaluate(tape, instance.leaves)
            _check_targets(instance, values[-1])
    except Undecided as limit:
        notes.append(f"the map can't be evaluated: {limit}")
    features = None
    if values is not None and tape is not None and tape.features:
        features = tuple(values[i] for i in tape.features)
    if chain is not None:
        products = chain_products(chain)
    elif features is not None:
        products = network_products(instance, features)
    else:
        products = ()
    if instance.missing:
        notes.append(f"not given: {', '.join(instance.missing)}; the loss can't be evaluated")
    if instance.loss is None or values is None or tape is None:
        covered = covering_theorems(Circumstances(instance, chain, features, products, None))
        return PointAnalysis(
            instance.model, None, None, None, (), (), products, chain, nondegenerate, covered,
            None, None, "undecided", _without_loss(covered), None, None, tuple(notes),
        )  # fmt: skip
    outputs = values[-1]
    loss: Number | None = None
    try:
        loss = instance.loss.value(outputs)
        if instance.penalty is not None:
            loss = plus(loss, penalty(instance.penalty, instance.strengths, instance.leaves))
    except Undecided as limit:
        notes.append(f"the loss can't be evaluated: {limit}")
    slopes: tuple[Matrix, Matrix] | None = None
    broken: tuple[Kink, ...] = ()
    smooth_map = False
    try:
        slopes = instance.loss.slopes(outputs)
        broken = kinks(tape, values)
        smooth_map = not broken
    except Undecided as limit:
        notes.append(f"derivatives can't be evaluated: {limit}")
    loss_kinks: tuple[tuple[int, int], ...] = ()
    if slopes is not None:
        loss_kinks = tuple(
            (i, j)
            for i, (low, high) in enumerate(zip(*slopes, strict=True))
            for j, (a, b) in enumerate(zip(low, high, strict=True))
            if a is not b and not is_exact_zero(minus(a, b))
        )
    gradient: dict[str, Matrix] | None = None
    if slopes is not None and smooth_map and not loss_kinks:
        gradient = _gradient(instance, tape, values, slopes[0])
    differentiable_here = None if slopes is None else not loss_kinks
    covered = covering_theorems(
        Circumstances(instance, chain, features, products, differentiable_here)
    )
    critical = None if gradient is None else _critical(gradient)
    situation = Situation(
        instance, tape, values, loss, slopes, smooth_map, bool(loss_kinks), gradient, critical,
        chain, covered, largest_hessian, progress,
    )  # fmt: skip
    try:
        found = classify(situation)
    except Undecided as limit:
        found = Finding("undecided", f"an exact answer needs more: {limit}")
    certificate = found.certificate
    refuted = found.classification in ("not_local_minimum", "strict_saddle")
    if certificate is None and refuted and found.argument is not None and loss is not None:
        certificate = certificates.refutation(instance, loss, found.argument)
    better: tuple[dict[str, Matrix], Fraction] | None = None
    if found.classification == "local_minimum" and isinstance(loss, Fraction):
        better = better_point(instance, tape, loss)
        if better is not None and found.argument is not None:
            certificate = certificates.minimum(instance, loss, *better, found.argument)
    return PointAnalysis(
        instance.model,
        loss,
        gradient,
        found.critical if found.critical is not None else critical,
        broken,
        loss_kinks,
        products,
        chain,
        nondegenerate,
        covered,
        found.inertia,
        found.inertia_note,
        found.classification,
        found.reason,
        found.argument,
        certificate,
        tuple(notes),
        better=better,
    )


def _work(instance: Instance) -> int:
    """Multiplications of one evaluation, roughly."""
    columns = max((len(rows[0]) for rows in instance.leaves.values()), default=1)
    if instance.inputs is not None:
        columns = len(instance.inputs[0])
    return columns * sum(len(rows) * len(rows[0]) for rows in instance.leaves.values())


def _leaf_names(tape: Tape) -> frozenset[str]:
    return frozenset(step.name for step in tape.operations if step.kind == "leaf")


def _without_loss(covered: tuple[Coverage, ...]) -> str:
    if covered:
        return "the objective is not concrete, so whether this is a local minimum is open"
    return "the objective is not concrete"


def _check_targets(instance: Instance, outputs: Matrix) -> None:
    found = instance.loss
    if found is None:
        return
    shape = (len(outputs), len(outputs[0]))
    for name, rows in (("Y", found.targets), ("the weights of the loss", found.weights)):
        if rows is not None and (len(rows), len(rows[0])) != shape:
            statement = instance.model.data.matrix("Y" if name == "Y" else "weights")
            raise InputError(
                [
                    Diagnostic(
                        "E116",
                        f"{name} must be {shape[0]} x {shape[1]} like the outputs, not "
                        f"{len(rows)} x {len(rows[0])}",
                        instance.model.file,
                        None if statement is None else statement.span,
                    )
                ]
            )


def _gradient(
    instance: Instance, tape: Tape, values: tuple[Matrix, ...], output_gradient: Matrix
) -> dict[str, Matrix] | None:
    result = gradients(tape, values, output_gradient)
    for name, strength in instance.strengths.items():
        if name not in result or strength == 0:
            continue
        weight: Matrix = instance.leaves[name]
        if instance.penalty == "l1":
            if any(entry == 0 for row in weight for entry in row):
                return None
            pull: Matrix = tuple(tuple(strength * sign(entry) for entry in row) for row in weight)
        else:
            pull = scale_matrix(strength, weight)
        result[name] = add_matrices(result[name], pull)
    return result


def _critical(gradient: dict[str, Matrix]) -> bool | None:
    """Whether every entry is exactly 0; None where an enclosure does not tell."""
    answer: bool | None = True
    for rows in gradient.values():
        for row in rows:
            for entry in row:
                if is_exact_zero(entry):
                    continue
                try:
                    if sign(entry) != 0:
                        return False
                except Undecided:
                    answer = None
    return answer


__all__ = ["Classification", "PointAnalysis", "analyse_point"]
