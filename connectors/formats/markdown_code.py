"""Where Markdown is code, so that nothing there is taken for markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# The quantifiers are possessive (++, *+), so that hostile input costs linear time. Code in one
# line that is longer than this is taken for stray backticks, for the same reason.
_LONGEST_INLINE = 2_000
_FENCED = (
    r"^[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)?(?P<fence>`{3,}+(?=[^`\n]*$)|~{3,}+)[^\n]*+"
    r"(?:\n(?![ \t>]*(?P=fence)[`~]*[ \t]*$)[^\n]*+)*+(?:\n[ \t>]*+(?P=fence)[`~]*[ \t]*$)?"
)
_INLINE = (
    r"(?<![`\\])(?P<ticks>`++)(?:(?!\n[ \t]*\n)[\s\S]){1,"
    + str(_LONGEST_INLINE)
    + r"}?(?<!`)(?P=ticks)(?!`)"
)


def outside_code(pattern: str) -> re.Pattern[str]:
    """Compiles a multi-line pattern that steps over code by matching it too, as group "code"."""
    return re.compile(f"(?P<code>{_FENCED}|{_INLINE})|{pattern}", re.MULTILINE)


def replace_outside_code(
    pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str], text: str
) -> str:
    """Replaces what a pattern from `outside_code` matches, and leaves code as it is."""
    return pattern.sub(
        lambda match: match[0] if match["code"] is not None else replacement(match), text
    )
