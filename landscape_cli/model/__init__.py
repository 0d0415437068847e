"""Frozen values that describe a training problem, and nothing that reasons about it."""
