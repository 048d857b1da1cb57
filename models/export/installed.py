"""Whether the libraries that exporting needs are there; this module needs none of them."""

from __future__ import annotations

import importlib.util

from footnote.models.export.errors import ExportError

NEEDED = ("gguf", "ml_dtypes", "safetensors", "tokenizers")


def check_installed() -> None:
    """Refuse to go on without the libraries.

    Raises:
        ExportError: One is missing.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise ExportError(
            f"Exporting a model needs {' and '.join(missing)}: pip install 'footnote-bot[tune]'."
        )
