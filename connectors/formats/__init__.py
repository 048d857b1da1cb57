"""Readers of file formats, one file a format, each loaded when its first file is read."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from footnote.connectors.formats.base import FormatError, Parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUFFIXES_OF_READERS = {
    "markdown": "md markdown mdown mkd mdx qmd rmd",
    "html": "html htm xhtml",
    "text": "txt text adoc asciidoc org",
    "rst": "rst rest",
    "pdf": "pdf",
    "docx": "docx",
    "csv": "csv tsv",
    "notebook": "ipynb",
    "code": (
        "py pyi js mjs cjs jsx ts tsx java kt kts scala groovy go rs c h cc cpp cxx hh hpp cs fs "
        "swift m rb php pl lua r jl ex exs erl hs clj dart sh bash zsh fish ps1 bat sql graphql "
        "proto tf hcl nix yaml yml toml ini cfg vue svelte"
    ),
}

READERS: Mapping[str, str] = MappingProxyType(
    {
        suffix: reader
        for reader, suffixes in _SUFFIXES_OF_READERS.items()
        for suffix in suffixes.split()
    }
)
"""From a file's suffix, without its dot and in lower case, to the module that reads it."""


def suffix_of(name: str) -> str:
    """The suffix of a file's name or path, without its dot and in lower case; "" without one."""
    stem, dot, suffix = name.rpartition(".")
    return suffix.lower() if dot and stem else ""


def read(raw: bytes, name: str) -> Parsed:
    """Turns a file's bytes into text with what its format says about it.

    Args:
        raw: The whole content of the file.
        name: Its path within the source; the suffix chooses the reader.

    Raises:
        FormatError: No text can be had from these bytes.
    """
    reader = READERS.get(suffix_of(name))
    if reader is None:
        raise FormatError("it is of a format that cannot be read")
    parsed: Parsed = import_module(f"{__name__}.{reader}").read(raw, name)
    if not parsed.text.strip():
        raise FormatError("it has no text")
    return parsed
