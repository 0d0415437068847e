"""``--format junit``: JUnit XML; a test suite for each file, a test case for each model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ...findings import UNUSED_WAIVER, findings, unused_words

if TYPE_CHECKING:
    from ...findings import Finding, Outcome, Summary
    from . import Options

_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Format:
    """A document written suite by suite."""

    needs_details = True
    needs_documents = False

    def __init__(self, options: Options) -> None:
        self.options = options

    def start(self) -> str:
        """The head of the document."""
        return '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="landscape">\n'

    def add(self, outcome: Outcome) -> str:
        """The suite of one file."""
        file = text(outcome.checked.file)
        suite = Element("testsuite", name=file)
        faults = {"input": "input", "defect": "internal"}
        unmet: dict[str | None, Finding] = {}
        for found in findings(outcome):
            if found.kind in faults:
                line = "" if found.span is None else f":{found.span.line}:{found.span.column}"
                case = SubElement(
                    suite, "testcase", classname=file, name=f"{found.rule}{line}", time="0"
                )
                hint = f" ({found.hint})" if found.hint else ""
                error = SubElement(case, "error", type=found.rule, message=text(found.message))
                error.text = text(f"{outcome.checked.file}{line}: {found.message}{hint}")
            elif found.kind == "model":
                unmet[found.name] = found
        for result in outcome.results:
            model = result.model
            name = text(model.name or "(unnamed)")
            case = SubElement(suite, "testcase", classname=file, name=name, time="0")
            case.set("file", text(outcome.path))
            if model.span is not None:
                case.set("line", str(model.span.line))
            if result.status in ("waived", "known"):
                waived = result.status == "waived" and model.waiver is not None
                why = f"waived: {model.waiver.reason}" if waived and model.waiver else "known"
                SubElement(case, "skipped", message=text(f"{why} ({model.answer})"))
            elif result.status == "unmet" and not result.fails:
                SubElement(case, "skipped", message=text(f"allowed: {model.answer}"))
            elif result.status == "unmet":
                found = unmet[model.name]
                failure = SubElement(
                    case, "failure", type=text(found.rule), message=text(found.message)
                )
                failure.text = text(_plain(model.details) or found.message)
            elif result.unused and outcome.unused_fail:
                words = text(unused_words(model))
                SubElement(case, "failure", type=UNUSED_WAIVER, message=words).text = words
        counts = {"tests": len(suite)}
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped",) * 2):
            counts[attribute] = sum(1 for case in suite if case.find(tag) is not None)
        for attribute, count in counts.items():
            suite.set(attribute, str(count))
        indent(suite, level=1)
        return f"  {tostring(suite, encoding='unicode')}\n"

    def finish(self, summary: Summary) -> str:  # noqa: ARG002
        """The end of the document."""
        return "</testsuites>\n"


def _plain(details: str | None) -> str:
    from .text import uncoloured

    return "\n".join(uncoloured(details)) if details else ""


def text(value: str) -> str:
    """The text without the characters that XML 1.0 has no way to write; they are escaped."""
    return _UNWRITABLE.sub(
        lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), value
    )
