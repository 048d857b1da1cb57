"""What pip says becomes one sentence with the next step."""

from __future__ import annotations

import re

import pytest

from footnote.models.minilm.pip import explain

OFFLINE = """\
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after \
connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object \
at 0x7f>: Failed to establish a new connection: [Errno -2] Name or service not known')': /simple/x/
ERROR: Could not find a version that satisfies the requirement x (from versions: none)
ERROR: No matching distribution found for x
"""
FULL = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (OFFLINE, "The package index cannot be reached to fetch x: check the network"),
        (FULL, "no room on the disk to fetch x: free some space"),
        ("/usr/bin/python3: No module named pip\n", "has no pip: run python -m ensurepip"),
        ("ERROR: first\nERROR: last\n\n[notice] more\n", r"could not fetch x \(last\)"),
        ("something else\n", r"could not fetch x \(something else\)"),
        ("", r"could not fetch x \(it did not say\)"),
    ],
)
def test_each_failure_says_what_to_do(said: str, reason: str) -> None:
    """The cause is told apart from its symptoms, and the command to repeat closes the sentence."""
    sentence = explain("x", said)
    assert len(sentence.splitlines()) == 1
    assert sentence.endswith("then run footnote models pull.")
    assert re.search(reason, sentence)
