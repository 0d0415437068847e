"""``landscape explain`` on a custom loss or activation: each property with its argument."""

from __future__ import annotations

from ..model.problem import CustomFunction, Model
from .explain import Answer, Explanation, Section, verdicts

LOSS_NETWORKS = ("net 5 -> 2 -> 4", "net 5 -> 4 -> 4", "net 5 -> 8 -> 4")
NO_ANSWER = {
    "targets": "for",
    "range": "range",
    "value at 0": "value at 0",
    "breaks": "breaks",
    "Lipschitz at 0": "Lipschitz at 0",
}


def custom_functions(model: Model) -> tuple[str, ...]:
    """The names of a model's custom loss and activations."""
    found = [function.name for function in model.functions]
    if model.loss.function is not None:
        found.append(model.loss.name)
    return tuple(found)


def explain_custom(model: Model, name: str, answer: Answer) -> Explanation:
    """What is derived of one custom function of a model, with the arguments and witnesses.

    ``KeyError`` for a name that the model does not define.
    """
    from ..analysis import derivatives, explain_function, function_named
    from ..syntax.writing import expression_text

    rows = explain_function(model, name)
    is_loss = model.loss.kind == "custom" and model.loss.name == name
    function = model.loss.function if is_loss else function_named(model, name)
    if function is None:
        raise KeyError(name)
    arguments = ", ".join(function.arguments)
    sections = [
        Section("Formula", (f"{name}({arguments}) = {expression_text(function.expression)}",)),
        *_parameters(model, function),
        Section(
            "Derived",
            items=tuple(
                (NO_ANSWER[label], text) if not told else (label, f"{told}: {text}")
                for label, told, text in rows
                if told or label in NO_ANSWER
            ),
        ),
    ]
    parts = tuple(
        text if label == "part" else f"{label} {text}"
        for label, told, text in rows
        if not told and label not in NO_ANSWER
    )
    if parts:
        heading = "Falls apart into" if is_loss else "Pieces"
        sections.append(Section(heading, parts))
    items = tuple(
        (where, f"{name}' = {first},  {name}'' = {second}")
        for where, first, second in derivatives(function.expression, function.arguments[0])
    )
    if items:
        sections.append(Section(f"Derivatives in {function.arguments[0]}", items=items))
    open_ = [label for label, told, _ in rows if told == "unknown"]
    sections.extend(_how_to_declare(name, open_, is_loss=is_loss))
    if is_loss:
        sections.append(_targets(model, function))
    sections.append(
        Section(
            "What the catalogue says", items=verdicts(_models(model, function, is_loss), answer)
        )
    )
    kind = "custom loss" if is_loss else "custom activation"
    return Explanation(name, kind, f"The {kind} {name}", tuple(sections))


def _parameters(model: Model, function: CustomFunction) -> list[Section]:
    from ..model.terms import show_formula

    if not function.parameters:
        return []
    domain = ", ".join(show_formula(assumption.formula) for assumption in model.parameter_domain)
    return [Section("Parameters", items=((", ".join(function.parameters), domain),))]


def _how_to_declare(name: str, open_: list[str], *, is_loss: bool) -> list[Section]:
    words = {"strictly monotone": "strictly_monotone", "C^2": "smooth"}
    known = [words.get(label, label) for label in open_ if label != "defined on R"]
    if not is_loss:
        known = [word for word in known if word != "convex"]
    if not known:
        return []
    text = (
        f"What is unknown counts as not given. If you can vouch for it, state "
        f"`declare {name} {' '.join(known)}`; a verdict that rests on it says so."
    )
    return [Section("How to go on", (text,))]


def _targets(model: Model, function: CustomFunction) -> Section:
    y = function.arguments[1]
    if model.data.matrix("Y") is None:
        text = (
            f"The properties are for every real {y}, since no targets are given. With concrete "
            f"targets (data Y = [[1, -1]]) only those values of {y} count."
        )
    else:
        text = f"The properties are for the values of {y} in the given Y."
    return Section("Targets", (text,))


def _models(model: Model, function: CustomFunction, is_loss: bool) -> tuple[str, ...]:
    from ..model.terms import show_formula
    from ..syntax.writing import expression_text

    arguments = ", ".join(function.arguments)
    written = f"{function.name}({arguments}) = {expression_text(function.expression)}"
    if function.parameters:
        written += "".join(f"; assume {show_formula(a.formula)}" for a in model.parameter_domain)
    if is_loss:
        return tuple(f"{net}; loss {written}" for net in LOSS_NETWORKS)
    net = f"activation {written}; net 5 -> {function.name}(4) -> 2; loss squared"
    return (net, f"{net}; data X full_column_rank")
