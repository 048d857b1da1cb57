"""The settings in the code, in docs/settings.md and in footnote.toml.example are the same."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings, SourceSettings
from footnote.bot.syncing.sources import open_connectors
from footnote.connectors.discord_history.settings import DiscordHistorySettings
from footnote.connectors.files_settings import FilesSettings
from footnote.connectors.git.settings import GitSettings
from footnote.connectors.github.settings import GitHubSettings
from footnote.connectors.llamaindex.settings import LlamaIndexReaderSettings
from footnote.connectors.slack_history.settings import SlackHistorySettings
from footnote.connectors.website.settings import WebsiteSettings

ROOT = Path(__file__).parents[3]
EXAMPLE = (ROOT / "footnote.toml.example").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
SOURCE = "sources.NAME"
KINDS: dict[str, type[BaseModel]] = {
    "files": FilesSettings,
    "website": WebsiteSettings,
    "git": GitSettings,
    "github": GitHubSettings,
    "slack_history": SlackHistorySettings,
    "discord_history": DiscordHistorySettings,
    "llamaindex": LlamaIndexReaderSettings,
}
GROUP = ("groups", "NAME")
NOTHING = "none"
REQUIRED = "required"


def _keys(model: type[BaseModel], table: str = "") -> dict[tuple[str, str], Any]:
    """Each key by its table and name, with its default as settings.md writes it."""
    found: dict[tuple[str, str], Any] = {}
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found |= _keys(inner, name)
        elif field.is_required():
            found[table, name] = REQUIRED
        elif name == "groups":
            found[GROUP] = NOTHING
        elif name != "sources":
            default = field.get_default(call_default_factory=True)
            found[table, name] = NOTHING if default is None else f"`{_toml(default)}`"
    return found


def _toml(value: object) -> str:
    if isinstance(value, str | Path):
        return json.dumps(str(value))
    return json.dumps(value)


CODE = _keys(Settings) | _keys(SourceSettings, SOURCE)
for _kind, _model in KINDS.items():
    CODE |= _keys(_model, f"{SOURCE} {_kind}")


def test_the_reference_has_every_key_with_its_default() -> None:
    """docs/settings.md lists exactly the keys that there are, below their tables."""
    written: dict[tuple[str, str], str] = {}
    table = ""
    for line in REFERENCE.splitlines():
        if heading := re.fullmatch(r"## (?:\[(.+)\]|.+)", line):
            table = heading.group(1) or ""
        elif kind := re.fullmatch(r'### Kind "(\w+)"', line):
            table = f"{SOURCE} {kind.group(1)}"
        elif row := re.fullmatch(r"\| `(\w+)` \| (.+?) \| (.+) \|", line):
            assert (table, row.group(1)) not in written
            written[table, row.group(1)] = row.group(2)
    assert written == CODE


UNCOMMENTED = re.sub(r"(?m)^#(?=\w+ = |\[)", "", EXAMPLE)
"""The example with every key and table that it has in a remark taken into use."""


def _of_source(kind: str, key: str) -> tuple[str, str]:
    """Where a key of a source of some kind is described: with all kinds, or with its own."""
    own = (f"{SOURCE} {kind}", key)
    return own if own in CODE else (SOURCE, key)


def test_the_example_has_every_key() -> None:
    """footnote.toml.example lists exactly the keys that there are."""
    written: set[tuple[str, str]] = set()
    for name, value in tomllib.loads(UNCOMMENTED).items():
        if name == "sources":
            written |= {
                _of_source(source["kind"], key) for source in value.values() for key in source
            }
        elif name == "groups":
            written |= {GROUP for _ in value}
        elif isinstance(value, dict):
            written |= {(name, key) for key in value}
        else:
            written.add(("", name))
    assert written == set(CODE)


def test_the_example_shows_the_defaults() -> None:
    """A key in a remark has its default, or an example where the default is nothing."""
    sources = tomllib.loads(UNCOMMENTED)["sources"]
    table = ""
    for line in UNCOMMENTED.splitlines():
        if heading := re.fullmatch(r"\[(.+)\]", line):
            table = heading.group(1)
        elif pair := re.fullmatch(r"(\w+) = (.+)", line):
            name, _, source = table.partition(".")
            key = (table, pair.group(1))
            if name == "sources":
                key = _of_source(sources[source]["kind"], pair.group(1))
            default = CODE[GROUP if table == "groups" else key]
            assert default in {REQUIRED, NOTHING, f"`{pair.group(2)}`"}, line


def test_every_key_of_the_example_has_its_remark() -> None:
    """The line before a key says in a remark what the key does."""
    lines = EXAMPLE.splitlines()
    for before, line in pairwise(lines):
        if re.match(r"#?\w+ = ", line):
            assert re.match(r"# \S", before), line


def test_the_example_can_be_used(tmp_path: Path) -> None:
    """As it is, and with every key in it, it is accepted."""
    path = tmp_path / "footnote.toml"
    every = ["docs", "site", "code", "tracker", "talk", "chat", "notion"]
    for text, sources in ((EXAMPLE, ["docs"]), (UNCOMMENTED, every)):
        path.write_text(text, encoding="utf-8")
        assert list(open_connectors(load_settings(path))) == sources


def test_the_example_is_what_init_writes() -> None:
    """The file in the repository is the one in the package."""
    packaged = files("footnote.bot").joinpath("example.toml").read_text(encoding="utf-8")
    assert packaged == EXAMPLE


def test_the_environment_in_the_reference_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variables that settings.md shows set what it says that they set."""
    path = tmp_path / "footnote.toml"
    block = re.search(r"```toml\n(.+?)```", REFERENCE, re.DOTALL)
    assert block
    path.write_text(block.group(1), encoding="utf-8")
    variables = re.findall(r"(?m)^(FOOTNOTE_\w+)='?([^'\n]+)'?$", REFERENCE)
    assert len(variables) == 4
    for name, value in variables:
        monkeypatch.setenv(name, value)
    settings = load_settings(path)
    assert settings.log_level == "debug"
    assert settings.answer.gate == "strict"
    assert settings.sources["handbook"].audience == ("group:hr", "slack:C123")
    assert settings.members == {"hr": frozenset({"slack:U7", "discord:role:456"})}
