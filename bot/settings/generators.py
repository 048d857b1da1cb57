"""The settings of what writes answers: the tables [gguf] and [remote]."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from footnote.connectors.keys import variable_such_as


def address(url: str) -> str:
    """Accept the address of a server.

    Raises:
        ValueError: It is none, or holds a password.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError('an address without a password in it, such as "https://api.openai.com/v1"')
    return url


variable = variable_such_as("OPENAI_API_KEY", "the key itself")
"""Accepts the name of a variable of the environment; see `variable_such_as`."""


class GgufSettings(BaseModel):
    """The model that runs on this machine: [gguf].

    Attributes:
        path: Its file; a relative one is relative to the settings file.
        context_tokens: How many tokens prompt and answer may have together.
        gpu_layers: How many of its layers a GPU computes; -1 for all.
        split_mode: How several GPUs share it.
        flash_attention: Whether attention is computed in one pass, or None to find out.
        cache_type: How exactly it remembers what it has read, or None to find out.
        spill_mb: Memory for the threads that wait for their next question.
        target_first_block_s: Seconds within which the first sentence of an answer is to come.
        min_passage_tokens: Passages of so many tokens are read, however long that takes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = None
    context_tokens: int = Field(default=4096, ge=512)
    gpu_layers: int = Field(default=0, ge=-1)
    split_mode: Literal["none", "layer", "row"] = "layer"
    flash_attention: bool | None = None
    cache_type: Literal["f32", "f16", "q8_0", "q4_0"] | None = None
    spill_mb: int = Field(default=256, ge=0)
    target_first_block_s: float = Field(default=6.0, gt=0, allow_inf_nan=False)
    min_passage_tokens: int = Field(default=800, ge=0)


class RemoteSettings(BaseModel):
    """The OpenAI-compatible server that answers are written by: [remote].

    Attributes:
        url: The address of its API.
        model: Its name of the model.
        key_env: The environment variable that holds its key, if it wants one.
        context_tokens: How many tokens prompt and answer may have together.
        silence_timeout_s: Seconds without a byte after which it counts as lost.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, AfterValidator(address)] | None = None
    model: Annotated[str, StringConstraints(min_length=1)] | None = None
    key_env: Annotated[str, AfterValidator(variable)] = "OPENAI_API_KEY"
    context_tokens: int = Field(default=8192, ge=1024)
    silence_timeout_s: float = Field(default=60.0, gt=0, allow_inf_nan=False)
