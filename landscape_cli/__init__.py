"""landscape: is every local minimum of a training problem global? Answers from proofs."""

__version__ = "0.1.0"
