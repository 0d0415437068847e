"""The plain notation of the catalogue (``W_h...W_1 X``, ``e_0 >= 1``) as LaTeX and as HTML.

``spans`` finds the formulas in a sentence; ``latex_formula`` and ``html_formula`` write one. Every
character that is not part of the notation is escaped, so that names of a model can't leave the
text they stand in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html import escape
from typing import Literal, NamedTuple

Kind = Literal["text", "math", "name"]


class Stretch(NamedTuple):
    """A part of a sentence: plain text, a formula, or the name of an entry of the catalogue."""

    kind: Kind
    text: str


GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eps": "ε", "epsilon": "ε", "eta": "η",
    "kappa": "κ", "lambda": "λ", "mu": "μ", "rho": "ρ", "sigma": "σ", "tau": "τ", "theta": "θ",
}  # fmt: skip
FUNCTIONS = ("rank", "min", "max", "tr", "diag", "log", "exp", "tanh", "cosh", "softmax", "sum")
STANDARD = {"min", "max", "log", "exp", "tanh", "cosh"}
"""Functions that LaTeX has a command for."""

_WORD = re.compile(r"[A-Za-z]+")
_IDENTIFIER = re.compile(r"[A-Za-z]\d*(?![A-Za-z])|AB(?![A-Za-z])")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:/\d+)?")
_OPERATOR = re.compile(r"<=|>=|!=|->|\+-|[<>=+*/-]")
_TAIL = re.compile(r"~|'{1,2}|\*(?=[ ,.;:)|>^]|$)|[_^](?=-?[A-Za-z0-9]|\()")
_ANGLE = re.compile(r"<([A-Za-z][^<>=]*, [^<>=]*[\w)*])>")
_CODE = re.compile(r"[A-Za-z]\w*(?:_\w+)+(?:\(\d[\d/., ]*\))?|[a-z]+(?:-[a-z0-9]+)+")


# --- finding the formulas of a sentence --------------------------------------------------------


def spans(sentence: str, names: Collection[str] = ()) -> Iterator[Stretch]:
    """The sentence in stretches; ``names`` are the entries that may be referred to."""
    plain: list[str] = []
    position = 0

    def flush() -> Iterator[Stretch]:
        if plain:
            yield Stretch("text", "".join(plain))
            plain.clear()

    while position < len(sentence):
        if position and (sentence[position - 1].isalnum() or sentence[position - 1] in "_-'"):
            plain.append(sentence[position])
            position += 1
            continue
        if sentence[position] == " ":
            plain.append(" ")
            position += 1
            continue
        code = _CODE.match(sentence, position)
        if code is not None and code[0] in names:
            yield from flush()
            yield Stretch("name", code[0])
            position = code.end()
            continue
        if code is not None and "_" in code[0] and len(code[0].split("_")[0]) > 1:
            head, *indices = code[0].split("_")
            if (head not in GREEK and head not in FUNCTIONS) or len(indices[0]) > 3:
                yield from flush()
                yield Stretch("name", code[0])
                position = code.end()
                continue
        end = _run(sentence, position)
        if end > position and _is_formula(sentence, position, end):
            yield from flush()
            yield Stretch("math", sentence[position:end])
            position = end
        else:
            step = max(1, len(match[0]) if (match := _WORD.match(sentence, position)) else 1)
            plain.append(sentence[position : position + step])
            position += step
    yield from flush()


def _is_formula(sentence: str, start: int, end: int) -> bool:
    """A lone number or the article ``a`` is text; a lone letter is a formula."""
    text = sentence[start:end]
    if _NUMBER.fullmatch(text) or text in ("a", "-", "..."):
        return False
    if text in ("A", "I"):
        before = sentence[:start].rstrip()
        return bool(before) and before[-1] not in ".:"
    return any(c.isalnum() for c in text)


def _run(s: str, start: int) -> int:
    """The end of the longest formula that starts there; ``start`` if none does."""
    end = start
    position = start
    dangling = True  # an operand is due
    while True:
        gap = position
        while gap < len(s) and s[gap] == " ":
            gap += 1
        if gap - position > 1:
            return end
        operator = _OPERATOR.match(s, gap)
        spaced = operator is not None and _binary(s, gap, operator.end())
        if operator is not None and not dangling and spaced:
            position, dangling = operator.end(), True
            continue
        times = (
            not dangling
            and gap > position
            and re.match(r"x (?=(?:\d+|[dekmn](?:_\w+|_\([^)]*\)|\d)?)(?![\w^]))", s[gap:])
            and re.search(r"(?:\d|[dekmn](?:_\w+|_\([^)]*\))?)$", s[start:position])
        )
        if times:
            position, dangling = gap + 1, True
            continue
        if not dangling and gap > position and re.match(r"in (?=R\^)", s[gap:]):
            position, dangling = gap + 2, True
            continue
        if operator is not None and dangling and operator[0] in "+-" and gap == start:
            after = _atom(s, operator.end())
            if after > operator.end():
                position = end = after
                dangling = False
                continue
            return end
        if operator is not None and dangling and operator[0] == "-":
            after = _atom(s, operator.end())
            if after == operator.end():
                return end
            position = end = after
            dangling = False
            continue
        after = _atom(s, gap)
        if after == gap or _is_article(s, gap, after, dangling and gap > start):
            return end
        position = end = after
        dangling = False


def _is_article(s: str, start: int, end: int, due: bool) -> bool:
    """``a convex loss``: the letter a is a number only beside an operator."""
    if s[start:end] != "a" or due:
        return False
    rest = s[end:].lstrip()
    operator = _OPERATOR.match(rest)
    return not (operator is not None or rest.startswith("("))


def _binary(s: str, start: int, end: int) -> bool:
    """An operator with a space on both sides or on none (``k-1``, but not ``rank-chart``)."""
    left = start == 0 or s[start - 1] == " "
    right = end < len(s) and s[end] == " "
    if left and right:
        return True
    if left or right or end >= len(s):
        return False
    if s[start:end] == "-":
        return s[end].isdigit() and s[start - 1].isalnum()
    return True


def _atom(s: str, start: int) -> int:
    """The end of an operand: an identifier with indices, a number, a call, something bracketed."""
    if start >= len(s):
        return start
    c = s[start]
    if c == "{":
        end = s.find("}", start)
        return end + 1 if end > 0 else start
    if c == "[":
        end = _closing(s, start, "[", "]")
        return _tail(s, end) if end > start else start
    if c == "|":
        end = s.find("|", start + 1)
        good = end > start + 1 and s[start + 1] != " " and s[end - 1] != " "
        return _tail(s, end + 1) if good else start
    if c == "<" and (inner := _ANGLE.match(s, start)):
        return inner.end()
    if c == "(":
        end = _closing(s, start, "(", ")")
        return _tail(s, end) if end > start and _all_math(s[start + 1 : end - 1]) else start
    if dots := re.match(r"\.{2,3}(?=[ ,)\w\]}]|$)", s[start:]):
        before = s[start - 1] if start else " "
        if before in " ," or before.isalnum() or before in ")}":
            return start + dots.end()
        return start
    if number := _NUMBER.match(s, start):
        letters = _WORD.match(s, number.end())
        return start if letters is not None else _tail(s, number.end())
    word = _WORD.match(s, start)
    if word is None:
        return start
    if word[0] in GREEK:
        return _called(s, _tail(s, word.end()))
    if word[0] in FUNCTIONS:
        end = _tail(s, word.end())
        if s[end : end + 1] == "(":
            closing = _closing(s, end, "(", ")")
            return _tail(s, closing) if closing > end else start
        argument = re.match(r" (?=[A-Z]{1,2}(?![a-z])|\d)", s[end:])
        if argument is not None:
            after = _atom(s, end + 1)
            return after if after > end + 1 else start
        return start
    if identifier := _IDENTIFIER.match(s, start):
        return _called(s, _tail(s, identifier.end()))
    return start


def _called(s: str, end: int) -> int:
    """``l(Z)``: an argument right behind an identifier."""
    if s[end : end + 1] == "(":
        closing = _closing(s, end, "(", ")")
        if closing > end and _all_math(s[end + 1 : closing - 1]):
            return _tail(s, closing)
    return end


def _tail(s: str, end: int) -> int:
    """Primes, tildes, indices and exponents behind an operand."""
    while match := _TAIL.match(s, end):
        if match[0] in ("_", "^"):
            after = match.end()
            if s[after] == "(":
                closing = _closing(s, after, "(", ")")
                if closing == after:
                    return end
                end = closing
            else:
                index = re.match(r"-?[A-Za-z0-9]+", s[after:])
                if index is None:
                    return end
                end = after + index.end()
        else:
            end = match.end()
    return end


def _closing(s: str, start: int, opening: str, closing: str) -> int:
    """The position behind the bracket that closes the one at ``start``; ``start`` if none does."""
    depth = 0
    for k in range(start, len(s)):
        depth += (s[k] == opening) - (s[k] == closing)
        if depth == 0:
            return k + 1
    return start


def _all_math(s: str) -> bool:
    """Whether the text is formulas separated by commas, and no words."""
    position = 0
    while position < len(s):
        while position < len(s) and s[position] in " ,;":
            position += 1
        end = _run(s, position)
        if end == position:
            return position == len(s)
        position = end
    return True


# --- LaTeX -----------------------------------------------------------------------------------

_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": "$<$", ">": "$>$", "|": "$|$", '"': r"\texttt{\char34}",
    "`": r"\textasciigrave{}", "'": "'", "\n": " ", "\t": " ",
}  # fmt: skip


def latex_escape(text: str) -> str:
    """Text as LaTeX, in any font encoding; what pdfTeX can't set is written ``U+1F600``."""
    found: list[str] = []
    for c in text:
        if c in _LATEX:
            found.append(_LATEX[c])
        elif " " <= c <= "~" or ("\u00c0" <= c <= "\u00ff" and c not in "×÷ÐðÞþ"):
            found.append(c)
        else:
            found.append(rf"\texttt{{U+{ord(c):04X}}}")
    # Two hyphens would be joined to a dash, ``?`` and ``!`` before a quote to a Spanish mark.
    return "".join(found).replace("--", "-{}-").replace("?`", "?{}`").replace("!`", "!{}`")


