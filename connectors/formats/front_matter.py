"""The YAML block at the top of a Markdown file."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from footnote.connectors.formats.titles import one_line

_LONGEST = 64_000
_BLOCK = re.compile(r"\A---[ \t]*\n(?P<yaml>(?:[^\n]*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_KEY_LINE = re.compile(r"\s*(?:#[^\n]*\n\s*)*[\w\"'-][^:\n]*:(?:\s|\Z)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the block says about the document."""

    title: str | None = None
    author: str | None = None


def split(text: str) -> tuple[FrontMatter, str]:
    """Takes the front matter off a text.

    A block that is not valid YAML still gives the title and author that stand on lines of their
    own. Text between two rules that holds no keys is text.
    """
    block = _BLOCK.match(text[:_LONGEST])
    if block is None:
        return FrontMatter(), text
    source, body = block["yaml"], text[block.end() :]
    try:
        # BaseLoader makes strings of all scalars, so that "title: 2024" or "title: No" stays what
        # a person wrote; its C twin crashes the process on deep nesting.
        values = yaml.load(source, Loader=yaml.BaseLoader)  # noqa: S506 - it builds no objects
    except (yaml.YAMLError, RecursionError):
        values = _lines(source) if _KEY_LINE.match(source) else None
    if isinstance(values, dict):
        return FrontMatter(_words(values.get("title")), _author(values)), body
    return FrontMatter(), body if not source.strip() else text


def _lines(source: str) -> dict[str, str]:
    found = re.findall(r"^(title|author):[ \t]*([^\n]+)$", source, re.MULTILINE)
    return {key: value.strip().strip("\"'") for key, value in found}


def _words(value: object) -> str | None:
    return (one_line(value) or None) if isinstance(value, str) else None


def _author(values: dict[object, object]) -> str | None:
    value = values.get("author", values.get("authors"))
    people = value if isinstance(value, list) else [value]
    names = [
        _words(person.get("name") if isinstance(person, dict) else person) for person in people
    ]
    return one_line(", ".join(name for name in names if name)) or None
