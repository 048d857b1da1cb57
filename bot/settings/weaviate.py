"""The settings of the server that can keep the index: the table [weaviate]."""

from __future__ import annotations

import os
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from footnote.bot.settings.generators import address, variable
from footnote.retrieval.stores.weaviate_options import Consistency, VectorIndex, WeaviateOptions


def _host_and_port(text: str) -> str:
    try:
        parts = urlsplit(f"//{text}")
        right = bool(parts.hostname and parts.port) and text == parts.netloc and "@" not in text
    except ValueError:
        right = False
    if text and not right:
        raise ValueError('a host and a port, such as "localhost:50051"')
    return text


def _capitalized(name: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name):
        raise ValueError('letters and digits, beginning with a capital letter, such as "Footnote"')
    return name


class WeaviateSettings(BaseModel):
    """The server that keeps the index: [weaviate].

    Attributes:
        url: The address of its REST interface.
        grpc: Host and port of its gRPC interface, or "" for the usual port of `url`'s host.
        key_env: The environment variable that holds its API key, if it wants one.
        prefix: What the names of the collections begin with.
        index: How the nearest vectors are found.
        replicas: On how many nodes each object is kept.
        consistency: How many of them have to agree.
        timeout_s: Seconds after which a request that is not answered fails.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, AfterValidator(address)] = "http://localhost:8080"
    grpc: Annotated[str, AfterValidator(_host_and_port)] = ""
    key_env: Annotated[str, AfterValidator(variable)] = "WEAVIATE_API_KEY"
    prefix: Annotated[str, AfterValidator(_capitalized)] = "Footnote"
    index: VectorIndex = VectorIndex.HNSW
    replicas: int = Field(default=1, ge=1, le=99)
    consistency: Consistency = Consistency.QUORUM
    timeout_s: float = Field(default=20.0, gt=0, allow_inf_nan=False)

    @property
    def options(self) -> WeaviateOptions:
        """What the store is told, with the key from the environment."""
        return WeaviateOptions(
            url=self.url,
            grpc=self.grpc,
            key=os.environ.get(self.key_env, ""),
            prefix=self.prefix,
            index=self.index,
            replicas=self.replicas,
            consistency=self.consistency,
            timeout_s=self.timeout_s,
        )
