"""Tree to models: names resolved, defaults filled in, biases per layer, everything checked.

One pass per model. What is wrong is recorded and the rest is still looked at, so that one run
shows all errors; a model with an error is not returned. The rarer statements (maps, custom
functions, data, points, assumptions) have modules of their own, imported when they occur.
"""

from __future__ import annotations

import contextlib
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from ..model.problem import (
    VERDICTS,
    Activation,
    Assumption,
    Constraints,
    CustomFunction,
    Data,
    DataMatrix,
    DataProperty,
    Declaration,
    Expectation,
    Layer,
    Loss,
    Map,
    Model,
    Network,
    Point,
    Regularizer,
    Requirement,
    VerdictName,
    Waiver,
)
from ..model.span import Span
from ..model.terms import Formula, Symbol, Term
from .names import (
    ACTIVATIONS,
    BIAS_FORMS,
    DECLARED,
    LOSS_CLASS_WORDS,
    LOSS_CLASSES,
    LOSSES,
    OPTIONS,
    PARAMETER_RANGES,
    RESERVED,
    in_range,
)
from .numbers import Rejected, constant, number, power, reject
from .parser import Node
from .source import Source

WIDEST = 10**9
LONGEST_NAME = 100
MANY = frozenset(("param", "const", "activation", "declare", "data", "assume", "at"))


def elaborate(source: Source, nodes: list[Node], base: Path | None) -> list[Model]:
    """The models of a text without errors of their own; errors are recorded in ``source``."""
    blocks = [node for node in nodes if node[0] == "model"]
    if not blocks:
        if not nodes:
            if not source.errors:
                source.error(
                    "E018",
                    "there is no model here",
                    0,
                    0,
                    "for example: net 5 -> 2 -> 4; loss squared",
                )
            return []
        end = nodes[-1][3]
        model = Elaboration(source, None, nodes, (nodes[0][2], end), base).model()
        return [] if model is None or source.errors else [model]
    stray = next((node for node in nodes if node[0] != "model"), None)
    if stray is not None:
        source.error(
            "E017",
            "this statement stands outside of the model blocks",
            stray[2],
            stray[3],
            "a text is either a list of `model NAME { ... }` blocks or statements alone",
        )
    places = [error.span for error in source.errors if error.span is not None]
    names: dict[str, int] = {}
    models = []
    for block in blocks:
        name_node, *statements = block[1]
        before = len(source.errors)
        try:
            name = model_name(source, name_node)
            if name in names:
                raise reject(
                    source,
                    "E021",
                    f"a second model is named `{name}`: the first is on line {names[name]}",
                    name_node,
                    "give each model of a file a name of its own",
                )
            names[name] = source.line_of(name_node[2])
        except Rejected:
            name = ""
        span = (block[2], block[3])
        model = Elaboration(source, name, statements, span, base, places).model()
        if model is not None and len(source.errors) == before and not _touched(model.span, places):
            models.append(model)
    return models


def _touched(span: Span | None, places: list[Span]) -> bool:
    if span is None or not places:
        return False
    start, end = (span.line, span.column), (span.end_line, span.end_column)
    return any(start <= (place.line, place.column) <= end for place in places)


def model_name(source: Source, node: Node) -> str:
    """The name of a model: a word with dashes, or any text in quotes."""
    if node[0] == "<dashed>":
        return str(node[1])
    name = unquote(node[1])
    if not name.strip() or not name.isprintable():
        raise reject(source, "E026", "the name of a model has to be readable", node)
    return name


def unquote(text: str) -> str:
    r"""The text that a string token stands for: \" \\ \n \t are the escapes."""
    body = text[1:-1]
    if "\\" not in body:
        return body
    out = []
    pieces = iter(body)
    escapes = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
    for character in pieces:
        if character == "\\":
            following = next(pieces, "")
            character = escapes.get(following, "\\" + following)
        out.append(character)
    return "".join(out)


