"""What every child can tell its parent, whatever it computes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Refused:
    """The model cannot be served, and trying again does not help."""

    reason: str
    type: Literal["refused"] = "refused"


@dataclass(frozen=True, slots=True)
class Beat:
    """The child lives.

    Attributes:
        busy_s: Seconds that the present step has taken so far; 0 between steps.
    """

    busy_s: float
    type: Literal["beat"] = "beat"
