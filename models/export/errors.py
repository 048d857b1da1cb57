"""What can go wrong when a model is exported.

ModelError
└── ExportError             base; its text is one sentence for a person
    ├── NotCarriedError     GGUF, or llama.cpp, has no place for a part of it
    ├── UnreadableError     what should be exported is missing or damaged
    ├── UnwritableError     the file could not be written
    └── DifferentModelError a GGUF file and a checkpoint are not the same model
"""

from __future__ import annotations

from footnote.models.errors import ModelError


class ExportError(ModelError):
    """Something could not be exported."""


class NotCarriedError(ExportError):
    """A part of the model or adapter would be lost or changed."""


class UnreadableError(ExportError):
    """A file is missing, damaged or not what it should be."""


class UnwritableError(ExportError):
    """There is no room for the file, or no leave to write it."""


class DifferentModelError(ExportError):
    """The file that is served and the model that is trained differ."""
