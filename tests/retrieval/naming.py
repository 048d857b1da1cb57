"""Candidates that stand in no index: only what they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from footnote.retrieval.candidates import Pool
from footnote.retrieval.reading import Keys


class Named:
    """What passages and their documents are called.

    Args:
        owners: The document of each passage, by their ids.
    """

    def __init__(self, owners: Mapping[str, str]) -> None:
        self.ids: Sequence[str] = list(owners)
        self.documents: Sequence[str] = list(dict.fromkeys(owners.values()))
        self._owners = [self.documents.index(document) for document in owners.values()]

    def owners(self, keys: Keys) -> Keys:
        """The document of each of these passages."""
        return np.array(self._owners, np.intp)[keys]


def pool_of(owners: Mapping[str, str]) -> Pool:
    """The pool of passages whose documents are given, by their ids."""
    return Pool.of(Named(owners), np.arange(len(owners)))
