"""Footnote's search and embedder inside LlamaIndex's own query engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core import VectorStoreIndex
from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import TextNode
from pydantic import PrivateAttr

from footnote.retrieval.llamaindex import FootnoteEmbedding, FootnoteRetriever
from footnote.retrieval.search import Search
from tests.hashing import HashEmbedder
from tests.library import HANDBOOK, Page, library

SECRET = Page("salaries", "# Salaries\n\nA hotel manager earns 9000 euros.\n", source="hr")


class ScriptedLLM(CustomLLM):
    """Says what it was told to, and keeps what it was asked."""

    _prompts: list[str] = PrivateAttr(default_factory=list)

    @property
    def prompts(self) -> Sequence[str]:
        """Every prompt so far."""
        return self._prompts

    @property
    def metadata(self) -> LLMMetadata:
        """A context that everything fits into."""
        return LLMMetadata(context_window=8000, num_output=200)

    def complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: FBT001, FBT002  LlamaIndex has it so
        **_: Any,
    ) -> CompletionResponse:
        """The scripted answer."""
        del formatted
        self._prompts.append(prompt)
        return CompletionResponse(text="At most 140 euros.")

    def stream_complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: FBT001, FBT002  LlamaIndex has it so
        **_: Any,
    ) -> CompletionResponseGen:
        """Nobody streams."""
        del formatted
        raise NotImplementedError(prompt)


async def test_a_query_engine_answers_from_what_the_search_finds() -> None:
    """The model reads the page that answers, its nodes are the sources, and no secret is there."""
    llm = ScriptedLLM()
    audiences = {"handbook": frozenset({"everyone"}), "hr": frozenset({"group:hr"})}
    async with library((*HANDBOOK, SECRET), audiences=audiences) as shelf:
        retriever = FootnoteRetriever(Search(shelf.store, shelf.embedder, shelf.analyzer), limit=2)
        engine = RetrieverQueryEngine.from_args(retriever, llm=llm)
        response = await engine.aquery("What may a hotel cost a night?")
    assert str(response) == "At most 140 euros."
    assert response.source_nodes[0].node.ref_doc_id == "handbook:travel.md"
    assert len(response.source_nodes) == 2
    (prompt,) = llm.prompts
    assert "A hotel costs at most 140 euros a night." in prompt
    assert "9000" not in prompt


def test_an_index_of_llamaindex_embeds_with_footnotes_embedder() -> None:
    """Its own vector index, filled and asked through the embedder, finds the right text."""
    nodes = [TextNode(text=page.text, id_=page.name) for page in HANDBOOK]
    llm = ScriptedLLM()
    index = VectorStoreIndex(nodes, embed_model=FootnoteEmbedding(HashEmbedder()))
    response = index.as_query_engine(llm=llm, similarity_top_k=1).query("places for bicycles")
    assert [found.node.node_id for found in response.source_nodes] == ["parking"]
    assert "twelve places for bicycles" in llm.prompts[0]
