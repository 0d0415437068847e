"""The pipeline from text to verdict, and the public Python API.

    text --parse--> models --judge--> judgement --report--> ModelReport --render--> ...

``check`` is all that most callers need; nothing here prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .engine.judge import Judgement, judge, nearest
from .engine.report import (
    AssumptionReport,
    Counterexample,
    Explored,
    ModelReport,
    NearTheorem,
    Proof,
    Repair,
    Report,
    Unbuilt,
)
from .model.diagnostics import Diagnostic, InputError, InternalError
from .model.problem import Model, PropertyAsked, Requirement
from .syntax import parse_with_errors

if TYPE_CHECKING:
    from .catalogue import BuildOptions, Instance, Refusal
    from .engine.argument import Argument
    from .engine.why_not import WhyNot
    from .instances.counts import Spread
    from .model.problem import DataMatrix
    from .model.terms import Formula
    from .point.analysis import PointAnalysis

LARGEST_MATRIX = 4_000_000
"""No instance with a larger matrix is built: the kernel takes none."""

LARGEST_ENTRIES = 12_000_000
"""No instance with more weights and data than this is built."""

READABLE_ENTRIES = 4000
"""A text report builds and shows an instance of at most this many weights and data."""


def check(
    text: str,
    *,
    file: str | None = None,
    base: Path | None = None,
    asked: PropertyAsked = "local_is_global",
) -> Report:
    """The report on every model of a text; input errors are in ``report.errors``.

    ``base``: the folder in which relative data files are looked up (default: the current one).
    ``asked``: the property asked of models that state no ``require``.
    Never raises for bad input; raises ``InternalError`` if the catalogue contradicts itself.
    """
    models, errors = parse_with_errors(text, file=file, base=base)
    unknown = [model for model in models if not _known_theorem(model)]
    if unknown:
        errors = (*errors, *(_unknown_theorem(model, text) for model in unknown))
        models = tuple(model for model in models if model not in unknown)
    if asked != Requirement().name:
        models = tuple(_asking(model, asked) for model in models)
    return Report(tuple([report(model, text) for model in models]), tuple(errors))


def _asking(model: Model, asked: PropertyAsked) -> Model:
    """The model with the property asked, unless it states one."""
    from dataclasses import replace

    if model.requirement.span is not None:
        return model
    return replace(model, requirement=Requirement(asked))


def _known_theorem(model: Model) -> bool:
    """Whether ``expect ... by NAME`` names something that can decide a verdict."""
    if model.expectation is None or model.expectation.theorem is None:
        return True
    return model.expectation.theorem in _deciders()


def _deciders() -> list[str]:
    """The ids that a verdict can rest on."""
    from .engine.discovery import deciding_theorems, families

    return [t.id for t in deciding_theorems()] + [f.id for f in families()]


def _unknown_theorem(model: Model, text: str) -> Diagnostic:
    from difflib import get_close_matches

    expectation = model.expectation
    assert expectation is not None and expectation.theorem is not None
    near = get_close_matches(expectation.theorem, _deciders(), 1, 0.5)
    line = None
    if expectation.span is not None:
        line = text.splitlines()[expectation.span.line - 1]
    return Diagnostic(
        "E123",
        f"no theorem or counterexample family `{expectation.theorem}` decides verdicts",
        model.file,
        expectation.span,
        f"did you mean `{near[0]}`?" if near else "landscape theorems lists them",
        line,
    )


def check_file(path: Path) -> Report:
    """The report on every model of a file; an unreadable file is an error of the report."""
    from .syntax import read_file

    try:
        text = read_file(path)
    except InputError as error:
        return Report((), error.diagnostics)
    return check(text, file=str(path), base=path.parent)


def check_files(paths: Iterable[Path]) -> Iterator[tuple[Path, Report]]:
    """The reports on files, one after another, in the given order."""
    for path in paths:
        yield path, check_file(path)


def report(model: Model, text: str | None = None) -> ModelReport:
    """The verdict on one model with its reasons; ``text``: what the model was read from."""
    from .engine.proof import guarantees

    judgement = judge(model)
    theorem = judgement.theorem.id if judgement.theorem is not None else None
    if judgement.regions is not None and judgement.verdict in ("holds", "fails"):
        found = judgement.regions
        theorem = (found.holds_by if judgement.verdict == "holds" else found.fails_by)[0]
    if judgement.family is not None and judgement.verdict == "fails":
        theorem = judgement.family.id
    conditions: tuple[str, ...] = ()
    if judgement.verdict == "conditional" and judgement.theorem is not None:
        conditions = judgement.theorem.conditions(judgement.facts)
    return ModelReport(
        model,
        judgement.verdict,
        theorem,
        conditions,
        _near(judgement),
        guarantees(judgement) if judgement.verdict != "holds" else (),
        _declared(judgement),
        Explored(
            proof=lambda: _proof(judgement),
            repairs=lambda: _repairs(judgement),
            counterexample=lambda: counterexample(judgement),
            argument=lambda: _argument(judgement, text),
            certificate=lambda: proof_certificate(judgement),
            unbuilt=lambda tried: unbuilt(judgement, tried),
            readable=judgement.verdict == "fails" and _weights(judgement) <= READABLE_ENTRIES,
        ),
        _regions(judgement),
    )


def _regions(judgement: Judgement) -> dict[str, str] | None:
    """The partition of a symbolic class in the model language's own arithmetic."""
    from .model.terms import show_formula

    found = judgement.regions
    if found is None or judgement.verdict != "depends":
        return None
    return {
        "holds": show_formula(found.holds),
        "fails": show_formula(found.fails),
        "unknown": show_formula(found.unknown),
    }


