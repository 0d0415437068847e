"""Folders of model files for the tests of ``landscape check``, and schemas to validate against."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource

HOLDS = "net 5 -> 2 -> 4; loss squared"
FAILS = "net 2 -> 2 -> 2; loss absolute"
UNKNOWN = "net 2 -> sin(3) -> tanh(2) -> 2; loss squared"

MIXED = f"""\
model good {{ {HOLDS} }}
model bad {{ {FAILS} }}
model open {{ {UNKNOWN} }}
model expired {{ {FAILS}; allow fails because "tracked" until 2020-01-31 }}
model waived {{ {FAILS}; allow fails because "known | *now* <b>" until 2999-12-31 }}
model unused {{ {HOLDS}; allow fails because "no longer" }}
model other {{ {FAILS}; allow unknown because "mistaken" }}
model surprise {{ {HOLDS}; expect fails }}
model pinned {{ {HOLDS}; expect holds by linear-no-bottleneck }}
"""

NAMES = (
    "it's \\\"quoted\\\"", "50% :: a,b", "😀 日本", "<b>|`x`_*", "]]> & co", "a\\\\b",
    "::error::x",
)  # fmt: skip
"""Names of models (as a text writes them) with a meaning in some format."""

PATHS = (
    "a b.landscape", "é/ü.landscape", "日本/😀.landscape", "100%.landscape", "x::y,z.landscape",
    "'q\".landscape", "new\nline.landscape", "#hash?.landscape",
)  # fmt: skip


def write(folder: Path, name: str, text: str) -> Path:
    """A file with its folders."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def awkward(folder: Path) -> None:
    """Models that pass, fail, are waived; bad input of several kinds; awkward names and paths."""
    write(folder, "mixed.landscape", MIXED)
    write(folder, "names.landscape", "".join(f'model "{n}" {{ {FAILS} }}\n' for n in NAMES))
    for path in PATHS:
        write(folder, f"paths/{path}", f"model m {{\n  {FAILS}\n}}\n")
    write(folder, "bad/errors.landscape", "net 5 -> 0; los squared\nloss %::\n")
    write(folder, "bad/empty.landscape", "")
    (folder / "bad" / "latin1.landscape").write_bytes(b"# caf\xe9\nnet 2 -> 2; loss squared\n")
    (folder / "bad" / "nul.landscape").write_bytes(b"\0\0")
    (folder / "bad" / "gone.landscape").symlink_to("nowhere")
    (folder / "bad" / "circle.landscape").symlink_to("circle.landscape")
    write(folder, "bad/data.landscape", 'net 2 -> 2; loss squared; data X = file "no.csv"\n')


def _schema(name: str) -> Any:
    return json.loads((files("landscape_cli") / "schema" / f"{name}.json").read_text("utf-8"))


def validator(name: str) -> Any:
    """The validator of a schema of this project."""
    registry: Any = Registry().with_resources(
        [("urn:landscape:schema:report:1", Resource.from_contents(_schema("report-1")))]
    )
    schema = _schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, registry=registry)


def sarif_validator() -> Any:
    """The validator of the vendored SARIF schema."""
    path = Path(__file__).parents[1] / "schemas" / "sarif-2.1.0.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(
        schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER
    )
