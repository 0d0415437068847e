"""Drawn pictures: the same bytes, metadata, what is visible, and what can't be saved."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.dom.minidom
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from landscape_cli.pictures import Wish, draw
from landscape_cli.pictures.draw import CannotSave, View, figure_of, save, style, svg
from landscape_cli.pictures.shapes import Picture

from .models import CONVEX, HOLDS, HUBER, picture
from .test_reach import drawn

BASELINES = Path(__file__).with_name("baselines")
SMALL = Wish(towards="steepest", size=41)
TRAINING = Wish("training", "steepest", starts=12, rounds=60, size=21)
SEGMENT = Wish("segment", "steepest")


def pixels(found: Picture, view: View = "contour", dpi: int = 40) -> np.ndarray:
    with style():
        figure = figure_of(found, view)
        figure.set_dpi(dpi)
        figure.canvas.draw()
        return np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(int)


def share(image: np.ndarray, colour: str, slack: int = 40) -> float:
    """The share of pixels near a colour."""
    wanted = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)])
    return float((np.abs(image - wanted).max(axis=-1) <= slack).mean())


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_the_same_seed_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    found = picture(HUBER, SMALL if suffix == ".svg" else SEGMENT)
    one, two, other = (tmp_path / f"{name}{suffix}" for name in "abc")
    save(found, one, dpi=50)
    save(found, two, dpi=50)
    save(found, other, dpi=50, seed=7)
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes() != other.read_bytes()
    assert b"seed=0" in one.read_bytes() or suffix == ".pdf"
    assert b"seed=7" in other.read_bytes() or suffix == ".pdf"
    assert b"CreationDate" not in one.read_bytes() and b"dc:date" not in one.read_bytes()


def test_metadata_of_a_png(tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    save(picture(HUBER, SMALL), target, dpi=40, seed=3, size=(5, 4.5))
    with Image.open(target) as image:
        assert image.size == (200, 180)
        text = image.text  # type: ignore[attr-defined]
    assert text["Seed"] == "3" and text["Title"] == "2 -> 1 -> 2, huber(1)"
    assert "certified local minimum, loss 5/2 (exact)" in text["Description"]
    assert text["Software"].startswith("landscape ")


def test_inline_svg_is_accessible_and_its_names_are_its_own() -> None:
    one = svg(picture(HUBER, SMALL))
    two = svg(picture(HOLDS, SEGMENT), title="<another> & title", description="words")
    for text in (one, two):
        root = xml.dom.minidom.parseString(text).documentElement
        assert root is not None and root.tagName == "svg"
        assert root.getAttribute("role") == "img"
        labels = root.getAttribute("aria-labelledby").split()
        title, description = (
            root.getElementsByTagName(name)[0] for name in ("title", "desc")
        )  # fmt: skip
        assert labels == [title.getAttribute("id"), description.getAttribute("id")]
        names = re.findall(r' id="([^"]+)"', text)
        assert len(names) == len(set(names))
        used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
        assert used and used <= set(names)
    assert not set(re.findall(r' id="([^"]+)"', one)) & set(re.findall(r' id="([^"]+)"', two))
    assert "<?xml" not in one and "date" not in one.lower()
    assert "&lt;another&gt; &amp; title" in two
    assert svg(picture(HUBER, SMALL)) == one


def test_what_can_be_seen_on_a_plane() -> None:
    image = pixels(picture(HUBER, SMALL), dpi=60)
    assert share(image, draw.VERMILLION) > 0.002  # the local minimum and its level line
    assert share(image, draw.SKY) > 0.0001  # the better point
    assert share(image, "#00224E") > 0.005 and share(image, "#FEE838") > 0.005  # both ends
    assert 0.3 < share(image, "#FFFFFF", 5) < 0.7


@pytest.mark.parametrize("view", ["surface", "both"])
def test_surfaces_are_drawn(view: View) -> None:
    image = pixels(picture(HUBER, SMALL), view)
    assert share(image, "#00224E", 60) > 0.004
    assert share(image, draw.VERMILLION) > 0.0001


BASELINE_PICTURES = {
    "plane": lambda: (picture(HUBER, SMALL), "contour"),
    "segment": lambda: (picture(HUBER, SEGMENT), "contour"),
    "training": lambda: (picture(HUBER, TRAINING), "contour"),
    "openness": lambda: (drawn(0, 31), "contour"),
    "directions": lambda: (picture(CONVEX, Wish()), "contour"),
}


@pytest.mark.parametrize("name", BASELINE_PICTURES)
def test_pictures_look_as_they_did(name: str) -> None:
    """Against a small grey thumbnail; ``python -m tests.pictures.baselines`` makes them anew."""
    found, view = BASELINE_PICTURES[name]()
    image = thumbnail(found, view)  # type: ignore[arg-type]
    with Image.open(BASELINES / f"{name}.png") as stored:
        wanted = np.asarray(stored).astype(int)
    assert image.shape == wanted.shape
    difference = np.abs(image - wanted)
    assert difference.mean() < 4 and (difference > 60).mean() < 0.02


def thumbnail(found: Picture, view: View = "contour") -> np.ndarray:
    image = Image.fromarray(pixels(found, view, 60).astype("uint8")).convert("L")
    return np.asarray(image.resize((156, 104), Image.Resampling.BOX)).astype(int)


def test_an_animation_of_training_moves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "FRAMES", 4)
    monkeypatch.setattr(draw, "LAST_FRAMES", 1)
    target = tmp_path / "runs.gif"
    steps: list[str] = []
    save(picture(HUBER, TRAINING), target, dpi=30, step=steps.append, seed=5)
    with Image.open(target) as image:
        assert 3 < image.n_frames <= 5 and image.info["loop"] == 0  # type: ignore[attr-defined]
        assert b"seed=5" in image.info["comment"]
        first = np.asarray(image.convert("L")).astype(int)
        image.seek(image.n_frames - 1)  # type: ignore[attr-defined]
        assert np.abs(np.asarray(image.convert("L")).astype(int) - first).mean() > 0.5
    assert steps == ["frames"] * 5


def test_what_can_not_be_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = picture(HUBER, SMALL)
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").touch()
    for name, part in (
        ("a.docx", ".docx is no kind"),
        ("plain", "no suffix"),
        ("file/a.png", "file is not a folder"),
        ("folder.png", "is a folder"),
        ("a.gif", "does not move"),
    ):
        with pytest.raises(CannotSave, match=part):
            save(found, tmp_path / name)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotSave, match="ffmpeg") as caught:
        save(found, tmp_path / "a.mp4", view="surface")
    assert caught.value.hint is not None and ".gif" in caught.value.hint
    with pytest.raises(CannotSave, match="too small"):
        save(found, tmp_path / "a.png", size=(2, 2))


def test_nothing_of_the_callers_matplotlib_changes() -> None:
    probe = (
        "import sys, matplotlib\n"
        "matplotlib.rcParams['font.size'] = 33\n"
        "def settings(): return {k: matplotlib.rcParams[k] for k in matplotlib.rcParams"
        " if 'backend' not in k}\n"
        "before = settings()\n"
        "import landscape_cli.pictures.draw as draw\n"
        "from landscape_cli.pictures.shapes import Curve, Curves\n"
        "made = Curves('t', 's', (Curve('c', [0, 1], [1, 2]),), (), 'x', 'y', 3.0)\n"
        "assert '<svg' in draw.svg(made)\n"
        "assert before == settings()\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
