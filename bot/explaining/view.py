"""An explanation for a terminal: from its data to what rich can print, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from footnote.bot.explaining.explanation import SPARE, Explanation, GateStep, Row
from footnote.bot.moments import aware
from footnote.bot.platforms.terminal_text import safe
from footnote.bot.questions import Unsupported
from footnote.bot.syncing.words import age, counted
from footnote.retrieval.readers import Readers
from footnote.retrieval.reranking import Judgment
from footnote.retrieval.trace import Fate

SHOWN = 12
"""So many candidates are shown where nothing else is asked for; kept ones are in any case."""

_UNKNOWN = "-"
_FATES = {
    Fate.OUTRANKED.value: "outranked",
    Fate.DUPLICATE.value: "says the same as {}",
    Fate.MERGED.value: "is part of {}",
    Fate.ALIKE.value: "too much like {}",
    Fate.GONE.value: "gone by now",
    SPARE: "found, not used",
}
_TIMINGS = {"search": "search and gate", "first_block": "first block", "total": "total"}


def shown(
    explained: Explanation, now: datetime, candidates: int = SHOWN
) -> Iterator[RenderableType]:
    """Everything there is to print of an explanation, from top to bottom.

    Args:
        explained: The explanation.
        now: What time it is.
        candidates: How many candidates are shown.
    """
    yield from _asked(explained, now)
    yield from _looked_up(explained, candidates)
    if explained.prompt:
        yield from _prompt(explained)
    if explained.unsupported:
        yield from _verification(explained)
    yield from _ended(explained)
    for sentence in explained.not_kept:
        yield _dim(sentence)
    if again := explained.again:
        yield Text()
        yield _title(f"Today, for {_readers(again.question.readers)}")
        yield from _looked_up(again, candidates)
        yield _line(again.why)


def _asked(explained: Explanation, now: datetime) -> Iterator[RenderableType]:
    question = explained.question
    yield Text.assemble(("Question ", "bold"), _one_line(question.text))
    if explained.finished_at is not None:
        ended = aware(explained.finished_at)
        told = f"{question.reference}, ended {age(ended, now)} ({ended:%Y-%m-%d %H:%M} UTC)"
        yield _dim(f"{told}, {question.platform}" if question.platform else told)
    yield _dim(f"readers: {_readers(question.readers)}")


def _readers(readers: Readers) -> str:
    if readers.unrestricted:
        return "an admin at the command line, who sees everything"
    return _one_line(", ".join(sorted(readers.labels))) or "nobody that a label is known of"


def _looked_up(explained: Explanation, candidates: int) -> Iterator[RenderableType]:
    search = explained.search
    if search or explained.rows:
        yield from _title_of("Search")
        for text in search.queries if search else (explained.query,):
            yield _line(f"for: {_one_line(text)}")
    if search:
        yield _line(f"words: {' '.join(search.stems) or 'none'}")
        yield _line(
            f"{search.matched:,} matched by words, {search.nearest:,} by meaning; meaning weighs "
            f"{search.weight:.2f}"
        )
        if search.judgment:
            yield _line(_reranked(search.judgment))
    if explained.rows:
        judgment = search.judgment if search else None
        yield from _candidates(explained.rows, candidates, judgment.scores if judgment else {})
    if explained.gate:
        yield from _gate(explained.gate)


def _reranked(judgment: Judgment) -> str:
    if judgment.trouble:
        return f"not reranked, and the order of the search stands: {_one_line(judgment.trouble)}"
    return f"the best {len(judgment.scores)} reranked by {_one_line(judgment.name)}"


def _candidates(
    rows: tuple[Row, ...], most: int, judged: Mapping[str, float]
) -> Iterator[RenderableType]:
    table = _table(expand=True)
    extra = ("rerank",) if judged else ()
    for name in ("", "passage", "BM25", "cosine", "fused", *extra, "final", ""):
        number = name not in {"", "passage"}
        table.add_column(
            name,
            justify="right" if number else "left",
            no_wrap=True,
            overflow="ellipsis",
            ratio=1 if name == "passage" else None,
        )
    told = [row for row in rows if row.rank <= most or row.kept]
    for row in told:
        table.add_row(
            str(row.rank),
            _passage(row),
            f"{row.lexical:.2f}",
            f"{row.cosine:.3f}",
            _UNKNOWN if row.fused is None else f"{row.fused:.3f}",
            *([_judged_as(judged.get(row.passage_id))] if judged else []),
            f"{row.final:.3f}",
            _fate(row),
            style="" if row.kept else "dim",
        )
    yield Padding(table, (0, 0, 0, 2))
    if rest := len(rows) - len(told):
        best = next(row for row in rows if row not in told)
        yield _dim(f"  and {rest:,} more below {best.final:.3f}: see --candidates or --json")


def _judged_as(score: float | None) -> str:
    return _UNKNOWN if score is None else f"{score:.3f}"


def _passage(row: Row) -> str:
    return _one_line(row.passage.context if row.passage else row.document_id)


def _fate(row: Row) -> str:
    if row.kept:
        return f"kept as [{row.number}]" if row.number else "kept"
    return _FATES[row.fate].format("another" if row.by is None else row.by)


def _gate(gate: GateStep) -> Iterator[RenderableType]:
    yield from _title_of("Gate")
    table = _table()
    table.add_column("feature")
    for name in ("value", "weight", "adds"):
        table.add_column(name, justify="right")
    for name, value in gate.features.items():
        weight = gate.weights.get(name)
        # A feature without a weight plays no part in a rule that is known.
        told = (
            (_UNKNOWN, _UNKNOWN) if weight is None else (f"{weight:.3f}", f"{weight * value:+.2f}")
        )
        table.add_row(name, f"{value:.3f}", *told)
    if gate.weights:
        table.add_row("bias", "", "", f"{gate.bias:+.2f}")
    if gate.features:
        yield Padding(table, (0, 0, 0, 2))
    yield _line(_judged(gate))


def _judged(gate: GateStep) -> str:
    score = f"score {gate.score:.2f}"
    if gate.threshold is None:
        return f"{score}; the threshold is not known"
    sign, verdict = ("≥", "passed") if gate.passed else ("<", "refused")
    setting = f' (answer.gate = "{gate.setting.value}")' if gate.setting else ""
    return f"{score} {sign} threshold {gate.threshold:.2f}{setting}: {verdict}"


def _prompt(explained: Explanation) -> Iterator[RenderableType]:
    prompt, turns = explained.prompt, len(explained.question.conversation.turns)
    assert prompt  # noqa: S101  asked before
    yield from _title_of("Prompt")
    held = [counted(len(prompt.passages), "passage")]
    held += [counted(turns, "earlier turn")] if turns else []
    if prompt.tokens:
        held.append(f"{prompt.tokens:,} of {prompt.context_tokens or 0:,} tokens")
    elif prompt.tokens == 0:
        held.append("no tokens, since nothing but the passages is read")
    yield _line(", ".join(held))


def _verification(explained: Explanation) -> Iterator[RenderableType]:
    yield from _title_of("Failed verification")
    anything = bool(explained.answer and explained.answer.blocks)
    for failed in explained.unsupported:
        done = "marked" if failed.marked and anything else "left out"
        yield _line(f"{done}: {_one_line(failed.text)}")
        yield _dim(f"    {_one_line(failed.reason)}{_measured(failed)}")


def _measured(failed: Unsupported) -> str:
    if failed.coverage is None or failed.cosine is None:
        return ""
    return f" (coverage {failed.coverage:.2f}, cosine {failed.cosine:.2f})"


def _ended(explained: Explanation) -> Iterator[RenderableType]:
    answer = explained.answer
    if answer is None:
        return
    yield from _title_of("Outcome")
    yield _line(f"{answer.outcome.value}: {_one_line(explained.why)}")
    if answer.text:
        yield Padding(Text(safe(answer.text)), (0, 0, 0, 4))
    if answer.adapter:
        yield _line(f"written with the adapter {_one_line(answer.adapter)}")
    if answer.timings_ms:
        timings = answer.timings_ms.items()
        yield _line(", ".join(f"{_TIMINGS.get(name, name)} {ms:,.0f} ms" for name, ms in timings))


def _title_of(name: str) -> Iterator[RenderableType]:
    yield Text()
    yield _title(name)


def _title(text: str) -> Text:
    return Text(safe(text), "bold")


def _line(text: str) -> RenderableType:
    return Padding(Text(safe(text)), (0, 0, 0, 2))


def _dim(text: str) -> Text:
    return Text(safe(text), "dim")


def _table(*, expand: bool = False) -> Table:
    return Table(box=None, padding=(0, 2, 0, 0), expand=expand, header_style="dim", pad_edge=False)


def _one_line(text: str) -> str:
    return " ".join(safe(text).split())