class Elaboration:
    """The state of elaborating one model."""

    def __init__(
        self,
        source: Source,
        name: str | None,
        statements: list[Node],
        extent: tuple[int, int],
        base: Path | None,
        places: list[Span] | None = None,
    ) -> None:
        self.source = source
        self.name = name
        self.extent = extent
        self.base = base
        self.groups: dict[str, list[Node]] = {}
        groups = self.groups
        for node in statements:
            kind = node[0] if node[0] != "custom_loss" else "loss"
            if kind in groups:
                groups[kind].append(node)
            else:
                groups[kind] = [node]
        self.broken = bool(source.errors) and (
            places is None or _touched(source.span(*extent), places)
        )
        self.widths: set[str] = set()  # symbols of the network or of the shapes
        self.functions: dict[str, CustomFunction] = {}
        self.parameters: dict[str, Node] = {}  # of custom functions, where they first occur
        self.samples: Term | None = None
        self.samples_span: Span | None = None
        self.network: Network | None = None
        self.map: Map | None = None
        self.loss: Loss | None = None
        self.properties: list[DataProperty] = []
        self.matrices: list[DataMatrix] = []
        self.property_nodes: dict[str, Node] = {}
        self.matrix_nodes: dict[str, Node] = {}

    # --- small helpers -----------------------------------------------------------------------

    def span(self, node: Node) -> Span:
        return self.source.span(node[2], node[3])

    def error(self, code: str, message: str, node: Node, hint: str | None = None) -> None:
        self.source.error(code, message, node[2], node[3], hint)

    def reject(self, code: str, message: str, node: Node, hint: str | None = None) -> Rejected:
        return reject(self.source, code, message, node, hint)

    def unknown(self, code: str, what: str, node: Node, known: Any, word: str = "") -> Rejected:
        """The error for an unknown name, with the nearest known one."""
        from .mistakes import did_you_mean, shorten
        from .names import ALIASES

        word = word or str(node[1])
        known = sorted(known)
        alias = ALIASES.get(word.lower())
        if alias in known:
            return self.reject(
                code, f"unknown {what} `{shorten(word)}`", node, f"here it is called `{alias}`"
            )
        listed = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
        hint = did_you_mean(word, known) or (f"known: {listed}" if known else None)
        return self.reject(code, f"unknown {what} `{shorten(word)}`", node, hint)

    @cached_property
    def assumed_names(self) -> frozenset[str]:
        """The names that the assumptions mention."""
        if "assume" not in self.groups:
            return frozenset()
        from .parameters import names_in

        return frozenset().union(*map(names_in, self.groups["assume"]))

    # --- the whole model ---------------------------------------------------------------------

    def model(self) -> Model | None:
        """The model, ``None`` if an error was recorded."""
        source = self.source
        before = len(source.errors)
        groups = self.groups
        for kind, nodes in groups.items():
            if len(nodes) > 1:
                self._duplicates(kind, nodes)
        if "activation" in groups:
            from .custom import custom_activation

            for node in groups["activation"]:
                self.attempt(custom_activation, self, node)
        if "net" in groups:
            self.attempt(self._network, groups["net"][0])
        if "map" in groups or "param" in groups or "const" in groups:
            from .mapping import map_statements

            self.attempt(map_statements, self)
        if "bias" in groups:
            self.attempt(self._bias, groups["bias"][0])
        if "loss" in groups:
            self.attempt(self._loss, groups["loss"][0])
        for name in self.parameters.keys() & (self.widths | {"n"}):
            self.error(
                "E072", f"`{name}` stands for a size, not for a parameter of a function",
                self.parameters[name], "give the parameter another name",
            )  # fmt: skip
        self._missing()
        data_errors = len(source.errors)
        if "data" in groups:
            from .data import data_statements

            data_statements(self)
        data_errors = len(source.errors) - data_errors
        declarations: list[Declaration] = []
        for node in groups.get("declare", ()):
            self.attempt(self._declaration, node, declarations)
        regularizer = self._optional("regularize", self._regularizer)
        constraints = self._optional("subject_to", self._constraints)
        requirement = self._optional("require", self._requirement) or Requirement()
        expectation = self._optional("expect", self._expectation)
        waiver = self._optional("allow", self._waiver)
        structured = self.network is not None or self.map is not None
        if "data" in groups and structured and not data_errors:
            from .data import check_data

            data_errors = len(source.errors)
            check_data(self)
            data_errors = len(source.errors) - data_errors
        assumptions: tuple[Assumption, ...] = ()
        domain: tuple[Assumption, ...] = ()
        if structured and not data_errors:
            if "assume" in groups:
                sizes = groups["assume"]
                if self.parameters:
                    from .parameters import parameter_domain, split

                    real, sizes = split(sizes, self.parameters.keys())
                    domain = parameter_domain(self, real)
                assumptions = self._assumptions(sizes)
            if assumptions or (self.properties and not isinstance(self.samples, int)):
                from .consistency import check_consistency

                check_consistency(self, assumptions)
        point: Point | None = None
        if "at" in groups and structured:
            from .data import point_statements

            point = cast("Point | None", self.attempt(point_statements, self, groups["at"]))
        if len(source.errors) > before or self.loss is None:
            return None
        return Model(
            network=self.network,
            map=self.map,
            loss=self.loss,
            name=self.name,
            regularizer=regularizer,
            constraints=constraints,
            data=Data(
                self.samples, tuple(self.properties), tuple(self.matrices), self.samples_span
            ),
            assumptions=assumptions,
            parameter_domain=domain,
            functions=tuple(self.functions.values()),
            declarations=tuple(declarations),
            point=point,
            requirement=requirement,
            expectation=expectation,
            waiver=waiver,
            file=source.file,
            span=source.span(*self.extent),
        )

    def attempt(self, function: Any, *arguments: Any) -> Any:
        """The value of the function; ``None`` if it rejects (and has recorded) something."""
        try:
            return function(*arguments)
        except Rejected:
            return None

    def _optional(self, kind: str, function: Any) -> Any:
        if kind not in self.groups:
            return None
        return self.attempt(function, self.groups[kind][0])

    def _duplicates(self, kind: str, nodes: list[Node]) -> None:
        text = self.source.text
        if kind not in MANY:
            for node in nodes[1:]:
                self.error(
                    "E020",
                    f"a second `{kind}`: the first is on line {self.source.line_of(nodes[0][2])}",
                    node,
                    "a model has one of each; remove one, or put it into a model of its own",
                )
            return
        seen: dict[str, int] = {}
        for node in nodes:
            words = " ".join(text[node[2] : node[3]].split())
            if words in seen:
                self.error(
                    "E020", f"the same statement as on line {seen[words]}", node, "remove it"
                )
            else:
                seen[words] = self.source.line_of(node[2])

    def _missing(self) -> None:
        groups = self.groups
        start = self.extent[0]
        end = self.source.text.find("\n", start, self.extent[1])
        end = self.extent[1] if end < 0 else end
        if "net" in groups and "map" in groups:
            self.error(
                "E023",
                "a model has a `net` or a `map`, not both",
                groups["map"][0],
                "remove one of them",
            )
        if self.broken:
            return
        if "net" not in groups and "map" not in groups:
            self.source.error(
                "E022",
                "a `net` or a `map` was expected: this model has none",
                start,
                end,
                "for example: net 5 -> 2 -> 4",
            )
        if "loss" not in groups:
            self.source.error(
                "E024",
                "a `loss` was expected: this model has none",
                start,
                end,
                "for example: loss squared, loss absolute, loss logistic or loss convex",
            )

    # --- names and widths --------------------------------------------------------------------

    def width(self, node: Node, what: str = "a width") -> Term:
        """A width or a size: a positive integer or a symbol."""
        kind = node[0]
        if kind == "<number>":
            return self._integer(node, number(self.source, node), what)
        if kind == "<name>":
            name: str = node[1]
            if name in RESERVED:
                raise self.reject(
                    "E026", f"`{name}` has a meaning of its own and can't name {what}", node
                )
            if name in ACTIVATIONS or name in self.functions:
                raise self.reject(
                    "E026",
                    f"`{name}` is an activation and can't name {what}",
                    node,
                    f"a layer has its width in parentheses: {name}(10)",
                )
            if len(name) > LONGEST_NAME:
                raise self.reject("E026", f"a name has at most {LONGEST_NAME} characters", node)
            self.widths.add(name)
            return Symbol(name)
        if kind == "negative" or (kind == "signed" and node[1][-1][0] == "<number>"):
            raise self.reject("E031", f"{what} is a positive integer, not a negative number", node)
        if kind == "big_power" or (
            kind == "power" and all(part[0] == "<number>" for part in node[1])
        ):
            base, *exponents = (number(self.source, part) for part in node[1])
            if len(exponents) == 1 and base > 1 and exponents[0] > 30:
                raise self._too_large(node, what)
            for exponent in exponents:
                base = power(self.source, base, exponent, node)
            return self._integer(node, base, what)
        raise self.reject(
            "E033",
            f"{what} is a positive integer or a name",
            node,
            "relations between widths go into `assume`: assume d2 = 2 * d1",
        )

    def _too_large(self, node: Node, what: str) -> Rejected:
        return self.reject("E032", f"{what} is at most {WIDEST}", node, "is it mistyped?")

    def _integer(self, node: Node, value: Fraction, what: str) -> int:
        if value.denominator != 1:
            raise self.reject("E033", f"{what} is a whole number", node)
        if value == 0:
            raise self.reject("E030", f"{what} is at least 1, not 0", node)
        if value > WIDEST:
            raise self._too_large(node, what)
        return value.numerator

    def resolve(self, node: Node) -> Term:
        """What a name means in ``assume`` and ``subject_to``."""
        name: str = node[1]
        if name in self.widths:
            return Symbol(name)
        samples = self.samples
        if isinstance(samples, Symbol) and samples.name == name:
            return samples
        if name == "n":
            if samples is None:
                self.samples = samples = Symbol("n")
                self.samples_span = self.span(node)
            return samples
        known = self.widths | {"n"}
        if isinstance(samples, Symbol):
            known = known | {samples.name}
        if name in ("X", "Y"):
            raise self.reject(
                "E102", f"`{name}` is a matrix, not a number", node, f"did you mean `rank({name})`?"
            )
        raise self.unknown("E102", "width or symbol", node, known)

    # --- the network -------------------------------------------------------------------------

    def _network(self, node: Node) -> None:
        items: list[Node] = node[1]
        layers: list[Layer] = []
        failed = False
        first = items[0]
        previous: Term | None = None
        if first[0] == "call":
            self.error(
                "E033",
                "the first item of a net is the input width: a positive integer or a name",
                first,
                f"for example: net 784 -> {self.source.text[first[2] : first[3]][:60]}",
            )
            failed = True
        else:
            try:
                previous = self.width(first)
            except Rejected:
                failed = True
        input_width = previous
        if len(items) == 1:
            self.error("E042", "a net has at least one layer", node, "for example: net 5 -> 2 -> 4")
            failed = True
        last = len(items) - 1
        for index, item in enumerate(items):
            if not index:
                continue
            try:
                layer = self._layer(item, previous, index == last)
            except Rejected:
                failed = True
                previous = None
                continue
            layers.append(layer)
            previous = layer.width
        if failed or input_width is None:
            raise Rejected
        self.network = Network(input_width, tuple(layers), self.span(node), self.span(first))

    def _layer(self, item: Node, previous: Term | None, last: bool) -> Layer:
        span = self.span(item)
        if item[0] != "call":
            width = self.width(item)
            return Layer(width, Activation("linear", span=span), span=span, width_span=span)
        name_node, *arguments = item[1]
        name: str = name_node[1]
        if name == "opaque":
            return self._opaque(item, arguments, span)
        custom = name in self.functions
        if not custom and name not in ACTIVATIONS:
            raise self.unknown(
                "E034", "activation", name_node, [*ACTIVATIONS, "opaque", *self.functions]
            )
        if not arguments:
            raise self.reject(
                "E033", f"expected the width of the layer: {name}(10)", item, f"write {name}(10)"
            )
        if name == "softmax" and not last:
            self.error(
                "E041",
                "softmax is allowed in the last layer only",
                name_node,
                "use another activation here",
            )
            raise Rejected
        width = self.width(arguments[0])
        options: dict[str, Node] = {}
        parameters: dict[str, tuple[Fraction, Node]] = {}
        for argument in arguments[1:]:
            if argument[0] == "<name>":
                option: str = argument[1]
                if option not in OPTIONS:
                    raise self.unknown("E035", "option of a layer", argument, OPTIONS)
                if option in options:
                    raise self.reject("E037", f"the option `{option}` is given twice", argument)
                options[option] = argument
            else:
                self._parameter(name, custom, argument, parameters)
        activation = self.activation(name, custom, parameters, name_node)
        if "positive" in options and "fixed" not in options:
            raise self.reject(
                "E040",
                "`positive` goes with `fixed` only: trained weights have any sign",
                options["positive"],
                "write fixed, positive",
            )
        if "skip" in options and previous is not None and previous != width:
            from ..model.terms import show

            raise self.reject(
                "E039",
                f"`skip` adds the layer's input to its output, and their widths differ: "
                f"{show(previous)} and {show(width)}",
                options["skip"],
                "give the layer the width of its input"
                + (
                    ""
                    if isinstance(previous, int) and isinstance(width, int)
                    else " (the same name for both)"
                ),
            )
        return Layer(
            width,
            activation,
            "bias" in options,
            "skip" in options,
            "fixed" in options,
            "positive" in options,
            None,
            span,
            self.span(arguments[0]),
            self.span(options["bias"]) if "bias" in options else None,
        )

    def _opaque(self, item: Node, arguments: list[Node], span: Span) -> Layer:
        if len(arguments) != 2 or arguments[1][0] != "<string>":
            raise self.reject(
                "E043",
                "an opaque layer has a width and a description",
                item,
                'write opaque(16, "conv2d")',
            )
        return Layer(
            self.width(arguments[0]),
            Activation("linear", span=span),
            opaque=unquote(arguments[1][1]),
            span=span,
            width_span=self.span(arguments[0]),
        )

    def _parameter(
        self,
        name: str,
        custom: bool,
        argument: Node,
        parameters: dict[str, tuple[Fraction, Node]],
    ) -> None:
        """Read ``slope=1/10`` into ``parameters``."""
        known = [] if custom else [parameter for parameter, _ in ACTIVATIONS[name]]
        children = argument[1]
        if not (
            argument[0] == "comparison"
            and len(children) == 3
            and children[0][0] == "<name>"
            and children[1][0] == "="
        ):
            takes = f"{known[0]}=1/10" if known else None
            raise self.reject(
                "E035",
                "expected an option such as `bias`"
                + (f", or a parameter by name: `{takes}`" if takes else ""),
                argument,
                takes and f"write {takes}",
            )
        word: str = children[0][1]
        if word not in known:
            if not known:
                raise self.reject("E036", f"`{name}` has no parameter `{word}`", argument)
            raise self.unknown("E036", f"parameter of {name}", children[0], known)
        if word in parameters:
            raise self.reject("E037", f"the parameter `{word}` is given twice", argument)
        value = constant(self.source, children[2])
        if not in_range(word, value):
            raise self.reject("E036", f"`{word}` has to be {PARAMETER_RANGES[word]}", children[2])
        parameters[word] = (value, argument)

    def activation(
        self,
        name: str,
        custom: bool,
        parameters: dict[str, tuple[Fraction, Node]],
        node: Node,
    ) -> Activation:
        """The activation of that name with its defaults."""
        span = self.span(node)
        if custom or not ACTIVATIONS[name]:
            return Activation(name, (), custom, span)
        filled = []
        for parameter, default in ACTIVATIONS[name]:
            value = parameters[parameter][0] if parameter in parameters else default
            if value is not None:
                filled.append((parameter, value))
        return Activation(name, tuple(filled), custom, span)

    def _bias(self, node: Node) -> None:
        word = node[1][0]
        form: str = word[1]
        if form not in BIAS_FORMS:
            raise self.unknown("E044", "form of bias", word, BIAS_FORMS)
        if self.network is None:
            if "map" in self.groups:
                raise self.reject(
                    "E044",
                    "`bias` belongs to a `net`: in a map, add a `param` to the expression",
                    node,
                )
            return
        from dataclasses import replace

        span = self.span(node)
        layers = list(self.network.layers)
        for index, layer in enumerate(layers):
            wanted = form == "all" or (form == "output" and index == len(layers) - 1)
            if layer.bias and not wanted:
                item = self.groups["net"][0][1][index + 1]
                raise self.reject(
                    "E038",
                    f"this layer has a bias, but line {span.line} says `bias {form}`",
                    item,
                    "remove the option `bias` here, or the statement",
                )
            if wanted and not layer.bias and layer.opaque is None:
                layers[index] = replace(layer, bias=True, bias_span=span)
        self.network = replace(self.network, layers=tuple(layers))

    # --- the loss ----------------------------------------------------------------------------

    def _loss(self, node: Node) -> None:
        if node[0] == "custom_loss":
            from .custom import custom_loss

            self.loss = custom_loss(self, node)
            return
        children: list[Node] = node[1]
        first = children[0]
        span = self.source.span(first[2], children[-1][3])
        if first[0] == "call":
            name_node, *arguments = first[1]
        else:
            name_node, arguments = first, []
            words = [child[1] for child in children]
            if len(words) > 1 or words[0] in LOSS_CLASS_WORDS:
                self.loss = self._loss_class(node, children, words, span)
                return
        name: str = name_node[1]
        if name not in LOSSES:
            if name in LOSS_CLASS_WORDS:
                raise self.reject("E051", f"the loss class `{name}` has no parameter", first)
            raise self.unknown("E050", "loss", name_node, [*LOSSES, *LOSS_CLASS_WORDS])
        parameters = self._loss_parameters(name, first, arguments)
        if name == "lp" and parameters[0][1] in (1, 2):
            name, parameters = ("absolute" if parameters[0][1] == 1 else "squared"), ()
        self.loss = Loss("named", name, parameters, None, span)

    def _loss_parameters(
        self, name: str, first: Node, arguments: list[Node]
    ) -> tuple[tuple[str, Fraction], ...]:
        takes = LOSSES[name]
        if takes is None:
            if arguments:
                raise self.reject("E051", f"`{name}` has no parameter", first, f"write loss {name}")
            return ()
        parameter, default = takes
        if not arguments:
            if default is None:
                raise self.reject(
                    "E051",
                    f"`{name}` needs its parameter {parameter}",
                    first,
                    f"write {name}(...): {parameter} is {PARAMETER_RANGES[parameter]}",
                )
            return ((parameter, default),)
        if len(arguments) > 1:
            raise self.reject("E051", f"`{name}` has one parameter, {parameter}", first)
        value_node = arguments[0]
        if value_node[0] == "comparison" and value_node[1][0][0] == "<name>":
            left, sign, *rest = value_node[1]
            if left[1] != parameter or sign[0] != "=" or len(rest) != 1:
                raise self.unknown("E051", f"parameter of {name}", left, [parameter])
            value_node = rest[0]
        value = constant(self.source, value_node)
        if not in_range(parameter, value):
            raise self.reject(
                "E052",
                f"{parameter} of `{name}` has to be {PARAMETER_RANGES[parameter]}",
                value_node,
            )
        return ((parameter, value),)

    def _loss_class(self, node: Node, children: list[Node], words: list[str], span: Span) -> Loss:
        for child in children:
            if child[1] not in LOSS_CLASS_WORDS:
                if child is children[0] and child[1] not in LOSSES:
                    raise self.unknown("E050", "loss", child, [*LOSSES, *LOSS_CLASS_WORDS])
                raise self.unknown("E050", "property of a class of losses", child, LOSS_CLASS_WORDS)
        name = LOSS_CLASSES.get(frozenset(words))
        if name is None or len(set(words)) < len(words):
            raise self.reject(
                "E050",
                f"`{' '.join(words)}` is not a class of losses",
                node,
                "the classes are: convex, convex differentiable, convex smooth, any",
            )
        return Loss("class", name, (), None, span)

    # --- the other statements ----------------------------------------------------------------

    def _regularizer(self, node: Node) -> Regularizer | None:
        word, *values = node[1]
        if word[1] not in ("l1", "l2"):
            raise self.unknown("E053", "regulariser", word, ("l1", "l2"))
        if not values:
            raise self.reject(
                "E055",
                "a regulariser needs its strength",
                node,
                f"for example: regularize {word[1]} 1/1000",
            )
        strengths = []
        for value_node in values:
            value = constant(self.source, value_node)
            if value < 0:
                raise self.reject("E054", "the strength of a regulariser is at least 0", value_node)
            strengths.append(value)
        if len(strengths) > 1:
            matrices = self._trained_matrices()
            if matrices is not None and len(strengths) != matrices:
                raise self.reject(
                    "E055",
                    f"expected one strength, or one for each of the {matrices} trained weight "
                    f"matrices: there are {len(strengths)}",
                    node,
                )
        if not any(strengths):
            return None
        return Regularizer(word[1], tuple(strengths), self.span(node))

    def _trained_matrices(self) -> int | None:
        if self.network is not None:
            return sum(not layer.fixed and layer.opaque is None for layer in self.network.layers)
        return None if self.map is None else len(self.map.parameters)

    def _constraints(self, node: Node) -> Constraints:
        word, *rest = node[1]
        if word[1] not in ("affine", "convex"):
            raise self.unknown("E056", "kind of constraint", word, ("affine", "convex"))
        count: Term | None = None
        if rest:
            if word[1] == "convex":
                raise self.reject(
                    "E056", "the number of equations goes with `affine` only", rest[0]
                )
            from .terms import term

            count = term(self.source, rest[0], self.resolve)
            if isinstance(count, (int, Fraction)) and (count < 0 or count % 1 != 0):
                raise self.reject(
                    "E056", "the number of equations is a whole number, at least 0", rest[0]
                )
        return Constraints(word[1], count, self.span(node))

    def _declaration(self, node: Node, declarations: list[Declaration]) -> None:
        word, *properties = node[1]
        loss = self.loss.name if self.loss is not None and self.loss.kind == "custom" else None
        known = [*self.functions, *([loss] if loss else [])]
        if word[1] not in known:
            if word[1] in ACTIVATIONS or word[1] in LOSSES:
                raise self.reject(
                    "E077",
                    f"`{word[1]}` is built in: its properties are known",
                    word,
                    "`declare` is for custom losses and activations",
                )
            if self.broken or ("loss" in self.groups and self.loss is None):
                raise Rejected
            raise self.unknown("E077", "custom loss or activation", word, known)
        if any(declaration.name == word[1] for declaration in declarations):
            raise self.reject(
                "E020", f"a second `declare {word[1]}`", node, "put all properties into one"
            )
        names: list[str] = []
        for item in properties:
            if item[1] not in DECLARED:
                raise self.unknown("E077", "property", item, DECLARED)
            if item[1] in names:
                raise self.reject("E020", f"the property `{item[1]}` is given twice", item)
            names.append(item[1])
        declarations.append(Declaration(word[1], tuple(names), self.span(node)))

    def _requirement(self, node: Node) -> Requirement:
        word = node[1][0]
        if word[1] not in ("local_is_global", "strict_saddle"):
            raise self.unknown("E120", "property", word, ("local_is_global", "strict_saddle"))
        return Requirement(word[1], self.span(node))

    def _verdict(self, word: Node) -> VerdictName:
        if word[1] not in VERDICTS:
            raise self.unknown("E121", "verdict", word, VERDICTS)
        return cast(VerdictName, word[1])

    def _expectation(self, node: Node) -> Expectation:
        word, *theorem = node[1]
        verdict = self._verdict(word)
        return Expectation(verdict, theorem[0][1] if theorem else None, self.span(node))

    def _waiver(self, node: Node) -> Waiver:
        word, reason, *until = node[1]
        verdict = self._verdict(word)
        text = unquote(reason[1])
        if not text.strip():
            raise self.reject("E122", "a waiver needs a reason", reason)
        return Waiver(verdict, text, self._date(until[0]) if until else None, self.span(node))

    def _date(self, node: Node) -> Any:
        """The day that ``2027-01-01`` names."""
        from datetime import date

        text = self.source.text[node[2] : node[3]]
        try:
            if len(text) != len("2027-01-01"):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError as error:
            raise self.reject(
                "E128",
                "this is no day of the calendar",
                node,
                "write year, month and day: until 2027-01-31",
            ) from error

    def _assumptions(self, nodes: list[Node]) -> tuple[Assumption, ...]:
        from .terms import equalities, formula

        if self.network is None and self.map is None:
            return ()
        from .polynomials import nonlinear

        pinned: dict[str, int] = {}

        def known(node: Node) -> Term:
            """A name that another assumption makes a number, in products of names."""
            meaning = self.resolve(node)
            return pinned.get(node[1], meaning)

        meanings: dict[int, Formula] = {}
        # Products of names are read last: others may be numbers by then.
        for late in (False, True):
            for k, node in enumerate(nodes):
                if nonlinear(node[1][0]) is late:
                    with contextlib.suppress(Rejected):
                        resolve = known if late else self.resolve
                        meanings[k] = formula(self.source, node[1][0], resolve)
                        if not late:
                            pinned.update(equalities(meanings[k]))
        found: list[Assumption] = []
        for k, node in enumerate(nodes):
            if k not in meanings:
                continue
            meaning = meanings[k]
            if meaning is False:
                self.error("E100", "no widths satisfy this assumption", node, "change or remove it")
            elif any(one.formula == meaning for one in found):
                self.error("E020", "the same assumption is made twice", node, "remove it")
            elif meaning is not True:
                found.append(Assumption(meaning, self.span(node)))
        return tuple(found)
