"""A reader of LlamaIndex: made from the settings, and run in a thread."""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import Document as LlamaDocument

from footnote.connectors.base import SourceError

_ENVIRONMENT = "env"
_PACKAGES = "llama_index.readers."


class Reader:
    """Loads documents; its methods block.

    Args:
        source: The name of the configured source.
        path: The path of the reader's class.
        arguments: What it is made with; `{env = "NAME"}` stands for a variable.
        load: What it is told when it loads, likewise.
    """

    def __init__(
        self, source: str, path: str, arguments: Mapping[str, Any], load: Mapping[str, Any]
    ) -> None:
        self._source = source
        self._path = path
        self._arguments = arguments
        self._load = load

    def documents(self) -> Iterator[LlamaDocument]:
        """What it loads, one after the other where the reader can.

        Raises:
            SourceError: Its package is missing, its path or an argument is wrong, or it failed.
        """
        made, load = self._made(), self._value(dict(self._load))
        try:
            yield from _loaded(made, load)
        except Exception as error:
            raise SourceError(
                f"Source {self._source} cannot be listed, as its reader failed "
                f"({self._told(error)}): check arguments and load."
            ) from error

    def _made(self) -> BaseReader:
        module, _, name = self._path.rpartition(".")
        try:
            kind = pkgutil.resolve_name(f"{module}:{name}")
        except ImportError as error:
            raise SourceError(
                f"The reader {self._path} of source {self._source} cannot be imported ({error}): "
                f"{_install(module)}."
            ) from error
        except AttributeError as error:
            raise SourceError(
                f"The reader of source {self._source} is not in its package: correct reader, "
                f"which is {self._path}."
            ) from error
        arguments = self._value(dict(self._arguments))
        try:
            made = kind(**arguments)
        except Exception as error:
            raise SourceError(
                f"The reader of source {self._source} cannot be made ({self._told(error)}): "
                "correct arguments."
            ) from error
        if not isinstance(made, BaseReader):
            raise SourceError(
                f"{self._path} is no reader of LlamaIndex: correct reader of source {self._source}."
            )
        return made

    def _value(self, given: Any) -> Any:
        """A value of the settings, with the environment's in their places."""
        if isinstance(given, list):
            return [self._value(item) for item in given]
        if not isinstance(given, Mapping):
            return given
        if set(given) != {_ENVIRONMENT}:
            return {key: self._value(item) for key, item in given.items()}
        name = str(given[_ENVIRONMENT])
        if name not in os.environ:
            raise SourceError(
                f"The environment variable {name} is not set, which source {self._source} names: "
                "set it."
            )
        return os.environ[name]

    def _told(self, error: Exception) -> str:
        """What an error says, on one line, shortened, and without any secret."""
        said = " ".join(str(error).split()).rstrip(".")
        for name in _variables([self._arguments, self._load]):
            if secret := os.environ.get(name):
                said = said.replace(secret, "…")
        return f"{type(error).__name__}: {said[:300]}" if said else type(error).__name__


def _loaded(reader: BaseReader, load: Mapping[str, Any]) -> Iterable[LlamaDocument]:
    if type(reader).lazy_load_data is BaseReader.lazy_load_data:
        return reader.load_data(**load)
    return reader.lazy_load_data(**load)


def _install(module: str) -> str:
    package = module.removeprefix(_PACKAGES).split(".")[0].replace("_", "-")
    if not module.startswith(_PACKAGES):
        return "install the package that has it, or correct reader"
    return f"`pip install llama-index-readers-{package}`, or correct reader"


def _variables(given: Any) -> Iterator[str]:
    if isinstance(given, list):
        for item in given:
            yield from _variables(item)
    elif isinstance(given, Mapping):
        if set(given) == {_ENVIRONMENT}:
            yield str(given[_ENVIRONMENT])
        for item in given.values():
            yield from _variables(item)
