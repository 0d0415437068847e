"""What ``landscape check`` does with many files: which, with what settings, how, and what counts.

``settings`` (configuration and where each value comes from), ``discovery`` (which files),
``work`` (one file to plain values), ``cache``, ``pool`` (processes), ``run`` (all of it, in
order), ``policy`` (what the settings make of the verdicts), ``baseline``, ``revision`` (git).
"""
