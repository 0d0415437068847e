"""``landscape explain``: everything that is known of a name, derived from the tables.

An ``Explanation`` is a value; ``explanation_lines`` and ``explanation_json`` show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..catalogue import Family, Theorem
from ..engine.why_not import SETTING_WORDS
from ..facts.assumptions import Assumption
from .layout import Page, Piece
from .theorem_list import KIND_WORDS, kind_of

if TYPE_CHECKING:
    from ..engine.report import Report

SCHEMA = "landscape/explain/1"


class Section(NamedTuple):
    """A heading with paragraphs or with (label, text) items."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[tuple[str, str], ...] = ()


class Explanation(NamedTuple):
    """All that there is to say of one name."""

    name: str
    kind: str
    title: str
    sections: tuple[Section, ...]


# --- names -----------------------------------------------------------------------------------


def assumptions() -> dict[str, tuple[Assumption, ...]]:
    """The assumptions by id, each with its variants."""
    from ..facts import assumptions as table

    found: dict[str, list[Assumption]] = {}
    for value in vars(table).values():
        if isinstance(value, Assumption) and value not in found.setdefault(value.id, []):
            found[value.id].append(value)
    return {name: tuple(variants) for name, variants in found.items()}


def names() -> dict[str, tuple[str, ...]]:
    """Every name that can be explained, by kind, in the order of the catalogue."""
    from ..engine.discovery import families, theorems
    from ..model.activations import ACTIVATION_NAMES
    from ..model.losses import LOSS_CLASSES, LOSS_NAMES
    from ..syntax.codes import CODES
    from .glossary import WORDS

    kinds: dict[str, list[str]] = {}
    every: list[Theorem | Family] = [*theorems()]
    every.extend(families())
    for entry in every:
        kinds.setdefault(KIND_WORDS[kind_of(entry)], []).append(entry.id)
    kinds["assumption"] = sorted(assumptions())
    kinds["loss"] = [*LOSS_NAMES, *LOSS_CLASSES]
    kinds["activation"] = list(ACTIVATION_NAMES)
    for word in WORDS:
        kinds.setdefault(word.kind, []).append(word.name)
    kinds["error code"] = [code.code for code in CODES]
    return {kind: tuple(found) for kind, found in kinds.items()}


Answer: TypeAlias = "Callable[[str], Report]"


def explain(name: str, answer: Answer) -> tuple[Explanation, ...]:
    """The explanations of a name (a name may be that of several things); empty if of none.

    ``answer`` (``api.check``) gives the verdicts on the models that an explanation shows. Case
    does not count, nor whether words are joined by ``-``, ``_`` or a space; an erratum is also
    found without its prefix.
    """
    wanted = _plain(name)
    if not wanted:
        return ()
    every = [(kind, one) for kind, group in names().items() for one in group]
    found = [pair for pair in every if _plain(pair[1]) == wanted]
    if not found:
        found = [pair for pair in every if _plain(pair[1]) == f"erratum {wanted}"]
    return tuple(_build(kind, one, answer) for kind, one in found)


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("-", " ").replace("_", " ").split())


def _build(kind: str, name: str, answer: Answer) -> Explanation:
    from ..engine.discovery import entry

    if kind in KIND_WORDS.values():
        found = entry(name)
        if isinstance(found, Theorem):
            return _theorem(found)
        if isinstance(found, Family):
            return _family(found)
        raise LookupError(f"the catalogue lists {name} but has no such entry")
    if kind == "assumption":
        return _assumption(name)
    if kind == "loss":
        return _loss(name, answer)
    if kind == "activation":
        return _activation(name, answer)
    if kind == "error code":
        return _code(name)
    return _word(kind, name, answer)


# --- entries of the catalogue ----------------------------------------------------------------


