"""HTML elements as Markdown that reads well and can be cited."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdownify import MarkdownConverter

if TYPE_CHECKING:
    from bs4 import Tag

_LANGUAGE = re.compile(r"(?:language|lang|highlight-source|highlight)-([\w+#.-]{1,30})")
_NO_LANGUAGE = frozenset({"default", "none", "text"})
_MOST_COLUMNS = 1000  # as the library counts a row's columns
_WHOLE_ADDRESS = ("http://", "https://", "mailto:")


def to_markdown(content: Tag) -> str:
    """Converts an element, which is changed on the way.

    Tables stay tables, and words stay as they are, without escapes. A link that only works on its
    own site becomes its text, a picture becomes what its description says.
    """
    for link in content.find_all("a"):
        if not str(link.get("href") or "").startswith(_WHOLE_ADDRESS):
            link.name = "span"
    for line_end in content.select("pre br"):
        line_end.replace_with("\n")
    converter = _Converter(
        heading_style="atx",
        bullets="-",
        escape_asterisks=False,
        escape_underscores=False,
        table_infer_header=True,
    )
    return str(converter.convert_soup(content))


class _Converter(MarkdownConverter):
    """The library's converter, where its own way does not serve reading and citing."""

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - the library's signature
        """What the picture's description says."""
        return " ".join(str(el.get("alt") or "").split())

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - likewise
        """A cell on one line, whose bars do not end it."""
        span = str(el.get("colspan") or "")
        columns = max(1, min(_MOST_COLUMNS, int(span))) if span.isdigit() else 1
        escaped = " ".join(text.split()).replace("|", r"\|")
        return f" {escaped}{' |' * columns}"

    convert_th = convert_td

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A fence longer than any in the code, with the language where a class names it."""
        if "_inline" in parent_tags or not text.strip():
            return f" {text.strip()} "
        longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
        fence = "`" * (longest + 1)
        code = text.strip("\n").rstrip()
        return f"\n\n{fence}{_language(el)}\n{code}\n{fence}\n\n"


def _language(pre: Tag) -> str:
    for element in (pre, *pre.find_all("code", limit=1), *list(pre.parents)[:2]):
        found = _LANGUAGE.search(" ".join(element.get_attribute_list("class") or []))
        if found and found[1] not in _NO_LANGUAGE:
            return found[1]
    return ""
