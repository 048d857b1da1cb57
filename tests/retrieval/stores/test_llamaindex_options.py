"""A vector store is made from its class path, with what the environment and calls give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from llama_index.core.vector_stores.simple import SimpleVectorStore

from footnote.retrieval.errors import StoreError
from footnote.retrieval.stores.llamaindex import open_store
from footnote.retrieval.stores.llamaindex_options import (
    VectorStoreOptions,
    make_vector_store,
)
from tests.retrieval.stores.corpus import DIMENSION
from tests.retrieval.stores.vector_stores import faiss

SIMPLE = "llama_index.core.vector_stores.simple.SimpleVectorStore"
HERE = __name__


class Demanding(SimpleVectorStore):
    """One that wants arguments, and tells them all when it does not like one."""

    def __init__(self, *, key: str, numbers: list[int], made: dict[str, Any]) -> None:
        super().__init__()
        if key == "wrong":
            message = f"not with {key}"
            raise PermissionError(message)
        self._given = (key, numbers, made)

    @classmethod
    def from_params(cls, key: str) -> Demanding:
        """Another way to make one."""
        return cls(key=key, numbers=[], made={})


def test_arguments_come_from_the_environment_and_from_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Tables stand for variables and calls, also within others; the rest is taken as it is."""
    monkeypatch.setenv("KEY", "secret")
    arguments = {
        "key": {"env": "KEY"},
        "numbers": [1, {"call": "builtins.int", "positional": ["2"]}],
        "made": {"call": "builtins.dict", "inner": {"env": "KEY"}, "other": {"as": "it is"}},
    }
    made = make_vector_store(VectorStoreOptions(f"{HERE}.Demanding", arguments))
    assert isinstance(made, Demanding)
    assert made._given == ("secret", [1, 2], {"inner": "secret", "other": {"as": "it is"}})


def test_a_method_of_the_class_can_make_it() -> None:
    """Some are made by a method such as from_params; the class names it all the same."""
    options = VectorStoreOptions(f"{HERE}.Demanding.from_params", {"key": "k"})
    assert isinstance(make_vector_store(options), Demanding)
    assert options.name == "Demanding"


@pytest.mark.parametrize(
    ("path", "arguments", "said"),
    [
        (
            "llama_index.vector_stores.nowhere.NowhereVectorStore",
            {},
            r"cannot be imported .* `pip install llama-index-vector-stores-nowhere`",
        ),
        ("nowhere.at.All", {}, r"cannot be imported .* install the package that has it"),
        (f"{SIMPLE}Wrong", {}, r"There is no .*SimpleVectorStoreWrong in the installed package"),
        ("pathlib.Path", {}, r"pathlib.Path is no vector store of LlamaIndex"),
        (f"{HERE}.Demanding", {}, r"Demanding cannot be made \(TypeError.*correct arguments"),
        (SIMPLE, {"data": {"env": "NOT_SET"}}, r"variable NOT_SET is not set"),
    ],
)
def test_what_is_wrong_is_one_sentence(path: str, arguments: dict[str, Any], said: str) -> None:
    """Each says what to do: install, correct, or set."""
    with pytest.raises(StoreError, match=said) as raised:
        make_vector_store(VectorStoreOptions(path, arguments))
    assert "\n" not in str(raised.value)


def test_no_sentence_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an error quotes of the environment is left out; the fingerprint does not hold it."""
    arguments = {"key": {"env": "KEY"}, "numbers": [], "made": {}}
    options = VectorStoreOptions(f"{HERE}.Demanding", arguments)
    before = options.fingerprint
    monkeypatch.setenv("KEY", "wrong")
    with pytest.raises(StoreError, match="not with …") as raised:
        make_vector_store(options)
    assert "wrong" not in str(raised.value)
    assert options.fingerprint == before


async def test_what_is_wrong_shows_when_the_index_is_opened(tmp_path: Path) -> None:
    """Nobody has to wait for the first question to learn of it."""
    with pytest.raises(StoreError, match="no vector store"):
        async with open_store(tmp_path / "index.db", VectorStoreOptions("pathlib.Path")):
            pass
    async with open_store(tmp_path / "index.db", faiss(DIMENSION)) as store:
        assert (await store.stats()).passages == 0
