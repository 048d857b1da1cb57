"""Small real files of the formats that are not plain text, made with the formats' own libraries."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import docx
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document


def pdf(
    pages: Sequence[Sequence[str]],
    *,
    title: str = "",
    author: str = "",
    locked: bool = False,
) -> bytes:
    """A PDF file with the given lines on each page; a locked one asks for a password."""
    file = io.BytesIO()
    encryption = StandardEncryption("for readers", "for owners") if locked else None
    canvas = Canvas(file, encrypt=encryption)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    for lines in pages:
        for place, line in enumerate(lines):
            canvas.drawString(72, 720 - 16 * place, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def word(document: Document) -> bytes:
    """A Word document as the bytes of its file."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def leave_policy() -> bytes:
    """A Word document with a heading and one paragraph."""
    document = docx.Document()
    document.add_heading("Leave policy", 1)
    document.add_paragraph("Everyone has 25 days of leave.")
    return word(document)


def notebook(*cells: dict[str, object], language: str = "python") -> bytes:
    """A notebook of format 4."""
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"language_info": {"name": language}},
        "cells": list(cells),
    }
    return json.dumps(content).encode()
