"""What can go wrong when a model is trained.

ModelError
└── TrainingError   base; its text is one sentence for a person
"""

from __future__ import annotations

from footnote.models.errors import ModelError


class TrainingError(ModelError):
    """Nothing could be trained."""
