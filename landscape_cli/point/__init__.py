"""The exact analysis of one point of a model (``landscape point``)."""
