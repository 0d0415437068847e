"""``landscape docs build``: the catalogue as a static site that needs no server.

A page for each theorem, rule, erratum, counterexample family, assumption, loss, activation, error
code and word; links both ways; the graph of what generalises and uses what; the summary table of
linear networks as the engine derives it; a search box. Every model shown is asked while building,
and a model that does not do what its entry claims is an ``InternalError``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from ...catalogue import Family, Theorem
from ...engine.report import ModelReport
from ...model.diagnostics import InternalError
from ..explain import Answer, Explanation, Section, assumptions, explain, names
from ..mathematics import html_prose
from ..theorem_list import KIND_WORDS, conclusion, kind_of
from ..verdict import instance_rows, values_words
from .environment import asset, rendered
from .graph import implication_graph

FOLDERS = {
    "theorem": "theorems",
    "conditional theorem": "theorems",
    "historical theorem": "theorems",
    "rule": "rules",
    "erratum": "errata",
    "counterexample family": "counterexamples",
    "assumption": "assumptions",
    "loss": "losses",
    "activation": "activations",
    "error code": "errors",
}
WORDS_FOLDER = "words"
HEADINGS = {
    "theorems": "Theorems",
    "rules": "Rules of proof",
    "errata": "Errata",
    "counterexamples": "Counterexample families",
    "assumptions": "Assumptions",
    "losses": "Losses",
    "activations": "Activations",
    "words": "Verdicts, statuses, arguments",
    "errors": "Error codes",
}
SUMMARY_NETWORKS = ("net d0 -> d1 -> d2", "net d0 -> d1 -> d2 -> d3")
SUMMARY_LOSSES = (
    "squared", "linear_loss", "convex smooth", "convex differentiable", "weighted_squared",
    "huber(1)", "log_cosh", "poisson", "lp(3/2)", "lp(3)", "logistic", "squared_hinge",
    "masked_squared", "cross_entropy", "convex", "absolute", "quantile(1/2)",
    "epsilon_insensitive(1/10)", "hinge", "any", "zero_one", "tukey(1)", "lp(1/2)",
)  # fmt: skip


class Page(NamedTuple):
    """One file of the site: its path below the folder, and its text."""

    path: str
    text: str


class Shown(NamedTuple):
    """A model on a page with the engine's answer."""

    text: str
    verdict: str
    theorem: str | None
    note: str
    instance: tuple[str, ...] = ()
    regions: tuple[tuple[str, str], ...] = ()


class Place(NamedTuple):
    """Where a name has its page."""

    name: str
    kind: str
    path: str
    title: str


