"""Links to documents, made from a source's base URL."""

from __future__ import annotations

import posixpath
from urllib.parse import quote


def document_url(base_url: str | None, path: str) -> str | None:
    """Where a person can open a document.

    Args:
        base_url: May hold `{path}` or `{stem}` (the path without its suffix); without either, the
            path is appended after one slash. None where the source has no pages.
        path: The document's path within the source, with forward slashes.
    """
    if base_url is None:
        return None
    # A name on disk that is not UTF-8 keeps its own bytes.
    quoted = quote(path, errors="surrogateescape")
    if "{path}" in base_url or "{stem}" in base_url:
        stem = posixpath.splitext(quoted)[0]
        return base_url.replace("{path}", quoted).replace("{stem}", stem)
    return f"{base_url.rstrip('/')}/{quoted}"
