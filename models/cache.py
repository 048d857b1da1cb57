"""Where models are kept on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path


def default_cache() -> Path:
    """The folder that FOOTNOTE_CACHE names, or the user's cache folder; it need not exist."""
    named = os.environ.get("FOOTNOTE_CACHE")
    return Path(named) / "models" if named else user_cache_path("footnote") / "models"
