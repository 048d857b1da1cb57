"""Word documents: headings, lists, tables, tracked changes, properties."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from footnote.connectors.base import Syntax
from footnote.connectors.formats import read
from footnote.connectors.formats.base import FormatError
from tests.connectors.samples import leave_policy, word


def test_structure_becomes_markdown() -> None:
    """Headings, styles based on them, paragraphs, lists and tables keep order and structure."""
    document = docx.Document()
    document.add_heading("Travel", 0)
    own = document.styles.add_style("Our Section", 1)
    own.base_style = document.styles["Heading 2"]
    document.add_paragraph("Booking", style="Our Section")
    document.add_paragraph("Book early.")
    for text in ("Ask", "Book"):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("a train", style="List Bullet 2")
    document.add_paragraph("Go", style="List Number")
    table = document.add_table(2, 3)
    for cell, text in zip(table.rows[0].cells, ("Kind", "Most | least", "Note"), strict=True):
        cell.text = text
    table.cell(1, 0).merge(table.cell(1, 1)).text = "Hotel\nnight"
    table.cell(1, 2).text = "ask"
    document.add_paragraph("First again", style="List Number")
    parsed = read(word(document), "a.docx")
    assert parsed.syntax is Syntax.MARKDOWN
    assert parsed.text == (
        "# Travel\n\n## Booking\n\nBook early.\n\n"
        "1. Ask\n2. Book\n   - a train\n3. Go\n\n"
        "| Kind | Most \\| least | Note |\n| --- | --- | --- |\n| Hotel night |  | ask |\n\n"
        "1. First again\n"
    )
    assert parsed.title == "Travel"


def test_numbering_of_the_paragraph_itself() -> None:
    """A list made with Word's buttons has its level and kind in the paragraph, not in a style."""
    document = docx.Document()
    styles = {style.name: style for style in document.styles}
    wanted = {}
    for name in ("List Number", "List Bullet"):
        number = styles[name].element.find(".//{*}numId")
        wanted[name] = next(iter(number.attrib.values()))
    for name, level in (("List Number", 0), ("List Number", 0), ("List Bullet", 1)):
        paragraph = document.add_paragraph(f"{name} item")
        properties = paragraph._p.get_or_add_pPr()
        properties.append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/>'
                f'<w:numId w:val="{wanted[name]}"/></w:numPr>'
            )
        )
    text = read(word(document), "a.docx").text
    assert text == "1. List Number item\n2. List Number item\n   - List Bullet item\n"


def test_tracked_changes_and_content_controls() -> None:
    """Inserted text counts, deleted text does not, and what a content control holds is read."""
    document = docx.Document()
    paragraph = document.add_paragraph("You have ")
    paragraph._p.append(
        parse_xml(
            f"<w:del {nsdecls('w')}><w:r><w:delText>20</w:delText><w:t>20</w:t></w:r></w:del>"
        )
    )
    paragraph._p.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>25</w:t></w:r></w:ins>"))
    paragraph.add_run(" days.")
    document.element.body.insert(
        0,
        parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>Cover</w:t></w:r></w:p>"
            "</w:sdtContent></w:sdt>"
        ),
    )
    assert read(word(document), "a.docx").text == "Cover\n\nYou have 25 days.\n"


def test_properties() -> None:
    """Title and author come from the properties where there is no heading."""
    document = docx.Document()
    document.core_properties.title = "Travel guide"
    document.core_properties.author = "Ann Lee"
    document.add_paragraph("Text.")
    parsed = read(word(document), "a.docx")
    assert (parsed.title, parsed.author) == ("Travel guide", "Ann Lee")
    document.core_properties.title, document.core_properties.author = "", "python-docx"
    parsed = read(word(document), "a.docx")
    assert (parsed.title, parsed.author) == (None, None)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(512), "it is in the old Word format; save it as .docx"),
        (
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "it is encrypted with a password",
        ),
        (b"PK\x03\x04 and nothing", "it is broken, or not a Word document"),
    ],
)
def test_other_containers_are_named(raw: bytes, reason: str) -> None:
    """An encrypted file, an old .doc and a damaged one are told apart."""
    with pytest.raises(FormatError) as refused:
        read(raw, "a.docx")
    assert refused.value.reason == reason


def test_a_zip_bomb_is_refused() -> None:
    """A small file that unpacks to far more than memory should hold is refused unread."""
    file = io.BytesIO(leave_policy())
    megabyte = bytes(1_000_000)
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
        package.open("word/media/bomb.bin", "w") as part,
    ):
        for _ in range(310):
            part.write(megabyte)
    assert len(file.getvalue()) < 2_000_000
    with pytest.raises(FormatError, match="it unpacks to more than 300 MB"):
        read(file.getvalue(), "a.docx")


def test_a_damaged_file_is_refused() -> None:
    """A file cut anywhere is refused with a reason."""
    whole = leave_policy()
    for end in range(0, len(whole) - 1, 1499):
        with pytest.raises(FormatError, match="it is broken, or not a Word document"):
            read(whole[:end], "a.docx")
