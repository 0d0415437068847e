"""Files: model texts, and matrices in .npy, .npz, .csv, .json and .safetensors, read exactly.

Every number becomes the rational that the file stores. Nothing is ever unpickled, no code of a
file is run, and sizes are checked before memory is used: what a file claims is not believed.
"""

from __future__ import annotations

import stat
from array import array
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from ..model.diagnostics import Diagnostic, InputError, os_reason
from ..model.problem import Matrix
from ..model.stored import SMALL, exact_rows

LARGEST_MODEL_FILE = 16 * 2**20
LARGEST_DATA_FILE = 64 * 2**20
MOST_ENTRIES = 2**22
LARGEST_HEADER = 10**6
MOST_DIGITS = 1000
LARGEST_EXPONENT = 1000

FORMATS = (".npy", ".npz", ".csv", ".json", ".safetensors")
PICKLES = (".pkl", ".pickle", ".pt", ".pth", ".joblib", ".ckpt", ".bin")


class FileProblem(Exception):
    """A data file can't be used; ``code``, ``message`` and ``hint`` of the diagnostic."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        self.code = code
        self.message = message
        self.hint = hint
        super().__init__(message)


# --- model texts -----------------------------------------------------------------------------


def read_text(path: str | Path) -> str:
    """The text of a model file (UTF-8); ``InputError`` if it can't be one."""
    name = str(path)

    def refuse(code: str, message: str, hint: str | None = None) -> NoReturn:
        raise InputError([Diagnostic(code, message, name, None, hint)])

    try:
        with Path(path).open("rb") as handle:
            raw = handle.read(LARGEST_MODEL_FILE + 1)
    except (OSError, ValueError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else str(error)
        refuse("E001", f"can't read {name}: {reason}", _instead(Path(path), error))
    if len(raw) > LARGEST_MODEL_FILE:
        refuse(
            "E004",
            f"{name} is larger than {LARGEST_MODEL_FILE // 2**20} MB: this is no model file",
            'data belong into files of their own: data X = file "x.npy"',
        )
    if b"\0" in raw:
        refuse("E003", f"{name} is not a text: it has NUL bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        refuse(
            "E002",
            f"{name} is not UTF-8: byte {raw[error.start]:#04x} on line {line}",
            "save the file as UTF-8",
        )


def _instead(path: Path, error: Exception) -> str | None:
    """What may have been meant by a file that can't be read."""
    if isinstance(error, IsADirectoryError):
        return f"to check the models of a folder: landscape check {path}"
    if not isinstance(error, FileNotFoundError):
        return None
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    from difflib import get_close_matches

    try:
        beside = [entry.name for entry in path.parent.iterdir() if entry.suffix == ".landscape"]
    except OSError:
        beside = []
    stems = {Path(name).stem: name for name in beside}
    near = get_close_matches(path.stem, stems, 1, 0.6)
    if near:
        return f"did you mean `{path.with_name(stems[near[0]])}`?"
    where = "this folder" if path.parent == Path() else f"{path.parent}"
    if not beside:
        return f"there is no model file (*.landscape) in {where}"
    more = ", ..." if len(beside) > 5 else ""
    return f"model files in {where}: {', '.join(sorted(beside)[:5])}{more}"


# --- data files ------------------------------------------------------------------------------


class Array:
    """Exact numbers with a shape of one or two sizes, row by row.

    ``values`` are fractions, or the finite floats that the file stores.
    """

    __slots__ = ("columns", "rows", "values", "vector")

    def __init__(self, shape: Sequence[int], values: "list[Fraction] | array[float]") -> None:
        self.vector = len(shape) < 2
        self.rows = shape[0] if shape else 1
        self.columns = shape[1] if len(shape) > 1 else 1
        self.values = values

    def matrix(self) -> Matrix:
        """The matrix; a large one keeps its floats until they are asked for."""
        return Matrix(exact_rows(self.rows, self.columns, self.values))


def read_arrays(path: Path, key: str | None, wanted: str | None) -> tuple[dict[str, Array], bool]:
    """The arrays of a file by name, and whether the file names its arrays.

    ``key`` picks one; without it ``wanted`` is picked if the file has it, else the only one;
    with neither (a point) all are read. ``FileProblem`` if the file can't be used.
    """
    suffix = path.suffix.lower()
    if suffix in PICKLES:
        raise FileProblem(
            "E092",
            f"{path.name} may be a pickle, which can run code: it is not opened",
            "save the array as .npy, .npz, .csv, .json or .safetensors",
        )
    if suffix not in FORMATS:
        raise FileProblem(
            "E091",
            f"unknown format of a data file: {path.name}",
            "the formats are " + ", ".join(FORMATS),
        )
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileProblem("E090", f"{path.name} is not a file")
        with path.open("rb") as handle:
            size = handle.seek(0, 2)
            handle.seek(0)
            if size > LARGEST_DATA_FILE:
                raise FileProblem(
                    "E094", f"{path.name} is larger than {LARGEST_DATA_FILE // 2**20} MB"
                )
            if suffix == ".npz":
                return _read_npz(handle, path.name, key, wanted), True
            raw = handle.read(LARGEST_DATA_FILE + 1)
    except OSError as error:
        raise FileProblem("E090", f"can't read {path}: {os_reason(error)}") from error
    except ValueError as error:
        raise FileProblem("E090", f"can't read a file of this name: {error}") from error
    if suffix == ".safetensors":
        return _read_safetensors(raw, path.name, key, wanted), True
    if suffix == ".json":
        return _read_json(raw, path.name, key, wanted)
    if key is not None:
        raise FileProblem("E095", f"{path.name} holds one matrix only: it has no key")
    array = _read_npy(raw, path.name) if suffix == ".npy" else _read_csv(raw, path.name)
    return {"": array}, False


def _pick(names: Sequence[str], name: str, key: str | None, wanted: str | None) -> list[str]:
    """The names to read of those that a file has."""
    if not names:
        raise FileProblem("E091", f"{name} holds no arrays")
    if key is None:
        if wanted is None:
            return list(names)
        if wanted in names:
            return [wanted]
        if len(names) == 1:
            return [names[0]]
        raise FileProblem(
            "E095",
            f"{name} holds several arrays: say which one",
            f'write file "{name}" key "{names[0]}"; it has: ' + ", ".join(names[:8]),
        )
    if key not in names:
        from .mistakes import did_you_mean, shorten

        raise FileProblem(
            "E095",
            f"{name} has no array `{shorten(key)}`",
            did_you_mean(key, names) or "it has: " + ", ".join(names[:8]),
        )
    return [key]


def _check_shape(shape: Any, name: str) -> tuple[int, ...]:
    if not isinstance(shape, (tuple, list)) or not all(
        type(size) is int and size >= 0 for size in shape
    ):
        raise FileProblem("E091", f"{name}: the shape is malformed")
    if len(shape) > 2:
        raise FileProblem("E091", f"{name}: a matrix has two dimensions, this has {len(shape)}")
    count = 1
    for size in shape:
        count *= size
        if count > MOST_ENTRIES:
            raise FileProblem("E094", f"{name} has more than {MOST_ENTRIES} entries")
    if count == 0:
        raise FileProblem("E083", f"{name} is an empty matrix")
    return tuple(shape)


def _exact(values: Sequence[Any], name: str) -> "list[Fraction] | array[float]":
    if len(values) >= SMALL and isinstance(values[0], float):
        from math import isfinite

        floats = array("d", values)
        if all(map(isfinite, floats)):
            return floats
    try:
        return [Fraction(value) for value in values]
    except (ValueError, OverflowError) as error:
        raise FileProblem(
            "E093", f"{name} holds a value that is no number (NaN or infinity)"
        ) from error


def _in_rows(
    values: "list[Fraction] | array[float]", shape: tuple[int, ...], fortran: bool
) -> "list[Fraction] | array[float]":
    if not fortran or len(shape) < 2:
        return values
    rows, columns = shape
    order = [column * rows + row for row in range(rows) for column in range(columns)]
    if isinstance(values, array):
        return array("d", [values[i] for i in order])
    return [values[i] for i in order]


_NUMPY_CODES = {
    "b1": "?", "i1": "b", "i2": "h", "i4": "i", "i8": "q",
    "u1": "B", "u2": "H", "u4": "I", "u8": "Q", "f2": "e", "f4": "f", "f8": "d",
}  # fmt: skip


def _read_npy(raw: bytes, name: str) -> Array:
    """A .npy file (NumPy's format, versions 1 to 3), without NumPy."""
    import ast
    import struct

    if raw[:1] == b"\x80" or raw[:2] == b"PK":
        raise FileProblem(
            "E092" if raw[:1] == b"\x80" else "E091",
            f"{name} is a pickle, which can run code: it is not opened"
            if raw[:1] == b"\x80"
            else f"{name} is a zip file: its name should end in .npz",
            "save it with numpy.save(..., allow_pickle=False)",
        )
    if raw[:6] != b"\x93NUMPY" or len(raw) < 10 or raw[6] not in (1, 2, 3):
        raise FileProblem("E091", f"{name} is not a .npy file")
    size = 2 if raw[6] == 1 else 4
    length = int.from_bytes(raw[8 : 8 + size], "little")
    start = 8 + size + length
    if len(raw) < start or length > LARGEST_HEADER:
        raise FileProblem("E091", f"{name} is cut off: its header is not complete")
    try:
        text = raw[8 + size : start].decode("utf-8" if raw[6] == 3 else "latin-1")
        if len(text) > 10_000 or text.count("(") + text.count("[") + text.count("{") > 200:
            raise ValueError
        header = ast.literal_eval(text.strip())
        kind, fortran, shape = header["descr"], header["fortran_order"], header["shape"]
    except (ValueError, SyntaxError, KeyError, TypeError, RecursionError, MemoryError) as error:
        raise FileProblem("E091", f"{name}: the header is malformed") from error
    if not isinstance(kind, str) or "O" in kind or "V" in kind:
        raise FileProblem(
            "E092",
            f"{name} holds Python objects (a pickle), which can run code: it is not opened",
            "save an array of numbers: numpy.save(file, array.astype(float))",
        )
    if kind[:1] not in "<>|=" or kind[1:] not in _NUMPY_CODES:
        raise FileProblem(
            "E091", f"{name}: entries of type {kind[:20]} are not real numbers of a known size"
        )
    shape = _check_shape(shape, name)
    count = 1
    for one in shape:
        count *= one
    code = _NUMPY_CODES[kind[1:]]
    order = "<" if kind[0] in "<|=" else ">"
    expected = count * struct.calcsize(order + code)
    if len(raw) - start < expected:
        raise FileProblem("E091", f"{name} is cut off: entries are missing")
    if len(raw) - start > expected:
        raise FileProblem("E091", f"{name} has more bytes than its shape says")
    values = _exact(struct.unpack_from(f"{order}{count}{code}", raw, start), name)
    return Array(shape, _in_rows(values, shape, bool(fortran)))


def _read_npz(handle: BinaryIO, name: str, key: str | None, wanted: str | None) -> dict[str, Array]:
    """The arrays of a .npz file (a zip of .npy files); a member's claimed size is not trusted."""
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(handle) as archive:
            members = {
                info.filename.removesuffix(".npy"): info
                for info in archive.infolist()
                if not info.is_dir()
            }
            arrays = {}
            total = 0
            for member in _pick(list(members), name, key, wanted):
                if members[member].compress_type not in (0, 8):
                    raise FileProblem("E091", f"{name}: an unusual compression")
                with archive.open(members[member]) as stream:
                    raw = stream.read(LARGEST_DATA_FILE - total + 1)
                total += len(raw)
                if total > LARGEST_DATA_FILE:
                    raise FileProblem(
                        "E094",
                        f"{name} unpacks to more than {LARGEST_DATA_FILE // 2**20} MB",
                    )
                arrays[member] = _read_npy(raw, f"{name}: {member}")
            return arrays
    except (
        zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, KeyError,
        ValueError, IndexError,
    ) as error:  # fmt: skip
        raise FileProblem("E091", f"{name} is not a .npz file, or it is damaged") from error


_SAFETENSORS = {
    "F64": "d", "F32": "f", "F16": "e", "I8": "b", "I16": "h", "I32": "i", "I64": "q",
    "U8": "B", "U16": "H", "U32": "I", "U64": "Q", "BOOL": "?",
}  # fmt: skip


def _read_safetensors(
    raw: bytes, name: str, key: str | None, wanted: str | None
) -> dict[str, Array]:
    """The arrays of a .safetensors file: a JSON header, then the entries (little-endian)."""
    import json
    import struct

    length = int.from_bytes(raw[:8], "little")
    if len(raw) < 8 or length > len(raw) - 8:
        raise FileProblem("E091", f"{name} is not a .safetensors file, or it is cut off")
    if length > LARGEST_HEADER:
        raise FileProblem("E094", f"{name}: the header is too long")
    try:
        header = json.loads(raw[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise FileProblem("E091", f"{name}: the header is malformed") from error
    if not isinstance(header, dict):
        raise FileProblem("E091", f"{name}: the header is malformed")
    header.pop("__metadata__", None)
    arrays = {}
    body = raw[8 + length :]
    for member in _pick(list(header), name, key, wanted):
        label = f"{name}: {member[:40]}"
        entry = header[member]
        if not isinstance(entry, dict):
            raise FileProblem("E091", f"{label}: the header is malformed")
        kind, offsets = entry.get("dtype"), entry.get("data_offsets")
        shape = _check_shape(entry.get("shape"), label)
        if not (isinstance(offsets, list) and len(offsets) == 2) or not all(
            type(offset) is int for offset in offsets
        ):
            raise FileProblem("E091", f"{label}: the header is malformed")
        begin, end = offsets
        count = 1
        for one in shape:
            count *= one
        if kind == "BF16":
            width = 2
        elif isinstance(kind, str) and kind in _SAFETENSORS:
            width = struct.calcsize("<" + _SAFETENSORS[kind])
        else:
            raise FileProblem("E091", f"{label}: entries of type {str(kind)[:20]} are not known")
        if not 0 <= begin <= end <= len(body) or end - begin != count * width:
            raise FileProblem("E091", f"{label} is cut off, or its size contradicts its shape")
        part = body[begin:end]
        if kind == "BF16":
            widened = b"".join(b"\0\0" + part[i : i + 2] for i in range(0, len(part), 2))
            values = struct.unpack(f"<{count}f", widened)
        else:
            values = struct.unpack(f"<{count}{_SAFETENSORS[kind]}", part)
        arrays[member] = Array(shape, _exact(values, label))
    return arrays


def exact_number(text: str, name: str) -> Fraction:
    """A number of a text file: ``3``, ``-0.25``, ``1e-3``, ``1/3``, exact."""
    text = text.strip()
    if len(text) > MOST_DIGITS:
        raise FileProblem("E016", f"{name}: a number has more than {MOST_DIGITS} digits")
    word = text.lower().lstrip("+-")
    if word in ("nan", "inf", "infinity"):
        raise FileProblem("E093", f"{name} holds a value that is no number (NaN or infinity)")
    exponent = word.partition("e")[2]
    if exponent.lstrip("+-").isdecimal() and abs(int(exponent)) > LARGEST_EXPONENT:
        raise FileProblem("E016", f"{name}: a power of ten is beyond {LARGEST_EXPONENT}")
    try:
        if not text.isascii() or "_" in text:
            raise ValueError
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        from .mistakes import shorten

        raise FileProblem("E091", f"{name}: expected a number, not `{shorten(text)}`") from error


def _decode(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileProblem("E091", f"{name} is not a UTF-8 text") from error


def _read_csv(raw: bytes, name: str) -> Array:
    """A matrix row by row, entries separated by commas; ``#`` starts a comment."""
    rows: list[list[Fraction]] = []
    count = 0
    for number, line in enumerate(_decode(raw, name).splitlines(), 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        cells = text.split(",")
        count += len(cells)
        if count > MOST_ENTRIES:
            raise FileProblem("E094", f"{name} has more than {MOST_ENTRIES} entries")
        row = [exact_number(cell, f"{name}, line {number}") for cell in cells]
        if rows and len(row) != len(rows[0]):
            raise FileProblem(
                "E083",
                f"{name}, line {number}: {len(row)} entries, but {len(rows[0])} in the first row",
            )
        rows.append(row)
    if not rows:
        raise FileProblem("E083", f"{name} is an empty matrix")
    return Array((len(rows), len(rows[0])), [entry for row in rows for entry in row])


def _read_json(
    raw: bytes, name: str, key: str | None, wanted: str | None
) -> tuple[dict[str, Array], bool]:
    """A list of rows (numbers, or texts such as "1/3"), or an object of such by name."""
    import json

    number: Callable[[str], Fraction] = lambda text: exact_number(text, name)  # noqa: E731
    try:
        document = json.loads(
            _decode(raw, name), parse_float=number, parse_int=number, parse_constant=number
        )
    except (ValueError, RecursionError) as error:
        raise FileProblem("E091", f"{name} is not JSON") from error
    if isinstance(document, dict):
        names = _pick(list(document), name, key, wanted)
        return {
            member: _json_array(document[member], f"{name}: {member[:40]}") for member in names
        }, True
    if key is not None:
        raise FileProblem("E095", f"{name} holds one matrix only: it has no key")
    return {"": _json_array(document, name)}, False


def _json_array(document: Any, name: str) -> Array:
    if not isinstance(document, list) or not document:
        raise FileProblem("E091", f"{name}: expected a list of rows of numbers")
    nested = isinstance(document[0], list)
    rows = document if nested else [document]
    count = 0
    values: list[Fraction] = []
    for row in rows:
        if not isinstance(row, list) or not row:
            raise FileProblem("E091", f"{name}: expected a list of rows of numbers")
        if len(row) != len(rows[0]):
            raise FileProblem("E083", f"{name}: the rows have different lengths")
        count += len(row)
        if count > MOST_ENTRIES:
            raise FileProblem("E094", f"{name} has more than {MOST_ENTRIES} entries")
        for entry in row:
            if isinstance(entry, str):
                entry = exact_number(entry, name)
            if not isinstance(entry, Fraction):
                raise FileProblem("E091", f"{name}: expected a list of rows of numbers")
            values.append(entry)
    return Array((len(rows), len(rows[0])) if nested else (len(document),), values)