def _theorem(theorem: Theorem) -> Explanation:
    from ..engine.discovery import theorems

    sections = [
        Section("Statement", (theorem.statement,)),
        Section("Source", (str(theorem.source),)),
    ]
    kind = kind_of(theorem)
    if kind in ("holds", "conditional", "cited"):
        sections.append(Section("Speaks of", (SETTING_WORDS[theorem.setting],)))
    if theorem.assumptions:
        items = tuple((a.id, a.says) for a in theorem.assumptions)
        sections.append(Section("Assumptions", items=items))
    sections.append(Section("Proof", (theorem.proof,)))
    if theorem.steps:
        items = tuple((step.rule, step.why) for step in theorem.steps)
        sections.append(Section("Steps", items=items))
    if theorem.limits:
        sections.append(Section("Limits", (theorem.limits,)))
    if theorem.examples:
        sections.append(Section("Examples", tuple(theorem.examples)))
    if theorem.broken:
        items = tuple((name, _broken(theorem, name, text)) for name, text in theorem.broken.items())
        sections.append(Section("If only this assumption is broken", items=items))
    if theorem.subsumes:
        sections.append(Section("Generalises", (", ".join(theorem.subsumes),)))
    above = [t.id for t in theorems() if theorem.id in t.subsumes]
    if above:
        sections.append(Section("Generalised by", (", ".join(above),)))
    users = [t.id for t in theorems() if any(step.rule == theorem.id for step in t.steps)]
    if users:
        sections.append(Section("Used in the proofs of", (", ".join(users),)))
    if theorem.related:
        sections.append(Section("Related", (", ".join(theorem.related),)))
    return Explanation(theorem.id, KIND_WORDS[kind], theorem.title, tuple(sections))


def _broken(theorem: Theorem, name: str, text: str) -> str:
    family = theorem.converse.get(name)
    return f"{text}  (counterexample: {family})" if family else text


def _family(family: Family) -> Explanation:
    from ..engine.discovery import theorems

    needed = [
        f"{theorem.id} ({assumption})"
        for theorem in theorems()
        for assumption, name in theorem.converse.items()
        if name == family.id
    ]
    sections = [
        Section("Statement", (family.statement,)),
        Section("Source", (str(family.source),)),
        Section("Proof", (family.proof,)),
        Section("Argument of its certificates", (family.argument,)),
    ]
    if family.examples:
        sections.append(Section("Examples", tuple(family.examples)))
    if needed:
        sections.append(Section("Shows that an assumption is needed", (", ".join(needed),)))
    if family.related:
        sections.append(Section("Related", (", ".join(family.related),)))
    return Explanation(family.id, KIND_WORDS["fails"], family.title, tuple(sections))


# --- what theorems speak of ------------------------------------------------------------------


def _assumption(name: str) -> Explanation:
    from ..engine.discovery import theorems

    variants = assumptions()[name]
    users = [t for t in theorems() if any(a.id == name for a in t.assumptions)]
    says = [Section("Says", tuple(dict.fromkeys(a.says for a in variants)))]
    mends = tuple(dict.fromkeys(a.mend for a in variants if a.mend))
    if mends:
        says.append(Section("How to meet it", mends))
    if users:
        says.append(Section("Needed by", (", ".join(t.id for t in users),)))
    broken = tuple((t.id, _broken(t, name, t.broken[name])) for t in users if name in t.broken)
    if broken:
        says.append(Section("Models in which only this assumption is broken", items=broken))
    return Explanation(name, "assumption", variants[0].says, tuple(says))


def verdicts(models: tuple[str, ...], answer: Answer) -> tuple[tuple[str, str], ...]:
    """What the engine says of some models."""
    items: list[tuple[str, str]] = []
    for text in models:
        for report in answer(text).models:
            by = f" by {report.theorem}" if report.theorem else ""
            items.append((text, f"{report.verdict}{by}"))
    return tuple(items)


LOSS_ARGUMENTS = {"lp": "3/2", "quantile": "1/2", "epsilon_insensitive": "1/10", "tukey": "1"}
LOSS_NETWORKS = ("net 5 -> 2 -> 4", "net 5 -> 4 -> 4", "net 5 -> 8 -> 4", "net 5 -> relu(4) -> 4")
TRUTH = {"yes": "yes", "no": "no", "unknown": "of some members", "declared": "declared"}


