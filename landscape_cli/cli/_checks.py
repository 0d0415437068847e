"""One run of ``landscape check``: settings, files, verdicts, reports, exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ..findings import CheckedFile, Outcome, Summary
from ..model.diagnostics import Diagnostic, InputError
from ..render.formats import FORMATS, Options
from ..render.layout import NARROWEST, WIDEST
from ._progress import Progress
from ._reports import Reports

if TYPE_CHECKING:
    from ..checking.baseline import Baseline
    from ..checking.revision import Revision
    from ..checking.settings import Settings
    from ..checking.work import Wanted


class Request(NamedTuple):
    """What a command line asks for: paths, the options that are settings, and the others."""

    paths: tuple[str, ...]
    options: Mapping[str, Any]
    diff: str | None = None
    update_baseline: bool = False
    prune: bool = False


def run(request: Request) -> int:
    """Check, report, and return the exit code."""
    from ._settings import load_settings

    try:
        settings = load_settings(request.paths, request.options)
    except InputError as error:
        return _refuse(request, error, _stated_formats(request.options))
    formats = settings["format"], settings["output"]
    try:
        return _Run(request, settings).run()
    except InputError as error:
        return _refuse(request, error, formats)


def _stated_formats(options: Mapping[str, Any]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The formats of the command line alone, where the configuration can't be used."""
    outputs = []
    for text in options.get("output") or ():
        form, _, file = text.partition("=")
        if form in FORMATS and file not in ("", "-"):
            outputs.append((form, file))
    return options.get("format") or "text", tuple(outputs)


def _refuse(
    request: Request, error: InputError, formats: tuple[str, tuple[tuple[str, str], ...]]
) -> int:
    """Report what is wrong with the run as a whole in the chosen formats."""
    from ._console import colour_wanted, terminal_width

    options = Options(
        terminal_width(), colour_wanted(sys.stdout), diff=request.diff,
        show_waived=bool(request.options.get("show_waived")),
    )  # fmt: skip
    reports = Reports(*formats, options)
    summary = Summary()
    try:
        reports.start()
        by_file: dict[str | None, list[Diagnostic]] = {}
        for one in error.diagnostics:
            by_file.setdefault(one.file, []).append(one)
        for file, diagnostics in by_file.items():
            checked = CheckedFile(file or "landscape check", (), tuple(diagnostics))
            # What is wrong with the command line is shown where it looked.
            outcome = Outcome(checked, (), _Paths().of(file or request.paths[0]))
            summary.add(outcome)
            summary.files -= 1  # none was looked at
            reports.add(outcome)
        if not reports.separate or formats[1]:
            reports.finish(summary)
    finally:
        reports.drop()
    return summary.code()


class _Paths:
    """The names of files in reports: relative to the repository, else to the working folder."""

    def __init__(self) -> None:
        from ..checking.discovery import repository

        self.root = str(repository(Path()) or Path.cwd())

    def of(self, file: str) -> str:
        """With ``/``; absolute if it is somewhere else."""
        if file.startswith("<") or "\0" in file:
            return file
        absolute = os.path.abspath(file)  # noqa: PTH100
        if absolute.startswith(self.root.rstrip(os.sep) + os.sep):
            absolute = absolute[len(self.root.rstrip(os.sep)) + 1 :]
        return absolute.replace(os.sep, "/")


