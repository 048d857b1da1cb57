"""What can go wrong with the engine.

ModelError
└── EngineError               base; its text is one sentence for a person
    ├── UnusableModelError    this file cannot be served here, and trying again does not help
    ├── UnusableAdapterError  this adapter does not belong to the model, or is none
    ├── PromptTooLongError    prompt and answer do not fit into the context
    └── EngineStoppedError    the child process ended while it was needed
"""

from __future__ import annotations

from footnote.models.errors import ModelError


class EngineError(ModelError):
    """The engine could not do what it was asked."""


class UnusableModelError(EngineError):
    """The model cannot be served on this machine with these settings."""


class UnusableAdapterError(EngineError):
    """The adapter cannot be used with this model."""


class PromptTooLongError(EngineError):
    """A prompt, with the room that its answer needs, is longer than the context."""


class EngineStoppedError(EngineError):
    """The child process is gone, or does not come up."""
