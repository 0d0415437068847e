"""``python -m tests.transcripts.refresh``: replay every session and write what it shows now."""

from __future__ import annotations

from .sessions import REPOSITORY, documents, refreshed


def main() -> None:
    """Refresh all documents and name those that changed."""
    for document in documents():
        text = refreshed(document)
        if text != document.read_text(encoding="utf-8"):
            document.write_text(text, encoding="utf-8")
            print(f"refreshed {document.relative_to(REPOSITORY)}")


if __name__ == "__main__":
    main()