def _near(judgement: Judgement) -> tuple[NearTheorem, ...]:
    return tuple(
        [
            NearTheorem(
                standing.theorem.id,
                standing.theorem.kind,
                tuple(
                    [
                        AssumptionReport(
                            assumption.id, finding.status, finding.text, finding.span,
                            assumption.structural,
                        )
                        for assumption, finding in zip(
                            standing.theorem.assumptions, standing.findings, strict=True
                        )
                    ]
                ),
            )
            for standing in nearest(judgement)
        ]
    )  # fmt: skip


def _declared(judgement: Judgement) -> tuple[str, ...]:
    """What the verdict takes on the user's word."""
    if judgement.verdict == "holds":
        used = judgement.holds[:1]
    elif judgement.verdict == "conditional":
        used = judgement.conditional[:1]
    else:
        return ()
    return tuple(
        finding.text for s in used for finding in s.findings if finding.status == "declared"
    )


def _proof(judgement: Judgement) -> Proof | None:
    from .engine.proof import prove

    return prove(judgement)


def _argument(judgement: Judgement, text: str | None) -> Argument:
    from .engine.argument import argue

    return argue(judgement, lambda where: _example(judgement, where), text)


def _example(judgement: Judgement, where: Formula | None) -> tuple[str, Counterexample] | None:
    """A readable instance with its family; for symbols, of the smallest widths ``where``."""
    if not judgement.facts.numeric:
        from .engine.solve import instantiate, smallest

        values = smallest(judgement, True if where is None else where)
        if values is None:
            return None
        judgement = judge(instantiate(judgement.facts.model, values))
    if judgement.family is None or _weights(judgement) > READABLE_ENTRIES:
        return None
    found = counterexample(judgement)
    return None if found is None else (judgement.family.id, found)


def _repairs(judgement: Judgement) -> tuple[Repair, ...]:
    from .engine.repairs import propose
    from .syntax import unparse_statements

    return tuple(
        Repair(
            mended.text, unparse_statements(mended.model), mended.theorem, mended.cost,
            mended.partial, mended.note,
        )
        for mended in propose(judgement)
    )  # fmt: skip


def counterexample(judgement: Judgement, options: Any = None) -> Counterexample | None:
    """For ``fails``: an exact instance that the kernel has accepted.

    For symbolic widths the instance has the smallest widths of the class. None if the verdict is
    another one, or for more entries than are built (``too_large``).
    Raises ``InternalError`` if the builder refuses a model that its scope claims, if the instance
    contradicts a statement of the model, or if the kernel rejects the certificate: all defects.
    """
    from .catalogue import BuildOptions, Refusal

    if judgement.verdict != "fails":
        return None
    if not judgement.facts.numeric:
        from .engine.solve import instantiate, smallest

        values = smallest(judgement, True)
        if values is None:
            return None
        judgement = judge(instantiate(judgement.facts.model, values))
    family = judgement.family
    if family is None:
        return None
    found = certified(judgement, options or BuildOptions())
    if isinstance(found, Refusal):
        raise InternalError(f"{family.id} claims this model but builds nothing: {found.reason}")
    if found is None:
        return None
    return Counterexample(found.instance.document, found.instance.words, True, family.argument)


class Certified(NamedTuple):
    """An instance, and what the checker that accepted it said."""

    instance: Instance
    outcome: Any


