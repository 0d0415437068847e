"""Models built directly as values, so that these tests do not depend on the parser."""

from fractions import Fraction

from landscape_cli.model.problem import (
    Activation,
    Constraints,
    Data,
    DataMatrix,
    DataProperty,
    Layer,
    Loss,
    Map,
    Matrix,
    Model,
    NameExpression,
    Network,
    Parameter,
    Point,
    ProductExpression,
    Regularizer,
    TransposeExpression,
)


def exact(rows):
    return Matrix(tuple(tuple(Fraction(e) for e in row) for row in rows))


def stated(values):
    return tuple(DataMatrix(name, exact(rows)) for name, rows in values.items())


def layer(spec, bias=False):
    """``3``, ``("tanh", 3)`` or a Layer."""
    if isinstance(spec, Layer):
        return spec
    if isinstance(spec, int):
        return Layer(spec, Activation("linear"), bias)
    name, width, *parameters = spec
    return Layer(width, Activation(name, tuple(parameters)), bias)


def net(
    widths, loss="squared", at=None, X=None, Y=None, weights=None, l2=None, l1=None, bias=(),
    parameters=(), properties=(), constrained=False, functions=(), **more,
):  # fmt: skip
    """A network; ``bias`` lists the layers (from 1) with a bias; X "identity" is allowed."""
    layers = tuple(layer(w, k in bias) for k, w in enumerate(widths[1:], start=1))
    matrices = dict(more)
    if X is not None and X != "identity":
        matrices["X"] = X
    if Y is not None:
        matrices["Y"] = Y
    if weights is not None:
        matrices["weights"] = weights
    named = (*properties, *(("X identity",) if X == "identity" else ()))
    return Model(
        network=Network(widths[0], layers),
        map=None,
        loss=_loss(loss, parameters),
        regularizer=_penalty(l1, l2),
        functions=functions,
        constraints=Constraints("convex") if constrained else None,
        data=Data(properties=tuple(DataProperty(p) for p in named), matrices=stated(matrices)),
        point=None if at is None else Point(stated(at)),
    )


def _loss(loss, parameters):
    if isinstance(loss, Loss):
        return loss
    return Loss("named", loss, tuple((k, Fraction(v)) for k, v in parameters))


def _penalty(l1, l2):
    if l1 is None and l2 is None:
        return None
    values = l2 if l1 is None else l1
    values = values if isinstance(values, tuple) else (values,)
    return Regularizer("l2" if l1 is None else "l1", tuple(Fraction(v) for v in values))


def symmetric(n, k, loss="squared", at=None, X=None, Y=None, weights=None, l2=None):
    """W W^T, or W W^T X."""
    factors = [NameExpression("W"), TransposeExpression(NameExpression("W"))]
    if X is not None:
        factors.append(NameExpression("X"))
    matrices = {"Y": Y}
    if X is not None:
        matrices["X"] = X
    if weights is not None:
        matrices["weights"] = weights
    return Model(
        network=None,
        map=Map(
            (Parameter("W", n, k),), (), ProductExpression(tuple(factors)),
            n if X is not None else None, n, n,
        ),
        loss=_loss(loss, ()),
        regularizer=_penalty(None, l2),
        data=Data(matrices=stated(matrices)),
        point=Point(stated({"W": at})),
    )  # fmt: skip


def chain_map(shapes, loss="squared", at=None, Y=None, **more):
    """A product of parameters named A, B, C, ... (leftmost first), no data."""
    names = [chr(ord("A") + i) for i in range(len(shapes))]
    return Model(
        network=None,
        map=Map(
            tuple(Parameter(n, *s) for n, s in zip(names, shapes, strict=True)),
            (),
            ProductExpression(tuple(NameExpression(n) for n in names)),
            None,
            shapes[0][0],
            shapes[-1][1],
        ),
        loss=_loss(loss, ()),
        data=Data(matrices=stated({"Y": Y, **more})),
        point=Point(stated(at)),
    )