def slug(name: str) -> str:
    """A file name for a name of the catalogue."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)


def places() -> tuple[Place, ...]:
    """Every page of an entry, in the order of the catalogue."""
    from ...engine.discovery import entry
    from ...syntax.codes import code
    from ..glossary import words_named

    found: list[Place] = []
    table = assumptions()
    for kind, group in names().items():
        folder = FOLDERS.get(kind, WORDS_FOLDER)
        for name in group:
            if kind in KIND_WORDS.values():
                known = entry(name)
                title = "" if known is None else known.title
            elif kind == "assumption":
                title = table[name][0].says
            elif kind == "error code":
                known_code = code(name)
                title = "" if known_code is None else known_code.title
            elif folder == WORDS_FOLDER:
                title = next(word.title for word in words_named(name) if word.kind == kind)
            else:
                title = f"the {name.replace('_', ' ')} {kind}"
            found.append(Place(name, kind, f"{folder}/{slug(name)}.html", title))
    return tuple(found)


class Links:
    """Turns names of the catalogue in a text into links; keeps what each page links to."""

    def __init__(self, known: Iterable[Place]) -> None:
        self.by_name: dict[str, Place] = {}
        for place in known:
            self.by_name.setdefault(place.name, place)
        # Single words such as `fixed` or `linear` would turn up everywhere: only names that
        # can't be ordinary words are linked inside sentences.
        plain = [name for name in self.by_name if "-" in name or re.fullmatch(r"E\d{3}", name)]
        longest_first = sorted(plain, key=len, reverse=True)
        self.pattern = re.compile(
            r"(?<![\w-])(" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])"
        )
        self.targets: dict[str, set[str]] = {}

    def link(self, name: str, page: str, text: str | None = None) -> Markup:
        """A link from a page to the page of a name."""
        place = self.by_name.get(name)
        if place is None or place.path == page:
            return escape(text or name)
        self.targets.setdefault(place.path, set()).add(page)
        return Markup('<a href="{}">{}</a>').format(relative(page, place.path), text or name)

    def text(self, text: str, page: str, *, formulas: bool = True) -> Markup:
        """A sentence with the names in it linked; in a list of names, every one.

        ``formulas``: whether what looks like mathematics is set as such.
        """
        listed = text.split(", ")
        if all(part.partition(" (")[0] in self.by_name for part in listed):
            return Markup(", ").join(self._listed(part, page) for part in listed)
        parts = self.pattern.split(text)
        return Markup("").join(
            self.link(part, page)
            if k % 2
            # html_prose escapes what it is given.
            else (Markup(html_prose(part)) if formulas else escape(part))
            for k, part in enumerate(parts)
        )

    def _listed(self, part: str, page: str) -> Markup:
        name, note, rest = part.partition(" (")
        return self.link(name, page) + (self.text(note + rest, page) if note else "")


def relative(page: str, target: str) -> str:
    """The address of a target as a page of the site writes it."""
    return "../" * page.count("/") + target


class Builder:
    """Builds the pages one after another."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.places = places()
        self.links = Links(self.places)
        self.asked: dict[str, ModelReport] = {}

    # --- models ------------------------------------------------------------------------------

    def ask(self, text: str) -> ModelReport:
        """The engine's answer on one model (each asked once)."""
        if text not in self.asked:
            report = self.answer(text)
            if report.errors or len(report.models) != 1:
                raise InternalError(f"the catalogue shows a model that can't be read: {text}")
            self.asked[text] = report.models[0]
        return self.asked[text]

    def shown(self, text: str, note: str = "", *, instance: bool = False) -> Shown:
        """A model with its verdict; ``instance`` adds the counterexample."""
        report = self.ask(text)
        expectation = report.model.expectation
        if expectation is not None and not report.matches:
            raise InternalError(
                f"the catalogue shows a model that is not as it expects: {text} is {report.verdict}"
            )
        rows: tuple[str, ...] = ()
        if instance:
            found = report.readable_counterexample
            if found is not None:
                rows = (*instance_rows(found.document), values_words(found.document))
                # Non-breaking marks of the terminal layout.
                rows = tuple(row.replace("\x1f", " ") for row in rows)
        regions = {k: WORDS_OF.get(v, v) for k, v in (report.regions or {}).items()}
        return Shown(text, report.verdict, report.theorem, note, rows, tuple(regions.items()))

    def of_theorem(self, theorem: Theorem) -> tuple[list[Shown], list[tuple[str, Shown]]]:
        """The examples of a theorem and, by assumption, the models that break only it; checked."""
        examples: list[Shown] = []
        for text in theorem.examples:
            report = self.ask(text)
            deciding = (
                {near.theorem for near in report.nearest} if report.verdict == "holds" else set()
            )
            deciding |= {one.theorem for one in report.guarantees} | {report.theorem or ""}
            if kind_of(theorem) in ("holds", "conditional") and theorem.id not in deciding:
                raise InternalError(f"{theorem.id} does not apply to its example {text}")
            examples.append(self.shown(text))
        broken: list[tuple[str, Shown]] = []
        for name, text in theorem.broken.items():
            report = self.ask(text)
            if report.verdict == "holds" and any(n.theorem == theorem.id for n in report.nearest):
                raise InternalError(f"{theorem.id} applies to a model that should break {name}")
            converse = theorem.converse.get(name, "")
            broken.append((name, self.shown(text, converse, instance=report.verdict == "fails")))
        return examples, broken

    def of_family(self, family: Family) -> list[Shown]:
        """The examples of a counterexample family with their instances; checked."""
        found: list[Shown] = []
        for text in family.examples:
            report = self.ask(text)
            if report.verdict != "fails":
                raise InternalError(f"{family.id} has the example {text}, which does not fail")
            found.append(self.shown(text, instance=True))
        return found

    # --- pages -------------------------------------------------------------------------------

    def entry_page(self, place: Place) -> Page:
        """The page of one name."""
        from ...engine.discovery import entry

        (explanation,) = (e for e in explain(place.name, self.answer) if e.kind == place.kind)
        found = entry(place.name) if place.kind in KIND_WORDS.values() else None
        sections: list[dict[str, Any]] = []
        for section in explanation.sections:
            sections += self._section(section, place, found)
        if isinstance(found, Family):
            examples = self.of_family(found)
            sections.insert(
                3,
                {"heading": "Instances", "models": [self._model(s, place.path) for s in examples]},
            )
        return Page(place.path, self._entry(place, explanation, sections, found))

    def _entry(
        self,
        place: Place,
        explanation: Explanation,
        sections: Sequence[Mapping[str, Any]],
        found: Theorem | Family | None,
    ) -> str:
        return rendered(
            "entry.html",
            root=relative(place.path, ""),
            page=place.path,
            title=place.name,
            kind=place.kind,
            headline=self.links.text(explanation.title, place.path),
            concludes=conclusion(found) if found is not None else "",
            sections=sections,
            folder=place.path.partition("/")[0],
            folder_heading=HEADINGS[place.path.partition("/")[0]],
        )

    def _model(self, shown: Shown, page: str) -> dict[str, Any]:
        by = self.links.link(shown.theorem, page) if shown.theorem else None
        named = shown.note and shown.note != shown.theorem
        note = self.links.link(shown.note, page) if named else None
        return {
            "text": shown.text, "verdict": shown.verdict, "by": by, "note": note,
            "instance": shown.instance, "regions": shown.regions,
        }  # fmt: skip

    def _section(
        self, section: Section, place: Place, found: Theorem | Family | None
    ) -> Iterator[dict[str, Any]]:
        """A section of an explanation; models in it are asked and shown with their verdicts."""
        page, links = place.path, self.links
        if isinstance(found, Theorem) and section.heading == "Examples":
            examples, _ = self.of_theorem(found)
            yield {"heading": section.heading, "models": [self._model(s, page) for s in examples]}
            return
        if (
            isinstance(found, Theorem)
            and section.items
            and found.broken
            and ({label for label, _ in section.items} == set(found.broken))
            and section.heading.startswith("If only")
        ):
            _, broken = self.of_theorem(found)
            yield {
                "heading": section.heading,
                "cases": [(links.link(name, page), self._model(s, page)) for name, s in broken],
            }
            return
        if isinstance(found, Family) and section.heading == "Examples":
            return
        if place.kind == "assumption" and section.heading.startswith("Models in which"):
            yield {"heading": section.heading, "cases": list(self._breaking(place))}
            return
        models = [label for label, _ in section.items if is_model(label)]
        if models:
            yield {
                "heading": section.heading,
                "models": [self._model(self.shown(text), page) for text in models],
            }
            return
        if place.kind == "error code" and section.heading == "Example":
            yield {"heading": section.heading, "verbatim": "\n".join(section.paragraphs)}
            return
        yield {
            "heading": section.heading,
            "paragraphs": [
                links.text(text, page, formulas=section.heading != "Source")
                for text in section.paragraphs
            ],
            "items": [
                (links.link(label, page), links.text(text, page)) for label, text in section.items
            ],
        }

    def _breaking(self, place: Place) -> Iterator[tuple[Markup, dict[str, Any]]]:
        from ...engine.discovery import theorems

        for theorem in theorems():
            text = theorem.broken.get(place.name)
            if text is not None:
                note = theorem.converse.get(place.name, "")
                yield (
                    self.links.link(theorem.id, place.path),
                    self._model(self.shown(text, note), place.path),
                )

    def summary(self) -> list[dict[str, Any]]:
        """For each network of ``SUMMARY_NETWORKS``: for each loss the regions of the engine."""
        tables: list[dict[str, Any]] = []
        for network in SUMMARY_NETWORKS:
            rows = []
            for loss in SUMMARY_LOSSES:
                report = self.ask(f"{network}; loss {loss}")
                regions = dict(report.regions or {})
                if not regions:
                    regions = {"holds": "false", "fails": "false", "unknown": "false"}
                    part = report.verdict if report.verdict in ("holds", "fails") else "unknown"
                    regions[part] = "true"
                by: list[str] = [report.theorem] if report.theorem else []
                proof = report.proof
                if not by and proof is not None:
                    by = list(dict.fromkeys(premise.rule for premise in proof.premises))
                rows.append({
                    "loss": loss,
                    "link": self.links.link(loss.partition("(")[0], "summary.html", loss),
                    "regions": {k: WORDS_OF.get(v, v) for k, v in regions.items()},
                    "by": [self.links.link(name, "summary.html") for name in by],
                })  # fmt: skip
            tables.append({"network": network, "rows": rows})
        return tables

    def pages(self) -> Iterator[tuple[str, Callable[[], Page]]]:
        """The name of every page and what builds it, in an order in which links are complete."""
        for place in self.places:
            yield place.name, lambda place=place: self.entry_page(place)  # type: ignore[misc]
        for folder in HEADINGS:
            yield HEADINGS[folder], lambda folder=folder: self._folder(folder)  # type: ignore[misc]
        yield "the summary table", self._summary_page
        yield "the graph", self._graph_page
        yield "the front page", self._index
        yield "the style sheet", lambda: Page("style.css", asset("style.css"))
        yield "the search", lambda: Page("search.js", self._search())

    def _folder(self, folder: str) -> Page:
        path = f"{folder}/index.html"
        groups: dict[str, list[tuple[Markup, Markup]]] = {}
        for place in self.places:
            if place.path.startswith(f"{folder}/"):
                groups.setdefault(place.kind, []).append(
                    (self.links.link(place.name, path), self.links.text(place.title, path))
                )
        text = rendered(
            "folder.html", root="../", page=path, title=HEADINGS[folder], groups=groups,
        )  # fmt: skip
        return Page(path, text)

    def _summary_page(self) -> Page:
        text = rendered(
            "summary.html", root="", page="summary.html", title="Linear networks: the summary",
            tables=self.summary(),
        )  # fmt: skip
        return Page("summary.html", text)

    def _graph_page(self) -> Page:
        from ...engine.discovery import theorems

        entries = theorems()
        above = [(t.id, name) for t in entries for name in t.subsumes]
        uses = [(step.rule, t.id) for t in entries for step in t.steps]
        text = rendered(
            "graph.html",
            root="",
            page="graph.html",
            title="What generalises and uses what",
            graph=implication_graph(
                above, uses, {p.name: p.path for p in self.places}
            ),
            generalises=[
                (self.links.link(t.id, "graph.html"),
                 [self.links.link(name, "graph.html") for name in t.subsumes])
                for t in entries if t.subsumes
            ],
            rests=[
                (self.links.link(t.id, "graph.html"),
                 [self.links.link(s.rule, "graph.html") for s in t.steps])
                for t in entries if t.steps
            ],
        )  # fmt: skip
        return Page("graph.html", text)

    def _index(self) -> Page:
        counts = [
            (HEADINGS[folder], f"{folder}/index.html",
             sum(p.path.startswith(f"{folder}/") for p in self.places))
            for folder in HEADINGS
        ]  # fmt: skip
        text = rendered(
            "index.html", root="", page="index.html", title="The catalogue of landscape",
            counts=counts,
            models=[self._model(self.shown(t, instance=True), "index.html") for t in FRONT_MODELS],
            checked=len(self.asked),
        )  # fmt: skip
        return Page("index.html", text)

    def _search(self) -> str:
        """The search script with its index (no request is needed, so it works from a folder)."""
        index = [[place.name, place.kind, place.title, place.path] for place in self.places]
        data = json.dumps(index, ensure_ascii=True).replace("</", "<\\/")
        return f"const INDEX = {data};\n{asset('search.js')}"


WORDS_OF = {"true": "always", "false": "never"}
FRONT_MODELS = (
    "net 20 -> 5 -> 20; loss squared",
    "net 2 -> 2 -> 2; loss absolute",
    "net d0 -> d1 -> d2; loss convex smooth",
)


def is_model(text: str) -> bool:
    """Whether a label of an explanation is the text of a model."""
    return text.startswith(("net ", "param ", "const ", "activation "))


def build(answer: Answer, progress: Callable[[str, int], None] | None = None) -> Iterator[Page]:
    """All pages of the site. ``answer`` is ``api.check``; ``progress`` hears (name, how many).

    Raises ``InternalError`` if a model of the catalogue does not do what its entry says.
    """
    builder = Builder(answer)
    todo = list(builder.pages())
    for name, page in todo:
        if progress is not None:
            progress(name, len(todo))
        yield page()
