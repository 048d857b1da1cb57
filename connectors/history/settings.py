"""The keys that sources of chats' histories have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)

from footnote.connectors.keys import address_such_as

ApiUrl = Annotated[
    str,
    AfterValidator(address_such_as("https://chat.example.com/api")),
    AfterValidator(lambda address: f"{address}/"),
]
"""Where a platform's API is, with a slash at its end."""


class HistorySettings(BaseModel):
    """What a source of any chat's history knows.

    Attributes:
        channels: Which channels.
        days: Only what was said in the last so many days; 0: all of it.
        edits_for: What was said in the last so many days is looked at anew by each sync.
        complete_every: Days after which a sync looks at all messages again.
        bots: Whether what other bots say is read.
        timeout_s: Seconds of silence after which a request has failed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=1)], ...], Field(min_length=1)
    ]
    days: int = Field(default=0, ge=0, le=36_500)
    edits_for: float = Field(default=7.0, ge=0, le=3650)
    complete_every: float = Field(default=1.0, ge=0, le=3650)
    bots: bool = False
    timeout_s: float = Field(default=30.0, gt=0, le=3600)

    @field_validator("channels", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        """One channel, or several with spaces between, as people write who are asked."""
        return str(value).split() if isinstance(value, str | int) else value