def loss_formula(name: str) -> str:
    """A built-in loss in the output z and the target y, and over what it is summed."""
    from ..model.losses import loss_properties
    from ..model.problem import Loss

    if name == "lp":
        return "|r|^p / p, with r = z - y, summed over all entries"
    formula = loss_properties(Loss("named", name)).formula
    unit = "samples" if name == "cross_entropy" else "entries and samples"
    with_r = ", with r = z - y" if "r" in formula.replace("cross", "") else ""
    return f"{formula}{with_r}, summed over all {unit}"


def _loss(name: str, answer: Answer) -> Explanation:
    from fractions import Fraction

    from ..model.losses import LOSS_CLASSES, loss_properties
    from ..model.problem import Loss
    from ..syntax.names import LOSSES, PARAMETER_RANGES

    of_class = name in LOSS_CLASSES
    sections: list[Section] = []
    written = name
    if of_class:
        found = loss_properties(Loss("class", name))
        title = f"The class of {'all' if name == 'any' else f'all {name}'} losses"
        meaning = (
            "A verdict on a class is one on all of its members: it holds if the property holds "
            "for every member, and it fails if it fails for one."
        )
        sections.append(Section("Means", (meaning,)))
    else:
        title = f"The {name.replace('_', ' ')} loss"
        parameter = LOSSES[name]
        if parameter is not None:
            key, default = parameter
            written = f"{name}({LOSS_ARGUMENTS.get(name) or default})"
            rest = f"default {default}" if default is not None else "has to be given"
            text = f"{PARAMETER_RANGES[key]}; {rest}"
            sections.append(Section("Parameter", items=((key, text),)))
        if name == "lp":
            values = tuple(map(Fraction, ("1/2", "1", "3/2", "2", "3")))
            items = []
            for p in values:
                of_p = loss_properties(Loss("named", "lp", (("p", p),)))
                flags = f"convex {of_p.convex}, differentiable {of_p.differentiable}"
                items.append((f"lp({p})", f"{flags}, C^2 {of_p.smooth}"))
            sections.append(Section("Properties", items=tuple(items)))
            sections.insert(0, Section("Formula", (loss_formula(name),)))
            found = None
        else:
            found = loss_properties(Loss("named", name))
            sections.insert(0, Section("Formula", (loss_formula(name),)))
    if found is not None:
        items = [
            ("convex", f"{TRUTH[found.convex]}: {found.convex_text}"),
            ("differentiable", f"{TRUTH[found.differentiable]}: {found.differentiable_text}"),
            ("C^2", f"{TRUTH[found.smooth]}: {found.smooth_text}"),
        ]
        if not of_class:
            items.append(("infimum", found.infimum))
        sections.append(Section("Properties", items=tuple(items)))
    models = tuple(f"{net}; loss {written}" for net in LOSS_NETWORKS)
    sections.append(Section("What the catalogue says", items=verdicts(models, answer)))
    return Explanation(name, "loss", title, tuple(sections))


def _yes(value: bool | None) -> str:
    return "not known" if value is None else "yes" if value else "no"


def _activation(name: str, answer: Answer) -> Explanation:
    from ..model.activations import Piece as AffinePiece
    from ..model.activations import activation_properties
    from ..model.problem import Activation
    from ..syntax.names import ACTIVATIONS, PARAMETER_RANGES

    parameters = ACTIVATIONS[name]
    given = tuple((key, default) for key, default in parameters if default is not None)
    found = activation_properties(Activation(name, given))

    def piece(one: AffinePiece) -> str:
        low = "-inf" if one.low is None else str(one.low)
        high = "inf" if one.high is None else str(one.high)
        slope = "irrational" if one.slope is None else str(one.slope)
        start = "" if one.intercept == 0 else f", intercept {one.intercept}"
        return f"({low}, {high}): slope {slope}{start}"

    sections = [Section("Formula", (found.formula,))]
    if parameters:
        items = tuple(
            (
                key,
                f"{PARAMETER_RANGES.get(key, 'any number')}; "
                + ("trained unless given" if default is None else f"default {default}"),
            )
            for key, default in parameters
        )
        sections.append(Section("Parameters", items=items))
    table = (
        ("continuous", _yes(found.continuous)),
        ("strictly monotone", _yes(found.strictly_monotone)),
        ("differentiable", _yes(found.differentiable)),
        ("C^2", _yes(found.smooth)),
        ("range", found.range),
        ("affine pieces", "; ".join(map(piece, found.affine)) or "none"),
        ("constant pieces", "; ".join(map(piece, found.constant)) or "none"),
        ("value at 0", found.zero_text),
        ("Lipschitz at 0", found.lipschitz_at_zero or "no"),
    )
    note = " (with the default parameters)" if given else ""
    sections.append(Section(f"Properties{note}", items=table))
    if name == "softmax":
        models: tuple[str, ...] = ("net 5 -> softmax(4); loss cross_entropy",)
    else:
        models = (
            f"net 5 -> {name}(4) -> 2; loss squared",
            f"net 5 -> {name}(4) -> 2; loss squared; data X full_column_rank",
        )
    sections.append(Section("What the catalogue says", items=verdicts(models, answer)))
    return Explanation(name, "activation", f"The activation {name}", tuple(sections))


