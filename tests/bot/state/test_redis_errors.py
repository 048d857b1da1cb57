"""Each complaint of Redis is a sentence that says what to do."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from redis import exceptions as refused
from redis._parsers.base import BaseParser

from footnote.bot.state.errors import StateError, StateUnavailableError
from footnote.bot.state.redis_errors import told

SIX = "ERR Error running script (call to f_0a): @user_script:9: @user_script: 9: {}"
"""How Redis 6.2 tells what failed within a script."""
SEVEN = "{} script: 0a, on @user_script:9."
"""How Redis 7 does."""


def sentence(error: Exception) -> str:
    """What a person is told."""
    with pytest.raises(StateUnavailableError) as caught, told("host:6379"):
        raise error
    assert caught.value.__cause__ is error
    return str(caught.value)


ANYWHERE = [
    ("LOADING Redis is loading the dataset in memory", "wait until it is done"),
    ("READONLY You can't write against a read only replica.", "address of its primary"),
    ("OOM command not allowed when used memory > 'maxmemory'.", "maxmemory: raise it"),
    ("MISCONF Redis is configured to save RDB snapshots, but", "give it space or rights"),
    ("NOREPLICAS Not enough good replicas to write.", "min-replicas-to-write"),
    ("WRONGTYPE Operation against a key holding the wrong kind", "a database of its own"),
    ("BUSY Redis is busy running a script.", "SCRIPT KILL"),
    ("NOPERM this user has no permissions to run", "give the user"),
    ("CLUSTERDOWN The cluster is down", "repair the cluster"),
    ("MASTERDOWN Link with MASTER is down", "without its primary"),
    ("CROSSSLOT Keys in request don't hash to the same slot", "a server of its own"),
    ("TRYAGAIN Multiple keys request during rehashing of slot", "moving Footnote's keys"),
]
OUTSIDE = [
    ("MOVED 12 10.0.0.7:7001", "kept by 10.0.0.7:7001"),
    ("ASK 12 10.0.0.7:7001", "kept by 10.0.0.7:7001"),
    ("NOAUTH Authentication required.", "put it in the URL"),
    ("WRONGPASS invalid username-password pair", "correct them"),
    ("ERR max number of clients reached", "maxclients"),
    ("ERR unknown command 'EVALSHA'", "footnote doctor"),
]
"""What is not said within a script."""


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        *((form.format(line), advice) for form in ("{}", SIX, SEVEN) for line, advice in ANYWHERE),
        *OUTSIDE,
    ],
)
def test_each_complaint_has_its_advice(said: str, advice: str) -> None:
    """The client's errors are told apart, as they come bare and from within a script."""
    parse: Callable[[str], Exception] = BaseParser.parse_error
    text = sentence(parse(said))
    assert text.startswith("Redis at host:6379 ")
    assert advice in text
    assert text.endswith(".")
    assert ". " not in text


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (refused.TimeoutError("Timeout reading from host:6379"), "does not answer in time"),
        (refused.ConnectionError("Error 111 connecting to host:6379."), "start it, or correct"),
        (refused.ConnectionError("Connection closed by server."), "cannot be reached"),
        (OSError("No route to host"), r"cannot be reached \(No route to host\)"),
        (TimeoutError(), "does not answer in time"),
    ],
)
def test_each_way_to_be_away_has_its_advice(error: Exception, advice: str) -> None:
    """What breaks on the way is told too."""
    assert re.search(advice, sentence(error))


def test_text_that_is_not_unicode_is_named() -> None:
    """What cannot be encoded is no fault of the server."""
    with pytest.raises(StateError, match="not valid Unicode: mend it"), told("host:6379"):
        "\ud800".encode()


def test_a_defect_keeps_its_traceback() -> None:
    """What is not an error of Redis passes as it is."""
    with pytest.raises(ZeroDivisionError), told("host:6379"):
        raise ZeroDivisionError