def latex_prose(sentence: str, names: Collection[str] = ()) -> str:
    """A sentence of the catalogue with its formulas in ``$...$``."""
    parts: list[str] = []
    for stretch in spans(sentence, names):
        if stretch.kind == "math":
            parts.append(f"${latex_formula(stretch.text)}$")
        elif stretch.kind == "name":
            parts.append(rf"\textsf{{{latex_escape(stretch.text)}}}")
        else:
            for piece in _SIGN.split(stretch.text):
                parts.append(_TEXT_SIGNS.get(piece) or latex_escape(piece))
    return "".join(parts)


_SIGN = re.compile(r"((?<= )(?:<=|>=|!=|->|<|>|=)(?= ))")
_TEXT_SIGNS = {"<=": r"$\le$", ">=": r"$\ge$", "!=": r"$\ne$", "->": r"$\to$",
               "<": "$<$", ">": "$>$", "=": "$=$"}  # fmt: skip


def latex_formula(s: str) -> str:
    """A formula in plain notation as LaTeX, for math mode."""
    return re.sub(" {2,}", " ", _Latex(s).text())


class _Latex:
    """A reader of one formula; ``position`` never runs past the end."""

    def __init__(self, s: str) -> None:
        self.s = s
        self.position = 0

    def text(self) -> str:
        parts: list[str] = []
        while self.position < len(self.s):
            parts.append(self._next())
        return "".join(parts)

    def _take(self, pattern: str) -> re.Match[str] | None:
        match = re.compile(pattern).match(self.s, self.position)
        if match is not None:
            self.position = match.end()
        return match

    def _group(self, opening: str, closing: str) -> str | None:
        """What stands between a bracket and its partner."""
        end = _closing(self.s, self.position, opening, closing)
        if end == self.position:
            return None
        inside = self.s[self.position + 1 : end - 1]
        self.position = end
        return inside

    def _next(self) -> str:
        s = self.s
        if inner := self._take(_ANGLE.pattern):
            return rf"\langle {latex_formula(inner[1])}\rangle "
        if self._take(r"\.{2,3}"):
            after = s[self.position : self.position + 1]
            return r"\cdots " if after.isalpha() else r"\ldots "
        for plain, command in _OPERATORS:
            if s.startswith(plain, self.position):
                before = s[: self.position]
                self.position += len(plain)
                if plain == "->":
                    command = _arrow(before, s[self.position :])
                return command
        if self._take(r" x (?=(?:\d|[dekmn](?:_|\d|\b)))"):
            return r"\times "
        if self._take(r" in (?=R\^)"):
            return r"\in "
        if number := self._take(r"(\d+)/(\d+)"):
            return rf"\tfrac{{{number[1]}}}{{{number[2]}}}" + self._scripts()
        if number := self._take(r"\d+(?:\.\d+)?"):
            return number[0] + self._scripts()
        if s[self.position] == "[":
            inside = self._group("[", "]")
            if inside is not None:
                return _matrix(inside) + self._scripts()
        if s[self.position] == "{":
            inside = self._group("{", "}")
            if inside is not None:
                return rf"\{{{latex_formula(inside)}\}}" + self._scripts()
        if s[self.position] == "(":
            inside = self._group("(", ")")
            if inside is not None:
                return f"({latex_formula(inside)})" + self._scripts()
        if word := self._take(r"[A-Za-z]+"):
            return self._identifier(word[0])
        c = s[self.position]
        self.position += 1
        if c in "_^":
            return rf"\text{{{latex_escape(c)}}}"
        if c in " ,;:.()+=!/[]":
            return {",": ", ", ";": "; "}.get(c, c)
        if c == "|":
            return "|" + self._scripts()
        return rf"\text{{{latex_escape(c)}}}"

    def _identifier(self, word: str) -> str:
        if word in GREEK:
            base = rf"\{'varepsilon' if word in ('eps', 'epsilon') else word} "
            return base + self._scripts()
        if word in STANDARD:
            return rf"\{word}" + self._scripts() + self._thin()
        if word in FUNCTIONS:
            base = r"\sum" if word == "sum" else rf"\operatorname{{{word}}}"
            return base + self._scripts() + self._thin()
        if word == "AB":
            return "AB" + self._scripts()
        if len(word) > 1:
            gap = " " if self.s[: self.position - len(word)].endswith(" ") else ""
            return rf"\text{{{gap}{latex_escape(word)}}}"
        base = {"l": r"\ell", "R": r"\mathbb{R}"}.get(word, word)
        if word == "R" and not self.s.startswith("^", self.position):
            base = "R"
        if self._take("~"):
            base = rf"\tilde{{{base}}}"
        if digits := self._take(r"\d+"):
            return base + self._scripts(digits[0])
        if word == "l" and self.s[self.position : self.position + 1] == " ":
            base += " "
        return base + self._scripts()

    def _thin(self) -> str:
        """Room between a function and an argument without brackets."""
        if self.s[self.position : self.position + 1] == " ":
            return r"\,"
        return ""

    def _scripts(self, digits: str = "") -> str:
        """Stars, primes, indices and exponents behind an operand: at most one of each in LaTeX.

        ``digits``: an index that is there already.
        """
        above: list[str] = []
        below: list[str] = [digits] if digits else []
        while True:
            if self._take(r"\*(?=[ ,.;:)|>^]|$)"):
                above.append("*")
            elif primes := self._take("'{1,2}"):
                above.append(r"\prime" * len(primes[0]))
            elif mark := self._take(r"[_^](?=-?[A-Za-z0-9]|\()"):
                place = below if mark[0] == "_" else above
                if self.s[self.position] == "(":
                    inside = self._group("(", ")")
                    if inside is None:
                        self.position -= 1
                        break
                    place.append(latex_formula(inside))
                else:
                    index = self._take(r"-?[A-Za-z0-9]+")
                    assert index is not None
                    text = r"\top" if index[0] == "T" else index[0]
                    place.append(text if len(index[0]) <= 2 else latex_formula(index[0]))
            else:
                break
        found = f"_{{{' '.join(below)}}}" if below else ""
        if above and all(part.startswith(r"\prime") for part in above):
            return "'" * sum(part.count("prime") for part in above) + found
        return found + (f"^{{{' '.join(above)}}}" if above else "")