def certified(
    judgement: Judgement,
    options: BuildOptions,
    progress: Callable[[str, float], None] = lambda _task, _done: None,
) -> Certified | Refusal | None:
    """A checked instance of the deciding family (numeric widths); None if it would be too large.

    Many samples are few distinct ones with their counts, where the model allows that. ``progress``
    is told what begins, and what part of all has been done by then.
    """
    from .catalogue import Refusal

    progress("building the instance", 0.0)
    found = _counted(judgement, options, progress)
    if found is None:
        if too_large(judgement):
            return None
        built = build(judgement, options)
        if isinstance(built, Refusal):
            return built
        progress("re-checking it by the kernel", 0.25)
        found = Certified(built, certify(judgement, built))
    return found


MOST_TRIES = 6
"""Versions of an instance with sample counts that the kernel is asked about."""


def _counted(
    judgement: Judgement,
    options: BuildOptions,
    progress: Callable[[str, float], None] = lambda _task, _done: None,
) -> Certified | None:
    """An instance with sample counts, for models of so many samples that it is worth while."""
    from .catalogue import Instance
    from .instances import violations
    from .instances.counts import spread

    few = _fewer(judgement, options.samples)
    if few is None or too_large(few[0]):
        return None
    reduced, samples = few
    family = reduced.family
    assert family is not None
    least = build(reduced, options._replace(samples=None))
    if not isinstance(least, Instance):
        return None
    size = _samples_of(least)

    def versions() -> Iterator[tuple[Instance, Spread]]:
        evenly: list[tuple[Instance, Spread]] = []
        later: list[tuple[int, int, Instance, Spread]] = []
        for n in range(size, min(size + 4, samples + 1)):
            fixed = options._replace(samples=n)
            built = least if n == size else family.build(reduced.facts, fixed)
            if not isinstance(built, Instance):
                continue
            for place, version in enumerate(spread(built.document, samples)):
                if version.harmless and version.even:
                    evenly.append((built, version))
                elif version.harmless:
                    yield built, version
                else:
                    later.append((place, -n, built, version))
            if n > size:
                # One sample that stands many times is easier to read, but takes more tries.
                yield from evenly[:1]
                evenly.clear()
        yield from evenly
        for _, _, built, version in sorted(later, key=lambda one: one[:2]):
            yield built, version

    for built, version in islice(versions(), MOST_TRIES):
        if violations(judgement.facts, version.document):
            continue
        progress("re-checking it by the kernel", 0.25)
        outcome = verify(version.document)
        if outcome.accepted:
            words = f"{built.words} {version.words}".strip()
            return Certified(Instance(version.document, words), outcome)
    return None


def _fewer(judgement: Judgement, samples: int | None = None) -> tuple[Judgement, int] | None:
    """The judgement on the model with n left open, and n, where n is large and may be counted."""
    from .instances.counts import fewer_samples

    facts = judgement.facts
    if judgement.verdict != "fails" or not facts.numeric:
        return None
    few = fewer_samples(facts, samples)
    widths = (facts.input_width, facts.output_width)
    entries = sum(width for width in widths if isinstance(width, int))
    if few is None or few.samples * entries <= READABLE_ENTRIES:
        return None
    return judgement._replace(facts=few.facts), few.samples


SIMPLEST_SEEDS = 8
MOST_SIMPLEST = 200


def build(judgement: Judgement, options: BuildOptions) -> Instance | Refusal:
    """The instance of the deciding family; for ``options.simplest`` the simplest that it has.

    That is one with the fewest samples, and among the family's variants with those the one whose
    numbers are the shortest.
    """
    from .catalogue import Instance

    family = judgement.family
    assert family is not None
    first = family.build(judgement.facts, options)
    if not options.simplest or not isinstance(first, Instance):
        return first
    found = first
    size = _samples_of(first)
    if options.samples is None and size <= MOST_SIMPLEST:
        for n in range(1, size):
            fewer = family.build(judgement.facts, options._replace(samples=n))
            if isinstance(fewer, Instance) and _samples_of(fewer) == n:
                found = fewer
                break
    size = _samples_of(found)
    for seed in range(SIMPLEST_SEEDS):
        other = family.build(judgement.facts, options._replace(samples=size, seed=seed))
        if isinstance(other, Instance) and _samples_of(other) == size:
            found = min(found, other, key=lambda one: _digits(one.document))
    return found


def _samples_of(instance: Instance) -> int:
    data = instance.document["data"]
    return sum(data["counts"]) if "counts" in data else len(data["X"][0]) if "X" in data else 0


