"""Custom losses and activations of a model: what is derived, joined with what is declared.

A derived answer always decides; a declaration fills in what could not be derived, and one that a
derived ``no`` contradicts is reported as violated.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from ..model.activations import ActivationProperties, Piece
from ..model.losses import LossProperties, Truth
from ..model.problem import Activation, CustomFunction, Declaration, Model
from ..model.terms import Formula, all_of
from .functions import AffinePiece, Claim, Properties, analyse
from .losses import LossFacts, analyse_loss
from .pieces import show_point
from .signs import Root


def targets_of(model: Model) -> tuple[Fraction, ...] | None:
    """The values of y that occur, where the model gives the matrix Y; None: any real number.

    The language states no domain for y, so without concrete targets every real y counts.
    """
    given = model.data.matrix("Y")
    if given is None and model.data.property("Y = X") is not None:
        given = model.data.matrix("X")
    if given is None:
        return None
    return tuple(sorted({value for row in given.matrix.rows for value in row}))


def _domain(model: Model) -> Formula:
    """What is assumed of the parameters of custom functions."""
    return all_of(*(assumption.formula for assumption in model.parameter_domain))


def _properties(model: Model, function: CustomFunction) -> Properties:
    if function.parameters:
        from .parameters import analyse_with_parameters

        return analyse_with_parameters(function, _domain(model))
    return analyse(function.expression, function.arguments[0])


def _loss_facts(
    model: Model, function: CustomFunction, targets: tuple[Fraction, ...] | None
) -> LossFacts:
    if function.parameters:
        from .parameters import analyse_loss_with_parameters

        return analyse_loss_with_parameters(function, _domain(model), targets)
    return analyse_loss(function, targets)


def _declared(name: str, declarations: tuple[Declaration, ...]) -> frozenset[str]:
    said = {p for d in declarations if d.name == name for p in d.properties}
    if "smooth" in said:
        said.add("differentiable")
    if "differentiable" in said:
        said.add("continuous")
    return frozenset(said)


WORDS = {
    "convex": "convex",
    "differentiable": "differentiable",
    "smooth": "C^2",
    "continuous": "continuous",
    "strictly_monotone": "strictly monotone",
}


def _negation(name: str, claim: Claim, said: frozenset[str]) -> str:
    text = f"derived: not {WORDS[name]}: {claim.text}"
    return f"declared {WORDS[name]}, but {text}" if name in said else text


def loss_of(model: Model) -> LossProperties:
    """The properties of a model's custom loss."""
    loss = model.loss
    function = loss.function
    if function is None:
        raise TypeError("not a custom loss")
    said = _declared(loss.name, model.declarations)
    targets = targets_of(model)
    found = _loss_facts(model, function, targets)
    truths: dict[str, Truth] = {}
    texts: dict[str, str] = {}
    claims = (
        ("convex", found.convex),
        ("differentiable", found.differentiable),
        ("smooth", found.smooth),
    )
    for name, claim in claims:
        if claim.answer == "yes":
            truths[name], texts[name] = "yes", f"derived for {found.targets}: {claim.text}"
        elif claim.answer == "no":
            truths[name], texts[name] = "no", _negation(name, claim, said)
            if targets is None and claim.text.startswith("for "):
                texts[name] += " (no Y is given, so every real target counts)"
        elif name in said:
            truths[name], texts[name] = "declared", "declared"
        else:
            truths[name] = "unknown"
            texts[name] = (
                f"not derived ({claim.text}); if it is {WORDS[name]}, `declare {loss.name} {name}`"
            )
    from ..syntax.writing import expression_text

    return LossProperties(
        truths["convex"], truths["differentiable"], truths["smooth"],
        expression_text(function.expression), texts["convex"], texts["differentiable"],
        texts["smooth"], "unknown",
    )  # fmt: skip


def function_named(model: Model, name: str) -> CustomFunction | None:
    """The custom activation of that name."""
    return next((f for f in model.functions if f.name == name), None)


