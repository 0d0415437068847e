"""Reading the pages back: tags that balance, ids, links, and what needs a network."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

VOID = frozenset(("meta", "link", "br", "input", "img", "hr"))


class Read(NamedTuple):
    """What a page holds; ``wrong`` lists tags that do not balance."""

    ids: tuple[str, ...]
    links: tuple[str, ...]
    loaded: tuple[str, ...]
    headings: tuple[int, ...]
    text: str
    wrong: tuple[str, ...]
    scripts: int
    language: str | None
    images: tuple[dict[str, str | None], ...]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.headings: list[int] = []
        self.parts: list[str] = []
        self.wrong: list[str] = []
        self.scripts = 0
        self.language: str | None = None
        self.images: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        for name in ("src", "href", "poster", "data"):
            if tag != "a" and found.get(name):
                self.loaded.append(str(found[name]))
        if tag == "script":
            self.scripts += 1
        if tag in ("img", "svg"):
            self.images.append({"tag": tag, **found})
        if tag == "html":
            self.language = found.get("lang")
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdecimal():
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> inside {self.open[-3:]}")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def read(page: str) -> Read:
    """Parse a page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return Read(
        tuple(reader.ids),
        tuple(reader.links),
        tuple(reader.loaded),
        tuple(reader.headings),
        " ".join("".join(reader.parts).split()),
        tuple(reader.wrong + [f"<{tag}> is never closed" for tag in reader.open]),
        reader.scripts,
        reader.language,
        tuple(reader.images),
    )


def assert_sound(page: str) -> Read:
    """What every page has to be: balanced, ids unique, one first heading, no level left out."""
    found = read(page)
    assert not found.wrong, found.wrong
    assert len(set(found.ids)) == len(found.ids)
    assert found.language == "en"
    assert found.headings[0] == 1
    assert found.headings.count(1) == 1
    for before, after in zip(found.headings, found.headings[1:], strict=False):
        assert after <= before + 1, f"a heading of level {after} below one of level {before}"
    for link in found.links:
        if link.startswith("#"):
            assert link[1:] in found.ids, link
    for image in found.images:
        assert (
            image.get("aria-hidden")
            or image.get("role")
            or image.get("aria-label")
            or image.get("alt")
        ), image
    return found
