"""Words that reports use and that are no entry of the catalogue: verdicts, statuses, exit codes."""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """A word of the reports: what kind of word, what it means, a model that shows it."""

    name: str
    kind: str
    title: str
    meaning: str
    example: str = ""
    related: tuple[str, ...] = ()


WORDS: tuple[Word, ...] = (
    Word(
        "holds", "verdict", "The property is proved",
        "A theorem of the catalogue applies: for all data and widths that the model allows, the "
        "property holds. Every assumption of the theorem was met by the model (or declared by "
        "you), and `--proof` prints the derivation.",
        "net 5 -> 2 -> 4; loss squared",
    ),
    Word(
        "fails", "verdict", "The property is refuted",
        "For some data that the model allows there is a local minimum that is not global "
        "(or, for strict_saddle, a critical point that is neither global nor a strict saddle). "
        "The report shows such an instance in exact numbers, with a certificate that a small "
        "independent kernel has re-checked.",
        "net 2 -> 2 -> 2; loss absolute",
    ),
    Word(
        "depends", "verdict", "The answer depends on the widths",
        "The widths are symbols, and the answer differs among them: three formulas say where the "
        "property holds, where it fails, and where it is not decided.",
        "net d0 -> d1 -> d2; loss convex smooth",
    ),
    Word(
        "conditional", "verdict", "True of the points that meet a condition",
        "The model is not known to fail, and every local minimum that satisfies the stated "
        "condition at the point (such as a rank) is global. `landscape point` checks such "
        "conditions at given weights.",
        "net 9 -> tanh(5) -> 2; loss absolute; data X full_column_rank",
    ),
    Word(
        "unknown", "verdict", "Not decided",
        "No theorem and no counterexample of the catalogue decides the model. That is not a no: "
        "the nearest theorems are shown, with what is missing from each.",
        "net 2 -> sin(3) -> tanh(2) -> 2; loss squared",
    ),
    Word(
        "local_is_global", "property", "Every local minimum is global",
        "The default question. A local minimum is a point with no lower loss nearby (not "
        "strictly: plateaus count); global means that the infimum is attained there.",
        "net 5 -> 2 -> 4; loss squared",
    ),
    Word(
        "strict_saddle", "property", "Every critical point is global or a strict saddle",
        "Asked by `require strict_saddle`: every critical point is a global minimum or has a "
        "direction of negative curvature.",
        "net 5 -> 2 -> 4; loss squared; require strict_saddle",
    ),
    Word(
        "met", "status", "The model grants the assumption",
        "The statement of the model that decided it is named by line and column.",
    ),
    Word(
        "violated", "status", "The model contradicts the assumption",
        "No further statement can repair it; something has to change.",
    ),
    Word(
        "not_given", "status", "The model neither grants nor excludes the assumption",
        "A model stands for all data that satisfy its statements, so what is not stated can't be "
        "used. If it is true of your data, state it (`data X full_row_rank`).",
    ),
    Word(
        "declared", "status", "The assumption rests on your word",
        "A `declare` statement vouches for it. Every verdict that uses one says so.",
    ),
    Word(
        "exit-codes", "interface", "Exit codes",
        "0: every model does what it is expected to (without `expect`: the verdict is holds). "
        "1: at least one does not. 2: bad input, bad usage or an unreadable file. 3: an internal "
        "error. 130: interrupted. --exit-zero always gives 0 for verdicts, never for errors.",
    ),
    Word(
        "rank-chart", "argument", "A local minimum on the matrices of bounded rank",
        "Every matrix of rank at most k near Z is [[A, B], [C, C A^-1 B]]; the kernel shows that "
        "the second-order form in B and C is positive definite there. A local minimum among the "
        "products is one among the factors.",
    ),
    Word(
        "polynomial-bound", "argument", "One entry is bounded by the others",
        "Near the point the entry whose target is missed is a small combination of the other "
        "entries, so that gaining there costs at least as much elsewhere.",
    ),
    Word(
        "affine-region", "argument", "The network is affine near the point",
        "All units work strictly inside an affine piece on all samples, so that near the point the "
        "loss is that of an affine model, of which the point is a minimum.",
    ),
    Word(
        "strict-hessian", "argument", "Gradient zero, Hessian positive definite",
        "Exact gradient and an exact LDL^T of the Hessian, if need be modulo a symmetry or a flat "
        "subspace that the certificate names.",
    ),
    Word(
        "growth", "argument", "The penalty grows faster than the loss can fall",
        "Near zero weights the outputs change by a product of the weights, the penalty by their "
        "squares (l2) or absolute values (l1).",
    ),
    Word(
        "loss-plateau", "argument", "No entry of the loss can fall nearby",
        "For losses with flat parts: every output is inside a flat part, or at its target.",
    ),
    Word(
        "cusp", "argument", "Exact fits that no small move can keep",
        "For |r|^p with p < 1: every small change of the outputs gives up a sample that is fitted "
        "exactly, where the loss rises faster than it falls anywhere else.",
    ),
    Word(
        "flat-origin", "argument", "Gradient and Hessian vanish at zero weights",
        "With three and more trained layers the outputs are of third order in the weights, so zero "
        "weights are a critical point without negative curvature; it refutes strict_saddle.",
    ),
    Word(
        "interval-newton", "argument", "A critical point enclosed in a box",
        "The Krawczyk operator maps a box into itself, so it holds exactly one critical point, and "
        "the interval Hessian on the box is positive definite.",
    ),
    Word(
        "split-unit", "argument", "One unit split into several",
        "A strict local minimum of a network with one hidden unit, the unit split into shares; a "
        "definiteness condition keeps it a local minimum.",
    ),
    Word(
        "nonzero-gradient", "argument", "Not a local minimum: the gradient is not zero",
        "A direction in which the loss falls to first order.",
    ),
    Word(
        "negative-curvature", "argument", "Not a local minimum: negative curvature",
        "A direction in which the first derivative is 0 and the second is negative, exactly.",
    ),
    Word(
        "descent-curve", "argument", "Not a local minimum: a curve of descent",
        "A polynomial curve through the point; the first coefficient of the loss difference that "
        "is not 0 is negative.",
    ),
    Word(
        "equal-loss-move", "argument", "Not a local minimum: a move along equal losses",
        "A family of nearby points with the same loss and a gradient that is not zero.",
        "", ("linear-degenerate",),
    ),
)  # fmt: skip


def words_named(name: str) -> tuple[Word, ...]:
    """The words of that name."""
    return tuple(word for word in WORDS if word.name == name)
