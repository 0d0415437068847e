"""Finds theorems, derives the verdict, ranks the nearest theorems, proposes repairs."""
