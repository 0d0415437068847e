"""Erratum: singular vectors are not continuous."""

from __future__ import annotations

from ..catalogue import Source, Theorem

THEOREM = Theorem(
    id="erratum-svd-continuity",
    order=204,
    kind="erratum",
    title="Erratum: singular vectors are not continuous",
    statement=(
        "Lu & Kawaguchi 2017, Lemma 3.3, uses continuity of the singular value "
        "decomposition, which is false (Stewart): the matrices [[1,0],[0,1+e]] and "
        "[[1,e],[e,1]] are close to each other and to I, and their singular vectors are 45 "
        "degrees apart for every e > 0. The theorem survives by open-chain."
    ),
    source=Source(
        "H. Lu, K. Kawaguchi",
        2017,
        "Depth creates no bad local minima",
        "arXiv 1702.08580",
        "Lemma 3.3",
        "Lu & Kawaguchi",
    ),
    proof=(
        "The first matrix has the coordinate axes as singular vectors, the second (1,1) and "
        "(1,-1), however small e is."
    ),
    setting="any",
    related=(
        "open-chain",
        "lu-kawaguchi-2017",
    ),
    nearest=False,
)
