"""What git says of a repository that cannot be had, in sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from footnote.connectors.base import SourceError
from footnote.connectors.git.command import GitError

_NAMED = 8
"""So many branches are named to somebody who has named none of them."""

_SECRET = ("authentication failed", "could not read username", "401", "403", "denied (publickey")
_REDIRECT = re.compile(r"returned error: 30\d|redirect")
_NOT_THERE = ("not found", "does not exist", "does not appear to be a git repository", "not a git")


def unreached(url: str, error: GitError) -> SourceError:
    """The sentence for a repository that cannot be fetched.

    Args:
        url: The repository, without secrets.
        error: What git said.
    """
    lower = error.whole.lower()
    if _REDIRECT.search(lower):
        advice = "its address leads to another one, where no token is sent: set url to that one"
    elif any(words in lower for words in _SECRET):
        advice = (
            "put a token that may read it into the environment variable that token_env names, or "
            "for ssh give this machine's key to its server"
        )
    elif any(words in lower for words in _NOT_THERE):
        advice = "check url, and whether the token may read it"
    else:
        advice = "check url and the network"
    return SourceError(f"The repository {url} cannot be fetched: {advice} (git says: {error}).")


def no_branch(url: str, branch: str, known: Sequence[str]) -> SourceError:
    """The sentence for a repository that has no such branch.

    Args:
        url: The repository, without secrets.
        branch: What was asked for; "" for the main one.
        known: The branches that there are.
    """
    if not known:
        return SourceError(f"The repository {url} is empty: nothing was committed to it yet.")
    there = ", ".join(known[:_NAMED]) + (", …" if len(known) > _NAMED else "")
    lack = f"has no branch or tag {branch!r}" if branch else "names no main branch"
    return SourceError(f"The repository {url} {lack}: set branch to one of {there}.")
