"""Readers of LlamaIndex that the tests name by their class paths."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import Document


class Wiki(BaseReader):
    """Loads a file with a JSON list of documents, each `{"text": ..., "metadata": ...}`.

    Args:
        key: It wants one, and repeats it when it fails.
        fails: After so many documents.
    """

    def __init__(self, key: str = "", fails: int | None = None) -> None:
        self._key = key
        self._fails = fails

    def lazy_load_data(self, *_: Any, **load: Any) -> Iterable[Document]:
        """Each document of the file."""
        for number, page in enumerate(json.loads(Path(load["file"]).read_text())):
            if number == self._fails:
                raise ConnectionError(f"the wiki does not know {self._key or 'you'}")
            yield Document(text=page["text"], metadata=page.get("metadata", {}))


class NoReader:
    """It loads nothing."""
