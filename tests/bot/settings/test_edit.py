"""Setting keys in a settings file without touching anything else."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.bot.errors import SettingsError
from footnote.bot.settings.edit import lines_for, with_values

EXAMPLE = files("footnote.bot").joinpath("example.toml").read_text(encoding="utf-8")
VALUES = {("answer", "generator"): "gguf", ("gguf", "path"): "/models/a.gguf"}


def parsed(text: str) -> dict[str, Any]:
    """What a file says."""
    return tomllib.loads(text)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("", '[answer]\ngenerator = "gguf"\n\n[gguf]\npath = "/models/a.gguf"\n'),
        (
            '[answer]\ngenerator = "quote"  # as ever\npassages = 3\n[gguf]\npath = "b"\n',
            '[answer]\ngenerator = "gguf"\npassages = 3\n[gguf]\npath = "/models/a.gguf"\n',
        ),
        (
            '[gguf] # local\n[answer]\n# What writes.\n#generator = "quote"\n# More.\n',
            (
                '[gguf] # local\npath = "/models/a.gguf"\n'
                '[answer]\n# What writes.\ngenerator = "gguf"\n# More.\n'
            ),
        ),
        (
            'data = "x"\n[sources.answer]\ngenerator = "mine"\n',
            (
                'data = "x"\n[sources.answer]\ngenerator = "mine"\n\n'
                '[answer]\ngenerator = "gguf"\n\n[gguf]\npath = "/models/a.gguf"\n'
            ),
        ),
    ],
)
def test_only_the_keys_change(text: str, changed: str) -> None:
    """A line is replaced where the key stands or its default is shown, and added elsewhere."""
    assert with_values(text, VALUES) == changed
    assert with_values(changed, VALUES) == changed


def test_the_example_keeps_its_remarks() -> None:
    """What init writes differs in the two lines alone, and lacks none."""
    before, after = EXAMPLE.splitlines(), with_values(EXAMPLE, VALUES).splitlines()
    assert len(before) == len(after)
    different = [new for old, new in zip(before, after, strict=True) if old != new]
    assert different == ['generator = "gguf"', 'path = "/models/a.gguf"']


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_can_be_a_value(value: str) -> None:
    """Quotes, backslashes, line breaks and signs of control come out as they were."""
    changed = with_values(EXAMPLE, {("gguf", "path"): value})
    assert parsed(changed)["gguf"]["path"] == value
    assert {**parsed(changed), "gguf": {}} == {**parsed(EXAMPLE), "gguf": {}}


@pytest.mark.parametrize(
    "text",
    [
        'answer.generator = "quote"\n',
        'answer = { generator = "quote" }\n',
        '[answer]\n"generator" = "quote"\n',
        "[answer]\ngenerator = '''\nquote'''\n",
        'data = """\n[answer]\n"""\n',
    ],
)
def test_what_cannot_be_changed_safely_is_left_to_a_person(text: str) -> None:
    """A file that is written in another way stays as it is, with the lines to write."""
    with pytest.raises(SettingsError, match="set this by hand") as caught:
        with_values(text, VALUES)
    assert str(caught.value).endswith("\n".join(lines_for(VALUES)))
