"""The wheel: what is in it, and that it runs outside the repository, installed and zipped."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
QUESTION = "net 2 -> 2 -> 2; loss absolute"
GRAMMAR = "from landscape_cli.syntax import grammar_text; print(len(grammar_text()) > 1000)"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network from what is in the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)],
        cwd=REPOSITORY, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (found,) = folder.glob("landscape_cli-*.whl")
    return found


def run(arguments: list[str], folder: Path, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run Python in a folder that is not the repository, with that PYTHONPATH."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
    }
    environment |= {"COLUMNS": "80", "NO_COLOR": "1", "PYTHONPATH": path}
    return subprocess.run(
        arguments, cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


def dependencies() -> str:
    """Where click and the others are, without the editable install of this repository."""
    import click

    return str(Path(click.__file__).parents[1])


def test_what_the_wheel_holds(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    source = {
        str(path.relative_to(REPOSITORY))
        for path in (REPOSITORY / "landscape_cli").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert source <= names
    assert {"landscape_cli/grammar/landscape.lark", "landscape_cli/grammar/mistakes.toml"} <= names
    assert {"landscape_cli/py.typed", "landscape_cli/schema/report-1.json"} <= names
    assert not [name for name in names if name.startswith(("tests", "benchmarks", "examples"))]
    with zipfile.ZipFile(wheel) as archive:
        (points,) = (name for name in names if name.endswith("entry_points.txt"))
        assert "landscape = landscape_cli.__main__:main" in archive.read(points).decode()


def test_installed_in_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "fresh"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    bin_folder = home / ("Scripts" if os.name == "nt" else "bin")
    python = bin_folder / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         "--prefix", str(home), "--ignore-installed", str(wheel)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (package,) = home.rglob("landscape_cli/__init__.py")
    site = str(package.parents[1])
    # The dependencies come from the environment of the tests; the package must not.
    where = "import landscape_cli; print(landscape_cli.__file__)"
    place = run([str(python), "-c", where], tmp_path, os.pathsep.join((site, dependencies())))
    assert str(home) in place.stdout, place.stderr
    script = bin_folder / "landscape"
    text = script.read_text().splitlines()
    ran = run([str(python), str(script), "ask", QUESTION], tmp_path,
              os.pathsep.join((site, dependencies())))  # fmt: skip
    assert text[0].startswith("#!")
    assert ran.returncode == 1, ran.stderr
    assert ran.stdout.startswith("FAILS")
    ran = run([str(python), "-c", GRAMMAR], tmp_path, os.pathsep.join((site, dependencies())))
    assert ran.stdout == "True\n", ran.stderr


def test_run_from_the_zip_itself(wheel: Path, tmp_path: Path) -> None:
    path = os.pathsep.join((str(wheel), dependencies()))
    place = run(
        [sys.executable, "-c", "import landscape_cli; print(landscape_cli.__file__)"],
        tmp_path, path,
    )  # fmt: skip
    assert str(wheel) in place.stdout, place.stderr
    (tmp_path / "a.landscape").write_text(QUESTION + "; expect fails\n")
    for arguments, code, shown in (
        (["ask", QUESTION], 1, "FAILS"),
        (["check", "."], 0, "1 as expected"),
        (["explain", "no-bottleneck"], 0, "Needed by"),
        (["theorems"], 0, "open-product"),
        (["--help"], 0, "explain"),
        (["ask", "net 5 -> 0"], 2, ""),
    ):
        ran = run([sys.executable, "-m", "landscape_cli", *arguments], tmp_path, path)
        assert ran.returncode == code, ran.stderr
        assert shown in ran.stdout
    ran = run([sys.executable, "-c", GRAMMAR], tmp_path, path)
    assert ran.stdout == "True\n", ran.stderr


def test_run_from_a_checkout_elsewhere(tmp_path: Path) -> None:
    path = os.pathsep.join((str(REPOSITORY), dependencies()))
    ran = run([sys.executable, "-c", GRAMMAR], tmp_path, path)
    assert ran.stdout == "True\n", ran.stderr


def test_the_version_is_said_once() -> None:
    import landscape_cli

    project = (REPOSITORY / "pyproject.toml").read_text()
    assert 'dynamic = ["version"]' in project
    assert f"## [{landscape_cli.__version__}]" in (REPOSITORY / "CHANGELOG.md").read_text()


def test_the_import_contracts_hold() -> None:
    script = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run(
        [str(script), "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
