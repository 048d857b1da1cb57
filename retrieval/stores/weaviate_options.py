"""What the Weaviate store has to be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

GRPC_PORT = 50051


class VectorIndex(StrEnum):
    """How Weaviate finds the nearest vectors."""

    HNSW = "hnsw"
    FLAT = "flat"


class Consistency(StrEnum):
    """How many replicas of an object have to agree before a read or a write counts."""

    ONE = "one"
    QUORUM = "quorum"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class WeaviateOptions:
    """Where Weaviate is and how the index is kept there.

    Attributes:
        url: Address of its REST interface.
        grpc: HOST:PORT of its gRPC interface; "" for port 50051 (443 with https) of `url`'s host.
        key: The API key, or "" where it wants none.
        prefix: What the names of the collections begin with: a capital letter, then letters and
            digits. Footnotes that share a server without sharing an index have different ones.
        index: How the nearest vectors are found; it holds for collections that are made anew.
        replicas: On how many nodes each object is kept; likewise.
        consistency: How many of them have to agree.
        timeout_s: Seconds after which one request that is not answered fails.
    """

    url: str = "http://localhost:8080"
    grpc: str = ""
    key: str = field(default="", repr=False)
    prefix: str = "Footnote"
    index: VectorIndex = VectorIndex.HNSW
    replicas: int = 1
    consistency: Consistency = Consistency.QUORUM
    timeout_s: float = 20.0

    @property
    def secure(self) -> bool:
        """Whether both interfaces are reached over TLS."""
        return urlsplit(self.url).scheme == "https"

    @property
    def http_address(self) -> tuple[str, int]:
        """Host and port of the REST interface."""
        parts = urlsplit(self.url)
        return parts.hostname or "localhost", parts.port or (443 if self.secure else 80)

    @property
    def grpc_address(self) -> tuple[str, int]:
        """Host and port of the gRPC interface."""
        if not self.grpc:
            return self.http_address[0], 443 if self.secure else GRPC_PORT
        parts = urlsplit(f"//{self.grpc}")
        return parts.hostname or "localhost", parts.port or GRPC_PORT
