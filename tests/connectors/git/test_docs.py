"""docs/connectors/git.md and the code say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

from footnote.connectors.git.settings import GitSettings

PAGE = Path(__file__).parents[3] / "docs" / "connectors" / "git.md"


def test_every_key_is_documented() -> None:
    """The table has each key with its default, and no other."""
    rows = re.findall(r"(?m)^\| `(\w+)` \| (.+?) \| .+ \|$", PAGE.read_text(encoding="utf-8"))
    keys = {
        name: "required" if field.is_required() else f"`{json.dumps(field.default)}`"
        for name, field in GitSettings.model_fields.items()
    }
    assert dict(rows) == keys | {"include": "`[]`", "ignore": "`[]`"}
