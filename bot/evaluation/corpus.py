"""A corpus of evaluation data as a source, so that the product's own sync indexes it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Collection, Sequence

from footnote.bot.evaluation.beir import CorpusText
from footnote.connectors.base import Document, DocumentError, DocumentRef, Syntax
from footnote.retrieval.readers import EVERYONE, Readers

SOURCE = "eval"
"""The name of the one source of a workbench."""

_PREFIX = f"{SOURCE}:"


class CorpusConnector:
    """The documents of a corpus.

    Their syntax is plain text, and nothing is guessed: a corpus is what somebody else has already
    taken out of its markup, where a line that begins with "#" or "-" is as likely a comment or a
    signature as a heading or a list. A text that is blank is replaced by its title, so that the
    document can be found at all.

    Each document is restricted to a label of its own, which is its id, so that `readers_without`
    can make any document invisible; admins see them all.
    """

    def __init__(self, corpus: Sequence[CorpusText]) -> None:
        self._texts = {document_id(text.id): text for text in corpus}

    async def list(self) -> AsyncIterator[DocumentRef]:
        """Every document, with the hash of its title and text as its version."""
        for id_, text in self._texts.items():
            yield DocumentRef(id_, _version(text))

    async def fetch(self, document_id: str) -> Document:
        """One document.

        Raises:
            DocumentError: The corpus does not hold it.
        """
        text = self._texts.get(document_id)
        if text is None:
            raise DocumentError(document_id, "it is not in the corpus")
        return Document(
            id=document_id,
            source=SOURCE,
            version=_version(text),
            text=text.text if text.text.strip() else text.title,
            title=text.title,
            syntax=Syntax.TEXT,
            restrictions=frozenset({document_id}),
        )


def readers_without(corpus: Sequence[CorpusText], hidden: Collection[str]) -> Readers:
    """Readers who may see every document of the corpus but the hidden ones, by corpus ids."""
    seen = (document_id(text.id) for text in corpus if text.id not in hidden)
    return Readers(frozenset({EVERYONE, *seen}))


def document_id(corpus_id: str) -> str:
    """The index's id of a document of the corpus."""
    return _PREFIX + corpus_id


def corpus_id(document_id: str) -> str:
    """The corpus' id of a document of the index."""
    return document_id.removeprefix(_PREFIX)


def _version(text: CorpusText) -> str:
    content = f"{text.title}\x00{text.text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=16).hexdigest()
