"""Model files and data files: read exactly, refused clearly, never run."""

from __future__ import annotations

import json
import os
import pickle
import struct
import time
import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from landscape_cli.model.diagnostics import InputError
from landscape_cli.model.problem import Matrix, Model
from landscape_cli.syntax import parse, parse_with_errors, read_file, unparse


def code_of_file(path: Path) -> str:
    with pytest.raises(InputError) as raised:
        read_file(path)
    (error,) = raised.value.diagnostics
    assert error.file == str(path) and path.name in error.message
    return error.code


def test_model_files(tmp_path: Path) -> None:
    good = tmp_path / "a.landscape"
    good.write_text("\ufeffnet 5 -> 2 # é\r\nloss squared\r\n", encoding="utf-8")
    assert parse(read_file(good))[0].network is not None
    assert code_of_file(tmp_path / "missing.landscape") == "E001"
    assert code_of_file(tmp_path) == "E001"
    bad = tmp_path / "bad.landscape"
    bad.write_bytes(b"net 5 -> 2\n# caf\xe9\n")
    assert code_of_file(bad) == "E002"
    bad.write_bytes(b"net 5\0 -> 2")
    assert code_of_file(bad) == "E003"
    bad.write_bytes(bytes(range(256)) * 10)
    assert code_of_file(bad) == "E003"


def test_a_100_mb_file_is_refused_quickly(tmp_path: Path) -> None:
    large = tmp_path / "large.landscape"
    with large.open("wb") as handle:
        handle.truncate(100 * 2**20)
    start = time.perf_counter()
    assert code_of_file(large) == "E004"
    assert time.perf_counter() - start < 60  # no hang


def test_a_text_that_is_too_long_or_has_a_nul() -> None:
    assert [e.code for e in parse_with_errors("#" * (17 * 2**20))[1]] == ["E004"]
    (error,) = parse_with_errors("net 5 -> 2\nloss\0 squared")[1]
    assert error.code == "E003" and error.span is not None and error.span.line == 2


MODEL = "net 2 -> 2; loss squared; data X = file {}"


def load(folder: Path, value: str) -> Model:
    text = MODEL.format(value)
    (model,) = parse(text, base=folder)
    assert parse(unparse(model), base=folder) == (model,)
    return model


def matrix(folder: Path, value: str) -> Matrix:
    given = load(folder, value).data.matrix("X")
    assert given is not None
    return given.matrix


def code_of(folder: Path, value: str) -> str:
    _, errors = parse_with_errors(MODEL.format(value), base=folder)
    assert len(errors) == 1 and errors[0].span is not None and errors[0].span.column == 36
    return errors[0].code


EXACT = Matrix(
    ((Fraction(1), Fraction(-2), Fraction(1, 4)), (Fraction(0), Fraction(3), Fraction(5, 2)))
)
VALUES = [[1, -2, 0.25], [0, 3, 2.5]]