_OPERATORS = (
    ("<=", r"\le "), (">=", r"\ge "), ("!=", r"\ne "), ("->", r"\to "), ("+-", r"\pm "),
    ("<", "<"), (">", ">"), ("*", r"\cdot "), ("-", "-"), ("~", r"\sim "),
)  # fmt: skip


def _arrow(before: str, after: str) -> str:
    """``W -> W X`` is a map of points, ``2 -> 1 -> 2`` a chain of widths."""
    variable = re.search(r"([A-Za-z](?:_\w+)?)\s*$", before) or re.match(r"\(([A-Z])", before)
    if variable is None or not re.search(rf"(?<![\w]){re.escape(variable[1])}(?!\w)", after):
        return r"\to "
    return r"\mapsto "


def _matrix(inside: str) -> str:
    """``[A, B], [C, D]`` or ``I_b 0; 0 0``."""
    if inside.startswith("["):
        rows = re.findall(r"\[([^\[\]]*)\]", inside)
        cells = [row.split(",") for row in rows]
    elif ";" not in inside and "," in inside:
        return f"[{latex_formula(inside)}]"
    else:
        cells = [
            (row.split(",") if "," in row else re.sub(r"\s*\|\s*", " ", row).split())
            for row in inside.split(";")
        ]
    body = r"\\ ".join(" & ".join(latex_formula(c.strip()) for c in row) for row in cells)
    return rf"\left(\begin{{smallmatrix}}{body}\end{{smallmatrix}}\right)"


