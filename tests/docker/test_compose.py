"""The compose file is right, and nothing in it is open to others."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import WEAVIATE
from tests.docker.compose import (
    COMPOSE,
    EXAMPLE,
    ROOT,
    MissingVariableError,
    compose,
    variables_of,
)

SECRETS = ("REDIS_PASSWORD", "WEAVIATE_API_KEY")
FILLED = {name: f"secret-of-{name.lower()}" for name in SECRETS}
SERVICES = ("footnote", "footnote-gpu", "redis", "weaviate")


@pytest.fixture
def whole() -> dict[str, Any]:
    """The file with both secrets set."""
    return compose(FILLED)


def test_there_are_just_these_services(whole: dict[str, Any]) -> None:
    """What is tested below is all that there is."""
    assert tuple(whole["services"]) == SERVICES


def test_it_is_valid_by_the_published_schema(whole: dict[str, Any]) -> None:
    """With a control that is not."""
    path = os.environ.get("FOOTNOTE_TEST_COMPOSE_SCHEMA", "")
    if not Path(path).is_file():
        pytest.skip("FOOTNOTE_TEST_COMPOSE_SCHEMA names no file with the Compose specification")
    validator = Draft7Validator(json.loads(Path(path).read_text("utf-8")))
    # The copy that Docker Compose 1.29 brings is older than the top-level name.
    there = {key: value for key, value in whole.items() if key != "name"}
    assert [error.message for error in validator.iter_errors(there)] == []
    wrong = there | {"services": {"footnote": {"imagee": "footnote"}}}
    assert list(validator.iter_errors(wrong))


@pytest.mark.parametrize("name", SECRETS)
def test_there_is_no_default_password(name: str) -> None:
    """Without one nothing starts, and the message says where to set it."""
    with pytest.raises(MissingVariableError, match=f"Set {name} in .env"):
        compose(FILLED | {name: ""})


def test_the_example_holds_every_variable_and_no_secret() -> None:
    """Whoever copies it has just to fill it in."""
    used = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text("utf-8")))
    there = variables_of(EXAMPLE.read_text("utf-8"))
    assert set(there) == used
    assert {name for name, value in there.items() if value} == {"DOCUMENTS"}


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_hardened(whole: dict[str, Any], name: str) -> None:
    """It can write to its volumes alone, gains no rights, and can be told to be ill."""
    service = whole["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"
    assert "ports" not in service
    assert "privileged" not in service


@pytest.mark.parametrize("name", ["footnote", "footnote-gpu", "redis"])
def test_nothing_runs_as_root(whole: dict[str, Any], name: str) -> None:
    """Weaviate's image is the exception, without capabilities."""
    assert int(whole["services"][name]["user"].split(":")[0]) > 0


@pytest.mark.parametrize("name", ["redis", "weaviate"])
def test_the_servers_are_reached_by_footnote_alone(whole: dict[str, Any], name: str) -> None:
    """Their network leads nowhere else."""
    assert whole["services"][name]["networks"] == ["servers"]
    assert whole["networks"]["servers"] == {"internal": True}


def test_whatever_is_named_is_there(whole: dict[str, Any]) -> None:
    """Volumes, networks, conditions and files."""
    services = whole["services"]
    for service in services.values():
        assert set(service["networks"]) <= set(whole["networks"])
        assert set(service.get("depends_on", {})) <= set(services)
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            there = (COMPOSE.parent / source).exists() if source.startswith(".") else False
            assert source in whole["volumes"] or there or source == "./documents"
    build = services["footnote"]["build"]
    assert (COMPOSE.parent / build["context"] / build["dockerfile"]).is_file()


@pytest.mark.parametrize("name", ["footnote", "footnote-gpu"])
def test_the_settings_are_understood(
    whole: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file in the container and its environment make the settings that are meant."""
    for key, value in whole["services"][name]["environment"].items():
        monkeypatch.setenv(key, value)
    settings = load_settings(ROOT / "docker" / "config" / "footnote.toml")
    assert settings.state == f"redis://:{FILLED['REDIS_PASSWORD']}@redis:6379/0"
    assert settings.store == WEAVIATE
    assert settings.weaviate.options.url == "http://weaviate:8080"
    assert settings.weaviate.options.grpc == "weaviate:50051"
    assert settings.weaviate.options.key == FILLED["WEAVIATE_API_KEY"]
    # A container that is told to stop is killed only after its answers may have ended.
    grace = whole["services"][name]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > settings.inbox.grace_s + 10


def test_the_gpu_is_taken_only_when_it_is_asked_for(whole: dict[str, Any]) -> None:
    """Its service has a profile and a back end of its own; nothing else has either."""
    services = whole["services"]
    assert [name for name in SERVICES if "profiles" in services[name]] == ["footnote-gpu"]
    gpu = services["footnote-gpu"]
    assert gpu["profiles"] == ["gpu"]
    assert gpu["build"]["args"]["LLAMA"] == "cuda"
    (device,) = gpu["deploy"]["resources"]["reservations"]["devices"]
    assert device["driver"] == "nvidia"
    assert [name for name in SERVICES if "deploy" in services[name]] == ["footnote-gpu"]
    other = services["footnote"]
    own = {"profiles", "image", "build", "deploy"}
    assert {key: gpu[key] for key in gpu if key not in own} == {
        key: other[key] for key in other if key not in own
    }
