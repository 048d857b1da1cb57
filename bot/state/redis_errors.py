"""What Redis and the way to it complain of, as a sentence that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from redis import exceptions as refused

from footnote.bot.state.errors import StateError, StateUnavailableError

_ADVICE = {
    "LOADING": "is still loading its data: wait until it is done.",
    "READONLY": "is a replica, which takes no writes: put the address of its primary in the URL.",
    "OOM": "has reached its maxmemory: raise it, or free some; nothing was written.",
    "MISCONF": "cannot save to its disk: look into its log, and give it space or rights there.",
    "NOREPLICAS": "has too few replicas in reach to take writes: "
    "bring them back, or lower its min-replicas-to-write.",
    "WRONGTYPE": "holds something else under Footnote's keys: "
    "give Footnote a database of its own there.",
    "BUSY": "is kept busy by another script: wait, or end it with SCRIPT KILL.",
    "NOPERM": "does not allow this user everything that Footnote does: "
    "give the user `~{footnote}* +@all`.",
    "CLUSTERDOWN": "is a node of a cluster that does not serve every slot: repair the cluster.",
    "MASTERDOWN": "is a replica without its primary: "
    "put the address of its primary in the URL, or repair it.",
    "CROSSSLOT": "is a node of a cluster that will not keep Footnote's keys together: "
    "use a server of its own.",
    "TRYAGAIN": "is a node of a cluster that is moving Footnote's keys: wait until it is done.",
    "NOAUTH": "asks for a password: put it in the URL, as in redis://:PASSWORD@HOST.",
    "max number of clients reached": "takes no more connections: raise its maxclients.",
}
"""What is wrong and what to do, by the word that Redis says it with.

Within a script the word stands somewhere in the text, without it at its beginning.
"""

_WORD = re.compile(rf"\b({'|'.join(_ADVICE)})\b")


@contextmanager
def told(server: str) -> Iterator[None]:
    """Turn whatever the client raises into a sentence.

    Args:
        server: The server's address, to be read by anybody.

    Raises:
        StateUnavailableError: The client raised something.
        StateError: The text is not valid Unicode.
    """
    try:
        yield
    except UnicodeEncodeError as error:
        raise StateError(
            f"Redis at {server} cannot keep text that is not valid Unicode: mend it."
        ) from error
    except (refused.RedisError, OSError) as error:
        raise StateUnavailableError(f"Redis at {server} {_sentence(error)}") from error


def _sentence(error: Exception) -> str:
    if isinstance(error, refused.AskError):
        return (
            f"is a node of a cluster, and Footnote's keys are kept by {error.host}:{error.port}: "
            "put that address in the URL."
        )
    if found := _WORD.search(_said(error)):
        return _ADVICE[found.group()]
    match error:
        case refused.AuthenticationError() | refused.AuthenticationWrongNumberOfArgsError():
            return "does not accept the user name and password in the URL: correct them."
        case refused.TimeoutError() | TimeoutError():
            return "does not answer in time: see whether it is overloaded or the network is down."
        case refused.ConnectionError() | OSError():
            return f"cannot be reached ({_detail(error)}): start it, or correct the URL."
        case _:
            return f"refuses to work ({_detail(error)}): run `footnote doctor`."


# The client takes the word off the text of the errors for which it has a class.
_CLASSES: dict[type[Exception], str] = {
    refused.BusyLoadingError: "LOADING",
    refused.ReadOnlyError: "READONLY",
    refused.OutOfMemoryError: "OOM",
    refused.NoPermissionError: "NOPERM",
    refused.MasterDownError: "MASTERDOWN",
    refused.ClusterDownError: "CLUSTERDOWN",
    refused.ClusterCrossSlotError: "CROSSSLOT",
    refused.TryAgainError: "TRYAGAIN",
}


def _said(error: Exception) -> str:
    words = (word for kind, word in _CLASSES.items() if isinstance(error, kind))
    word = next(words, "")
    if not word and isinstance(error, refused.AuthenticationError) and "required" in str(error):
        word = "NOAUTH"
    return f"{word} {error}"


def _detail(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


class BadUrlError(StateError):
    """The URL of Redis cannot be understood; its text does not repeat it, as it has a password."""

    def __init__(self) -> None:
        super().__init__(
            "The URL of Redis cannot be understood: "
            "write it like redis://:PASSWORD@HOST:6379/0, rediss://… or unix:///PATH."
        )
