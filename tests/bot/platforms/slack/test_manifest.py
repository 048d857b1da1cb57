"""The manifest makes an app that may do what Footnote does, and Slack accepts it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from footnote.bot.platforms.slack.manifest import COMMANDS, SCOPES, manifest, missing_scopes


@pytest.fixture
def schema(test_data: Path) -> Draft7Validator:
    """Slack's own schema of manifests."""
    path = test_data / "specs" / "slack-manifest.schema.json"
    if not path.exists():
        pytest.skip("FOOTNOTE_TEST_DATA holds no schema of Slack's manifests")
    return Draft7Validator(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("url", ["", "https://bot.example.com/slack/events"])
def test_slack_accepts_it(schema: Draft7Validator, url: str) -> None:
    """Over a socket and over HTTP."""
    assert not list(schema.iter_errors(manifest("Footnote", url)))


@pytest.mark.parametrize(
    "broken",
    [
        {"display_information": {"name": "x" * 36}},
        {"features": {"slash_commands": [{"command": "ask", "description": "no slash"}]}},
        {"oauth_config": {"scopes": {"bots": []}}},
    ],
)
def test_the_schema_refuses_what_is_wrong(schema: Draft7Validator, broken: dict[str, Any]) -> None:
    """Or it would prove nothing."""
    assert list(schema.iter_errors(manifest("Footnote") | broken))


def test_a_socket_needs_no_address() -> None:
    """Nowhere in the manifest."""
    assert "http" not in json.dumps(manifest("Footnote"))
    assert manifest("Footnote")["settings"]["socket_mode_enabled"]


def test_every_part_has_the_address_over_http() -> None:
    """Events, clicks and each command."""
    url = "https://bot.example.com/slack/events"
    made = manifest("Footnote", url)
    assert json.dumps(made).count(url) == 2 + len(COMMANDS)


def test_missing_scopes_are_named() -> None:
    """In the order of the manifest, from the header of any response."""
    granted = ",".join(scope for scope in SCOPES if scope not in {"users:read", "chat:write"})
    assert missing_scopes(granted) == ["chat:write", "users:read"]
    assert not missing_scopes(",".join(SCOPES) + ",extra:scope")
