"""The generated tables against the grammar, and this parser against Lark's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings

from landscape_cli.syntax.generate import build_lark, generate, read_mistakes
from landscape_cli.syntax.grammar import grammar_text
from landscape_cli.syntax.parser import Node, parse_tree
from landscape_cli.syntax.source import Source

from .strategies import texts


def test_the_tables_are_those_of_the_grammar() -> None:
    from landscape_cli.syntax import tables

    written = Path(tables.__file__).read_text(encoding="utf-8")
    assert written == generate(), "run: python -m landscape_cli.syntax.generate"


def test_generation_is_reproducible_under_another_hash_seed() -> None:
    import os
    import subprocess
    import sys

    program = "from landscape_cli.syntax.generate import generate; print(generate(), end='')"
    for seed in ("1", "77"):
        run = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        )
        assert run.stdout == generate()


def test_the_grammar_is_lalr_in_strict_mode() -> None:
    from lark import Lark

    parser = Lark(grammar_text(), parser="lalr", strict=True, propagate_positions=True)
    assert parser.parse("net 5 -> 2; loss squared\ndata X = [[1,\n 2]]").data == "start"


def test_a_conflict_is_an_error_of_the_generator() -> None:
    import pytest
    from lark import Lark
    from lark.exceptions import GrammarError

    ambiguous = grammar_text().replace("?sum: product", "?sum: sum PLUS sum | product")
    with pytest.raises(GrammarError):
        Lark(ambiguous, parser="lalr", strict=True)


def plain(tree: Any) -> Any:
    from lark import Tree

    if isinstance(tree, Tree):
        return str(tree.data), [plain(child) for child in tree.children]
    return str(tree)


def ours(node: Node) -> Any:
    return (node[0], [ours(child) for child in node[1]]) if isinstance(node[1], list) else node[1]


LARK = build_lark()


@settings(
    derandomize=True,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(texts())
def test_trees_are_those_of_lark(text: str) -> None:
    source = Source(text, None)
    tree = parse_tree(source)
    assert not source.errors
    reference = LARK.parse(text)
    assert [ours(node) for node in tree] == plain(reference)[1]
    for node, child in zip(tree, reference.children, strict=True):
        if not isinstance(node[1], list) or not hasattr(child, "meta"):
            continue
        # Lark forgets the brackets around a token at the end of a node
        start, end = child.meta.start_pos, child.meta.end_pos
        assert node[2] <= start and end <= node[3]
        assert set(text[node[2] : start] + text[end : node[3]]) <= set("() ")


def test_words_are_keywords_only_in_their_place() -> None:
    from landscape_cli.syntax import parse

    (model,) = parse(
        "param data: loss x x; param file: x x net\nmap data * file; loss squared\n"
        "assume net >= loss"
    )
    assert model.map is not None
    assert [parameter.name for parameter in model.map.parameters] == ["data", "file"]


def test_a_line_end_ends_a_statement_except_in_brackets() -> None:
    from landscape_cli.syntax import parse, parse_with_errors

    assert parse("net 5 -> relu(\n 2,\n bias\n)\nloss huber( # c\n 1)")
    assert parse("net k -> 2; loss squared; assume (k >=\n 2\n and k <= 3)")
    for text in ("net 5 ->\n2; loss squared", "loss\nsquared; net 5 -> 2", "net 5\n-> 2"):
        assert parse_with_errors(text)[1]


def test_mistakes_are_malformed_and_their_messages_shown() -> None:
    from landscape_cli.syntax import parse_with_errors
    from landscape_cli.syntax.grammar import MISTAKES

    entries = read_mistakes(grammar_text(MISTAKES))
    assert len(entries) > 30
    for entry in entries:
        for snippet in entry["snippets"]:
            messages = [error.message for error in parse_with_errors(snippet)[1]]
            assert entry["message"] in messages, snippet


def test_the_mistakes_file_is_toml() -> None:
    import sys

    from landscape_cli.syntax.grammar import MISTAKES

    if sys.version_info >= (3, 11):
        import tomllib

        assert tomllib.loads(grammar_text(MISTAKES))["mistake"] == read_mistakes(
            grammar_text(MISTAKES)
        )


def test_the_grammar_is_found_in_a_zip(tmp_path: Path) -> None:
    import os
    import subprocess
    import sys
    import zipfile

    root = Path(__file__).parents[2]
    with zipfile.ZipFile(tmp_path / "package.zip", "w") as archive:
        for part in ("__init__.py", "model", "syntax"):
            found = [root / "landscape_cli" / part]
            for path in found if part.endswith(".py") else found[0].glob("*.py"):
                archive.write(path, path.relative_to(root))
        for path in (root / "grammar").iterdir():
            archive.write(path, Path("landscape_cli") / "grammar" / path.name)
    program = (
        "import sys; from landscape_cli.syntax import grammar_text, parse; import landscape_cli;"
        "assert '.zip' in landscape_cli.__file__; assert parse('net 5 -> 2; loss squared');"
        "sys.stdout.write(grammar_text())"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "package.zip"), "PYTHONUTF8": "1"},
    )
    assert run.stdout == grammar_text()
