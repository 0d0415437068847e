"""Exact arithmetic of the checkers: numbers, polynomials, linear algebra, strict reading.

Standard library only; kernel/README.md says what is trusted, and why.
"""
