"""A value that is not known yet is an unknown to a stand-in, at every depth, in every call, however it is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgpack  # type: ignore[import-untyped]
import pytest
from tf.gen import tfplugin_pb2 as pb  # type: ignore[import-untyped]

from aibridge_construct.testing import DataSource, Provider, Resource, TerraformError
from aibridge_construct.testing.providers import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    Attribute,
    Build,
    Values,
    block,
    computed,
    list_of,
    map_of,
    object_of,
    optional,
    set_of,
    tuple_of,
)
from aibridge_construct.testing.providers.server import Servicer

from .conftest import Configured

CODES = [
    pytest.param(msgpack.ExtType(0, b"\0"), id="plain"),
    pytest.param(msgpack.ExtType(12, b"\x82\x01\xc2\x02\xa3VS "), id="refined"),
    pytest.param(msgpack.ExtType(12, b"\x80"), id="refined-by-nothing"),
    pytest.param(msgpack.ExtType(7, b""), id="code-7"),
    pytest.param(msgpack.ExtType(127, b"\0" * 300), id="code-127"),
    pytest.param(msgpack.Timestamp(1), id="code-minus-1"),
]

KNOWN: dict[str, Any] = {
    "text": "t",
    "number": 2,
    "flag": True,
    "list": ["a", "b"],
    "set": ["a", "b"],
    "map": {"a": "1", "b": "2"},
    "object": {"name": "n", "tags": ["x", "y"]},
    "tuple": ["a", 1],
    "any": [b'["object",{"deep":["list","string"]}]', {"deep": ["p", "q"]}],
    "part": [{"name": "n", "labels": ["l", "m"], "screw": [{"size": "s"}]}],
    "tag": [{"key": "k"}],
}

PLACES: list[tuple[str | int, ...]] = [
    ("text",),
    ("number",),
    ("flag",),
    ("list",),
    ("list", 1),
    ("set", 0),
    ("map",),
    ("map", "b"),
    ("object",),
    ("object", "name"),
    ("object", "tags", 1),
    ("tuple", 1),
    ("any",),
    ("any", 1),
    ("any", 1, "deep", 0),
    ("part",),
    ("part", 0),
    ("part", 0, "name"),
    ("part", 0, "labels", 1),
    ("part", 0, "screw"),
    ("part", 0, "screw", 0, "size"),
    ("tag",),
    ("tag", 0, "key"),
]


def _known(value: Any) -> str | None:
    """A check that would stumble over anything that is not known."""
    if isinstance(value, dict):
        return next((said for item in value.values() if (said := _known(item))), None)
    if isinstance(value, list):
        return next((said for item in value if (said := _known(item))), None)
    return None if isinstance(value, str | int) else f"meets {value!r}"


def _checked(name: str, type: Any = STRING) -> Attribute:
    return optional(name, type, check=_known)


ATTRIBUTES = [
    _checked("text"),
    _checked("number", NUMBER),
    _checked("flag", BOOL),
    _checked("list", list_of(STRING)),
    _checked("set", set_of(STRING)),
    _checked("map", map_of(STRING)),
    _checked("object", object_of(name=STRING, tags=list_of(STRING))),
    _checked("tuple", tuple_of(STRING, NUMBER)),
    _checked("any", DYNAMIC),
]
BLOCKS = [
    block("part", [_checked("name"), _checked("labels", list_of(STRING))], [block("screw", [_checked("size")])]),
    block("tag", [_checked("key")], nesting="set"),
]


class Heard:
    """What the hooks of a stand-in were given."""

    def __init__(self) -> None:
        self.values: list[Values] = []

    def hook(self, values: Values, build: Build | None = None) -> Values:
        self.values.append(values)
        return {}

    def configure(self, values: Values, environ: object) -> Values:
        self.values.append(values)
        return values


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def servicer(heard: Heard) -> Servicer:
    provider = Provider(
        "acme/all",
        version="1.0.0",
        file=__file__,
        config=ATTRIBUTES,
        configure=heard.configure,
        resources=[
            Resource(
                "all",
                [*ATTRIBUTES, computed("made")],
                BLOCKS,
                validate=heard.values.append,
                plan=heard.values.append,
                create=heard.hook,
                read=heard.hook,
            )
        ],
        data_sources=[DataSource("all", ATTRIBUTES, BLOCKS, validate=heard.values.append, read=heard.hook)],
    )
    return Servicer(provider, {})


def _with(place: tuple[str | int, ...], unknown: Any, *, config: bool = False) -> Any:
    """The message that carries KNOWN, with `unknown` in one place."""
    sent = msgpack.unpackb(msgpack.packb(KNOWN))
    if config:
        sent = {attribute.name: sent[attribute.name] for attribute in ATTRIBUTES}
    inner: Any = sent
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = unknown
    return pb.DynamicValue(msgpack=msgpack.packb(sent))


def _at(values: Any, place: tuple[str | int, ...]) -> Any:
    """What stands in the place, as hooks see it; a value of the type `dynamic` comes without its type."""
    if place[:2] == ("any", 1):
        place = ("any", *place[2:])
    for step in place:
        values = values[step]
    return values


def _unpacked(message: Any) -> Any:
    return msgpack.unpackb(message.msgpack, ext_hook=lambda code, data: ("unknown", code))


CALLS: list[tuple[str, Callable[[Any], Any]]] = [
    ("ValidateProviderConfig", lambda sent: pb.ValidateProviderConfig.Request(config=sent)),
    ("ConfigureProvider", lambda sent: pb.ConfigureProvider.Request(config=sent)),
    ("ValidateResourceConfig", lambda sent: pb.ValidateResourceConfig.Request(type_name="all", config=sent)),
    ("ValidateDataResourceConfig", lambda sent: pb.ValidateDataResourceConfig.Request(type_name="all", config=sent)),
    (
        "PlanResourceChange",
        lambda sent: pb.PlanResourceChange.Request(type_name="all", proposed_new_state=sent, config=sent),
    ),
    (
        "PlanResourceChange",
        lambda sent: pb.PlanResourceChange.Request(
            type_name="all", prior_state=_with(("text",), "before"), proposed_new_state=sent, config=sent
        ),
    ),
    (
        "ApplyResourceChange",
        lambda sent: pb.ApplyResourceChange.Request(type_name="all", planned_state=sent, config=sent),
    ),
    ("ReadResource", lambda sent: pb.ReadResource.Request(type_name="all", current_state=sent)),
    ("ReadDataSource", lambda sent: pb.ReadDataSource.Request(type_name="all", config=sent)),
]


@pytest.mark.parametrize("unknown", CODES)
@pytest.mark.parametrize(
    ("call", "request_of"),
    CALLS,
    ids=[f"{call}-{number}" for number, (call, _) in enumerate(CALLS)],
)
def test_no_call_stumbles_over_an_unknown_at_any_depth(
    servicer: Servicer, heard: Heard, call: str, request_of: Callable[[Any], Any], unknown: Any
) -> None:
    of_provider = "Provider" in call
    for place in PLACES:
        if of_provider and place[0] in ("part", "tag"):
            continue
        heard.values.clear()
        sent = _with(place, unknown, config=of_provider)

        answer = getattr(servicer, call)(request_of(sent), None)

        assert [item.summary for item in answer.diagnostics] == [], place
        for values in heard.values:
            assert values["text"] == (None if place == ("text",) else "t")
            if place == ("part", 0) and not values["part"]:
                continue  # after apply there is no such block
            assert _at(values, place) in (None, [], ""), place
        if not call.startswith("ValidateProvider"):
            assert heard.values, place


@pytest.mark.parametrize("unknown", CODES)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_what_is_unknown_is_planned_as_unknown_and_all_else_as_it_is(
    servicer: Servicer, place: tuple[str | int, ...], unknown: Any
) -> None:
    sent = _with(place, unknown)
    request = pb.PlanResourceChange.Request(type_name="all", proposed_new_state=sent, config=sent)

    planned = _unpacked(servicer.PlanResourceChange(request, None).planned_state)

    expected = _unpacked(_with(place, msgpack.ExtType(0, b"\0")))
    assert planned == {**expected, "id": ("unknown", 0), "made": ("unknown", 0)}


@pytest.mark.parametrize("call", ["ApplyResourceChange", "ReadResource", "ReadDataSource"])
def test_nothing_is_unknown_after_apply(servicer: Servicer, call: str) -> None:
    request_of = dict(CALLS)[call]
    for place in PLACES:
        answer = getattr(servicer, call)(request_of(_with(place, msgpack.ExtType(12, b"\x80"))), None)

        state = answer.state if call == "ReadDataSource" else answer.new_state
        assert "unknown" not in repr(_unpacked(state)), place


@pytest.mark.parametrize(
    ("sent", "number"), [("0.1", 0.1), (0.5, 0.5), ("3", 3), (3.0, 3), ("123456789012345678901234567890", 10**29)]
)
def test_a_number_is_a_number_however_it_travels(servicer: Servicer, heard: Heard, sent: Any, number: float) -> None:
    message = _with(("number",), sent)
    request = pb.PlanResourceChange.Request(type_name="all", proposed_new_state=message, config=message)

    planned = _unpacked(servicer.PlanResourceChange(request, None).planned_state)["number"]

    given = heard.values[-1]["number"]
    assert isinstance(given, int | float)
    assert given == number or given > number > 3
    assert float(planned) == float(sent)
    assert not isinstance(planned, float)  # a float would arrive with digits that nobody wrote


# ---- the same through Terraform --------------------------------------------------------------------------------------

LATER = 'resource "terraform_data" "later" {\n  input = "later"\n}\n'
WORKSPACE = 'data "coder_workspace" "me" {}\n'
APP = 'resource "coder_app" "it" {{\n  agent_id = "a"\n  {}\n}}\n'

TEMPLATES = [
    pytest.param(
        WORKSPACE + APP.format('slug = "a"\n  display_name = "VS Code of ${data.coder_workspace.me.name}"'),
        "coder_app.it",
        {"display_name": "VS Code of dev"},
        id="partly-known-text",
    ),
    pytest.param(
        APP.format('count = 3\n  slug = "app-${count.index}"\n  display_name = "App ${count.index + 1}"'),
        "coder_app.it[2]",
        {"slug": "app-2", "display_name": "App 3"},
        id="count",
    ),
    pytest.param(
        APP.format('for_each = toset(["a", "b"])\n  slug = each.key\n  url = "http://${each.value}"'),
        'coder_app.it["b"]',
        {"slug": "b", "url": "http://b"},
        id="for-each",
    ),
    pytest.param(
        WORKSPACE
        + 'resource "coder_env" "it" {\n count = data.coder_workspace.me.start_count\n agent_id = "a"\n'
        + ' name = "N_${count.index}_${data.coder_workspace.me.transition}"\n}\n',
        "coder_env.it[0]",
        {"name": "N_0_start"},
        id="count-of-the-workspace",
    ),
    pytest.param(
        LATER
        + 'resource "coder_agent" "it" {\n os = "linux"\n arch = "amd64"\n'
        + ' env = { A = terraform_data.later.output, B = "1", C = "x-${terraform_data.later.output}" }\n}\n',
        "coder_agent.it",
        {"env": {"A": "later", "B": "1", "C": "x-later"}},
        id="map-with-unknown-values",
    ),
    pytest.param(
        LATER
        + 'resource "coder_agent" "it" {\n os = "linux"\n arch = "amd64"\n resources_monitoring {\n'
        + ' dynamic "volume" {\n for_each = toset(["/${terraform_data.later.output}", "/b"])\n content {\n'
        + " path = volume.value\n enabled = true\n threshold = 90\n }\n }\n }\n}\n",
        "coder_agent.it",
        {
            "resources_monitoring": [
                {
                    "memory": [],
                    "volume": [
                        {"path": "/b", "enabled": True, "threshold": 90},
                        {"path": "/later", "enabled": True, "threshold": 90},
                    ],
                }
            ]
        },
        id="set-with-unknown-members",
    ),
    pytest.param(
        LATER
        + 'data "coder_parameter" "n" {\n name = "n"\n type = "number"\n default = 2\n'
        + " depends_on = [terraform_data.later]\n}\n"
        + 'resource "coder_metadata" "it" {\n resource_id = "r"\n dynamic "item" {\n'
        + " for_each = range(tonumber(data.coder_parameter.n.value))\n"
        + ' content {\n key = "k${item.value}"\n value = "v"\n }\n }\n}\n',
        "coder_metadata.it",
        {"item": [{"key": key, "value": "v", "sensitive": False, "is_null": False} for key in ("k0", "k1")]},
        id="number-of-blocks-of-a-deferred-data-source",
    ),
    pytest.param(
        LATER
        + 'resource "coder_metadata" "it" {\n resource_id = terraform_data.later.id\n daily_cost = 1\n'
        + ' item {\n key = "a"\n value = terraform_data.later.output\n }\n'
        + ' item {\n key = "is-${terraform_data.later.output}"\n value = "x"\n }\n}\n',
        "coder_metadata.it",
        {
            "item": [
                {"key": "a", "value": "later", "sensitive": False, "is_null": False},
                {"key": "is-later", "value": "x", "sensitive": False, "is_null": False},
            ]
        },
        id="unknown-keys",
    ),
    pytest.param(
        LATER
        + 'data "coder_workspace_preset" "it" {\n name = "p-${terraform_data.later.output}"\n'
        + " parameters = { a = terraform_data.later.output }\n prebuilds {\n"
        + " instances = length(terraform_data.later.output)\n scheduling {\n"
        + ' timezone = "UTC"\n schedule {\n cron = "* ${length(terraform_data.later.output)} * * *"\n'
        + " instances = 1\n }\n }\n }\n}\n",
        "data.coder_workspace_preset.it",
        {"id": "p-later", "parameters": {"a": "later"}},
        id="data-source-read-at-apply",
    ),
    pytest.param(
        LATER
        + 'resource "coder_script" "it" {\n agent_id = "a"\n display_name = "d"\n run_on_start = true\n'
        + ' script = "echo ${terraform_data.later.output}"\n timeout = length(terraform_data.later.output)\n'
        + ' cron = "0 ${length(terraform_data.later.output)} * * * *"\n}\n',
        "coder_script.it",
        {"script": "echo later", "timeout": 5, "cron": "0 5 * * * *"},
        id="every-kind-of-argument",
    ),
]


@pytest.mark.parametrize(("hcl", "address", "values"), TEMPLATES)
def test_a_template_with_unknown_values_plans_applies_and_is_then_done(
    configured: Configured, hcl: str, address: str, values: dict[str, Any]
) -> None:
    terraform = configured(hcl, isolated=address == "coder_app.it")  # once as Terraform starts it itself
    terraform.validate()
    terraform.apply(terraform.plan())

    found = terraform.resource(address)
    assert {name: found[name] for name in values} == values
    changes = terraform.plan().actions
    assert {name: actions for name, actions in changes.items() if "preset" not in name} == {}


@pytest.mark.parametrize(
    ("hcl", "said"),
    [
        pytest.param(APP.format('slug = "Of ${terraform_data.later.output}"'), 'invalid "coder_app" slug', id="text"),
        pytest.param(
            APP.format('slug = "a"\n  command = "c"\n  url = terraform_data.later.output'), "conflicts", id="together"
        ),
        pytest.param(
            'resource "coder_metadata" "it" {\n resource_id = "r"\n item {\n key = "later"\n }\n'
            " item {\n key = terraform_data.later.output\n }\n}\n",
            'duplicate resource metadata key "later"',
            id="twice",
        ),
        pytest.param(
            'data "coder_secret" "it" {\n file = terraform_data.later.output\n help_message = "h"\n}\n',
            "`file` must start with",
            id="data",
        ),
    ],
)
def test_what_is_wrong_with_an_unknown_value_is_found_when_it_is_known(
    configured: Configured, hcl: str, said: str
) -> None:
    terraform = configured(LATER + hcl)
    plan = terraform.plan()

    with pytest.raises(TerraformError, match=said):
        terraform.apply(plan)


def test_what_is_wrong_beside_an_unknown_value_is_found_at_plan(configured: Configured) -> None:
    items = "".join(f" item {{\n key = {key}\n }}\n" for key in ('"a"', "terraform_data.later.output", '"a"'))

    with pytest.raises(TerraformError, match='duplicate resource metadata key "a"'):
        configured(LATER + f'resource "coder_metadata" "it" {{\n resource_id = "r"\n{items}}}\n').plan()


def test_the_provider_cannot_wait_for_its_url(configured: Configured) -> None:
    hcl = LATER + 'provider "coder" {\n  url = "https://${terraform_data.later.output}"\n}\n' + WORKSPACE

    with pytest.raises(TerraformError, match='CODER_AGENT_URL must not be empty; got ""'):
        configured(hcl).plan()
