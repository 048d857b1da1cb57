"""On which line each key of a settings file stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from hypothesis import strategies as st

from footnote.bot.settings.file import Key, SettingsFile
from tests.properties import holds_for

NAMES = st.sampled_from(["a", "b", "kind", '"odd name"', "'x.y'", "z-1"])
VALUES = st.sampled_from(
    [
        "1",
        '"# no remark"',
        '"""\n[a]\nb = 2\n"""',
        "'''\n\n'''",
        "[1,\n  2, # two\n\n]",
        "[\n]",
        '{ b = 1, c = "]" }',
        "2026-01-02",
    ]
)
FILLING = st.sampled_from(["", "# a = 1", "  ", "\t# [table]"])


@st.composite
def _documents(draw: st.DrawFn) -> tuple[str, dict[Key, int]]:
    """A TOML text, and the line of each key that was written into it."""
    lines: list[str] = []
    places: dict[Key, int] = {}
    tables = draw(st.lists(NAMES, max_size=3, unique=True))
    for table in [None, *tables]:
        above: Key = ()
        if table is not None:
            above = ("t", _name(table))
            places[above] = len(lines) + 1
            lines.append(f"[t.{table}]")
        for name in draw(st.lists(NAMES, max_size=3, unique=True)):
            lines.extend(draw(st.lists(FILLING, max_size=2)))
            places[*above, _name(name)] = len(lines) + 1
            lines.extend(f"{name} = {draw(VALUES)}".split("\n"))
    return "\n".join(lines) + "\n", places


def _name(written: str) -> str:
    return written.strip("\"'")


@holds_for(_documents())
def test_every_key_is_found_on_its_line(document: tuple[str, dict[Key, int]]) -> None:
    """Remarks, strings and lists over several lines, and odd names do not lead astray."""
    text, places = document
    file = SettingsFile(Path("footnote.toml"), text, tomllib.loads(text))
    assert {key: file.line(key) for key in places} == places


def _lines(text: str, *keys: Key) -> Iterator[int | None]:
    file = SettingsFile(Path("footnote.toml"), text, tomllib.loads(text))
    return (file.line(key) for key in keys)


def test_what_is_missing_belongs_to_its_table() -> None:
    """The line of a key that is not there is that of the nearest table above it."""
    text = "\n[sources.a]\nx = 1\n\n[sources.b]\n"
    assert list(_lines(text, ("sources", "b", "audience"), ("answer", "gate"))) == [5, None]


def test_keys_inside_a_value_stand_where_the_value_begins() -> None:
    """Inline tables and items of lists have the line of their key."""
    text = 'a = 1\nb = { c = 1 }\nd = [\n  "x",\n  "y",\n]\ne.f = 1\n'
    keys: list[Key] = [("b", "c"), ("d", 1), ("e",), ("e", "f")]
    assert list(_lines(text, *keys)) == [2, 3, 7, 7]
