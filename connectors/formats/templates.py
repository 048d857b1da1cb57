r"""Leaves out of Markdown what a site generator would replace, and comments.

Tags of Jinja, Liquid, Nunjucks and their like (`{% ... %}`, `{{ ... }}`, `{# ... #}`) mean nothing
to a reader. A tag that only shows words, such as `{% channel "help" %}`, leaves these words behind;
a link or an image whose destination needs a tag leaves its text. Code stays untouched.

In between, each tag is a pair of NULs around its words; the text itself holds none.
"""

from __future__ import annotations

import re

from footnote.connectors.formats.markdown_code import outside_code, replace_outside_code

# Possessive quantifiers, and bodies that cannot hold their own opening, keep each of these linear.
_TAG = outside_code(
    r"<!--[^<-]*+(?:(?!-->|<!--)[<-][^<-]*+)*+-->"
    r"|\{%-?\s*comment\b[^%{}]*%\}[^{]*+(?:\{(?!%-?\s*(?:end)?comment\b)[^{]*+)*+"
    r"\{%-?\s*endcomment\s*-?%\}"
    r"|\{#(?![^\s{}][^{}\n]*(?<!\#)\})(?:[^{#]|\{(?!\#)|\#(?!\}))*+\#\}"
    r"|(?P<tag>\{%(?:[^%{]|%(?!\})|\{(?!%))*+%\})"
    r"|\{\{(?:[^{}]|\{(?!\{)|\}(?!\}))*+\}\}"
)
_ARGUMENT = r"\"[^\"]*+\"|'[^']*+'"
_TAG_OF_WORDS = re.compile(
    rf"\{{%-?\s*[\w-]+(?P<arguments>(?:\s*+,?\s*+(?:{_ARGUMENT}))++)\s*-?%\}}"
)
_PATH = re.compile(r"/|\.\w{1,5}$")

_DEAD_DESTINATION = r"\([ \t\n]*+[^()\s\x00]*+\x00[^()]*+(?:\([^()]*+\)[^()]*+)*+\)"
_DEAD_LINK = outside_code(
    rf"!?\[(?P<text>(?:[^\[\]]|\[[^\[\]]*+\])*+)\]{_DEAD_DESTINATION}"
    r"|<a\b[^<>\x00]*+\x00[^<>]*+>(?P<html>(?:[^<]|<(?!/?a\b))*+)</a>"
)
_DEAD_DEFINITION = outside_code(
    r"^ {0,3}\[(?P<label>[^\[\]\n]++)\]:[ \t]*+[^\s\x00]*+\x00[^\x00\n]*+\x00[^\s]*+"
    r"(?:[ \t]++[\"'(][^\n]*+)?[ \t]*(?:\n|\Z)"
)
_REFERENCE = outside_code(
    r"!?\[(?P<text>(?:[^\[\]]|\[[^\[\]]*+\])*+)\](?:\[(?P<label>[^\[\]\n]*+)\])?(?![(:])"
)
_BARE_LINE = re.compile(
    r"^[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)?(?:\x00\x00[ \t]*+)++(?:\n|\Z)", re.MULTILINE
)
_SPACE_BEFORE_NOTHING = re.compile(r"(?<=\S)[ \t]+(?:\x00\x00)+(?=[\s.,;:!?)]|\Z)")


def without_tags(text: str) -> str:
    """The Markdown without template tags and HTML comments."""
    marked = replace_outside_code(_TAG, _marked, text)
    if "\x00" not in marked:
        return text
    marked = replace_outside_code(_DEAD_LINK, _link_text, marked)
    marked = _without_dead_references(marked)
    marked = _BARE_LINE.sub("", marked)
    return _SPACE_BEFORE_NOTHING.sub("", marked).replace("\x00", "")


def _marked(match: re.Match[str]) -> str:
    """A tag's words between NULs: its first argument that is not a path, where it has no others."""
    of_words = _TAG_OF_WORDS.fullmatch(match["tag"] or "")
    if of_words is None:
        return "\x00\x00"
    arguments = (argument[1:-1] for argument in re.findall(_ARGUMENT, of_words["arguments"]))
    words = next((words for words in arguments if not _PATH.search(words)), "")
    return f"\x00{' '.join(words.split())}\x00"


def _link_text(match: re.Match[str]) -> str:
    return match["text"] if match["text"] is not None else match["html"]


def _without_dead_references(text: str) -> str:
    """Drops link definitions that need a tag, and makes plain text of the links that use them."""
    dead = {
        _normal(found["label"])
        for found in _DEAD_DEFINITION.finditer(text)
        if found["label"] is not None
    }
    if not dead:
        return text

    def link(match: re.Match[str]) -> str:
        return match["text"] if _normal(match["label"] or match["text"]) in dead else match[0]

    text = replace_outside_code(_DEAD_DEFINITION, lambda _: "", text)
    return replace_outside_code(_REFERENCE, link, text)


def _normal(label: str) -> str:
    """A link's label as CommonMark compares it: case and spacing do not count."""
    return " ".join(label.casefold().split())
