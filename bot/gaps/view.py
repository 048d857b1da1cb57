"""The gap report for a terminal: from its groups to what rich can print, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from footnote.bot.gaps.groups import GapGroup, NearDocument
from footnote.bot.moments import aware
from footnote.bot.platforms.terminal_text import safe
from footnote.bot.syncing.words import age, counted
from footnote.retrieval.readers import EVERYONE

OTHERS = 5
"""So many other questions of a group are shown, as far as their words differ."""

ADMINS_ONLY = "admins only"


def shown(groups: Sequence[GapGroup], alike: float, now: datetime) -> Iterator[RenderableType]:
    """Everything there is to print of a report, from top to bottom.

    Args:
        groups: The groups in their order.
        alike: The cosine that groups were made by.
        now: What time it is.
    """
    asked = sum(len(group.gaps) for group in groups)
    yield Text(
        f"{counted(asked, 'question')} that the sources did not answer, in "
        f"{counted(len(groups), 'group')}; alike means a cosine of at least {alike:.2f} to the "
        "first of a group."
    )
    for group in groups:
        yield Text()
        yield from _group(group, now)


def _group(group: GapGroup, now: datetime) -> Iterator[RenderableType]:
    first, *others = dict.fromkeys(_one_line(gap.text) for gap in group.gaps)
    yield Text(f"{counted(len(group.gaps), 'time')}: {first}", "bold")
    yield _line(_ages(group, now) + _audience(group), "dim")
    for text in others[:OTHERS]:
        yield _line(f"also: {text}")
    if len(others) > OTHERS:
        yield _line(f"and in {counted(len(others) - OTHERS, 'other way')}", "dim")
    for near in group.nearest:
        yield _line(_near(near, group))


def _ages(group: GapGroup, now: datetime) -> str:
    first, last = age(aware(group.first), now), age(aware(group.last), now)
    return last if first == last else f"first {first}, last {last}"


def _audience(group: GapGroup) -> str:
    if group.admins_only:
        return f"; {ADMINS_ONLY}"
    narrow = sorted((group.known_to or frozenset()) - {EVERYONE})
    return f"; only for {_one_line(' with '.join(narrow))}" if narrow else ""


def _near(near: NearDocument, group: GapGroup) -> str:
    passage = near.passage
    often = f" ({near.questions} of them)" if len(group.gaps) > 1 else ""
    hidden = f" [{ADMINS_ONLY}]" if near.admins_only else ""
    where = passage.url or passage.document_id
    return _one_line(f"near: {passage.title}, {where}{often}{hidden}")


def _line(text: str, style: str = "") -> RenderableType:
    return Padding(Text(text, style), (0, 0, 0, 4))


def _one_line(text: str) -> str:
    return " ".join(safe(text).split())
