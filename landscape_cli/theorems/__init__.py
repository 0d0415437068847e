"""The theorems that decide verdicts: one per file, nothing else in the folder."""