class _Run:
    def __init__(self, request: Request, settings: Settings) -> None:
        self.request = request
        self.settings = settings
        self.summary = Summary()
        self.paths = _Paths()

    def run(self) -> int:
        from ..checking.discovery import SUFFIX, model_files

        settings, request = self.settings, self.request
        baseline = self._baseline()
        files = model_files(request.paths, settings)
        if not files and not settings["allow_empty"]:
            where = ", ".join(request.paths)
            looked = ", ".join(settings["include"]) or f"*{SUFFIX}"
            raise InputError(
                [
                    Diagnostic(
                        "E005",
                        f"no model file found in {where} (looked for {looked})",
                        None,
                        None,
                        "--allow-empty if there need not be any",
                    )
                ]
            )
        if request.diff is None:
            return self._check(files, baseline, None)
        from ..checking.revision import Revision, changed_files

        with Revision(request.diff) as revision:
            return self._check(changed_files(revision, files), baseline, revision)

    def _baseline(self) -> Baseline | None:
        path = self.settings["baseline"]
        if path is None:
            if self.request.update_baseline or self.request.prune:
                raise click.UsageError(
                    "which baseline? Name it: --baseline FILE, or `baseline` in the configuration."
                )
            return None
        from ..checking.baseline import read

        found = read(Path(path), missing_ok=self.request.update_baseline)
        found.adopting = self.request.update_baseline
        return found

    def _check(
        self, files: Sequence[Path | None], baseline: Baseline | None, revision: Revision | None
    ) -> int:
        settings, request = self.settings, self.request
        reports = Reports(settings["format"], settings["output"], self._options())
        try:
            reports.start()
            for outcome in self._outcomes(files, reports, baseline, revision):
                self.summary.add(outcome)
                if baseline is not None:
                    baseline.take(outcome)
                reports.add(outcome)
            reports.finish(self.summary)
        finally:
            reports.drop()
        if baseline is not None:
            self._keep(baseline, request)
        return self.summary.code(settings["exit_zero"])

    def _options(self) -> Options:
        from ._console import colour_wanted, terminal_width

        settings = self.settings
        return Options(
            terminal_width(), colour_wanted(sys.stdout), settings["verbose"], settings["proof"],
            settings["statistics"], settings["show_waived"], settings["exit_zero"],
            self.request.diff,
        )  # fmt: skip

    def _wanted(self, reports: Reports) -> Wanted:
        from ..checking.work import Wanted
        from ._console import terminal_width

        settings = self.settings
        details = reports.needs_details
        every = details and bool(settings["verbose"] or settings["proof"])
        width = min(max(terminal_width(), NARROWEST), WIDEST) if details else 80
        return Wanted(details, reports.needs_documents, every, bool(settings["proof"]), width)

    def _outcomes(
        self,
        files: Sequence[Path | None],
        reports: Reports,
        baseline: Baseline | None,
        revision: Revision | None,
    ) -> Iterator[Outcome]:
        from ..checking.policy import Policy
        from ..checking.run import PerFileSettings, check_files, jobs_for, name_of
        from ..checking.work import Wanted
        from ._console import read_standard_input, write_note

        settings = self.settings
        per_file = PerFileSettings(settings)
        policy = Policy(baseline)
        cache = self._cache(files)
        jobs = jobs_for(files, settings["jobs"])

        def checked_files(
            paths: Sequence[Path | None], wanted: Wanted, named: Mapping[Path, Path] | None = None
        ) -> Iterator[CheckedFile]:
            def require(path: Path | None) -> str:
                return per_file.of(named[path] if named and path else path)[0]

            return check_files(
                paths, wanted, require, jobs=jobs, cache=cache,
                read_standard_input=read_standard_input,
            )  # fmt: skip

        progress = Progress(len(files), "files")
        found = checked_files(files, self._wanted(reports))
        earlier: dict[Path, Path] = {}
        removed: list[Path] = []
        if revision is not None:
            removed = revision.removed_files(self.request.paths)
            for path in (*files, *removed):
                old = revision.old_file(path) if path is not None else None
                if old is not None and path is not None:
                    earlier[old] = path
        once = Wanted(details=False)
        before = checked_files(list(earlier), once, earlier) if earlier else iter(())
        has_before = set(earlier.values())
        for path in files:
            name = name_of(path)
            progress.step(name)
            checked = next(found)
            progress.clear()
            fail_on = per_file.of(path)[1]
            if revision is None:
                yield policy.outcome(checked, self.paths.of(name), fail_on)
                continue
            was = next(before) if path in has_before else None
            differs, gone = revision.compare(checked, was)
            yield policy.outcome(checked, self.paths.of(name), fail_on, differs, gone)
        progress.clear()
        for path in removed:
            assert revision is not None
            none_left = CheckedFile(str(path))
            differs, gone = revision.compare(none_left, next(before))
            yield policy.outcome(none_left, self.paths.of(str(path)), (), differs, gone)
        # Only now all workers are done and the cache has had its chance to complain.
        if cache is not None and cache.warning is not None:
            write_note("warning", cache.warning)

    def _cache(self, files: Sequence[Path | None]) -> Any:
        from ..checking.run import cache_pays

        if not self.settings["cache"] or not cache_pays(files):
            return None
        from ..checking.cache import Cache

        return Cache(Path(self.settings["cache_dir"]))

    def _keep(self, baseline: Baseline, request: Request) -> None:
        """Write the baseline where that was asked for; else say what could go."""
        from ._console import write_note

        if not (request.update_baseline or request.prune):
            stale = len(baseline.stale)
            if stale and request.diff is None:
                entries = "1 entry" if stale == 1 else f"{stale:,} entries"
                write_note("note", f"{entries} of {baseline.path} no longer found (see --prune)")
            return
        try:
            added, removed = baseline.write(update=request.update_baseline, prune=request.prune)
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise click.ClickException(f"can't write {baseline.path}: {reason}") from error
        write_note("note", f"{baseline.path}: {added:,} added, {removed:,} removed")
