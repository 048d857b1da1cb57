"""The settings of what finds passages by their meaning: the tables [embedder] and [reranker]."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MINILM = "minilm"
"""The embedder that Footnote fetches by itself."""


def _embedder(name: str) -> str:
    if name != MINILM and not name.endswith(".gguf"):
        raise ValueError(
            f'"{MINILM}", or the path of an embedding model, such as "models/embedder.gguf"'
        )
    return name


class EmbedderSettings(BaseModel):
    """What turns texts into vectors: [embedder].

    Attributes:
        model: Its name, or the GGUF file of another; a relative path is relative to the settings
            file.
        threads: Threads that it may use, or None for as many as there are cores.
        pooling: For a GGUF file: how a text's vector is made of its tokens', or None for what the
            file says.
        question_prefix: For a GGUF file: what the model wants to read before a question.
        passage_prefix: For a GGUF file: what it wants to read before a passage.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Annotated[str, AfterValidator(_embedder)] = MINILM
    threads: int | None = Field(default=None, ge=1, le=1024)
    pooling: Literal["mean", "cls", "last"] | None = None
    question_prefix: str = ""
    passage_prefix: str = ""


class RerankerSettings(BaseModel):
    """What takes a closer look at the best passages: [reranker].

    Attributes:
        model: The GGUF file of a reranking model, or None for no such look.
        threads: Threads that it may use, or None for as many as there are cores.
        depth: How many of the best passages it looks at.
        share: How much its judgment counts against the search's own.
        timeout_s: Seconds after which the order of the search stands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Path | None = None
    threads: int | None = Field(default=None, ge=1, le=1024)
    depth: int = Field(default=20, ge=1, le=100)
    share: float = Field(default=0.5, ge=0, le=1)
    timeout_s: float = Field(default=3.0, gt=0, allow_inf_nan=False)
