"""How the model is taught: the table [tune]."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from footnote.bot.settings.labels import audience_label

Label = Annotated[str, StringConstraints(min_length=1), AfterValidator(audience_label)]


class TuneSettings(BaseModel):
    """How the model is taught: [tune].

    Attributes:
        model: The folder of the training model, as Transformers saves one: the model that [gguf]
            serves, before it became a GGUF file; a relative one is relative to the settings file.
        audiences: What these labels may see may be learned from; nothing else is.
        files: Examples beside people's feedback: chats as JSONL, or questions and answers as CSV.
        min_examples: With fewer, nothing is trained.
        rank: Of the LoRA adapter's matrices.
        epochs: How often each example is read, at most.
        learning_rate: How far each step goes.
        batch: How many examples make one step.
        max_tokens: Longer examples are left out, and named.
        quantized: Whether the training model is held in four bits while it is taught.
        seed: Of all that is random.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Path | None = None
    audiences: tuple[Label, ...] = ("everyone",)
    files: tuple[Path, ...] = ()
    min_examples: int = Field(default=100, ge=1)
    rank: int = Field(default=16, ge=1, le=1024)
    epochs: float = Field(default=3.0, gt=0, le=100)
    learning_rate: float = Field(default=2e-4, gt=0, lt=1)
    batch: int = Field(default=8, ge=1, le=1024)
    max_tokens: int = Field(default=2048, ge=64)
    quantized: bool = False
    seed: int = Field(default=1, ge=0, lt=2**32)
