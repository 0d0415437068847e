"""What counterexample builders share: certificate documents, exact values, the universal check.

``document(facts, X=.., Y=.., local=.., better=.., argument=..)`` assembles a certificate with both
values; ``violations(facts, document)`` says what an instance contradicts of its model. Numbers
are ``int``, ``Fraction``, ``Log(argument, times)`` (``times * log(argument)``) or
``Box(lower, upper)``.
"""

from __future__ import annotations

from .check import shift_vanishes, violations
from .documents import NotAnInstance, document
from .numbers import Box, Log

__all__ = ["Box", "Log", "NotAnInstance", "document", "shift_vanishes", "violations"]
