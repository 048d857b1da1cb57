"""Opening the embedder and the reranker that the settings name, where these are GGUF files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from footnote.bot.errors import SettingsError
from footnote.bot.settings.encoders import MINILM
from footnote.bot.settings.schema import Settings
from footnote.models.encoders.embedder import GgufEmbedder, Prefixes, open_gguf_embedder
from footnote.models.encoders.options import EncoderOptions, Task
from footnote.models.encoders.reranker import GgufReranker, open_gguf_reranker
from footnote.models.engine.calibration import usable_cores
from footnote.models.errors import ModelError
from footnote.retrieval.errors import RetrievalError
from footnote.retrieval.parts import Parts
from footnote.retrieval.passages import Passage
from footnote.retrieval.reranking import Reranking

_MOST_THREADS = 4


class PassageReranker:
    """A reranking model as the search asks for it."""

    def __init__(self, model: GgufReranker) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """What the model's file calls it."""
        return self._model.name

    async def scores(self, question: str, passages: Sequence[Passage]) -> Sequence[float]:
        """The model's score of each passage, with its title and headings.

        Raises:
            RetrievalError: The model failed.
        """
        try:
            return await self._model.scores(question, [passage.searched for passage in passages])
        except ModelError as error:
            raise RetrievalError(str(error)) from error


def names_minilm(settings: Settings) -> bool:
    """Whether the embedder is the one that Footnote fetches by itself.

    Raises:
        SettingsError: It is, but what is set is for another one.
    """
    embedder = settings.embedder
    if embedder.model != MINILM:
        return False
    for key in ("pooling", "question_prefix", "passage_prefix"):
        if getattr(embedder, key):
            raise SettingsError(
                f"{settings.file.place(('embedder', key))}: [embedder] {key} is for a GGUF file, "
                f"and {MINILM} is none: take the line out, or set model to a file."
            )
    return True


@asynccontextmanager
async def open_embedding_file(settings: Settings) -> AsyncIterator[GgufEmbedder]:
    """The embedder over the GGUF file that the settings name.

    Raises:
        SettingsError: The file is not there.
        ModelError: It cannot be used.
    """
    embedder = settings.embedder
    file = _existing(settings, "embedder", Path(embedder.model))
    options = _options(settings, file, "embed", embedder.threads)
    prefixes = Prefixes(embedder.question_prefix, embedder.passage_prefix)
    async with open_gguf_embedder(options, prefixes) as opened:
        yield opened


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """What the search is made of, with the reranker that the settings name, if they name one.

    Raises:
        SettingsError: The reranker's file is not there.
        ModelError: It cannot be used.
    """
    reranker = settings.reranker
    if reranker.model is None:
        yield Parts()
        return
    file = _existing(settings, "reranker", reranker.model)
    async with open_gguf_reranker(_options(settings, file, "rank", reranker.threads)) as model:
        reranking = Reranking(
            PassageReranker(model), reranker.depth, reranker.share, reranker.timeout_s
        )
        yield Parts(reranking=reranking)


def _options(settings: Settings, file: Path, task: Task, threads: int | None) -> EncoderOptions:
    """How a model is served; the GPU's settings are those of the language model."""
    gguf = settings.gguf
    return EncoderOptions(
        model=file,
        task=task,
        pooling=settings.embedder.pooling if task == "embed" else None,
        threads=threads or min(_MOST_THREADS, usable_cores()),
        gpu_layers=gguf.gpu_layers,
        split_mode=gguf.split_mode,
        flash_attention=gguf.flash_attention,
    )


def _existing(settings: Settings, table: str, path: Path) -> Path:
    file = settings.root / path.expanduser()
    if not file.is_file():
        raise SettingsError(
            f"{settings.file.place((table, 'model'))}: [{table}] model is {file}, which is not "
            "there: correct the path."
        )
    return file
