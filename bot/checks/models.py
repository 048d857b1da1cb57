"""What `footnote doctor` says of the models that find passages: they are opened and used once."""

from __future__ import annotations

from time import perf_counter

from footnote.bot.checks.check import Check
from footnote.bot.encoders import open_embedding_file, open_parts
from footnote.bot.errors import SettingsError
from footnote.bot.settings.schema import Settings
from footnote.models.errors import ModelError
from footnote.retrieval.errors import RetrievalError
from footnote.retrieval.passages import Passage

EMBEDDER, RERANKER = "embedder", "reranker"

_TEXT = (
    "Every employee gets twenty-eight days of annual leave in a calendar year, which is asked for "
    "in advance and approved by whoever leads the team; what is left over at the end of the year "
    "may be taken until the end of March of the next one. "
) * 2
"""About as long as a passage."""


async def examine_embedding_file(settings: Settings) -> tuple[Check, str | None]:
    """Open the embedder's GGUF file and make a vector.

    Returns:
        The check, and the embedder's id, or None where it cannot be opened.
    """
    try:
        async with open_embedding_file(settings) as embedder:
            begun = perf_counter()
            await embedder.embed([_TEXT])
            took_ms = (perf_counter() - begun) * 1000
            told = f"{embedder.model_id}, {embedder.dimension} numbers a text, {took_ms:.0f} ms"
            return Check(EMBEDDER, fine=True, text=told), embedder.model_id
    except (ModelError, SettingsError) as error:
        return Check(EMBEDDER, fine=False, text=str(error)), None


async def examine_reranker(settings: Settings) -> Check | None:
    """Open the reranker and let it judge one passage; None where the settings name none."""
    limit_s = settings.reranker.timeout_s
    try:
        async with open_parts(settings) as parts:
            if parts.reranking is None:
                return None
            passage = Passage("p", "d", "s", "Leave", (), _TEXT, 0, len(_TEXT), 0)
            begun = perf_counter()
            await parts.reranking.reranker.scores("How many days of leave are there?", [passage])
            took_s = perf_counter() - begun
    except (ModelError, RetrievalError, SettingsError) as error:
        return Check(RERANKER, fine=False, text=str(error))
    depth = parts.reranking.depth
    told = f"{parts.reranking.reranker.name}, about {depth * took_s:.1f} s for {depth} passages"
    if depth * took_s <= limit_s:
        return Check(RERANKER, fine=True, text=told)
    return Check(
        RERANKER,
        fine=False,
        text=f"{told}, but it may take {limit_s:g} s: set a smaller depth or a longer timeout_s "
        "below [reranker], or choose a smaller model.",
    )
