"""``python -m tests.pictures.baselines``: draw the stored thumbnails anew; look at them then."""

from __future__ import annotations

from PIL import Image

from .test_draw import BASELINE_PICTURES, BASELINES, thumbnail


def main() -> None:
    """Write every thumbnail."""
    BASELINES.mkdir(exist_ok=True)
    for name, make in BASELINE_PICTURES.items():
        found, view = make()
        image = Image.fromarray(thumbnail(found, view).astype("uint8"))  # type: ignore[arg-type]
        image.save(BASELINES / f"{name}.png", optimize=True)
        print(name)


if __name__ == "__main__":
    main()