# --- HTML ------------------------------------------------------------------------------------

_SIGNS = (("...", "⋯"), ("<=", "≤"), (">=", "≥"), ("!=", "≠"), ("->", "→"))


def html_prose(sentence: str, names: Collection[str] = ()) -> str:
    """A sentence of the catalogue as HTML: indices, exponents and signs of its formulas."""
    parts: list[str] = []
    for stretch in spans(sentence, names):
        if stretch.kind == "math":
            parts.append(html_formula(stretch.text))
        elif stretch.kind == "name":
            parts.append(f"<code>{escape(stretch.text)}</code>")
        else:
            parts.append(escape(stretch.text))
    return "".join(parts)


def html_formula(s: str) -> str:
    """A formula in plain notation as HTML; needs no script to be shown."""
    for plain, sign in _SIGNS:
        s = s.replace(plain, sign)
    s = re.sub(r"[A-Za-z]+", lambda m: GREEK.get(m[0], m[0]), s)
    text = escape(s, quote=False)
    for mark, tag in (("_", "sub"), ("\\^", "sup")):
        text = re.sub(rf"{mark}\(([^()]*)\)", rf"<{tag}>\1</{tag}>", text)
        text = re.sub(rf"{mark}(-?\w+)", rf"<{tag}>\1</{tag}>", text)
    return f"<i>{text.replace('~', '̃')}</i>"
