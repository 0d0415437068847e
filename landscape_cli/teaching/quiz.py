"""Questions made up from the catalogue: models, the verdict, the assumption that is missing.

A model starts from one that a theorem or a counterexample family names (its examples, or the
models in which only one assumption is broken); then widths, depth, loss, activations, penalty and
statements are varied, and the engine judges the result. Nothing is known of a question but what
the engine says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from random import Random
from typing import Literal, NamedTuple, TypeVar

from ..engine.discovery import deciding_theorems, families
from ..engine.judge import Judgement, Standing, judge, nearest
from ..facts.assumptions import Assumption
from ..model.problem import (
    Activation,
    Data,
    DataProperty,
    Layer,
    Loss,
    Model,
    PropertyName,
    Regularizer,
    Requirement,
    VerdictName,
)
from ..syntax import parse, parse_with_errors, unparse_statements
from ..syntax.names import ACTIVATIONS

T = TypeVar("T")

LEVELS = (1, 2, 3)
MIX: dict[int, tuple[VerdictName, ...]] = {
    1: ("holds", "fails"),
    2: ("holds", "fails", "conditional", "holds", "fails"),
    3: ("holds", "fails", "conditional", "holds", "fails", "unknown"),
}
"""The verdicts of the questions, as often as they stand here, in a drawn order."""

PASSED_OVER = 0.4
"""How often a model is passed over about which only the verdict can be asked."""
MOST_CHOICES = 4
RECENT = 4
"""A question is decided by another rule than this many before it, where that is possible."""

TRIES = 60
LARGEST_WIDTH = {1: 6, 2: 9, 3: 12}
LOSSES: dict[int, tuple[str, ...]] = {
    1: ("squared", "absolute", "huber(1)", "logistic", "cross_entropy", "weighted_squared",
        "log_cosh", "quantile(1/4)"),
    2: ("squared", "absolute", "huber(1)", "logistic", "cross_entropy", "weighted_squared",
        "log_cosh", "hinge", "poisson", "lp(3)"),
    3: ("squared", "absolute", "huber(1)", "logistic", "cross_entropy", "weighted_squared",
        "squared_hinge", "hinge", "convex smooth", "convex differentiable", "convex"),
}  # fmt: skip
STATED: tuple[PropertyName, ...] = (
    "X full_column_rank", "X full_row_rank", "X isotropic", "X identity", "Y realizable", "Y = X",
)  # fmt: skip
HIDDEN_ACTIVATIONS = ("relu", "leaky_relu", "tanh", "sigmoid", "softplus", "gelu", "elu")


class Question(NamedTuple):
    """A model with the answers of the engine.

    ``near``: the theorem of which an assumption is missing (None where the property holds, or
    where there is nothing to choose from); ``choices`` are assumptions of it, with what they say,
    of which only the one at ``answer`` is not met.
    """

    number: int
    level: int
    text: str
    verdict: VerdictName
    verdicts: tuple[VerdictName, ...]
    decider: str | None
    near: str | None
    choices: tuple[tuple[str, str], ...]
    answer: int


def questions(seed: int, count: int, level: int | None = None) -> Iterator[Question]:
    """``count`` questions, no two with the same model; equal for equal arguments.

    ``level`` None: the difficulty grows from 1 to 3 along the way.
    """
    rng = Random(seed)
    seen: set[str] = set()
    deciders: list[str | None] = []
    models = _starts()
    left: dict[int, list[VerdictName]] = {}
    for number in range(1, count + 1):
        now = level if level is not None else 1 + (number - 1) * len(LEVELS) // count
        # Without putting back: even a short quiz asks for each verdict.
        verdicts = left.setdefault(now, [])
        if not verdicts:
            verdicts += MIX[now]
        wanted = verdicts.pop(int(rng.random() * len(verdicts)))
        found = _question(rng, number, now, wanted, models, seen, deciders[-RECENT:])
        seen.add(found.text)
        deciders.append(found.decider)
        yield found


def difficulty(model: Model) -> int:
    """1 for a linear network without further statements, 2 for one feature more, 3 for several."""
    features = 0
    network = model.network
    if network is None:
        features += 1
    else:
        layers = network.layers
        features += any(layer.activation.name != "linear" for layer in layers)
        features += any(layer.bias for layer in layers)
        features += any(layer.skip or layer.fixed or layer.opaque is not None for layer in layers)
        features += len(layers) > 4
    features += model.loss.kind == "class"
    features += 2 * (model.loss.kind == "custom" or bool(model.functions))
    features += model.regularizer is not None
    features += model.constraints is not None
    features += model.requirement.name != "local_is_global"
    features += len(model.assumptions) + len(model.data.properties) + len(model.data.matrices)
    features += model.data.samples is not None
    return min(1 + features, 3)


def _starts() -> tuple[Model, ...]:
    """The models that the catalogue names, those of numeric widths."""
    texts: dict[str, None] = {}
    for theorem in deciding_theorems():
        for text in (*theorem.examples, *theorem.broken.values()):
            texts.setdefault(text)
    for family in families():
        for text in family.examples:
            texts.setdefault(text)
    models = []
    for text in texts:
        (model,) = parse(text)
        models.append(replace(model, expectation=None, waiver=None, point=None))
    return tuple(model for model in models if _numeric(model))


def _numeric(model: Model) -> bool:
    if model.network is not None:
        widths = [model.network.input_width, *(layer.width for layer in model.network.layers)]
        return all(isinstance(width, int) for width in widths)
    assert model.map is not None
    return all(
        isinstance(size, int)
        for parameter in model.map.parameters
        for size in (parameter.rows, parameter.columns)
    )


def pick(rng: Random, items: Sequence[T]) -> T:
    """One of the items. Only ``random()`` is used: it is the same in every Python version."""
    return items[int(rng.random() * len(items))]


def _question(
    rng: Random,
    number: int,
    level: int,
    wanted: VerdictName,
    models: Sequence[Model],
    seen: set[str],
    recent: Sequence[str | None],
) -> Question:
    """A question that was not seen; the wishes are given up one after another, the last never."""
    best: tuple[str, Judgement] | None = None
    for attempt in range(50 * TRIES):
        model = pick(rng, models)
        for change in _changes(rng, level):
            model = change(model)
        if difficulty(model) != level:
            continue
        text = unparse_statements(model, "\n")
        if text in seen or len(text) > 200:
            continue
        again, errors = parse_with_errors(text)
        if errors or len(again) != 1 or difficulty(again[0]) != level or not _numeric(again[0]):
            continue
        judgement = judge(again[0])
        if judgement.verdict not in MIX[level]:
            continue
        dull = judgement.verdict != "holds" and _near(judgement) is None
        if dull and attempt <= 20 * TRIES and rng.random() < PASSED_OVER:
            continue
        if judgement.verdict == wanted:
            best = (text, judgement)
            if _decider(judgement) not in recent or attempt > TRIES:
                break
        elif attempt > 20 * TRIES:
            best = best or (text, judgement)
            break
    if best is None:
        raise LookupError(f"no new question of level {level} was found")
    return _asked(rng, number, level, *best)


def _decider(judgement: Judgement) -> str | None:
    if judgement.verdict == "fails" and judgement.family is not None:
        return judgement.family.id
    return judgement.theorem.id if judgement.theorem is not None else None


def _asked(rng: Random, number: int, level: int, text: str, judgement: Judgement) -> Question:
    """The question on a judged model."""
    choices: list[tuple[str, str]] = []
    near: str | None = None
    answer = 0
    standing = _near(judgement)
    if standing is not None:
        near = standing.theorem.id
        right, met = _missing(standing)[0], _met(standing)
        # Assumptions that only name the kind of model are dull to choose from.
        met.sort(key=lambda one: one.structural)
        telling = [one for one in met if not one.structural]
        others = _some(rng, telling, MOST_CHOICES - 1)
        if len(others) < 2:
            rest = [one for one in met if one not in others]
            others += _some(rng, rest, 2 - len(others))
        answer = int(rng.random() * (len(others) + 1))
        listed = [*others[:answer], right, *others[answer:]]
        choices = [(one.id, one.says) for one in listed]
    offered = tuple(dict.fromkeys(("holds", *MIX[level])))
    return Question(
        number, level, text, judgement.verdict, offered, _decider(judgement), near,
        tuple(choices), answer,
    )  # fmt: skip


def _near(judgement: Judgement) -> Standing | None:
    """The theorem that the verdict names as the nearest, where it is worth a question.

    That a problem is not convex goes without saying; of two assumptions there is no choice.
    """
    if judgement.verdict == "holds":
        return None
    standing = next(iter(nearest(judgement)), None)
    if standing is None:
        return None
    missing = _missing(standing)
    told = any(one.id == "affine-in-parameters" for one in missing)
    return standing if missing and not told and len(_met(standing)) >= 2 else None


def _missing(standing: Standing) -> list[Assumption]:
    pairs = zip(standing.theorem.assumptions, standing.findings, strict=True)
    return [one for one, finding in pairs if finding.status in ("violated", "not_given")]


def _met(standing: Standing) -> list[Assumption]:
    pairs = zip(standing.theorem.assumptions, standing.findings, strict=True)
    return [one for one, finding in pairs if finding.status == "met"]


def _some(rng: Random, items: Sequence[T], most: int) -> list[T]:
    """At most so many of the items, in their order."""
    left = list(items)
    while len(left) > most:
        left.pop(int(rng.random() * len(left)))
    return left


# --- changes of a model ----------------------------------------------------------------------

Step = Callable[[Model], Model]


def _changes(rng: Random, level: int) -> list[Step]:
    """Some changes to apply, in turn; each leaves a model as it is where it does not apply."""
    steps: list[Step] = [lambda model: _widths(rng, model, LARGEST_WIDTH[level])]
    if rng.random() < 0.6:
        steps.append(lambda model: _loss(rng, model, level))
    if rng.random() < 0.35:
        steps.append(lambda model: _depth(rng, model, level))
    if level > 1 and rng.random() < 0.25:
        steps.append(lambda model: _activations(rng, model))
    if level > 1 and rng.random() < 0.3:
        steps.append(lambda model: _penalty(rng, model))
    if level > 1 and rng.random() < 0.3:
        steps.append(lambda model: _data(rng, model))
    if level > 1 and rng.random() < 0.2:
        steps.append(_output_bias)
    if level > 2 and rng.random() < 0.2:
        steps.append(lambda model: replace(model, requirement=Requirement("strict_saddle")))
    return steps


def _width(rng: Random, largest: int) -> int:
    return 1 + int(rng.random() * largest)


def _widths(rng: Random, model: Model, largest: int) -> Model:
    """New widths; in a map the sizes that are equal stay equal."""
    if model.data.matrices:
        return model
    if model.network is not None:
        network = model.network
        layers = []
        before = first = _width(rng, largest)
        for layer in network.layers:
            before = before if layer.skip else _width(rng, largest)
            layers.append(replace(layer, width=before))
        return replace(model, network=replace(network, input_width=first, layers=tuple(layers)))
    assert model.map is not None
    sizes: dict[object, int] = {}

    def renew(size: object) -> int:
        return sizes.setdefault(size, 1 if size == 1 else 1 + _width(rng, largest - 1))

    parameters = tuple(
        replace(one, rows=renew(one.rows), columns=renew(one.columns))
        for one in model.map.parameters
    )
    if model.map.constants:
        return model
    return replace(model, map=replace(model.map, parameters=parameters))


def _loss(rng: Random, model: Model, level: int) -> Model:
    if model.loss.kind == "custom" or model.data.matrices:
        return model
    return replace(model, loss=_named(pick(rng, LOSSES[level])))


@cache
def _named(words: str) -> Loss:
    (model,) = parse(f"net 2 -> 2; loss {words}")
    return model.loss


def _depth(rng: Random, model: Model, level: int) -> Model:
    """One hidden layer more, or one fewer."""
    network = model.network
    if network is None or model.data.matrices or model.regularizer is not None:
        return model
    layers = network.layers
    place = int(rng.random() * len(layers))
    if rng.random() < 0.6 and len(layers) < 5:
        new = Layer(_width(rng, LARGEST_WIDTH[level]), layers[0].activation)
        if len(layers) == 1:
            new = replace(new, activation=Activation("linear"))
        return replace(
            model, network=replace(network, layers=(*layers[:place], new, *layers[place:]))
        )
    if len(layers) > 2 and place < len(layers) - 1:
        return replace(
            model, network=replace(network, layers=(*layers[:place], *layers[place + 1 :]))
        )
    return model


def _activations(rng: Random, model: Model) -> Model:
    """Another activation in all hidden layers."""
    network = model.network
    if network is None or len(network.layers) < 2 or model.functions or model.data.matrices:
        return model
    name = pick(rng, HIDDEN_ACTIVATIONS)
    defaults = tuple((key, value) for key, value in ACTIVATIONS[name] if value is not None)
    new = Activation(name, defaults)
    *hidden, last = network.layers
    changed = [
        layer if layer.fixed or layer.opaque is not None else replace(layer, activation=new)
        for layer in hidden
    ]
    return replace(model, network=replace(network, layers=(*changed, last)))


def _penalty(rng: Random, model: Model) -> Model:
    """Add a penalty, or take it away."""
    if model.regularizer is not None:
        return replace(model, regularizer=None)
    kind: Literal["l1", "l2"] = "l1" if rng.random() < 0.25 else "l2"
    strength = pick(rng, (Fraction(1), Fraction(1, 10), Fraction(1, 100)))
    return replace(model, regularizer=Regularizer(kind, (strength,)))


def _data(rng: Random, model: Model) -> Model:
    """State something about the data, or nothing any more."""
    if model.data.matrices:
        return model
    if model.data != Data():
        return replace(model, data=Data())
    if rng.random() < 0.3:
        return replace(model, data=Data(samples=_width(rng, 8)))
    return replace(model, data=Data(properties=(DataProperty(pick(rng, STATED)),)))


def _output_bias(model: Model) -> Model:
    """Give the last layer a bias, or take it away."""
    network = model.network
    if network is None or model.data.matrices or network.layers[-1].fixed:
        return model
    *hidden, last = network.layers
    changed = replace(last, bias=not last.bias)
    return replace(model, network=replace(network, layers=(*hidden, changed)))
