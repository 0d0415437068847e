"""The graph of the catalogue: rules at the left, theorems in the middle, what they generalise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

ROW = 24
CELL = 7.9
"""Width of a letter of the graph's font, in the units of the drawing."""
GAP = 110
MARGIN = 12


def columns(
    generalises: Sequence[tuple[str, str]], uses: Sequence[tuple[str, str]]
) -> list[list[str]]:
    """The names in columns so that every edge goes to the right.

    ``generalises``: (general, special); ``uses``: (rule, theorem). The column of a name is the
    length of the longest path that ends in it; within a column names stand near what they are
    joined with (two sweeps of the barycentre heuristic).
    """
    edges = [*uses, *generalises]
    every = list(dict.fromkeys(name for edge in edges for name in edge))
    before: dict[str, list[str]] = {name: [] for name in every}
    after: dict[str, list[str]] = {name: [] for name in every}
    for left, right in edges:
        before[right].append(left)
        after[left].append(right)
    depth: dict[str, int] = {}

    def measure(name: str, path: tuple[str, ...]) -> int:
        if name in path:
            raise ValueError(f"a circle of implications through {name}")
        if name not in depth:
            depth[name] = max((measure(b, (*path, name)) + 1 for b in before[name]), default=0)
        return depth[name]

    for name in every:
        measure(name, ())
    # A name with nothing before it stands beside what it leads to.
    for name in every:
        if not before[name]:
            depth[name] = min(depth[a] for a in after[name]) - 1
    found: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for name in every:
        found[depth[name]].append(name)
    for _ in range(2):
        for neighbours, order in ((before, found), (after, found[::-1])):
            for column in order:
                row = {n: k for c in found for k, n in enumerate(c)}
                column.sort(
                    key=lambda n: (
                        sum(row[m] for m in neighbours[n]) / len(neighbours[n])
                        if neighbours[n]
                        else row[n]
                    )
                )
    return found


def implication_graph(
    generalises: Sequence[tuple[str, str]],
    uses: Sequence[tuple[str, str]],
    paths: Mapping[str, str],
) -> Markup:
    """The graph as inline SVG; every name is a link to its page (``paths``)."""
    placed: dict[str, tuple[float, float, float]] = {}
    left = float(MARGIN)
    tallest = 0
    for column in columns(generalises, uses):
        width = max(len(name) for name in column) * CELL
        for k, name in enumerate(column):
            placed[name] = (left, MARGIN + ROW * (k + 0.7), len(name) * CELL)
        tallest = max(tallest, len(column))
        left += width + GAP
    lines: list[Markup] = []
    for edges, style in ((uses, ""), (generalises, "strong")):
        for start, end in edges:
            x1 = placed[start][0] + placed[start][2] + 4
            y1, x2, y2 = placed[start][1] - 4, placed[end][0] - 5, placed[end][1] - 4
            bend = max((x2 - x1) / 2, 24)
            curve = (x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2)
            numbers = " ".join(f"{number:.0f}" for number in curve)
            lines.append(
                Markup('<path class="{}" d="M{}C{}"/>').format(
                    style, " ".join(numbers.split()[:2]), " ".join(numbers.split()[2:])
                )
            )
    labels = [
        Markup('<a href="{}"><text x="{:.0f}" y="{:.0f}">{}</text></a>').format(
            paths[name], x, y, name
        )
        for name, (x, y, _) in placed.items()
    ]
    width, height = left - GAP + MARGIN, tallest * ROW + 2 * MARGIN
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{:.0f}" height="{:.0f}" '
        'viewBox="0 0 {:.0f} {:.0f}" role="img" aria-labelledby="graph-title">'
        '<title id="graph-title">Rules, the theorems that use them, and the theorems that these '
        "generalise; the lists below say the same in words</title>{}{}</svg>"
    ).format(width, height, width, height, Markup("").join(lines), Markup("").join(labels))
