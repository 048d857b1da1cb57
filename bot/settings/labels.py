"""The labels that the settings may use, and what was meant by one that is none."""

from __future__ import annotations

import re
from difflib import get_close_matches

from footnote.retrieval.readers import ADMINS, EVERYONE, GROUP, is_platform_label

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
"""The name of a source or of a group."""

_WORDS = (EVERYONE, ADMINS)
_PREFIXES = ("discord", "group", "slack")
_PREFIX_LIKENESS = 0.75


def audience_label(label: str) -> str:
    """A label of those who may see a source, as it is.

    Raises:
        ValueError: It has the shape of none; worded to stand behind "must be".
    """
    if _is_audience(label):
        return label
    meant = _with_known_prefix(label) if ":" in label else _word_like(label)
    raise ValueError(
        '"everyone", "admins", a group such as "group:hr", or a label of a platform such as '
        f'"slack:C123"{_hint(meant) if _is_audience(meant) else ""}'
    )


def member_label(label: str) -> str:
    """A label of a member of a group, as it is.

    Raises:
        ValueError: It is not a platform's; worded to stand behind "must be".
    """
    if _is_member(label):
        return label
    meant = _with_known_prefix(label)
    raise ValueError(
        'a label of a platform such as "slack:U7" or "discord:role:456"'
        f"{_hint(meant) if _is_member(meant) else ''}"
    )


def _is_audience(label: str) -> bool:
    group = label.startswith(GROUP) and NAME.fullmatch(label.removeprefix(GROUP))
    return label in _WORDS or bool(group) or _is_member(label)


def _is_member(label: str) -> bool:
    """Whether it is a platform's, and not likely a mistyped one of a platform that is known."""
    return is_platform_label(label) and _with_known_prefix(label) in {"", label}


def _word_like(label: str) -> str:
    word = label.strip().lower()
    close = get_close_matches(word, _WORDS, n=1)
    return close[0] if close else f"{GROUP}{word}" * (word not in _PREFIXES)


def _with_known_prefix(label: str) -> str:
    """The label with the known prefix that its own is nearly or wholly, or ""."""
    prefix, _, rest = (part.strip() for part in label.partition(":"))
    close = get_close_matches(prefix.lower(), _PREFIXES, n=1, cutoff=_PREFIX_LIKENESS)
    if not (close and rest):
        return ""
    return f"{close[0]}:{rest.lower() if f'{close[0]}:' == GROUP else rest}"


def _hint(meant: str) -> str:
    return f' (did you mean "{meant}"?)'
