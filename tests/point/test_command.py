"""The command `point`: files of weights, lifts, tolerance, and bad input."""

import json
from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner

from landscape_cli.cli.point import command
from landscape_cli.kernel import verify
from landscape_cli.model.diagnostics import InputError

MODEL = """
net 2 -> 2 -> 2
loss squared
data X identity
data Y = [[1, 0], [0, 3]]
"""
POINT = "at W1 = [[1, 0], [0, 0]], W2 = [[1, 0], [0, 0]]\n"


def run(*arguments, text=None):
    result = CliRunner().invoke(command, [str(a) for a in arguments], input=text)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "m.landscape"
    path.write_text(MODEL)
    return path


def test_text_and_json(tmp_path):
    path = tmp_path / "m.landscape"
    path.write_text(MODEL + POINT)
    text = run(path)
    assert "a strict saddle" in text
    assert "rank A = 1, rank B = 1, rank AB = 1" in text
    document = json.loads(run(path, "--format", "json"))
    assert document["schema"] == "landscape/point/1"
    assert document["loss"] == "9/2"
    assert document["critical"] is True
    assert document["classification"] == "strict_saddle"
    assert document["products"][0]["ranks"] == {"left": 1, "right": 1, "product": 1}
    assert document["products"][0]["open"] is True
    assert verify(document["certificate"]).accepted
    assert json.loads(run("-", "--format", "json", text=MODEL + POINT)) == document


def weights(dtype="float32"):
    return {"W1": np.eye(2, dtype=dtype), "W2": np.diag([1, 3]).astype(dtype)}


def test_weights_from_files(model, tmp_path):
    np.savez(tmp_path / "w.npz", **weights())
    rows = {name: value.tolist() for name, value in weights().items()}
    (tmp_path / "w.json").write_text(json.dumps(rows))
    header, body = {}, b""
    for name, value in weights().items():
        raw = value.tobytes()
        header[name] = {
            "dtype": "F32", "shape": [2, 2], "data_offsets": [len(body), len(body) + len(raw)],
        }  # fmt: skip
        body += raw
    head = json.dumps(header).encode()
    (tmp_path / "w.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + body)
    for suffix in ("npz", "json", "safetensors"):
        document = json.loads(run(model, "--weights", tmp_path / f"w.{suffix}", "--format", "json"))
        assert document["classification"] == "global_minimum"
        assert document["loss"] == "0"


def test_floats_are_the_rationals_they_store(model, tmp_path):
    tenth = np.float32(0.1)
    np.savez(tmp_path / "w.npz", W1=np.eye(2), W2=np.diag([1, tenth]).astype("float32"))
    document = json.loads(run(model, "--weights", tmp_path / "w.npz", "--format", "json"))
    stored = Fraction(float(tenth))
    assert Fraction(document["loss"]) == (stored - 3) ** 2 / 2


@pytest.mark.parametrize(
    ("arrays", "code"),
    [
        ({"W1": np.eye(2)}, "E110"),
        ({**weights(), "W3": np.eye(2)}, "E111"),
        ({**weights(), "W2": np.eye(3)}, "E112"),
        ({**weights(), "W2": np.array([[1, np.nan], [0, 1]])}, "E093"),
        ({**weights(), "W2": np.array([[1, np.inf], [0, 1]])}, "E093"),
        ({**weights(), "W2": np.array([[None, 1], [0, 1]], dtype=object)}, "E092"),
    ],
)
def test_bad_weights(model, tmp_path, arrays, code):
    np.savez(tmp_path / "w.npz", **arrays)
    with pytest.raises(InputError) as caught:
        run(model, "--weights", tmp_path / "w.npz")
    assert [d.code for d in caught.value.diagnostics] == [code]


def test_truncated_and_nameless_files(model, tmp_path):
    np.savez(tmp_path / "w.npz", **weights())
    raw = (tmp_path / "w.npz").read_bytes()
    (tmp_path / "w.npz").write_bytes(raw[: len(raw) // 2])
    with pytest.raises(InputError) as caught:
        run(model, "--weights", tmp_path / "w.npz")
    assert caught.value.diagnostics[0].code == "E091"
    np.save(tmp_path / "w.npy", np.eye(2))
    with pytest.raises(InputError) as caught:
        run(model, "--weights", tmp_path / "w.npy")
    assert caught.value.diagnostics[0].code == "E095"
    with pytest.raises(InputError) as caught:
        run(model)
    assert caught.value.diagnostics[0].code == "E115"


def test_lift(tmp_path):
    path = tmp_path / "m.landscape"
    path.write_text(MODEL + POINT)
    np.save(tmp_path / "z.npy", np.array([[1, 0], [2.0**-20, 0]]))
    document = json.loads(run(path, "--lift", tmp_path / "z.npy", "--format", "json"))["lift"]
    assert document["found"] is True
    left, right = (
        np.array([[float(Fraction(e)) for e in row] for row in f]) for f in document["factors"]
    )
    assert np.allclose(left @ right, [[1, 0], [2.0**-20, 0]], atol=1e-12)
    assert "distance moved / distance of the target" in run(path, "--lift", tmp_path / "z.npy")
    path.write_text(MODEL + "at W1 = [[0, 0], [0, 1]], W2 = [[1, 0], [0, 0]]\n")
    np.save(tmp_path / "z.npy", np.array([[0, 0], [2.0**-20, 0]]))
    refused = json.loads(run(path, "--lift", tmp_path / "z.npy", "--format", "json"))["lift"]
    assert (refused["found"], refused["impossible"]) == (False, True)
    np.save(tmp_path / "z.npy", np.eye(3))
    with pytest.raises(InputError) as caught:
        run(path, "--lift", tmp_path / "z.npy")
    assert caught.value.diagnostics[0].code == "E118"


def test_tolerance_is_labelled(tmp_path):
    path = tmp_path / "m.landscape"
    path.write_text(MODEL + "at W1 = [[1, 0], [0, 1/10000000000000000]], W2 = [[1, 0], [0, 0]]\n")
    text = run(path, "--tolerance", "1e-9")
    assert "in floating point, not exact: rank(W1) = 1" in text
    assert "rank A = 1, rank B = 2" in text


def test_choosing_a_model(tmp_path):
    path = tmp_path / "m.landscape"
    path.write_text(f"model a {{ {MODEL} {POINT} }}\nmodel b {{ {MODEL} {POINT} }}\n")
    assert run(path, "--model", "b").startswith("model b")
    for arguments, words in (((), "2 models"), (("--model", "c"), "No model 'c'")):
        result = CliRunner().invoke(command, [str(path), *arguments])
        assert result.exit_code == 2
        assert words in result.output
