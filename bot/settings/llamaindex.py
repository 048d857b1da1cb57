"""The settings of a vector store of LlamaIndex beside the index: the table [llamaindex]."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from footnote.connectors.keys import class_path_such_as

_class_path = class_path_such_as("llama_index.vector_stores.qdrant.QdrantVectorStore")


class LlamaIndexSettings(BaseModel):
    """The vector store that finds the nearest passages: [llamaindex].

    Attributes:
        vector_store: The path of its class, or of a method of it that makes one.
        arguments: What it is made with; see `VectorStoreOptions`.
        keeps: Whether it keeps what it is given when this process ends.
        timeout_s: Seconds after which a request that is not answered fails.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    vector_store: Annotated[str, AfterValidator(_class_path)] | None = None
    arguments: dict[str, Any] = Field(default_factory=dict)
    keeps: bool = True
    timeout_s: float = Field(default=20.0, gt=0, allow_inf_nan=False)
