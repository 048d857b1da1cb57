"""What `footnote doctor` says of one thing that it looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What.
        fine: Whether it is as it should be.
        text: What was found, and what to do where it is not fine.
    """

    name: str
    fine: bool
    text: str
