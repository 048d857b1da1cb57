"""The keys of a source of kind "llamaindex" in the settings."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _class_path(path: str) -> str:
    if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", path):
        raise ValueError('the path of a class, such as "llama_index.readers.notion.NotionReader"')
    return path


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
