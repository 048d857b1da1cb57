"""What a person is told when something goes wrong.

    FootnoteError             base; its text is one sentence that says what happened and what to do
    ├── SettingsError         footnote.toml or an environment variable is wrong or missing
    └── UnavailableError      a model, an index or a source cannot be used now

The packages below have error bases of their own, which `told` turns into a FootnoteError at the
edge of the program. Anything else is a defect and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from footnote.connectors.base import ConnectorError
from footnote.models.errors import ModelError
from footnote.retrieval.errors import RetrievalError


class FootnoteError(Exception):
    """A sentence for a person; the command line prints it and exits with 1."""


class SettingsError(FootnoteError):
    """The settings cannot be used."""


class UnavailableError(FootnoteError):
    """Something that the work needs is not there."""


@contextmanager
def told() -> Iterator[None]:
    """Turn the error bases of the lower packages into the user's sentence."""
    try:
        yield
    except (ConnectorError, ModelError, RetrievalError) as error:
        raise UnavailableError(str(error)) from error
