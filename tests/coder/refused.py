"""Arguments that the coder provider refuses, each with the words of our refusal."""

from __future__ import annotations

from typing import Any, NamedTuple

from aibridge_construct.coder.agent import (
    AgentMetadata,
    AgentResourcesMonitoring,
    CoderAgent,
    MemoryMonitor,
    VolumeMonitor,
)
from aibridge_construct.coder.app import AppHealthcheck, CoderApp
from aibridge_construct.coder.element import DataSource, Resource
from aibridge_construct.coder.env import CoderEnv
from aibridge_construct.coder.metadata import CoderMetadata, MetadataItem
from aibridge_construct.coder.parameter import DataCoderParameter, ParameterOption, ParameterValidation

__all__ = ["REFUSED", "Refused"]


class Refused(NamedTuple):
    """A call that must raise, and the words in the message."""

    element: type[Resource | DataSource]
    arguments: dict[str, Any]
    words: str


def _agent(words: str, **more: Any) -> Refused:
    return Refused(CoderAgent, {"os": "linux", "arch": "amd64"} | more, words)


def _app(words: str, **more: Any) -> Refused:
    return Refused(CoderApp, {"agent_id": "a1", "slug": "web"} | more, words)


def _env(words: str, **more: Any) -> Refused:
    return Refused(CoderEnv, {"agent_id": "a1", "name": "EDITOR"} | more, words)


def _metadata(words: str, **more: Any) -> Refused:
    return Refused(CoderMetadata, {"resource_id": "r1"} | more, words)


def _parameter(words: str, **more: Any) -> Refused:
    return Refused(DataCoderParameter, {"name": "p"} | more, words)


_CPU = AgentMetadata(key="cpu", script="true", interval=1)
_CHECK = AppHealthcheck(url="http://localhost", interval=1, threshold=1)
_A = ParameterOption(name="A", value="a")
_HOME = VolumeMonitor(path="/home", threshold=1)

