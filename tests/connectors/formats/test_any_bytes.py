"""Every reader, given any bytes at all, returns clean text or says why it cannot."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footnote.connectors.formats import READERS, read
from footnote.connectors.formats.base import FormatError
from tests.connectors.samples import leave_policy, notebook, pdf

_WHOLE = {
    "pdf": pdf([["A page of text."], ["And another one."]]),
    "docx": leave_policy(),
    "ipynb": notebook({"cell_type": "code", "source": "1", "outputs": [{"text": "1"}]}),
    "html": b"<h1 id=a>T</h1><table><tr><td colspan=2>x</table><ol start=3><li>y</ol><pre>z</pre>",
    "csv": b'a,b\n"c\nd",e\n',
    "md": b"---\ntitle: T\n---\n# A {#b}\n[x]({% y %}) `z`\n```\n{{ a }}\n```\n",
    "rst": b"=====\nTitle\n=====\n:ref:`x`\n",
    "txt": b"Text.\n",
    "py": b"x = 1\n",
}
_SUFFIXES = sorted(_WHOLE)


def check(raw: bytes, suffix: str) -> None:
    """Reads, and looks at what must hold for any text that comes out."""
    try:
        parsed = read(raw, f"a.{suffix}")
    except FormatError as error:
        assert error.reason.startswith("it")  # noqa: PT017 - either outcome is right
        return
    assert parsed.text.strip()
    for words in (parsed.text, parsed.title or "", parsed.author or ""):
        words.encode("utf-8")
        assert not {"\x00", "\r", "\ufeff"} & set(words)
    starts = [mark.start for mark in parsed.marks]
    assert starts == sorted(starts)
    assert all(0 <= start < len(parsed.text) for start in starts)


def test_every_reader_is_tried() -> None:
    """The samples cover every reader."""
    assert {READERS[suffix] for suffix in _SUFFIXES} == set(READERS.values())


@pytest.mark.parametrize("suffix", _SUFFIXES)
@settings(max_examples=30, deadline=None)
@given(raw=st.binary(max_size=400))
def test_any_bytes(suffix: str, raw: bytes) -> None:
    """Bytes of no format at all."""
    check(raw, suffix)


@pytest.mark.parametrize("suffix", _SUFFIXES)
@settings(max_examples=30, deadline=None)
@given(text=st.text(st.sampled_from("<>/=\"'{}%#[]()`~-*|:;,&!\n \\aé0\ud7ff"), max_size=200))
def test_any_markup(suffix: str, text: str) -> None:
    """Text made of the characters that formats care about."""
    check(text.encode(), suffix)


@pytest.mark.parametrize("suffix", _SUFFIXES)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_damage(suffix: str, data: st.DataObject) -> None:
    """A good file, cut and with some bytes overwritten."""
    whole = bytearray(_WHOLE[suffix])
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, max(len(whole) - 1, 0)))
        whole[place : place + 3] = data.draw(st.binary(max_size=6))
    check(bytes(whole[: data.draw(st.integers(0, len(whole)))]), suffix)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_damage_inside_a_word_document(data: st.DataObject) -> None:
    """A sound package whose XML parts are damaged."""
    source = zipfile.ZipFile(io.BytesIO(_WHOLE["docx"]))
    names = ["word/document.xml", "word/styles.xml", "word/numbering.xml", "docProps/core.xml"]
    damaged = data.draw(
        st.sampled_from([*names, "[Content_Types].xml", "word/_rels/document.xml.rels"])
    )
    content = bytearray(source.read(damaged))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=10))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name in source.namelist():
            package.writestr(name, bytes(content) if name == damaged else source.read(name))
    check(file.getvalue(), "docx")