def _code(name: str) -> Explanation:
    from ..syntax.codes import code

    found = code(name)
    if found is None:
        raise LookupError(f"no error code {name}")
    lines = found.example.splitlines()
    shown = [line if len(line) <= 200 else f"{line[:197]}..." for line in lines[:8]]
    if len(lines) > 8:
        shown.append("...")
    return Explanation(
        found.code,
        "error code",
        found.title,
        (
            Section("Means", (found.explanation,)),
            Section("Example", tuple(shown)),
            Section("How to mend it", (found.remedy,)),
        ),
    )


def _word(kind: str, name: str, answer: Answer) -> Explanation:
    from ..engine.discovery import families
    from .glossary import words_named

    word = next(one for one in words_named(name) if one.kind == kind)
    sections = [Section("Means", (word.meaning,))]
    if word.example:
        sections.append(Section("Example", items=verdicts((word.example,), answer)))
    if kind == "argument":
        users = [family.id for family in families() if family.argument == name]
        if users:
            sections.append(Section("Used by", (", ".join(users),)))
    if word.related:
        sections.append(Section("Related", (", ".join(word.related),)))
    return Explanation(name, kind, word.title, tuple(sections))


# --- showing them ----------------------------------------------------------------------------

VERBATIM = frozenset(("Example", "Examples"))


def explanation_lines(explanation: Explanation, page: Page) -> None:
    """Lay out an explanation."""
    page.row(
        [("", explanation.title)],
        label=("name", explanation.name),
        column=len(explanation.name) + 2,
        right=("dim", explanation.kind),
        beside=False,
    )
    for section in explanation.sections:
        page.blank()
        page.row([("label", section.heading)], indent=2)
        for text in section.paragraphs:
            page.row([("", text)], indent=4)
        if not section.items:
            continue
        longest = max(len(label) for label, _ in section.items)
        if longest <= 26:
            for label, text in section.items:
                page.row([("", text)], indent=4, label=("name", label), column=longest + 6)
        else:
            for label, text in section.items:
                page.row([("", label)], indent=4)
                page.row([("name", text)], indent=8)


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """An explanation as JSON."""
    return {
        "schema": SCHEMA,
        "name": explanation.name,
        "kind": explanation.kind,
        "title": explanation.title,
        "sections": [
            {
                "heading": section.heading,
                "paragraphs": list(section.paragraphs),
                "items": [{"label": label, "text": text} for label, text in section.items],
            }
            for section in explanation.sections
        ],
    }


def overview_lines(page: Page) -> None:
    """Lay out every name that can be explained."""
    for kind, group in names().items():
        page.row([("label", kind)])
        pieces: list[Piece] = [("", ", ".join(group))]
        page.row(pieces, indent=4)


def nearest_names(name: str) -> Iterator[str]:
    """The names most like one that is unknown, best first."""
    from difflib import get_close_matches

    every = list(dict.fromkeys(one for group in names().values() for one in group))
    plain = {_plain(one): one for one in every}
    wanted = _plain(name[:80])
    for match in get_close_matches(wanted, list(plain), 3, 0.6):
        yield plain[match]
