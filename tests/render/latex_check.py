"""What would stop LaTeX, found without one: groups, environments, math mode, bare characters."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"\\begin\{(\w+\*?)\}|\\end\{(\w+\*?)\}|\\\[|\\\]|\\[A-Za-z]+|\\.|[{}$#%&_^~]", re.S
)
_WITH_COLUMNS = ("pmatrix", "smallmatrix")


def problems(text: str) -> list[str]:
    """One line for each mistake; empty for what can be compiled as far as brackets go."""
    found: list[str] = []
    stack: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        math = any(kind in ("$", "\\[") for kind in stack)
        if match[1]:
            stack.append(match[1])
        elif match[2]:
            if not stack or stack.pop() != match[2]:
                return [*found, f"\\end{{{match[2]}}} without its \\begin"]
        elif token in ("{", "\\["):
            stack.append(token)
        elif token in ("}", "\\]"):
            opening = {"}": "{", "\\]": "\\["}[token]
            if not stack or stack.pop() != opening:
                return [*found, f"{token} at {match.start()} closes nothing"]
        elif token == "$":
            if stack and stack[-1] == "$":
                stack.pop()
            elif math:
                # Text inside of mathematics may hold mathematics.
                stack.append("$") if stack[-1] == "{" else found.append("$ within mathematics")
            else:
                stack.append("$")
        elif token == "&" and not any(kind in _WITH_COLUMNS for kind in stack):
            found.append(f"& at {match.start()}")
        elif token in ("_", "^") and not math:
            found.append(f"{token} at {match.start()} outside of mathematics")
        elif token in ("#", "%"):
            found.append(f"bare {token} at {match.start()}")
    # TeX takes one exponent and one index behind an operand, and no prime behind an exponent.
    group = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
    for double in re.finditer(
        rf"\^{group}(?:_{group})?(?:\^|')|_{group}(?:\^{group})?_(?=\{{)|'_{group}\^", text
    ):
        found.append(f"double script: {double[0]}")
    return [*found, *(f"{kind} is not closed" for kind in stack)]
