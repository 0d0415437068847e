"""Historical theorems as published (all subsumed) and errata: one per file."""
