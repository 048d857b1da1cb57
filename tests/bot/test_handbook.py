"""The bar over a real handbook: the right document first, and no answer where there is none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from footnote.bot.app import Core, assemble
from footnote.bot.questions import Answer, Outcome, Question
from footnote.connectors.files import FilesConnector
from footnote.models.cache import default_cache
from footnote.models.embedding import open_minilm
from footnote.models.minilm.fetch import is_pulled
from footnote.retrieval.chunking.cutter import RECIPE, Cutter
from footnote.retrieval.locks import FileLocks
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.stores.sqlite import open_store
from footnote.retrieval.sync import Sync
from footnote.retrieval.text import Analyzer
from tests.bot.handbook import ANSWERED, OFF_TOPIC, ON_TOPIC_BUT_ABSENT

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def core(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Core]:
    """The product over the handbook."""
    if not is_pulled(default_cache()):
        pytest.skip("the embedder is not here: run footnote models pull")
    folder = tmp_path_factory.mktemp("handbook")
    async with open_minilm(default_cache()) as embedder, open_store(folder / "index.db") as store:
        await store.claim(embedder.model_id, embedder.dimension)
        sync = Sync(
            store,
            embedder,
            cut=Cutter(embedder.token_spans).cut,
            index_terms=Analyzer().terms,
            recipe=RECIPE,
            locks=FileLocks(folder),
        )
        pages = FilesConnector("handbook", test_data / "knowledge" / "handbook-18f" / "pages")
        await sync.run(pages, "handbook")
        yield assemble(store, embedder)


async def _ask(core: Core, text: str) -> Answer:
    last = None
    async for event in core.answerer.answer(Question("test", text, readers=ADMIN)):
        last = event
    assert isinstance(last, Answer)
    return last


async def test_the_right_page_is_cited_first(core: Core) -> None:
    """Of thirty questions at least 26 have a page that answers them as their first citation."""
    wrong = {}
    for text, pages in ANSWERED.items():
        answer = await _ask(core, text)
        first = answer.citations[0].passage.document_id if answer.citations else answer.outcome
        if first not in {f"handbook:{page}.md" for page in pages}:
            wrong[text] = str(first)
    assert len(ANSWERED) - len(wrong) >= 26, wrong


async def test_what_the_handbook_does_not_say_is_refused(core: Core) -> None:
    """Of five questions on its topics that it does not answer at least three are refused."""
    answers = [await _ask(core, text) for text in ON_TOPIC_BUT_ABSENT]
    assert sum(answer.outcome is Outcome.NOT_IN_SOURCES for answer in answers) >= 3


async def test_what_is_off_topic_is_refused(core: Core) -> None:
    """Every question that is off topic is refused, with the closest pages named."""
    for text in OFF_TOPIC:
        answer = await _ask(core, text)
        assert answer.outcome is Outcome.NOT_IN_SOURCES, text
        assert answer.closest
        assert not answer.blocks
