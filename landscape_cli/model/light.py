"""A ``dataclass`` for frozen values that costs little to import.

``dataclasses`` compiles six methods for each frozen class. Start-up is mostly that, as the model
language has many small values; here only ``__init__`` is compiled, and the other methods are
shared. To users, type checkers and ``dataclasses.replace`` there is no difference.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool) -> Callable[[type], type]:
        """``dataclasses.dataclass(frozen=True)``: no bases, no default factories."""
        assert frozen
        return _light


def _light(made: Any) -> Any:
    made = dataclasses.dataclass(init=False, repr=False, eq=False)(made)
    made.__dataclass_params__.frozen = True  # so that frozen classes may inherit from it
    fields = dataclasses.fields(made)
    made.__init__ = _initializer(fields)
    made.__setattr__ = _refuse_to_set
    made.__delattr__ = _refuse_to_delete
    made.__repr__ = _representation
    compared = attrgetter(*(field.name for field in fields if field.compare))

    def equal(self: Any, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)

    def hashed(self: Any) -> int:
        return hash(compared(self))

    made.__eq__ = equal
    made.__hash__ = hashed
    return made


def _initializer(fields: tuple[dataclasses.Field[Any], ...]) -> Any:
    """``__init__`` with the parameters of the fields, in their order."""
    names = {"put": object.__setattr__}
    parameters, body = [], []
    for field in fields:
        assert field.default_factory is dataclasses.MISSING and field.init
        if field.default is not dataclasses.MISSING:
            names[f"default_{field.name}"] = field.default
            parameters.append(f"{field.name}=default_{field.name}")
        else:
            parameters.append(field.name)
        body.append(f"\n put(self, {field.name!r}, {field.name})")
    exec(f"def __init__(self, {', '.join(parameters)}):{''.join(body)}", names)
    return names["__init__"]


def _refuse_to_set(_self: object, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _representation(self: Any) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self))
    return f"{type(self).__qualname__}({', '.join(shown)})"