def activation_of(model: Model, activation: Activation) -> ActivationProperties:
    """The properties of a custom activation of a model.

    ``declared`` holds the properties that rest on the user's word alone, ``reasons`` the argument
    of every answer.
    """
    function = function_named(model, activation.name)
    if function is None:
        raise KeyError(activation.name)
    said = _declared(activation.name, model.declarations)
    found = _properties(model, function)
    values: dict[str, bool | None] = {}
    reasons: list[tuple[str, str]] = []
    vouched: set[str] = set()
    claims = (
        ("continuous", found.continuous),
        ("strictly_monotone", found.strictly_monotone),
        ("differentiable", found.differentiable),
        ("smooth", found.smooth),
    )
    for name, claim in claims:
        if claim.answer == "yes":
            values[name] = True
            reasons.append((name, f"derived: {claim.text}"))
        elif claim.answer == "no":
            values[name] = False
            reasons.append((name, _negation(name, claim, said)))
        elif name in said:
            values[name] = True
            vouched.add(name)
            reasons.append((name, "declared"))
        else:
            values[name] = None
            reasons.append(
                (
                    name,
                    f"not derived ({claim.text}); if it is {WORDS[name]}, "
                    f"`declare {activation.name} {name}`",
                )
            )
    from ..syntax.writing import expression_text

    lipschitz = found.lipschitz_at_zero
    return ActivationProperties(
        values["continuous"], values["strictly_monotone"], values["differentiable"],
        values["smooth"], found.range, _pieces(found.affine), _pieces(found.constant), found.zero,
        found.zero_text, None if lipschitz is None else str(lipschitz),
        expression_text(function.expression), frozenset(vouched), tuple(reasons),
    )  # fmt: skip


def _pieces(found: tuple[AffinePiece, ...]) -> tuple[Piece, ...]:
    """The pieces with rational ends and coefficients (others are left out)."""
    result: list[Piece] = []
    for piece in found:
        low, high = piece.low, piece.high
        if isinstance(low, Root) or isinstance(high, Root):
            continue
        if piece.slope is None or piece.intercept is None:
            continue
        result.append(Piece(low, high, piece.slope, piece.intercept))
    return tuple(result)


Row: TypeAlias = "tuple[str, str, str]"


def explain_function(model: Model, name: str) -> tuple[Row, ...]:
    """(property, answer, argument) for a custom loss or activation, and how it falls apart.

    The answers are ``yes``, ``no``, ``unknown`` and ``declared`` (the user's word for what could
    not be derived); rows without an answer describe the pieces of an activation, or the groups of
    a loss. ``KeyError`` for a name that the model does not define.
    """
    said = _declared(name, model.declarations)
    if model.loss.kind == "custom" and model.loss.name == name and model.loss.function is not None:
        of_loss = _loss_facts(model, model.loss.function, targets_of(model))
        rows = [
            _row("convex", of_loss.convex, said),
            _row("differentiable", of_loss.differentiable, said),
            _row("smooth", of_loss.smooth, said),
            ("targets", "", of_loss.targets),
        ]
        rows.extend(("part", "", f"{head}: {text}") for head, text in of_loss.argument)
        return tuple(rows)
    function = function_named(model, name)
    if function is None:
        raise KeyError(name)
    found = _properties(model, function)
    rows = [
        _row("defined on R", found.defined, said),
        _row("continuous", found.continuous, said),
        _row("strictly_monotone", found.strictly_monotone, said),
        _row("differentiable", found.differentiable, said),
        _row("smooth", found.smooth, said),
        _row("convex", found.convex, said),
        ("range", "", found.range),
        ("value at 0", "", found.zero_text),
        ("breaks", "", _breaks(found)),
    ]
    if found.lipschitz_at_zero is not None:
        rows.append(("Lipschitz at 0", "", str(found.lipschitz_at_zero)))
    for label, parts in (("affine piece", found.affine), ("constant piece", found.constant)):
        for part in parts:
            low = "-infinity" if part.low is None else show_point(part.low)
            rows.append((label, "", f"({low}, {show_point(part.high)}): {part.text}"))
    return tuple(rows)


def _breaks(found: Properties) -> str:
    if not found.pieces:
        return "not located"
    return ", ".join(map(show_point, found.breaks)) or "none"


def _row(name: str, claim: Claim, said: frozenset[str]) -> Row:
    words = WORDS.get(name, name)
    if claim.answer == "unknown" and name in said:
        return words, "declared", f"on your word; not derived: {claim.text}"
    if claim.answer == "no" and name in said:
        return words, "no", f"though it is declared: {claim.text}"
    return words, claim.answer, claim.text
