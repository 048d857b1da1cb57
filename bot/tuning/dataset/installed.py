"""Whether the libraries that making a dataset needs are there; this module needs none of them."""

from __future__ import annotations

import importlib.util

from footnote.bot.errors import UnavailableError

NEEDED = ("datasketch", "detect_secrets", "phonenumbers", "stdnum")


def check_installed() -> None:
    """Refuse to go on without the libraries.

    Raises:
        UnavailableError: One is missing.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UnavailableError(
            f"Making a dataset needs {' and '.join(missing)}: pip install 'footnote-bot[tune]'."
        )
