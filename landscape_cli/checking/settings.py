"""Settings of ``landscape check``: what there is, where it is read from, which value wins.

The command line comes before ``landscape.toml`` or ``[tool.landscape]`` in ``pyproject.toml``,
whichever is nearest (upwards from what is checked; of two in one folder the former), and that
before the defaults. Relative paths and patterns of a file are relative to its folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ..model.diagnostics import Diagnostic, InputError
from ..model.span import Span

FILE = "landscape.toml"
PYPROJECT = "pyproject.toml"
LARGEST = 2**20

FAIL_ON = ("fails", "unknown", "conditional", "depends", "unmet")
PROPERTIES = ("local_is_global", "strict_saddle")
CACHE_FOLDER = ".landscape_cache"


class BadValue(ValueError):
    """What a value of a setting has to be, in words; ``hint`` may name the nearest one."""

    def __init__(self, wanted: str, hint: str | None = None) -> None:
        self.hint = hint
        super().__init__(wanted)


def _flag(value: Any, _folder: Path) -> bool:
    if not isinstance(value, bool):
        raise BadValue("true or false")
    return value


def _texts(value: Any, _folder: Path | None = None) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        raise BadValue("a list of texts")
    return tuple(value)


def choice(value: Any, known: Sequence[str]) -> str:
    """The value, if it is one of the known words."""
    if not isinstance(value, str) or value not in known:
        from ..syntax.mistakes import did_you_mean

        hint = did_you_mean(value, known) if isinstance(value, str) else None
        raise BadValue("one of " + ", ".join(known), hint)
    return value


def _fail_on(value: Any, _folder: Path | None = None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(choice(one, FAIL_ON) for one in _texts(value)))


def _require(value: Any, _folder: Path | None = None) -> str:
    return choice(value, PROPERTIES)


def _format(value: Any, _folder: Path) -> str:
    from ..render.formats import FORMATS

    return choice(value, tuple(FORMATS))


def _output(value: Any, folder: Path) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for one in _texts(value):
        form, equals, file = one.partition("=")
        if not equals or not file:
            raise BadValue("FORMAT=FILE, such as sarif=out.sarif")
        try:
            known = _format(form, folder)
        except BadValue as error:
            raise BadValue(f"FORMAT=FILE, with a FORMAT that is {error}", error.hint) from None
        if file == "-":
            raise BadValue("FORMAT=FILE (for standard output there is --format)")
        if any(str(folder / file) == other for _, other in found):
            raise BadValue("FORMAT=FILE, a file of its own for each report")
        found.append((known, str(folder / file)))
    return tuple(found)


def _path(value: Any, folder: Path) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise BadValue("a path")
    return str(folder / value)


def _jobs(value: Any, _folder: Path) -> int | None:
    if value == "auto":
        return None
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000:
        raise BadValue("auto, or a number of processes from 1 to 1000")
    return value


class PerFile(NamedTuple):
    """Settings of the files that match a pattern (gitignore syntax); None: not set."""

    pattern: str
    require: str | None = None
    fail_on: tuple[str, ...] | None = None


def _per_file(value: Any, _folder: Path | None = None) -> tuple[PerFile, ...]:
    if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        return _per_file(_per_file_texts(value))
    if not isinstance(value, Mapping):
        raise BadValue('tables, such as [per-file."old/**"] with fail-on = ["fails"]')
    found = []
    for pattern, settings in value.items():
        if not isinstance(settings, Mapping):
            raise BadValue(f'a table for the pattern "{pattern}"')
        for key in settings:
            if key not in ("require", "fail-on"):
                from ..syntax.mistakes import did_you_mean

                raise BadValue(
                    f'"require" and "fail-on" for the pattern "{pattern}" (not "{key}")',
                    did_you_mean(str(key), ("require", "fail-on")),
                )
        found.append(
            PerFile(
                str(pattern),
                _require(settings["require"]) if "require" in settings else None,
                _fail_on(settings["fail-on"]) if "fail-on" in settings else None,
            )
        )
    return tuple(found)


def _per_file_texts(values: Sequence[str]) -> dict[str, dict[str, Any]]:
    """``old/**:fail-on=fails,unknown`` of a command line."""
    found: dict[str, dict[str, Any]] = {}
    for text in values:
        pattern, colon, setting = text.rpartition(":")
        key, equals, value = setting.partition("=")
        if not (pattern and colon and equals):
            raise BadValue("PATTERN:KEY=VALUE, such as 'old/**:fail-on=fails,unknown'")
        given: Any = [v for v in value.split(",") if v] if key == "fail-on" else value
        found.setdefault(pattern, {})[key] = given
    return found


class Setting(NamedTuple):
    """One setting: its key in a file (an option of the command line is called the same)."""

    key: str
    default: Any
    read: Callable[[Any, Path], Any]
    says: str
    metavar: str | None = None
    many: bool = False

    @property
    def field(self) -> str:
        """The name of the key as a Python name."""
        return self.key.replace("-", "_")


SETTINGS: tuple[Setting, ...] = (
    Setting("include", ("*.landscape",), _texts,
            "Which files of a folder are model files (gitignore syntax).", "PATTERN", True),
    Setting("exclude", (), _texts,
            "Files and folders to leave out (gitignore syntax).", "PATTERN", True),
    Setting("respect-gitignore", True, _flag, "Leave out what .gitignore files ignore."),
    Setting("force-exclude", False, _flag,
            "Apply `exclude` also to files that are named (for pre-commit)."),
    Setting("require", "local_is_global", _require,
            "The property asked of models without `require`.", "PROPERTY"),
    Setting("fail-on", ("unmet",), _fail_on,
            "Which models that are not as expected count for the exit code, by their verdict: "
            "fails, unknown, conditional, depends; unmet is all.", "VERDICT", True),
    Setting("per-file", (), _per_file,
            "`require` and `fail-on` for the files that match a pattern.",
            "PATTERN:KEY=VALUE", True),
    Setting("format", "text", _format, "What to print.", "FORMAT"),
    Setting("output", (), _output,
            "Also write a report to a file, such as sarif=out.sarif; may be repeated.",
            "FORMAT=FILE", True),
    Setting("baseline", None, _path, "The file of known findings, which are not reported.",
            "FILE"),
    Setting("jobs", None, _jobs, "Processes; auto goes by the number and size of the files.",
            "N"),
    Setting("cache", True, _flag, "Keep and use results of earlier runs, where that pays."),
    Setting("cache-dir", CACHE_FOLDER, _path, "The folder of the cache.", "FOLDER"),
    Setting("verbose", False, _flag, "Details also of models that are as expected."),
    Setting("proof", False, _flag, "Print the proof tree as well."),
    Setting("statistics", False, _flag, "Count the verdicts, and what is not as expected by rule."),
    Setting("show-waived", False, _flag,
            "Report waived and known models too (SARIF: as suppressed results)."),
    Setting("exit-zero", False, _flag, "Exit with 0 whatever the verdicts (not for errors)."),
    Setting("allow-empty", False, _flag, "Exit with 0 if there is no model file."),
)  # fmt: skip

KEYS = tuple(setting.key for setting in SETTINGS)


@dataclass(frozen=True)
class Settings:
    """The settings in force, each with where it comes from.

    ``root``: the folder of the configuration file, else the working folder; patterns of a file
    are relative to it. ``file``: the configuration file, if there is one. ``bases``: per key the
    folder that its patterns are relative to.
    """

    values: Mapping[str, Any]
    sources: Mapping[str, str]
    root: Path
    file: Path | None = None
    bases: Mapping[str, Path] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        """The value of a setting by its Python name."""
        return self.values[key]

    def items(self) -> list[tuple[str, Any, str]]:
        """Key, value (as a file would have it) and source of each setting."""
        return [
            (setting.key, _stated(setting.key, self[setting.field]), self.sources[setting.field])
            for setting in SETTINGS
        ]

    def base(self, key: str) -> Path:
        """The folder that the patterns of a setting are relative to."""
        return self.bases.get(key, self.root)


def _stated(key: str, value: Any) -> Any:
    """A value as a configuration file would state it; null: not set."""
    if key == "per-file":
        return {
            one.pattern: {
                **({"require": one.require} if one.require is not None else {}),
                **({"fail-on": list(one.fail_on)} if one.fail_on is not None else {}),
            }
            for one in value
        }
    if key == "output":
        return [f"{form}={file}" for form, file in value]
    if key == "jobs":
        return "auto" if value is None else value
    return list(value) if isinstance(value, tuple) else value


# --- files -----------------------------------------------------------------------------------


def _problem(code: str, message: str, file: str, line: int | None, text: str, hint: str | None,
             column: int = 1, length: int = 0) -> InputError:  # fmt: skip
    span = source = None
    if line is not None:
        lines = text.splitlines()
        source = lines[line - 1] if line <= len(lines) else None
        end = column + length if length else len(source or "") + 1
        span = Span(line, column, line, max(end, column))
    return InputError([Diagnostic(code, message, file, span, hint, source)])


def _load(path: Path) -> tuple[dict[str, Any], str]:
    """The TOML document and its text; ``InputError`` if it can't be read."""
    try:
        raw = path.read_bytes()[: LARGEST + 1]
        text = raw.decode("utf-8")
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise _problem("E140", f"can't read {path}: {reason}", str(path), None, "", None) from error
    except UnicodeDecodeError as error:
        raise _problem(
            "E140", f"{path} is not UTF-8", str(path), None, "", "save the file as UTF-8"
        ) from error
    if len(raw) > LARGEST:
        raise _problem("E140", f"{path} is larger than 1 MB", str(path), None, "", None)
    if path.name == PYPROJECT and "landscape" not in text:
        return {}, text
    try:
        import tomllib
    except ModuleNotFoundError:  # Python 3.10
        import tomli as tomllib  # type: ignore[import-not-found, no-redef, unused-ignore]
    try:
        return tomllib.loads(text), text
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (None, 1)
        words = re.sub(r" ?\(at .*\)$", "", str(error))
        raise _problem(
            "E140", f"not valid TOML: {words}", str(path), line, text, None, column, 1
        ) from error


def _section(path: Path) -> tuple[dict[str, Any], str] | None:
    """The settings that a file states; None if it states none."""
    document, text = _load(path)
    if path.name != PYPROJECT:
        return document, text
    tool = document.get("tool")
    if not isinstance(tool, dict) or "landscape" not in tool:
        return None
    section = tool["landscape"]
    if not isinstance(section, dict):
        raise _problem("E142", "tool.landscape has to be a table", str(path), None, text, None)
    return section, text


def find_file(start: Path) -> Path | None:
    """The nearest configuration file, from a folder upwards."""
    folder = Path(os.path.abspath(start))  # noqa: PTH100  (links are not followed)
    here = Path.cwd()
    for place in (folder, *folder.parents):
        # Shown, and thus named, as the user would name it.
        shown = place.relative_to(here) if here in (place, *place.parents) else place
        if (shown / FILE).is_file():
            return shown / FILE
        candidate = shown / PYPROJECT
        if candidate.is_file() and _section(candidate) is not None:
            return candidate
    return None


def start_folder(paths: Sequence[str]) -> Path:
    """Where the search for a configuration file starts: what all paths have in common."""
    folders = []
    for text in paths:
        if text != "-" and "\0" not in text:
            path = os.path.abspath(text)  # noqa: PTH100
            folders.append(path if os.path.isdir(path) else os.path.dirname(path))  # noqa: PTH112, PTH120
    if not folders:
        return Path()
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # on several drives
        return Path()


def _line_of(key: str, text: str) -> tuple[int | None, int]:
    """The line and column that set a key, found by its look; TOML readers keep no positions."""
    quoted = re.escape(key)
    pattern = rf"^[ \t]*(?:\[+[^\]\n]*?)?[\"']?\b({quoted})[\"']?[ \t]*[=.\]]"
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        return None, 1
    line = text.count("\n", 0, found.start(1)) + 1
    return line, found.start(1) - (text.rfind("\n", 0, found.start(1)) + 1) + 1


def load(
    given: Mapping[str, Any], paths: Sequence[str], *, file: str | None, isolated: bool = False
) -> Settings:
    """The settings in force; ``given``: those of the command line by key.

    ``file``: a configuration file to use instead of the nearest one. ``isolated``: use none.
    ``InputError`` with everything that is wrong in the configuration file.
    """
    here = Path()
    path = None
    if file is not None:
        path = Path(file)
    elif not isolated:
        path = find_file(start_folder(paths))
    values: dict[str, Any] = {setting.field: setting.default for setting in SETTINGS}
    sources = {setting.field: "default" for setting in SETTINGS}
    root = here if path is None else path.parent
    values["cache_dir"] = str(root / CACHE_FOLDER)
    bases: dict[str, Path] = {}
    if path is not None:
        section = _section(path)
        if section is not None:
            _read_section(section, path, values, sources)
    for setting in SETTINGS:
        if given.get(setting.field) is None:
            continue
        try:
            values[setting.field] = setting.read(given[setting.field], here)
        except BadValue as error:
            raise InputError(
                [Diagnostic("E142", f"--{setting.key} has to be {error}", None, None, error.hint)]
            ) from error
        sources[setting.field] = "command line"
        bases[setting.field] = here
    return Settings(values, sources, root, path, bases)


def _read_section(
    section: tuple[dict[str, Any], str], path: Path, values: dict[str, Any], sources: dict[str, str]
) -> None:
    from ..syntax.mistakes import did_you_mean

    document, text = section
    errors: list[Diagnostic] = []
    known = {setting.key: setting for setting in SETTINGS}
    for key, value in document.items():
        line, column = _line_of(key, text)
        where = (str(path), line, text)
        if key not in known:
            near = did_you_mean(key.replace("_", "-"), KEYS)
            hint = near or "known: " + ", ".join(KEYS)
            problem = _problem("E141", f"unknown setting `{key}`", *where, hint, column, len(key))
            errors += problem.diagnostics
            continue
        try:
            values[known[key].field] = known[key].read(value, path.parent)
        except BadValue as error:
            problem = _problem("E142", f"`{key}` has to be {error}", *where, error.hint, column)
            errors += problem.diagnostics
        sources[known[key].field] = f"{path}:{line}" if line else str(path)
    if errors:
        raise InputError(errors)
