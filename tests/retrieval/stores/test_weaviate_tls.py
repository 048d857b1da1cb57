"""A Weaviate behind TLS is used where its certificate is trusted, and nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from footnote.retrieval.errors import StoreError
from footnote.retrieval.readers import PUBLIC
from footnote.retrieval.stores.base import Field, FieldQuery
from footnote.retrieval.stores.weaviate import open_store
from footnote.retrieval.stores.weaviate_options import VectorIndex, WeaviateOptions
from tests.retrieval.stores.corpus import AUDIENCES, DIMENSION, MODEL, simple
from tests.retrieval.stores.openers import options_of
from tests.retrieval.stores.real_weaviate import own_collections
from tests.servers.tls import behind_tls, certificate
from tests.servers.weaviate import fake_weaviate

TRUSTED = "SSL_CERT_FILE"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that signs itself, with its key."""
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(params=["fake", "weaviate"])
async def options(
    request: pytest.FixtureRequest, file: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[WeaviateOptions]:
    """How to reach a server over TLS."""
    monkeypatch.delenv(TRUSTED, raising=False)
    async with AsyncExitStack() as stack:
        if request.param == "fake":
            plain = options_of(await stack.enter_async_context(fake_weaviate()))
        else:
            plain = await stack.enter_async_context(own_collections(VectorIndex.FLAT))
        rest, grpc = ("{}:{}".format(*each) for each in (plain.http_address, plain.grpc_address))
        rest = await stack.enter_async_context(behind_tls(rest, "http/1.1", file))
        grpc = await stack.enter_async_context(behind_tls(grpc, "h2", file))
        yield replace(plain, url=f"https://{rest}", grpc=grpc)


async def refused(options: WeaviateOptions) -> str:
    """What opening an index says."""
    with pytest.raises(StoreError) as raised:
        async with open_store(options):
            pass
    return str(raised.value)


async def test_what_is_put_over_tls_is_found_over_tls(
    options: WeaviateOptions, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On both interfaces, with the authority that the environment names."""
    monkeypatch.setenv(TRUSTED, str(file))
    async with open_store(options) as store:
        await store.claim(MODEL, DIMENSION)
        await store.set_audiences(AUDIENCES)
        await store.put(simple("handbook:a"))
        hits = await store.lexical([FieldQuery(Field.STEMS, ("find",))], PUBLIC, limit=9)
        assert {hit.document_id for hit in hits} == {"handbook:a"}


async def test_a_certificate_that_nobody_trusts(options: WeaviateOptions) -> None:
    """The sentence says how to trust it."""
    assert "certificate that nothing here trusts: name a file" in await refused(options)


async def test_a_certificate_of_another_authority_for_grpc(
    options: WeaviateOptions, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is what it says at one of its interfaces is not trusted at the other."""
    monkeypatch.setenv(TRUSTED, str(file))
    async with (
        fake_weaviate() as other,
        behind_tls(other.grpc, "h2", certificate(tmp_path)) as grpc,
    ):
        assert "nothing here trusts" in await refused(replace(options, grpc=grpc, timeout_s=2))


async def test_a_file_without_certificates(
    options: WeaviateOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is sent to look at the server for it."""
    for text in (None, "nonsense"):
        if text:
            (tmp_path / "trusted.pem").write_text(text, encoding="utf-8")
        monkeypatch.setenv(TRUSTED, str(tmp_path / "trusted.pem"))
        assert "SSL_CERT_FILE names" in await refused(options)
