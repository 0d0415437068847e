"""Around the program: pre-commit, the GitHub action, shell completion."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

import landscape_cli
from landscape_cli.checking.settings import KEYS
from landscape_cli.cli import main

from ..checking.folders import FAILS, HOLDS, write

REPOSITORY = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True)


# --- pre-commit ------------------------------------------------------------------------------


def test_pre_commit_runs_the_hook(tmp_path: Path) -> None:
    """``try-repo`` builds this package in an environment of its own, from a local repository.

    Only what it depends on is lent from here, so that nothing is downloaded.
    """
    hook = tmp_path / "hook"
    hook.mkdir()
    for name in ("landscape_cli", "grammar"):
        shutil.copytree(
            REPOSITORY / name, hook / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(REPOSITORY / name, hook / name)
    project = tmp_path / "project"
    write(project, "good.landscape", HOLDS)
    write(project, "a b/bad.landscape", FAILS)
    write(project, "drafts/bad.landscape", FAILS)
    write(project, "notes.txt", "not a model")
    write(project, "landscape.toml", 'exclude = ["drafts/"]\nformat = "concise"\n')
    for folder in (hook, project):
        git(folder, "init", "-q")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "first")
    lent = [str(Path(module.__file__).parents[1]) for module in (click, yaml)]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "PRE_COMMIT_HOME": str(tmp_path / "home"),
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip's way to say that there is none
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(lent)),
        "COLUMNS": "80",
    }
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(hook), "landscape"]

    def tried(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *more], capture_output=True, text=True, cwd=project, env=environment,
            timeout=300, check=False,
        )  # fmt: skip

    ran = tried("--all-files")
    shown = ran.stdout + ran.stderr
    assert ran.returncode == 1, shown
    assert "a b/bad.landscape:1:1: nonsmooth-narrow expected holds" in shown
    assert "2 models in 2 files: 1 as expected, 1 not as expected" in shown
    assert "drafts" not in shown.split("landscape check")[-1]
    ran = tried("--files", "good.landscape")
    assert ran.returncode == 0 and "Passed" in ran.stdout, ran.stdout


# --- the action ------------------------------------------------------------------------------


def step(name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(s for s in ACTION["runs"]["steps"] if s["name"] == name)
    return found


def run_step(
    name: str, inputs: dict[str, str], folder: Path, **more: str
) -> tuple[int, str, dict[str, str]]:
    """Run the shell of a step as a runner does: expressions into ``env``, files for outputs."""
    values = {key: str(one.get("default", "")) for key, one in ACTION["inputs"].items()}
    assert set(inputs) <= set(values)
    values.update(inputs)
    known = {f"inputs.{key}": value for key, value in values.items()}
    known["github.action_path"] = str(REPOSITORY)
    known.update({f"steps.check.outputs.{key}": value for key, value in more.items()})

    def evaluated(text: str) -> str:
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: known[found[1]], str(text))

    this = step(name)
    output, path = folder / "output", folder / "path"
    for file in (output, path):
        file.write_text("")
    work = folder / evaluated(this.get("working-directory", "."))
    work.mkdir(exist_ok=True)
    script = folder / "script.sh"
    script.write_text(this["run"])
    assert "${{" not in this["run"], "inputs reach a script through env only"
    environment = {
        **os.environ,
        **{key: evaluated(value) for key, value in this["env"].items()},
        "GITHUB_OUTPUT": str(output),
        "GITHUB_PATH": str(path),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "RUNNER_TEMP": str(folder / "temp"),
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    ran = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
        capture_output=True, text=True, cwd=work, env=environment, timeout=120, check=False,
    )  # fmt: skip
    outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    return ran.returncode, ran.stdout + ran.stderr + path.read_text(), outputs


def on_path(program: Path) -> None:
    """A ``landscape`` that runs this one."""
    text = f'#!/usr/bin/env bash\nexec "{sys.executable}" -m landscape_cli "$@"\n'
    write(program.parent, program.name, text).chmod(0o755)


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """A folder with a ``landscape`` on the PATH, as the step before leaves it."""
    on_path(tmp_path / "bin" / "landscape")
    return tmp_path


def test_the_action_checks_and_says_how_it_went(runner: Path) -> None:
    write(runner, "work/m/good.landscape", HOLDS)
    code, shown, outputs = run_step("Check", {"working-directory": "work"}, runner)
    assert (code, outputs) == (0, {"exit-code": "0", "sarif-file": "work/landscape.sarif"}), shown
    assert (runner / outputs["sarif-file"]).is_file()
    write(runner, "work/m/bad.landscape", FAILS)
    inputs = {
        "paths": "m/good.landscape\nm/bad.landscape",
        "arguments": "--statistics  --fail-on fails",
        "sarif-file": "out/r.sarif",
        "working-directory": "work",
    }
    code, shown, outputs = run_step("Check", inputs, runner)
    assert (code, outputs) == (0, {"exit-code": "1", "sarif-file": "work/out/r.sarif"})
    assert "::error file=" in shown and "bad.landscape" in shown
    assert "| error |" in (runner / "summary.md").read_text()
    assert run_step("Result", {}, runner, **outputs)[0] == 1
    assert run_step("Result", {}, runner, **{"exit-code": "0"})[0] == 0
    for name, output in ACTION["outputs"].items():
        assert output["value"] == f"${{{{ steps.check.outputs.{name} }}}}"
        assert name in outputs


def test_inputs_of_the_action_are_never_run(runner: Path) -> None:
    evil = "$(touch${IFS}pwned) `touch pwned2` ; touch pwned3 * && touch pwned4"
    inputs = {"paths": evil, "sarif-file": "x\nexit-code=0", "arguments": ""}
    code, shown, outputs = run_step("Check", inputs, runner)
    assert code == 0 and outputs["exit-code"] == "2", shown
    assert outputs["sarif-file"] == "xexit-code=0"
    assert not list(runner.rglob("pwned*"))
    # A path that looks like an option is a path.
    _, shown, outputs = run_step("Check", {"paths": "--version"}, runner)
    assert outputs["exit-code"] == "2" and "can't read --version" in shown


def test_the_action_installs_into_an_environment_of_its_own(runner: Path) -> None:
    """With a ``pip`` that only writes down what it is asked for."""
    python = write(
        runner,
        "bin/somepython",
        '#!/usr/bin/env bash\nset -e\nif [ "$2" = venv ]; then mkdir -p "$3/bin"; '
        'cp "$0" "$3/bin/python"; else echo "$@" >> "$RUNNER_TEMP/asked"; fi\n',
    )
    python.chmod(0o755)
    (runner / "temp").mkdir()
    for version, package in (("", str(REPOSITORY)), ("1.2.3", "landscape-cli==1.2.3")):
        inputs = {"python": "somepython", "version": version}
        code, shown, _ = run_step("Install", inputs, runner)
        assert code == 0, shown
        assert shown.strip() == str(runner / "temp" / "landscape-environment" / "bin")
        asked = (runner / "temp" / "asked").read_text().splitlines()[-1]
        assert asked.startswith("-m pip install") and asked.endswith(package)


def test_the_hook_and_the_action_use_options_that_exist() -> None:
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    words = " ".join([hooks[0]["entry"], step("Check")["run"]])
    used = set(re.findall(r"(?<=\s)--([a-z-]+)", words))
    assert used and used <= {*KEYS}
    assert re.search(hooks[0]["files"], "a/b.landscape")


# --- completion ------------------------------------------------------------------------------


def completed(shell: str, words: str, at: int, **more: str) -> list[str]:
    """What the program answers to the script of a shell."""
    environment = {
        **os.environ, "_LANDSCAPE_COMPLETE": f"{shell}_complete", "COMP_WORDS": words,
        "COMP_CWORD": str(at), **more,
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-m", "landscape_cli"], capture_output=True, text=True, timeout=60,
        env=environment, check=True,
    )  # fmt: skip
    return ran.stdout.splitlines()


def test_what_is_completed() -> None:
    assert "plain,junit" in completed("bash", "landscape check --format j", 3)
    assert completed("bash", "landscape check --fail-on f", 3) == ["plain,fails"]
    assert "plain,--update-baseline" in completed("bash", "landscape check --up", 2)
    assert completed("bash", "landscape check ", 2) == ["file,"], "paths are left to the shell"
    assert "check" in completed("zsh", "landscape che", 1)
    assert any(
        line.startswith("plain,check") or line == "check"
        for line in completed("fish", "landscape che", 0, COMP_CWORD="che")
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert f"_LANDSCAPE_COMPLETE={shell}_complete" in script
    found = shutil.which(shell)
    if found is not None:
        # The shell itself can read it (bash is everywhere where the tests run).
        subprocess.run([found, "-n"], input=script, text=True, check=True)


def test_bash_completes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["completion", "bash"])
    script = capsys.readouterr().out
    program = write(
        tmp_path,
        "landscape",
        f'#!/usr/bin/env bash\nexec "{sys.executable}" -m landscape_cli "$@"\n',
    )
    program.chmod(0o755)
    ask = f"{script}\nCOMP_WORDS=(landscape comp); COMP_CWORD=1; _landscape_completion landscape\n"
    ran = subprocess.run(
        ["bash", "-c", f'{ask}echo "${{COMPREPLY[@]}}"'], capture_output=True, text=True,
        timeout=60, check=True,
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
    )  # fmt: skip
    assert ran.stdout.split() == ["completion"], ran.stderr


def test_the_version_is_that_of_the_package() -> None:
    assert ACTION["inputs"]["version"]["default"] == ""
    assert landscape_cli.__version__
