"""The keys of a source of kind "llamaindex" in the settings."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from footnote.connectors.keys import class_path_such_as

_class_path = class_path_such_as("llama_index.readers.notion.NotionReader")


class LlamaIndexReaderSettings(BaseModel):
    """One source of kind "llamaindex".

    Attributes:
        reader: The path of the reader's class.
        arguments: What it is made with. A table `{env = "NAME"}` stands for that variable of the
            environment.
        load: What its `load_data` is called with, written likewise.
        identified_by: The key of a document's metadata that tells it from the others for as long
            as it lives; "": the first usual one that it has.
        syntax: How the texts are structured.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reader: Annotated[str, AfterValidator(_class_path)]
    arguments: dict[str, Any] = Field(default_factory=dict)
    load: dict[str, Any] = Field(default_factory=dict)
    identified_by: str = ""
    syntax: Literal["markdown", "text", "rst", "code"] = "markdown"
