"""Sources of the catalogue as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from unicodedata import normalize

from ..catalogue import Source
from .mathematics import latex_escape

Keys = Mapping["tuple[str, int, str]", str]


def identity(source: Source) -> tuple[str, int, str]:
    """What makes two sources the same work; the number of the theorem does not."""
    return source.authors, source.year, source.title


def citation_keys(sources: Iterable[Source]) -> dict[tuple[str, int, str], str]:
    """A key for each work: ``laurent-von-brecht-2018``, with a letter behind it if need be."""
    found: dict[tuple[str, int, str], str] = {}
    for source in sources:
        if identity(source) in found:
            continue
        plain = normalize("NFKD", source.label).encode("ascii", "ignore").decode().lower()
        key = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
        taken = sum(other == key or other.startswith(f"{key}-") for other in found.values())
        found[identity(source)] = f"{key}-{chr(ord('a') + taken)}" if taken else key
    return found


def bibtex(sources: Iterable[Source]) -> str:
    """The works as BibTeX entries, each once, in the order given."""
    works: dict[tuple[str, int, str], Source] = {}
    for source in sources:
        works.setdefault(identity(source), source)
    keys = citation_keys(works.values())
    return "\n".join(_entry(source, keys[identity(source)]) for source in works.values())


def _entry(source: Source, key: str) -> str:
    kind, place = _venue(source.venue)
    fields = {
        "author": _authors(source.authors),
        "title": f"{{{latex_escape(source.title)}}}",
        **place,
        "year": str(source.year),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@{kind}{{{key},\n{lines}}}\n"


def _authors(text: str) -> str:
    """``T. Laurent, J. von Brecht`` with the separator of BibTeX; a group stays one name."""
    names = text.split(", ")
    if all(re.match(r"[A-Z]\.", name) for name in names):
        return " and ".join(map(latex_escape, names))
    return f"{{{latex_escape(text)}}}"


def _venue(text: str) -> tuple[str, dict[str, str]]:
    """The kind of entry and its fields; what is not recognised is given as it is."""
    if preprint := re.fullmatch(r"(.*?) ?\(?(arXiv [\d.]+)\)?", text):
        journal, number = preprint[1], latex_escape(preprint[2])
        if journal:
            return "article", {"journal": latex_escape(journal), "note": number}
        return "misc", {"howpublished": number}
    if proceedings := re.fullmatch(r"((?:ICML|ICLR|NeurIPS|COLT)\b.*)", text):
        return "inproceedings", {"booktitle": latex_escape(proceedings[1])}
    if volume := re.fullmatch(r"(.*[A-Za-z]) (\d+)", text):
        return "article", {"journal": latex_escape(volume[1]), "volume": volume[2]}
    if "Press" in text:
        return "book", {"publisher": latex_escape(text)}
    return "misc", {"howpublished": latex_escape(text)}