@pytest.mark.parametrize("kind", ["<f8", ">f8", "<f4", "<f2", ">f2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_of_floats(tmp_path: Path, kind: str, order: str) -> None:
    np.save(tmp_path / "x.npy", np.array(VALUES, dtype=kind, order=order))  # type: ignore[call-overload]
    assert matrix(tmp_path, '"x.npy"') == EXACT


@pytest.mark.parametrize("kind", ["<i8", ">i4", "i1", "u2", "<u8", "i2"])
def test_npy_of_integers(tmp_path: Path, kind: str) -> None:
    np.save(tmp_path / "x.npy", np.array([[1, 2], [3, 100]], dtype=kind))
    assert matrix(tmp_path, '"x.npy"').rows[1] == (3, 100)


def test_floats_are_the_rationals_that_they_store(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([[0.1], [1e-300]]))
    rows = matrix(tmp_path, '"x.npy"').rows
    assert rows[0][0] == Fraction(0.1) != Fraction(1, 10)
    assert rows[1][0] == Fraction(1e-300)


def test_other_formats(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", X=np.array(VALUES), other=np.eye(2))
    assert matrix(tmp_path, '"x.npz"') == EXACT
    assert matrix(tmp_path, '"x.npz" key "X"') == EXACT
    np.savez_compressed(tmp_path / "one.npz", a=np.array(VALUES))
    assert matrix(tmp_path, '"one.npz"') == EXACT
    (tmp_path / "x.csv").write_text("# comment\n1, -2, 1/4\n\n0,3,2.5  # more\n")
    assert matrix(tmp_path, '"x.csv"') == EXACT
    (tmp_path / "x.json").write_text('[[1, -2, 0.25], [0, "3", "5/2"]]')
    assert matrix(tmp_path, '"x.json"') == EXACT
    (tmp_path / "y.json").write_text(json.dumps({"X": VALUES, "Y": [[1]]}))
    assert matrix(tmp_path, '"y.json"') == EXACT
    assert matrix(tmp_path, '"y.json" key "X"') == EXACT
    body = np.array(VALUES, dtype="<f4").tobytes()
    for kind, raw in [
        ("F32", body),
        ("F64", np.array(VALUES, dtype="<f8").tobytes()),
        ("BF16", b"".join(body[i + 2 : i + 4] for i in range(0, len(body), 4))),
    ]:
        entry = {"dtype": kind, "shape": [2, 3], "data_offsets": [0, len(raw)]}
        header = json.dumps({"__metadata__": {"a": "b"}, "w": entry}).encode()
        path = tmp_path / "x.safetensors"
        path.write_bytes(struct.pack("<Q", len(header)) + header + raw)
        assert matrix(tmp_path, '"x.safetensors"') == EXACT
        path.write_bytes(path.read_bytes()[:-1])
        assert code_of(tmp_path, '"x.safetensors"') == "E091"


class Bomb:
    """Unpickling this makes a folder: it must never happen."""

    def __reduce__(self):  # type: ignore[no-untyped-def]
        return os.mkdir, ("exploded",)


def test_pickles_are_refused_and_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save(tmp_path / "o.npy", np.array([[Bomb(), 1]], dtype=object), allow_pickle=True)
    assert code_of(tmp_path, '"o.npy"') == "E092"
    np.savez(tmp_path / "o.npz", X=np.array([[Bomb(), 1]], dtype=object))
    assert code_of(tmp_path, '"o.npz"') == "E092"
    raw = pickle.dumps(Bomb())
    for name in ("p.npy", "p.pkl", "p.pt"):
        (tmp_path / name).write_bytes(raw)
        assert code_of(tmp_path, f'"{name}"') == "E092"
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': __import__('os').getpid()}"
    (tmp_path / "e.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
    assert code_of(tmp_path, '"e.npy"') == "E091"
    assert not (tmp_path / "exploded").exists()


def test_values_that_are_no_numbers(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([[1.0, np.nan], [1, 1]]))
    assert code_of(tmp_path, '"x.npy"') == "E093"
    np.save(tmp_path / "x.npy", np.array([[1.0, np.inf], [1, 1]]))
    assert code_of(tmp_path, '"x.npy"') == "E093"
    (tmp_path / "x.csv").write_text("1,nan\n1,1\n")
    assert code_of(tmp_path, '"x.csv"') == "E093"
    (tmp_path / "x.json").write_text("[[1, NaN], [1, -Infinity]]")
    assert code_of(tmp_path, '"x.json"') == "E093"


def test_broken_files(tmp_path: Path) -> None:
    np.save(tmp_path / "good.npy", np.array(VALUES))
    raw = (tmp_path / "good.npy").read_bytes()
    for count in (0, 3, 9, 20, 100, len(raw) - 1):
        (tmp_path / "x.npy").write_bytes(raw[:count])
        assert code_of(tmp_path, '"x.npy"') == "E091", count
    (tmp_path / "x.npy").write_bytes(raw + b"0")
    assert code_of(tmp_path, '"x.npy"') == "E091"
    np.save(tmp_path / "x.npy", np.array(VALUES) * 1j)
    assert code_of(tmp_path, '"x.npy"') == "E091"
    np.save(tmp_path / "x.npy", np.zeros((2, 2, 2)))
    assert code_of(tmp_path, '"x.npy"') == "E091"
    np.save(tmp_path / "x.npy", np.zeros((2, 0)))
    assert code_of(tmp_path, '"x.npy"') == "E083"
    np.save(tmp_path / "x.npy", np.zeros(4))
    assert code_of(tmp_path, '"x.npy"') == "E083"
    np.savez(tmp_path / "good.npz", X=np.array(VALUES))
    zipped = (tmp_path / "good.npz").read_bytes()
    for count in (0, 10, len(zipped) // 2, len(zipped) - 1):
        (tmp_path / "x.npz").write_bytes(zipped[:count])
        assert code_of(tmp_path, '"x.npz"') == "E091", count
    flipped = bytearray(zipped)
    flipped[len(flipped) // 3] ^= 255
    (tmp_path / "x.npz").write_bytes(bytes(flipped))
    assert code_of(tmp_path, '"x.npz"') == "E091"
    for name, text in [
        ("x.csv", "1,2\n3,x\n"),
        ("x.csv", "a,b\n1,2\n"),
        ("x.csv", "1,\n3,4\n"),
        ("x.json", "[[1, 2"),
        ("x.json", "[" * 100_000),
        ("x.json", '{"X": 3}'),
        ("x.json", "[[1, null], [2, 3]]"),
        ("x.json", "[[1e999999999999]]"),
    ]:
        (tmp_path / name).write_text(text)
        assert code_of(tmp_path, f'"{name}"') in ("E091", "E016"), text
    (tmp_path / "x.csv").write_text("1,2\n3\n")
    assert code_of(tmp_path, '"x.csv"') == "E083"
    (tmp_path / "x.csv").write_text("")
    assert code_of(tmp_path, '"x.csv"') == "E083"
    assert code_of(tmp_path, '"missing.npy"') == "E090"
    (tmp_path / "folder.npy").mkdir()
    assert code_of(tmp_path, '"folder.npy"') == "E090"
    os.mkfifo(tmp_path / "pipe.npy")
    assert code_of(tmp_path, '"pipe.npy"') == "E090"
    assert code_of(tmp_path, '"x.xlsx"') == "E091"
    assert code_of(tmp_path, f'"{"x" * 300}.npy"') == "E090"


def test_sizes_are_not_believed(tmp_path: Path) -> None:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000000000)}"
    (tmp_path / "x.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
    assert code_of(tmp_path, '"x.npy"') == "E094"
    with (tmp_path / "x.npy").open("wb") as handle:
        handle.truncate(100 * 2**20)
    assert code_of(tmp_path, '"x.npy"') == "E094"
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        z.writestr("X.npy", b"\0" * (80 * 2**20))
    assert (tmp_path / "bomb.npz").stat().st_size < 2**20
    assert code_of(tmp_path, '"bomb.npz"') == "E094"


def test_keys(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", A=np.eye(2), B=np.eye(2))
    assert code_of(tmp_path, '"two.npz"') == "E095"
    assert code_of(tmp_path, '"two.npz" key "C"') == "E095"
    assert matrix(tmp_path, '"two.npz" key "B"').shape == (2, 2)
    np.save(tmp_path / "one.npy", np.eye(2))
    assert code_of(tmp_path, '"one.npy" key "A"') == "E095"


def test_points_from_files(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", W1=np.eye(2), W2=np.ones((1, 2)), b2=np.array([3.0]))
    text = 'net 2 -> 2 -> linear(1, bias); loss squared; at file "w.npz"'
    (model,) = parse(text, base=tmp_path)
    assert model.point is not None
    assert [given.name for given in model.point.matrices] == ["W1", "W2", "b2"]
    assert parse(unparse(model), base=tmp_path) == (model,)
    model_file = tmp_path / "m.landscape"
    model_file.write_text(text)
    assert parse(read_file(model_file), file=str(model_file)) == (model,)
    (error,) = parse_with_errors(text.replace("-> 2 ->", "-> 3 ->"), base=tmp_path)[1][:1]
    assert error.code == "E112"
    (error,) = parse_with_errors('net 2 -> 2; loss squared; at file "w.npz"', base=tmp_path)[1][:1]
    assert error.code == "E111"


def test_numpy_is_not_needed(tmp_path: Path) -> None:
    import subprocess
    import sys

    np.savez(tmp_path / "x.npz", X=np.array(VALUES))
    program = (
        "import sys; from pathlib import Path; from landscape_cli.syntax import parse;"
        f"parse({MODEL.format(chr(34) + 'x.npz' + chr(34))!r}, base=Path({str(tmp_path)!r}));"
        "assert not {'numpy', 'lark', 'z3', 'sympy', 'flint', 'difflib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
