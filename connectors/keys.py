"""What the keys of several kinds of sources, and of other settings, have in common."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit


def variable_such_as(example: str, what: str) -> Callable[[str], str]:
    """Makes a validator that accepts the name of a variable of the environment.

    Args:
        example: A name that is shown to whoever wrote none.
        what: What belongs into the variable: "the key itself".

    Returns:
        Gives a name back, or raises ValueError with what it should be.
    """

    def accepted(name: str) -> str:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise ValueError(
                f'the name of an environment variable, such as "{example}": {what} belongs there'
            )
        return name

    return accepted


def class_path_such_as(example: str) -> Callable[[str], str]:
    """Makes a validator that accepts the path of a class, as Python would import it.

    Args:
        example: A path that is shown to whoever wrote none.

    Returns:
        Gives a path back, or raises ValueError with what it should be.
    """

    def accepted(path: str) -> str:
        if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", path):
            raise ValueError(f'the path of a class, such as "{example}"')
        return path

    return accepted


def address_such_as(example: str) -> Callable[[str], str]:
    """Makes a validator that accepts the address of an interface on the web.

    Args:
        example: An address that is shown to whoever wrote none.

    Returns:
        Gives an address back without a slash at its end, or raises ValueError with what it should
        be; a user and a password have no place in it.
    """

    def accepted(written: str) -> str:
        if not _is_address(written):
            raise ValueError(f'an address such as "{example}"')
        return written.rstrip("/")

    return accepted


def _is_address(written: str) -> bool:
    try:
        url = urlsplit(written)
        named = bool(url.hostname) and url.port != 0
    except ValueError:
        return False
    return named and url.scheme in {"http", "https"} and url.username is None