def _digits(value: Any) -> int:
    """How long the numbers of a document are, all together (a number that is 0 counts nothing)."""
    if isinstance(value, str):
        return 0 if value == "0" else len(value)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(_digits(part) for part in parts)


def certify(judgement: Judgement, built: Instance) -> Any:
    """The checker's outcome on an instance of the deciding family.

    Raises ``InternalError`` if the instance contradicts a statement of the model, or if it is not
    accepted: both are defects of the family.
    """
    from .instances import violations

    family = judgement.family
    assert family is not None
    broken = violations(judgement.facts, built.document)
    if broken:
        raise InternalError(f"the {family.id} instance contradicts the model: {'; '.join(broken)}")
    outcome = verify(built.document)
    if not outcome.accepted:
        raise InternalError(f"the kernel rejects the {family.id} instance: {outcome.reason}")
    return outcome


def proof_certificate(of: ModelReport | Judgement) -> dict[str, Any] | None:
    """For ``holds`` and numeric widths: the proof as a document that the kernel has accepted.

    None for other verdicts and symbolic widths. Raises ``InternalError`` if the kernel, which
    works out every side condition from the problem with code of its own, rejects the proof.
    """
    if isinstance(of, ModelReport):
        return of.proof_certificate
    from .engine.proof_document import proof_document

    document = proof_document(of)
    if document is None:
        return None
    outcome = verify(document)
    if not outcome.accepted:
        raise InternalError(
            f"the kernel rejects the proof by {document['theorem']}: {outcome.reason}"
        )
    return document


def why_not(model: Model, name: str, text: str | None = None) -> WhyNot:
    """Why the theorem (or counterexample family) of that name does not apply to the model.

    Raises ``LookupError`` if nothing of that name decides verdicts.
    """
    from .engine.why_not import why_not as explain
    from .syntax import parse

    return explain(model, name, lambda other: report(parse(other)[0], other), text)


def analyse(
    model: Model,
    matrices: Sequence[DataMatrix] | None = None,
    *,
    progress: Callable[[str, float], None] | None = None,
) -> PointAnalysis:
    """The exact analysis of a point, with every theorem of the catalogue that covers it.

    ``matrices``: the point, instead of the model's own ``at``. Raises ``InputError`` for a point
    that does not fit, ``InternalError`` if a theorem covers a point that is certified as a local
    minimum beside a better point.
    """
    from dataclasses import replace

    from .point.analysis import analyse_point
    from .point.coverage import Coverage

    analysis = analyse_point(model, matrices, progress=progress)
    holding = judge(replace(model, requirement=Requirement())).holds
    known = {covered.theorem for covered in analysis.covered_by}
    always = tuple(
        Coverage(standing.theorem.id, ("at every point of this model",))
        for standing in holding
        if standing.theorem.id not in known
    )
    covered = (*always, *analysis.covered_by)
    if covered and analysis.classification == "local_minimum" and analysis.better is not None:
        raise InternalError(
            f"{covered[0].theorem} covers a point that is certified as a local minimum and is "
            "not global; please report it with the model and the point"
        )
    return replace(analysis, covered_by=covered)


def verify(document: Any) -> Any:
    """The kernel's outcome on a certificate; ball arithmetic only where the argument needs it."""
    kind = None
    if isinstance(document, dict) and isinstance(document.get("argument"), dict):
        kind = document["argument"].get("kind")
    if kind in ("interval-newton", "split-unit"):
        from .interval_checker import verify as check_intervals

        return check_intervals(document)
    from .kernel import verify as check_exactly

    return check_exactly(document)


LARGEST_CHART = 130_000
LARGEST_HESSIAN = 6_000
LARGEST_SOFTMAX = 64_000
"""Variables of a rank chart and of a Hessian; kept columns times classes squared: what the kernel
checks within a minute or so."""


def too_large(judgement: Judgement) -> bool:
    """Whether an instance would have more entries, or its argument more variables, than is built.

    Such an instance exists by the family's proof; it is not built, since the kernel would not
    check it in reasonable time, or not at all.
    """
    return excess(judgement) is not None


