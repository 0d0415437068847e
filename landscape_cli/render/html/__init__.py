"""Pages of HTML: the report of a run (``report``) and the site of the catalogue (``site``).

The pages need no network and no script to be read; what scripts add (the search box) is extra.
Text is escaped by Jinja2's autoescape; only this package's own markup is marked safe.
"""
