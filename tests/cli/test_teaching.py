"""``tour``, ``quiz`` and ``shell`` as they are used: options, answers, a terminal, a script."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from landscape_cli.cli import main
from landscape_cli.teaching.lessons import load_lessons

COLUMNS = (60, 80, 120)


@pytest.fixture(autouse=True)
def _state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "80")


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, *words: str
) -> tuple[int, str, str]:
    """The exit code, standard output and standard error of a command that reads ``typed``."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    code = main([*words])
    out, err = capsys.readouterr()
    return code, out, err


# --- tour ------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", COLUMNS)
def test_every_lesson_fits_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    code, out, err = run(monkeypatch, capsys, "", "tour", "--no-input")
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    for line in out.splitlines():
        assert len(line) <= columns, line
        assert line == line.rstrip()
    for lesson in load_lessons():
        assert f"Lesson {lesson.number} of 8" in out


def test_colours_change_nothing_but_colours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import re

    words = ("tour", "--no-input", "--lesson", "5")
    plain = run(monkeypatch, capsys, "", *words)[1]
    coloured = run(monkeypatch, capsys, "", *words, "--color", "always")[1]
    assert coloured != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_a_student_goes_through_a_lesson(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # What the tool says, a wrong guess and a right one, a bad and a good change, next section.
    typed = "\nx\na\nloss foo\n?\nloss quantile(1/2)\n\nq\n"
    code, out, err = run(monkeypatch, capsys, typed, "tour", "--lesson", "5")
    assert code == 0
    assert "Type one of the letters a, b, c (q leaves)." in out
    assert "Your turn: change this model (huber) until the verdict is fails." in out
    assert "No, c)." in out
    assert "unknown loss `foo`" in err and "^^^" in err
    assert "FAILS by nonsmooth-narrow; unmet: differentiable-loss" in out
    assert "That does it." in out and "> loss absolute" in out
    assert "0 of 1 predictions were right." in out
    assert "Your place is kept" in out
    assert out.index("HOLDS") < out.index("Predict") < out.index("> loss absolute")
    # The tour goes on where it was left.
    code, out, _ = run(monkeypatch, capsys, "", "tour")
    assert code == 0
    assert "goes on at part 2 of 4" in out and "The trap, by hand" in out
    _, out, _ = run(monkeypatch, capsys, "", "tour", "--list")
    assert "part 2 of 4" in out
    _, out, _ = run(monkeypatch, capsys, "", "tour", "--reset")
    assert "Progress forgotten" in out
    _, out, _ = run(monkeypatch, capsys, "", "tour", "--list")
    assert "part" not in out
    _, out, _ = run(monkeypatch, capsys, "", "tour")
    assert "Lesson 1 of 8" in out


def test_what_a_change_should_lead_to(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Openness, in the last but one section of lesson 1.
    typed = "\nc\n\nb\n\nat W2 = [[0]], W1 = [[2, 0]]\nat W2 = [[2]]\nq\n"
    _, out, _ = run(monkeypatch, capsys, typed, "tour", "--lesson", "1")
    assert "until the product is locally open." in out
    assert "local minimum; the product is not open here" in out
    assert "not a local minimum; the product is open here\nThat does it." in out
    # A change that turns no verdict: any will do.
    typed = "a\n\n\nb\n\n\nrequire strict_saddle\nq\n"
    _, out, _ = run(monkeypatch, capsys, typed, "tour", "--lesson", "3")
    assert "change this model (small) as the lesson says." in out
    assert "HOLDS by two-layer-squared\nThat does it." in out


SHORT = """# Short

> A summary.

## One

```question
Which?

(x) this
( ) that
```

## Two

```model m verdict=holds
net 2 -> 1
loss squared
```

```change c of=m verdict=fails
net 2 -> 1 -> 2; loss huber(1)
```
"""


def test_lessons_of_ones_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "course"
    folder.mkdir()
    (folder / "1-short.md").write_text(SHORT)
    (folder / "2-again.md").write_text(SHORT.replace("Short", "Again"))
    tour = ("tour", "--lessons", str(folder))
    # b goes back to the question; the rest is Enter.
    code, out, err = run(monkeypatch, capsys, "a\nb\na\n\n\n\n\n", *tour)
    assert (code, err) == (0, "")
    assert out.count("Which?") == 3 and "2 of 2 predictions" in out
    assert "Next: 2. Again" in out
    _, out, _ = run(monkeypatch, capsys, "", *tour, "--list")
    assert "done" in out
    # The second lesson to its end; then nothing is left.
    code, out, _ = run(monkeypatch, capsys, "b\n\n\n\n", *tour)
    assert code == 0 and "That was the last lesson. 0 of 1 predictions were right." in out
    _, out, _ = run(monkeypatch, capsys, "", *tour)
    assert "All lessons are done." in out
    _, out, _ = run(monkeypatch, capsys, "", *tour, "--lesson", "2", "--reset")
    assert "Again" in out and "goes on at" not in out
    code, out, _ = run(monkeypatch, capsys, "", *tour, "--check")
    assert code == 0 and "2 lessons, 4 models and points: all as the engine says" in out
    (folder / "2-again.md").write_text(SHORT.replace("m verdict=holds", "m verdict=fails"))
    code, out, err = run(monkeypatch, capsys, "", *tour, "--check")
    assert code == 1 and "1 claim is not so" in out
    assert "2-again.md:16:1: error[E151]: m: the lesson says verdict=fails" in err
    (folder / "2-again.md").write_text(SHORT.replace("loss squared", "loss sqared"))
    code, out, err = run(monkeypatch, capsys, "", *tour)
    assert code == 2 and out == ""
    assert "2-again.md:18:6: error[E050]: unknown loss `sqared`" in err


def test_ctrl_c_leaves_cleanly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupting(io.StringIO):
        def readline(self, size: int | None = -1) -> str:
            raise KeyboardInterrupt

    for words, said in (("tour", "Your place is kept"), ("quiz", "Score: 0 of 0 points.")):
        monkeypatch.setattr(sys, "stdin", Interrupting())
        assert main([words]) == 130
        out, err = capsys.readouterr()
        assert said in out and "Traceback" not in err


def test_json_lists(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tour", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [lesson["number"] for lesson in found] == [*range(1, 9)]
    assert all(lesson["models"] and lesson["sections"] for lesson in found)
    assert main(["quiz", "--seed", "7", "--questions", "3", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["seed"] == 7 and len(found["questions"]) == 3
    assert {"model", "verdict", "missing", "assumptions"} <= set(found["questions"][0])


# --- quiz ------------------------------------------------------------------------------------


def test_a_quiz_counts_points(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("quiz", "--seed", "7", "--questions", "4")
    main([*words, "--format", "json"])
    asked = json.loads(capsys.readouterr().out)["questions"]
    answers = []
    points = 0
    for question in asked:
        answers.append(question["verdict"])
        points += 1
        if question["missing"]:
            answers.append(question["missing"])
            points += 1
    code, out, _ = run(monkeypatch, capsys, "\n".join(answers) + "\n", *words)
    assert code == 0 and f"Score: {points} of {points} points." in out
    code, out, _ = run(monkeypatch, capsys, "z\nholds\nq\n", *words)
    assert code == 0 and "Type one of the letters" in out and " of 1 points." in out


def test_a_quiz_without_a_seed_says_how_to_repeat_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(monkeypatch, capsys, "", "quiz", "--questions", "1")
    again = out.splitlines()[1].split("landscape ")[1].split()
    assert again[0] == "quiz" and again[1] == "--seed"
    assert run(monkeypatch, capsys, "", *again)[1] == out


# --- shell -----------------------------------------------------------------------------------


def shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *lines: str
) -> tuple[int, str, str]:
    return run(monkeypatch, capsys, "".join(f"{line}\n" for line in lines), "shell")


def test_a_script(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = shell(
        monkeypatch, capsys, "net 2 -> 1 -> 1; loss absolute", "loss huber(1)", "", "# nothing"
    )
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "landscape> net 2 -> 1 -> 1; loss absolute",
        "FAILS by nonsmooth-narrow; unmet: differentiable-loss",
        "landscape> loss huber(1)",
        "  - loss absolute",
        "  + loss huber(1)",
        "FAILS -> HOLDS by linear-no-bottleneck",
        "landscape>",
        "landscape> # nothing",
    ]


def test_the_last_line_of_a_script_counts_although_it_is_not_finished(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(monkeypatch, capsys, "net 2 -> 1;\nloss squared;", "shell")
    assert code == 0 and "HOLDS by convex-problem" in out
    code, _, err = run(monkeypatch, capsys, "model a {\nnet 2 -> 1", "shell")
    assert code == 2 and "this block is never closed" in err and "<shell>:1:1" in err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (":point", "there is no complete model yet: a net or a map and a loss to come"),
        (":explain linear-no-botleneck", "Did you mean 'linear-no-bottleneck'"),
        (":explian", "no command :explian. Did you mean :explain?"),
        (":drop loss", "nothing to drop: the model has no `loss`"),
        (":drop", "drop what? The model has: nothing"),
        (":why-not", "which theorem?"),
        (":open nowhere.landscape", "there is no file nowhere.landscape"),
        (":open", "which file?"),
        (":save", "to which file?"),
        (":save x.landscape", "there is nothing to save"),
        (":repair 1", "there is no repair here"),
        (":explain 'a", "nothing is called"),
        (":solve 'a", "No closing quotation"),
        ("net 5 ->", "expected the next layer"),
    ],
)
def test_bad_input_is_said_and_the_shell_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    code, out, err = shell(monkeypatch, capsys, line, "net 2 -> 1; loss squared")
    assert said in " ".join(err.split())
    assert code == 2 and "HOLDS by convex-problem" in out


def test_commands_of_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, err = shell(
        monkeypatch, capsys,
        "net 2 -> 1 -> 1; loss absolute",
        ":verdict", ":proof", ":counterexample", ":repair", ":solve --table d0,d1", ":explain relu",
        "data X identity, Y = [[0, 1]]; at W1 = [[1, 0]], W2 = [[0]]", ":point", ":help",
    )  # fmt: skip
    for text in (
        "nearest theorem  linear-no-bottleneck", "better point, loss 0",
        "holds by linear-open-everywhere", "The activation relu", "this point is: a local minimum",
        ":why-not",
    ):  # fmt: skip
        assert text in out, text
    assert "'d0' is not a symbol of the model" in err


def test_a_command_that_is_missing_or_has_come_since(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``:why-not`` and ``:plot`` call the commands of those names, as soon as there are any."""
    import click

    from landscape_cli.cli import shell as module

    model = "net 2 -> 1 -> 1; loss absolute"
    monkeypatch.setattr(module, "_click_command", lambda name: None)
    code, _, err = shell(monkeypatch, capsys, model, ":plot", ":why-not linear-squared")
    assert code == 2
    assert "`landscape plot` is not part of this installation" in err
    assert "`landscape prove` is not part of this installation" in err

    def command(name: str) -> click.Command:
        @click.command(name)
        @click.argument("source")
        @click.option("--why-not")
        @click.option("--color")
        @click.option("-o", "output")
        def found(**given: str) -> None:
            given.pop("color")
            click.echo(f"{name} {json.dumps(given)}")

        return found

    monkeypatch.setattr(module, "_click_command", command)
    code, out, err = shell(monkeypatch, capsys, model, ":plot -o a.png", ":why-not linear-squared")
    assert (code, err) == (0, "")
    called = [line.split(" ", 1) for line in out.splitlines() if line.startswith(("plot", "prove"))]
    text = "net 2 -> 1 -> 1\nloss absolute\n"
    assert [(name, json.loads(given)) for name, given in called] == [
        ("plot", {"source": text, "output": "a.png", "why_not": None}),
        ("prove", {"source": text, "output": None, "why_not": "linear-squared"}),
    ]


def test_undo_drop_new_save_and_open(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "y.csv").write_text("1,-1\n")
    (tmp_path / "data" / "two.landscape").write_text(
        "model a { net 2 -> 1; loss squared }\n"
        'model b {\n  net 2 -> 1\n  loss hinge\n  data Y = file "y.csv"\n}\n'
    )
    code, out, err = shell(
        monkeypatch, capsys,
        "net 2 -> 1; loss squared; regularize l2 1", ":drop regularize", ":undo", ":undo", ":undo",
        ":redo", ":save one.landscape", ":save one.landscape", ":new", ":show",
        ":open one.landscape", ":open data/two.landscape a",
        ":open one.landscape", ":open data/two.landscape", ":open data/two.landscape b", ":show",
        ":save b.landscape",
    )  # fmt: skip
    assert code == 2  # a file that exists, and two models to choose from
    assert "  - regularize l2 1" in out and "nothing to undo" in out
    assert (tmp_path / "one.landscape").read_text() == "net 2 -> 1\nloss squared\nregularize l2 1\n"
    assert "one.landscape exists already" in err and "holds 2 models" in err
    assert "model b" in out and 'file "data/y.csv"' in out
    assert (tmp_path / "b.landscape").read_text().startswith("model b {\n  net 2 -> 1\n")
    assert main(["check", "b.landscape"]) == 0


def test_a_model_to_start_with_and_what_it_expects(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "net 2 -> 1; loss squared; expect holds"
    assert run(monkeypatch, capsys, "", "shell", text)[0] == 0
    code, out, _ = run(monkeypatch, capsys, "expect fails\n", "shell", text)
    assert code == 1 and "expected fails" in out
    assert run(monkeypatch, capsys, "", "shell", "nowhere.landscape")[0] == 2


# --- at a terminal ---------------------------------------------------------------------------


class Terminal:
    """A program at a pseudo-terminal: type, and wait for what it shows."""

    def __init__(self, tmp_path: Path, *words: str, start: str = "") -> None:
        environment = {
            **os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24", "NO_COLOR": "1",
            "XDG_STATE_HOME": str(tmp_path / "state"), "PROMPT_TOOLKIT_NO_CPR": "1",
        }  # fmt: skip
        code = f"{start}\nimport sys\nfrom landscape_cli.cli import main\n"
        code += f"sys.exit(main({list(words)!r}))"
        self.process, self.master = pty.fork()
        if self.process == 0:
            os.execve(sys.executable, [sys.executable, "-c", code], environment)
        self.seen = ""

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def wait(self, text: str, seconds: float = 60) -> str:
        """Reads until the text is there; what came before is forgotten."""
        end = time.monotonic() + seconds
        while text not in self.seen:
            left = end - time.monotonic()
            assert left > 0, f"{text!r} is not in {self.seen!r}"
            if select.select([self.master], [], [], left)[0]:
                try:
                    self.seen += os.read(self.master, 65536).decode(errors="replace")
                except OSError:
                    assert text in self.seen, f"{text!r} is not in {self.seen!r}"
        before, _, self.seen = self.seen.partition(text)
        return before

    def end(self) -> int:
        """Reads to the end; the exit code."""
        try:
            while select.select([self.master], [], [], 60)[0] and os.read(self.master, 65536):
                pass
        except OSError:
            pass  # how Linux reports the end of a terminal
        _, status = os.waitpid(self.process, 0)
        os.close(self.master)
        return os.waitstatus_to_exitcode(status)


def test_the_shell_at_a_terminal(tmp_path: Path) -> None:
    one = Terminal(tmp_path, "shell")
    one.wait("landscape>")
    one.type("net 2 -> 1 -> 1; loss absol\t")
    one.wait("absol")
    one.wait("ute")
    one.type("\r")
    one.wait("FAILS by nonsmooth-narrow")
    one.wait("landscape>")
    one.type("model m {\rnet 3 -> 2\rloss squared\r}\r")
    one.wait("HOLDS by convex-problem")
    one.wait("landscape>")
    one.type("loss hub")
    one.wait("hub")
    one.type("\x03")  # drops the line, but not the shell
    one.wait("(Ctrl-D or :quit leaves)")
    one.wait("landscape>")
    one.type("\x1b[A")  # and the line can be had again
    one.wait("loss hub")
    one.type("er(1)\r")
    one.wait("HOLDS by convex-problem, as before")
    one.wait("landscape>")
    one.type("\x04")
    assert one.end() == 0
    kept = (tmp_path / "state" / "landscape" / "shell_history").read_text()
    assert "+loss huber(1)" in kept and "+model m {" in kept


def test_the_shell_without_prompt_toolkit(tmp_path: Path) -> None:
    one = Terminal(tmp_path, "shell", start="import sys; sys.modules['prompt_toolkit'] = None")
    one.wait("Without prompt_toolkit there is no completion")
    one.wait("landscape> ")
    one.type("net 2 -> 1;\n")
    one.wait("... ")
    one.type("loss absolute\n")
    one.wait("HOLDS by convex-problem")
    one.wait("landscape> ")
    one.type("\x04")
    assert one.end() == 0


def test_the_tour_at_a_terminal(tmp_path: Path) -> None:
    one = Terminal(tmp_path, "tour")
    one.wait("Lesson 1 of 8")
    one.wait("[Enter: go on")
    one.type("\n")
    one.wait("or Enter to see]")
    one.type("c\n")
    one.wait("Right.")
    one.type("\x03")
    one.wait("Your place is kept")
    assert one.end() == 130
    kept = json.loads((tmp_path / "state" / "landscape" / "tour.json").read_text())
    assert kept["folders"][""]["lessons"]["local-openness"]["section"] == 1


def test_nothing_of_this_is_loaded_by_ask() -> None:
    probe = (
        "import sys\nfrom landscape_cli.cli import main\n"
        "main(['ask', 'net 2 -> 2 -> 2; loss absolute'])\n"
        "print([m for m in ('markdown_it', 'prompt_toolkit', 'platformdirs', "
        "'landscape_cli.teaching') if m in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60)
    assert ran.stderr.strip() == "[]"
