"""Who may see a passage, as a property of it and as a filter of a query.

A passage carries the labels of its document's restrictions, each behind "=", so that no label can
be taken for one of these three:

open      its document has no restrictions
nobody    nobody can carry any of its labels, so admins see it
groups    only groups could; where the settings have none of them, admins see it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from weaviate.classes.query import Filter
from weaviate.collections.classes.filters import _Filters as Filters

from footnote.retrieval.readers import ADMINS, EVERYONE, GROUP, Readers, is_platform_label
from footnote.retrieval.stores.weaviate_text import quoted

OPEN, NOBODY, GROUPS = "open", "nobody", "groups"


def marks(restrictions: frozenset[str] | None) -> list[str]:
    """What a passage carries in its property `readers`."""
    if restrictions is None:
        return [OPEN]
    labels = _labels(restrictions)
    if any(_may_be_carried(label) for label in restrictions):
        return labels
    grouped = any(label.startswith(GROUP) for label in restrictions)
    return [*labels, GROUPS if grouped else NOBODY]


def visible(readers: Readers, audiences: Mapping[str, frozenset[str]]) -> Filters | None:
    """The filter that lets through exactly what `readers` may see, as `Readers.may_see` says it.

    Args:
        readers: Who asks; not unrestricted.
        audiences: Who may see each source.

    Returns:
        None where they may see nothing at all.
    """
    sources = [
        quoted(source)
        for source, audience in audiences.items()
        if not readers.labels.isdisjoint(audience)
    ]
    if not sources:
        return None
    return Filter.by_property("source").contains_any(sources) & _met(readers)


def _met(readers: Readers) -> Filters:
    carried = [OPEN, *_labels(readers.labels)]
    if ADMINS not in readers.labels:
        return Filter.by_property("readers").contains_any(carried)
    met: Filters = Filter.by_property("readers").contains_any([*carried, NOBODY])
    if readers.groups is None:
        return met
    unmet: Filters = Filter.by_property("readers").equal(GROUPS)
    if readers.groups:
        unmet &= Filter.by_property("readers").contains_none(_labels(readers.groups))
    return met | unmet


def _labels(labels: Iterable[str]) -> list[str]:
    return [f"={quoted(label)}" for label in sorted(labels)]


def _may_be_carried(label: str) -> bool:
    return label in {EVERYONE, ADMINS} or is_platform_label(label)
