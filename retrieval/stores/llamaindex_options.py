"""A vector store of LlamaIndex as the settings describe it, and how it is made from that."""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from llama_index.core.vector_stores.types import BasePydanticVectorStore

from footnote.retrieval.errors import StoreError

ENVIRONMENT, CALL, POSITIONAL = "env", "call", "positional"
"""The keys of a table that stands for a variable of the environment, or for what a call gives."""

INTEGRATIONS = "llama_index.vector_stores."


@dataclass(frozen=True, slots=True)
class VectorStoreOptions:
    """Which vector store, and how it is used.

    Attributes:
        vector_store: The path of its class, or of a class's method that makes one.
        arguments: What it is made with. A table `{env = "NAME"}` stands for that variable of the
            environment, `{call = "module.name", ...}` for what the call with the other keys gives;
            `positional` among them is a list of arguments without names.
        keeps: Whether it keeps what it is given. One that holds all in this process's memory does
            not, and is filled in each process anew.
        timeout_s: Seconds after which a request that is not answered fails.
    """

    vector_store: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    keeps: bool = True
    timeout_s: float = 60.0

    @property
    def name(self) -> str:
        """What a person calls it: "QdrantVectorStore"."""
        parts = self.vector_store.split(".")
        return next((part for part in reversed(parts) if part[:1].isupper()), parts[-1])

    @property
    def fingerprint(self) -> str:
        """Differs where another vector store is meant; it tells nothing of secrets."""
        meant = repr((self.vector_store, self.arguments))
        return blake2b(meant.encode(), digest_size=16).hexdigest()

    @property
    def secrets(self) -> list[str]:
        """The values from the environment, which no message may show."""
        found = (os.environ.get(name, "") for name in _variables(self.arguments))
        return [value for value in found if value]


def make_vector_store(options: VectorStoreOptions) -> BasePydanticVectorStore:
    """Make the vector store.

    Raises:
        StoreError: Its package is missing, its path or its arguments are wrong, or it cannot be
            reached.
    """
    maker = _named(options.vector_store)
    arguments = _value(dict(options.arguments))
    try:
        made = maker(**arguments)
    except Exception as error:
        raise StoreError(
            f"The vector store {options.name} cannot be made ({told(error, options)}): correct "
            "arguments under [llamaindex], or start its server."
        ) from error
    if not isinstance(made, BasePydanticVectorStore):
        raise StoreError(
            f"{options.vector_store} is no vector store of LlamaIndex: correct vector_store under "
            "[llamaindex]."
        )
    return made


def told(error: Exception, options: VectorStoreOptions) -> str:
    """What an error says, on one line, shortened, and without any secret."""
    said = " ".join(str(error).split()).rstrip(".")
    for secret in options.secrets:
        said = said.replace(secret, "…")
    return f"{type(error).__name__}: {said[:300]}" if said else type(error).__name__


def _named(path: str) -> Any:
    """What a path names: a class, a method of it, or a function of a module."""
    parts = path.split(".")
    inside = next((place for place, part in enumerate(parts) if part[:1].isupper()), -1)
    module = ".".join(parts[:inside])
    try:
        return pkgutil.resolve_name(f"{module}:{path.removeprefix(f'{module}.')}")
    except ImportError as error:
        raise StoreError(
            f"{path} cannot be imported ({error}): {_install(module)}, or correct it under "
            "[llamaindex]."
        ) from error
    except (AttributeError, ValueError) as error:
        raise StoreError(
            f"There is no {path} in the installed package: correct it under [llamaindex]."
        ) from error


def _install(module: str) -> str:
    integration = module.removeprefix(INTEGRATIONS)
    if integration == module:
        return "install the package that has it"
    name = integration.split(".")[0].replace("_", "-")
    return f"`pip install llama-index-vector-stores-{name}`"


def _value(given: Any) -> Any:
    """A value of the arguments, with environment and calls in their places."""
    if isinstance(given, list):
        return [_value(item) for item in given]
    if not isinstance(given, Mapping):
        return given
    if set(given) == {ENVIRONMENT}:
        return _variable(str(given[ENVIRONMENT]))
    values = {key: _value(item) for key, item in given.items()}
    if CALL not in values:
        return values
    maker = _named(str(values.pop(CALL)))
    positional = values.pop(POSITIONAL, [])
    return maker(*positional, **values)


def _variable(name: str) -> str:
    if name not in os.environ:
        raise StoreError(
            f"The environment variable {name} is not set, which arguments under [llamaindex] "
            "name: set it."
        )
    return os.environ[name]


def _variables(given: Any) -> Iterator[str]:
    if isinstance(given, list):
        for item in given:
            yield from _variables(item)
    elif isinstance(given, Mapping):
        if set(given) == {ENVIRONMENT}:
            yield str(given[ENVIRONMENT])
        for item in given.values():
            yield from _variables(item)
