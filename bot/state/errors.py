"""What can go wrong with the state.

StateError                 base; one sentence that says what happened and what to do
├── StateUnavailableError  it cannot be reached or written now; asking again later may do
├── LeaseLostError         somebody else holds this question now, or holds nothing at all
├── ChangedError           the question was edited, cancelled or deleted meanwhile
└── ConflictError          a record is no longer the one that was read
"""

from __future__ import annotations

from footnote.bot.errors import UnavailableError


class StateError(UnavailableError):
    """Something is wrong with the state."""


class StateUnavailableError(StateError):
    """The state cannot be reached, read or written now."""


class LeaseLostError(StateError):
    """A lease or a lock belongs to another holder by now; its former holder must stop."""


class ChangedError(StateError):
    """What people want of a question has changed since it was read: look again, then decide."""


class ConflictError(StateError):
    """A record was changed by somebody else since it was read."""
