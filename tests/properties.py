"""Properties over random input, with a fresh seed a run that FOOTNOTE_TEST_SEED takes back."""

from __future__ import annotations

import functools
import os
import secrets
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, note, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

EXAMPLES = 40
"""Of a property, where it does not say otherwise; each run draws others."""

SEED = int(os.environ.get("FOOTNOTE_TEST_SEED") or secrets.randbits(32))


def texts(max_size: int = 6) -> SearchStrategy[str]:
    """Any short texts, halves of surrogate pairs included; two that fit together are one sign."""
    return st.text(st.characters(), max_size=max_size).map(
        lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    )


def holds_for(
    *drawn: SearchStrategy[Any], examples: int = EXAMPLES
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test over values of these strategies; a failure names the seed."""

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def noted(**values: Any) -> None:
            note(f"FOOTNOTE_TEST_SEED={SEED}")
            test(**values)

        run = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        )
        return seed(SEED)(run(given(*drawn)(noted)))

    return decorate
