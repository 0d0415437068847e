"""The rules that proofs are made of: one per file, each a ``THEOREM`` of kind "rule"."""
