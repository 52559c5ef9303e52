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
from aibridge_construct.coder.agent_instance import CoderAgentInstance
from aibridge_construct.coder.ai_task import CoderAiTask, TaskSidebarApp
from aibridge_construct.coder.app import AppHealthcheck, CoderApp
from aibridge_construct.coder.devcontainer import CoderDevcontainer
from aibridge_construct.coder.element import DataSource, Resource
from aibridge_construct.coder.env import CoderEnv
from aibridge_construct.coder.external_agent import CoderExternalAgent
from aibridge_construct.coder.external_auth import DataCoderExternalAuth
from aibridge_construct.coder.metadata import CoderMetadata, MetadataItem
from aibridge_construct.coder.parameter import DataCoderParameter, ParameterOption, ParameterValidation
from aibridge_construct.coder.secret import DataCoderSecret
from aibridge_construct.coder.workspace_preset import (
    DataCoderWorkspacePreset,
    PresetExpirationPolicy,
    PresetPrebuilds,
    PresetSchedule,
    PresetScheduling,
)
from aibridge_construct.coder.workspace_tags import DataCoderWorkspaceTags

__all__ = ["APART", "REFUSED", "Refused", "schedules"]


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


def _make(element: type[Resource | DataSource], words: str, **arguments: Any) -> Refused:
    return Refused(element, arguments, words)


def _preset(words: str, **more: Any) -> Refused:
    return Refused(DataCoderWorkspacePreset, {"name": "p"} | more, words)


def _prebuilds(instances: int = 1, ttl: int = 0) -> PresetPrebuilds:
    return PresetPrebuilds(instances=instances, expiration_policy=PresetExpirationPolicy(ttl=ttl))


def schedules(*crons: str, zone: str = "Europe/Berlin") -> PresetPrebuilds:
    """Prebuilds with a schedule for each of ``crons``."""
    schedule = [PresetSchedule(cron=cron, instances=number) for number, cron in enumerate(crons)]
    return PresetPrebuilds(instances=1, scheduling=PresetScheduling(timezone=zone, schedule=schedule))


_UUID = "2d0c9a54-3f5e-4b9e-8f0e-6a1de1a2f0aa"
_SECRET = {"help_message": "h", "env": "TOKEN"}
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
    _make(CoderAgentInstance, "agent_id must not be empty", agent_id=" ", instance_id="i"),
    _make(CoderExternalAgent, "agent_id must be the agent's id, not its address", agent_id="coder_agent.main"),
    _make(
        CoderDevcontainer,
        "workspace_folder of coder_devcontainer 'x' must not be empty",
        agent_id="a",
        workspace_folder="",
    ),
    _make(CoderAiTask, "app_id of coder_ai_task 'x' is missing: write app_id=app.id"),
    _make(CoderAiTask, "cannot be given together with sidebar_app", app_id=_UUID, sidebar_app={"id": _UUID}),
    _make(CoderAiTask, "app_id of coder_ai_task 'x' must be the id of a coder_app", app_id="web"),
    _make(CoderAiTask, "sidebar_app.id of coder_ai_task 'x' must be the id", sidebar_app=TaskSidebarApp(id="web")),
    _make(DataCoderExternalAuth, "id of coder_external_auth 'x' must not be empty", id=""),
    _make(DataCoderSecret, "env of coder_secret 'x' is missing", help_message="h"),
    _make(DataCoderSecret, "env of coder_secret 'x' is missing", help_message="h", env="", file=""),
    _make(DataCoderSecret, "env of coder_secret 'x' cannot be given together with file", **_SECRET, file="/x"),
    _make(DataCoderSecret, "env of coder_secret 'x' must be the name of", help_message="h", env="1ST"),
    _make(DataCoderSecret, "file of coder_secret 'x' must be a path that begins with", help_message="h", file="x"),
    _make(DataCoderWorkspaceTags, "tags[\"a\"] of coder_workspace_tags 'x' must be a string", tags={"a": ["b"]}),
    _preset("name of coder_workspace_preset 'x' must not be empty", name=""),
    _preset("description of coder_workspace_preset 'x' must not be longer than 128 bytes", description="ä" * 65),
    _preset("icon of coder_workspace_preset 'x' must be a URL or a path", icon="https://example.com/%zz"),
    _preset("icon of coder_workspace_preset 'x' must not be longer than 256 bytes", icon="/" + "i" * 256),
    _preset(
        "prebuilds.instances of coder_workspace_preset 'x' must be a whole number, at least 0", prebuilds=_prebuilds(-1)
    ),
    _preset("must be 3600 to 31536000 seconds, or 0 for never. Got 3599", prebuilds=_prebuilds(ttl=3599)),
    _preset("must be 3600 to 31536000 seconds, or 0 for never. Got 31536001", prebuilds=_prebuilds(ttl=31536001)),
    _preset("must be a name of the IANA time zone database", prebuilds=schedules(zone="Europe/Bärlin")),
    _preset("must have at least one PresetSchedule", prebuilds=schedules()),
    _preset("must have * as its first field", prebuilds=schedules("0 8 * * *")),
    _preset("cron of coder_workspace_preset 'x' must have hours as field 2", prebuilds=schedules("* 25 * * *")),
    _preset("must have days of the week as field 5", prebuilds=schedules("* 8 * * 7")),
    _preset("must not have a range that ends before it begins", prebuilds=schedules("* 18-8 * * *")),
    _preset("must have five fields", prebuilds=schedules("* * 8 * * *")),
    _preset("must have five fields", prebuilds=schedules("@daily")),
    _preset("has two times that overlap", prebuilds=schedules("* 8-18 * * 1-5", "* 18 * * 5,6")),
    _preset("has two times that overlap", prebuilds=schedules("* 8 1 * *", "* 8 * * *")),
    _preset("has two times that overlap", prebuilds=schedules("* 8 1 * 1", "* 8 2 * 1")),
    _preset("has two times that overlap", prebuilds=schedules("* 8 1 1-6 *", "* 8 1 6,7 *")),
    _preset("which the provider compares", prebuilds=schedules("* */2 * * *", "* 9 * * *")),
)

#: Schedules that the provider takes: two never meet.
APART = (
    ("* 8-17 * * 1-5", "* 18-23 * * 1-5"),
    ("* 8 * * 1", "* 8 * * 2"),
    ("* 8 1 * *", "* 8 2 * *"),
    ("* 8 * 1 *", "* 8 * 2 *"),
    ("* 8 * JAN-FEB *",),
    ("* */2 * * MON",),
)
