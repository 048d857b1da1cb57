"""What can go wrong with a model.

ModelError                base; its text is one sentence for a person
├── DownloadError         the package index did not give the model
├── WrongHashError        a file is not the one it should be
├── ModelMissingError     the model was never pulled, or its files are damaged
├── ChatTemplateError     a model's chat template cannot be used
├── RemoteError           a server of language models did not answer as it should
└── EngineError           a GGUF model's process could not do what it was asked
    ├── UnusableModelError    this file cannot be served here, and trying again does not help
    ├── UnusableAdapterError  this adapter does not belong to the model, or is none
    ├── PromptTooLongError    prompt and answer do not fit into the context
    └── EngineStoppedError    the child process ended while it was needed
"""

from __future__ import annotations


class ModelError(Exception):
    """Something that a model could not do, said in one sentence."""


class DownloadError(ModelError):
    """The model could not be fetched."""


class ChatTemplateError(ModelError):
    """A model's chat template cannot turn messages into a prompt."""


class RemoteError(ModelError):
    """A server of language models cannot be reached, refuses, or breaks off.

    Attributes:
        passing: Whether the same request may well be answered a little later.
        wait_s: How long the server wants to be left alone, in seconds, or None.
    """

    def __init__(self, text: str, *, passing: bool = False, wait_s: float | None = None) -> None:
        super().__init__(text)
        self.passing = passing
        self.wait_s = wait_s


class WrongHashError(ModelError):
    """A file's SHA-256 is not the expected one.

    Args:
        name: The file.
        expected: Hex digest that it should have.
        found: Hex digest that it has.
    """

    def __init__(self, name: str, expected: str, found: str) -> None:
        super().__init__(
            f"{name} is not the file that Footnote knows (SHA-256 {found[:12]}… instead of "
            f"{expected[:12]}…): pull the model again, and distrust its origin if this repeats."
        )


class ModelMissingError(ModelError):
    """A model's files are not there, or not whole."""


class EngineError(ModelError):
    """A GGUF model's process could not do what it was asked."""


class UnusableModelError(EngineError):
    """The model cannot be served on this machine with these settings."""


class UnusableAdapterError(EngineError):
    """The adapter cannot be used with this model."""


class PromptTooLongError(EngineError):
    """A prompt, with the room that its answer needs, is longer than the context."""


class EngineStoppedError(EngineError):
    """The child process is gone, or does not come up."""