REFUSED = (
    _agent('os of coder_agent \'x\' must be one of "linux", "darwin", "windows". Got \'macos\'', os="macos"),
    _agent('arch of coder_agent \'x\' must be one of "amd64", "armv7", "arm64". Got \'x86_64\'', arch="x86_64"),
    _agent("auth of coder_agent 'x' must be one of", auth="password"),
    _agent("startup_script_behavior of coder_agent 'x' must be one of", startup_script_behavior="eager"),
    _agent("api_key_scope of coder_agent 'x' must be one of", api_key_scope="none"),
    _agent("must be a whole number of seconds, at least 0. Got -1", connection_timeout=-1),
    _agent("must be a whole number of seconds, at least 0. Got 1.5", connection_timeout=1.5),
    _agent("order of coder_agent 'x' must be a whole number. Got 'first'", order="first"),
    _agent("has the key 'cpu' twice", metadata=[_CPU, _CPU]),
    _agent(
        "metadata.interval of coder_agent 'x' must be a whole number of seconds",
        metadata=[AgentMetadata(key="a", script="true", interval=0.5)],
    ),
    _agent(
        "memory.threshold of coder_agent 'x' must be a whole number of percent from 0 to 100. Got 101",
        resources_monitoring=AgentResourcesMonitoring(memory=MemoryMonitor(threshold=101)),
    ),
    _agent(
        "volume.threshold of coder_agent 'x' must be a whole number of percent",
        resources_monitoring=AgentResourcesMonitoring(volume=[VolumeMonitor(path="/home", threshold=-1)]),
    ),
    _agent(
        "volume.path of coder_agent 'x' must be absolute, for example \"/home/coder\". Got 'home'",
        resources_monitoring=AgentResourcesMonitoring(volume=[VolumeMonitor(path="home", threshold=1)]),
    ),
    _agent(
        "has the volume '/home' twice",
        resources_monitoring=AgentResourcesMonitoring(volume=[_HOME, VolumeMonitor(path="/home", threshold=2)]),
    ),
    _app("slug of coder_app 'x' must be lower-case letters and digits", slug="Code_Server"),
    _app("slug of coder_app 'x' must be lower-case letters and digits", slug="a--b"),
    _app("command of coder_app 'x' cannot be given together with url", command="sh", url="http://localhost"),
    _app("command of coder_app 'x' cannot be given together with subdomain", command="sh", subdomain=False),
    _app("command of coder_app 'x' cannot be given together with healthcheck", command="sh", healthcheck=_CHECK),
    _app("external of coder_app 'x' cannot be given together with healthcheck", external=True, healthcheck=_CHECK),
    _app("external of coder_app 'x' cannot be given together with share", external=True, share="owner"),
    _app("external of coder_app 'x' cannot be given together with command", external=False, command="sh"),
    _app("share of coder_app 'x' must be one of", share="everybody"),
    _app("open_in of coder_app 'x' must be one of", open_in="window"),
    _app("display_name of coder_app 'x' must not be longer than 64 bytes. It has 66", display_name="ä" * 33),
    _app("group of coder_app 'x' must not be longer than 64 bytes. It has 65", group="g" * 65),
    _app("tooltip of coder_app 'x' must not be longer than 2048 bytes. It has 2049", tooltip="t" * 2049),
    _app("healthcheck.interval", healthcheck=AppHealthcheck(url="http://localhost", interval=1.5, threshold=1)),
    _env("name of coder_env 'x' must be the name of an environment variable", name="1ST"),
    _env("name of coder_env 'x' must be the name of an environment variable", name="MY-VAR"),
    _env('merge_strategy of coder_env \'x\' must be one of "replace", "append"', merge_strategy="merge"),
    _metadata("daily_cost of coder_metadata 'x' must be a whole number. Got 0.5", daily_cost=0.5),
    _metadata("has the key 'a' twice", item=[MetadataItem(key="a"), MetadataItem(key="a", value="b")]),
    _parameter("type of coder_parameter 'x' must be one of", type="integer"),
    _parameter("ephemeral of coder_parameter 'x' needs mutable=True", ephemeral=True, default="a"),
    _parameter("ephemeral of coder_parameter 'x' needs a default", ephemeral=True, mutable=True),
    _parameter('must be "input" or "slider" for a number without options', type="number", form_type="radio"),
    _parameter('must be "radio" or "dropdown" for a string with options', option=[_A], form_type="input"),
    _parameter("has the name 'A' twice", option=[_A, ParameterOption(name="A", value="b")]),
    _parameter("has the value 'a' twice", option=[_A, ParameterOption(name="B", value="a")]),
    _parameter("option.value of coder_parameter 'x' must be a number. Got 'a' for 'A'", type="number", option=[_A]),
    _parameter(
        "default of coder_parameter 'x' must be a number, for example 4. Got 'four'", type="number", default="four"
    ),
    _parameter("default of coder_parameter 'x' must be a bool, for example true", type="bool", default="yes"),
    _parameter('must be a list(string), for example ["a", "b"]', type="list(string)", default="a"),
    _parameter("must be one of the options' values. Got 'b'", option=[_A], default="b"),
    _parameter(
        "must be one of the options' values. Got 'b'",
        type="list(string)",
        form_type="multi-select",
        option=[_A],
        default=["a", "b"],
    ),
    _parameter(
        "validation.regex of coder_parameter 'x' is for type=\"string\" only",
        type="number",
        default=1,
        validation=ParameterValidation(regex="^1$", error="one"),
    ),
    _parameter(
        "validation.error of coder_parameter 'x' must say what to enter",
        default="a",
        validation=ParameterValidation(regex="a"),
    ),
    _parameter('is for type="number" only', default="a", validation=ParameterValidation(min=1)),
    _parameter(
        "validation.monotonic of coder_parameter 'x' must be one of",
        type="number",
        default=1,
        validation=ParameterValidation(monotonic="up"),  # type: ignore[arg-type]
    ),
    _parameter(
        "validation.min of coder_parameter 'x' must not be above max, 1. Got 2",
        type="number",
        default=1,
        validation=ParameterValidation(min=2, max=1),
    ),
    _parameter(
        "must be at least validation.min, 2. Got 1", type="number", default=1, validation=ParameterValidation(min=2)
    ),
    _parameter(
        "must be at most validation.max, 8. Got 9", type="number", default=9, validation=ParameterValidation(max=8)
    ),
    _parameter(
        "must be a whole number, because there is a validation. Got '1.5'",
        type="number",
        default=1.5,
        validation=ParameterValidation(max=8),
    ),
    _parameter(
        'must be "true" or "false". Got \'1\'', type="bool", default="1", validation=ParameterValidation(error="choose")
    ),
)