def excess(judgement: Judgement) -> str | None:
    """What of an instance would be too large, in words; None if nothing is."""
    sizes = _sizes(judgement)
    entries, largest = sum(sizes), max(sizes, default=0)
    if largest > LARGEST_MATRIX:
        return f"a matrix would have about {largest} entries (at most {LARGEST_MATRIX} are built)"
    if entries > LARGEST_ENTRIES:
        return f"it would have about {entries} entries (at most {LARGEST_ENTRIES} are built)"
    facts, family = judgement.facts, judgement.family
    if family is None:
        return None
    if family.argument == "strict-hessian" and _trained(judgement) > LARGEST_HESSIAN:
        return (
            f"the Hessian would have {_trained(judgement)} variables (at most {LARGEST_HESSIAN} "
            "are checked)"
        )
    narrow, ranges = facts.narrowest, facts.ranges
    if family.argument != "rank-chart" or not isinstance(narrow, int) or ranges is None:
        return None
    rows = facts.output_width
    assert isinstance(rows, int)
    if facts.model.loss.name == "cross_entropy":
        # An output bias couples all columns.
        ends = facts.ends
        times = 8 if ends is not None and ends.bias == "output" else 1
        if times * rows * rows * narrow > LARGEST_SOFTMAX:
            return f"the argument would couple {narrow} columns of {rows} classes"
    variables = (rows + max(1, ranges.rank_x.least - narrow)) * narrow
    if variables > LARGEST_CHART:
        return (
            f"the argument would have {variables} variables (at most {LARGEST_CHART} are checked)"
        )
    return None


def unbuilt(judgement: Judgement, tried: bool = False) -> Unbuilt | None:
    """For ``fails`` where an instance would be too large: why, and a smaller model of its kind.

    ``tried``: an instance with sample counts was sought and not found, so that all samples count.
    """
    family = judgement.family
    if judgement.verdict != "fails" or family is None or not judgement.facts.numeric:
        return None
    few = _fewer(judgement)
    reason = excess(judgement if few is None else few[0])
    if reason is None and tried:
        reason = excess(judgement)
    if reason is None:
        return None
    return Unbuilt(family.id, reason, _smaller(judgement))


def _smaller(judgement: Judgement) -> str | None:
    """The model at widths for which the same family has an instance that the kernel accepts."""
    from .catalogue import BuildOptions
    from .engine.smaller import smaller_models
    from .syntax import parse, unparse_statements

    for model in smaller_models(judgement.facts.model):
        text = unparse_statements(model)
        try:
            (again,) = parse(text)
        except InputError:  # what is stated leaves no room at these widths
            continue
        other = judge(again)
        if other.verdict != "fails" or other.family != judgement.family:
            continue
        found: Any = _counted(other, BuildOptions())
        if found is None and sum(_sizes(other)) <= 10 * READABLE_ENTRIES:
            found = certified(other, BuildOptions())
        if isinstance(found, Certified):
            return text
        if _fewer(other) is not None:
            return None  # smaller widths do not help where the samples are too many
    return None


def _trained(judgement: Judgement) -> int:
    """The number of trained weights (numeric widths)."""
    form, chain = judgement.facts.form, judgement.facts.chain
    if chain is None:
        rows, columns = form.rows, form.columns
        return rows * columns if isinstance(rows, int) and isinstance(columns, int) else 0
    total = 0
    for (below, above), layer in zip(pairwise(chain.widths), chain.layers, strict=True):
        if isinstance(below, int) and isinstance(above, int) and not layer.fixed:
            total += below * above
    return total


def _weights(judgement: Judgement) -> int:
    """The number of entries of weights and data, equal samples written once (numeric widths)."""
    few = _fewer(judgement)
    return sum(_sizes(judgement if few is None else few[0]))


def _sizes(judgement: Judgement) -> list[int]:
    """The numbers of entries of the weights and the data (numeric widths)."""
    facts = judgement.facts
    chain = facts.chain
    if chain is None:
        return [facts.form.rows**2] if isinstance(facts.form.rows, int) else []
    found = []
    widths = chain.widths
    for below, above in pairwise(widths):
        if isinstance(below, int) and isinstance(above, int):
            found.append(below * above)
    for width in (widths[0], widths[-1]):
        if isinstance(width, int):
            found.append(width * _data_columns(judgement))
    return found


def _data_columns(judgement: Judgement) -> int:
    """About how many distinct samples an instance has, where the model does not state more.

    Some for every kept direction and one that is dropped; most for logistic losses, whose labels
    are proportions. A bias is held by a second set.
    """
    facts = judgement.facts
    least, family = facts.samples_least, judgement.family
    found = 4
    if family is not None and family.argument in ("rank-chart", "polynomial-bound"):
        known = (facts.narrowest, facts.output_width)
        kept = min([width for width in known if isinstance(width, int)], default=1)
        each = {"logistic": 10, "squared_hinge": 2, "lp": 2}.get(facts.model.loss.name, 1)
        found = each * (kept + 1) * (1 if facts.ends is None or facts.ends.bias == "none" else 2)
    return max(found, least if isinstance(least, int) else 1)
