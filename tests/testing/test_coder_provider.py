"""The stand-in for coder/coder has the real provider's schema, reads its environment and refuses what it refuses.

With AIBRIDGE_CODER_PROVIDER set, all of this runs against a real provider binary instead.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from aibridge_construct.testing import TerraformError, workspace_environment

from .conftest import Configured

SCRIPT = 'resource "coder_script" "it" {{\n  agent_id = "a1"\n  display_name = "it"\n  script = "true"\n  {}\n}}\n'
AGENT = 'resource "coder_agent" "it" {{\n  os = "linux"\n  arch = "amd64"\n  {}\n}}\n'
APP = 'resource "coder_app" "it" {{\n  agent_id = "a1"\n  {}\n}}\n'
ENV = 'resource "coder_env" "it" {{\n  agent_id = "a1"\n  {}\n}}\n'
METADATA = 'resource "coder_metadata" "it" {{\n  resource_id = "r1"\n  {}\n}}\n'
PARAMETER = 'data "coder_parameter" "it" {{\n  name = "size"\n  {}\n}}\n'
WORKSPACE = 'data "coder_workspace" "it" {}\n'
OWNER = 'data "coder_workspace_owner" "it" {}\n'


def _names(block: dict[str, Any]) -> set[str]:
    return {*block.get("attributes", {}), *block.get("block_types", {})}


@pytest.mark.parametrize(
    ("kind", "name", "members"),
    [
        (
            "resource",
            "coder_script",
            "id agent_id display_name script icon log_path cron run_on_start run_on_stop start_blocks_login timeout",
        ),
        (
            "resource",
            "coder_agent",
            "id arch os auth dir env startup_script startup_script_behavior shutdown_script troubleshooting_url"
            " motd_file connection_timeout order api_key_scope token init_script display_apps metadata"
            " resources_monitoring",
        ),
        ("resource", "coder_env", "id agent_id name value merge_strategy"),
        (
            "resource",
            "coder_app",
            "id agent_id slug command display_name icon url external share subdomain order group hidden open_in tooltip"
            " healthcheck",
        ),
        ("resource", "coder_metadata", "id resource_id hide icon daily_cost item"),
        (
            "data_source",
            "coder_workspace",
            "id name access_url access_port start_count transition prebuild_count is_prebuild is_prebuild_claim"
            " template_id template_name template_version",
        ),
        (
            "data_source",
            "coder_workspace_owner",
            "id name full_name email groups ssh_public_key ssh_private_key session_token oidc_access_token login_type"
            " rbac_roles",
        ),
        ("data_source", "coder_provisioner", "id os arch"),
        (
            "data_source",
            "coder_parameter",
            "id name type default description display_name icon mutable ephemeral order form_type styling value option"
            " validation",
        ),
    ],
)
def test_every_attribute_and_block_that_templates_use_is_in_the_schema(
    schema: dict[str, Any], kind: str, name: str, members: str
) -> None:
    assert set(members.split()) <= _names(schema[f"{kind}_schemas"][name]["block"])


def test_the_secrets_of_the_owner_and_the_agent_are_sensitive(schema: dict[str, Any]) -> None:
    owner = schema["data_source_schemas"]["coder_workspace_owner"]["block"]["attributes"]
    secret = {name for name, attribute in owner.items() if attribute.get("sensitive")}

    assert {"session_token", "ssh_private_key", "oidc_access_token"} <= secret
    assert schema["resource_schemas"]["coder_agent"]["block"]["attributes"]["token"]["sensitive"]
    assert "name" not in secret


def test_roles_of_the_owner_are_objects_with_a_name_and_an_organization(schema: dict[str, Any]) -> None:
    owner = schema["data_source_schemas"]["coder_workspace_owner"]["block"]["attributes"]

    assert owner["rbac_roles"]["type"] == ["list", ["object", {"name": "string", "org_id": "string"}]]


def test_a_default_does_not_make_an_argument_computed(schema: dict[str, Any]) -> None:
    run_on_start = schema["resource_schemas"]["coder_script"]["block"]["attributes"]["run_on_start"]

    assert run_on_start["optional"]
    assert not run_on_start.get("computed")


@pytest.mark.parametrize(
    ("hcl", "said"),
    [
        pytest.param(SCRIPT.format("run_on_start = true\n  timeout = 0"), "at least.*1", id="timeout-zero"),
        pytest.param(SCRIPT.format('cron = "0 12 * *"'), "cron expression", id="cron-too-short"),
        pytest.param(SCRIPT.format('cron = "0 99 * * * *"'), "cron expression", id="cron-out-of-range"),
        pytest.param(SCRIPT.format("run_on_boot = true"), "Unsupported argument", id="unknown-argument"),
        pytest.param(AGENT.format("").replace("amd64", "riscv"), "amd64", id="agent-arch"),
        pytest.param(AGENT.format("").replace("linux", "plan9"), "windows", id="agent-os"),
        pytest.param(AGENT.format('startup_script_behavior = "lazy"'), "non-blocking", id="agent-behavior"),
        pytest.param(AGENT.format('api_key_scope = "none"'), "no_user_data", id="agent-scope"),
        pytest.param(AGENT.format('auth = "password"'), "aws-instance-identity", id="agent-auth"),
        pytest.param(AGENT.format("connection_timeout = -1"), "at least.*0", id="agent-timeout"),
        pytest.param(AGENT.format("display_apps {}\n  display_apps {}"), "display_apps", id="two-display-apps"),
        pytest.param(AGENT.format('metadata {\n    key = "cpu"\n  }'), "required", id="metadata-incomplete"),
        pytest.param(
            AGENT.format('resources_monitoring {\n volume {\n path = "home"\n enabled = true\n threshold = 90\n }\n }'),
            "absolute path",
            id="volume-relative",
        ),
        pytest.param(
            AGENT.format("resources_monitoring {\n memory {\n enabled = true\n threshold = 101\n }\n }"),
            "0.*100",
            id="threshold-above-100",
        ),
        pytest.param(ENV.format('name = "1ST"'), "valid environment variable name", id="env-name"),
        pytest.param(ENV.format('name = "A\\n"'), "valid environment variable name", id="env-name-newline"),
        pytest.param(ENV.format('name = "A"\n  merge_strategy = "sum"'), "prepend", id="env-merge"),
        pytest.param(APP.format('slug = "Not_A_Slug"'), "host ?name", id="app-slug"),
        pytest.param(APP.format('slug = "a"\n  share = "world"'), "authenticated", id="app-share"),
        pytest.param(APP.format('slug = "a"\n  open_in = "popup"'), "slim-window", id="app-open-in"),
        pytest.param(APP.format(f'slug = "a"\n  display_name = "{"x" * 65}"'), "too long", id="app-name"),
        pytest.param(APP.format('slug = "a"\n  url = "http://x"\n  command = "y"'), "conflicts", id="app-url-command"),
        pytest.param(
            APP.format('slug = "a"\n  url = "http://x"\n  external = true\n  subdomain = true'),
            "conflicts",
            id="app-external-subdomain",
        ),
        pytest.param(PARAMETER.format('type = "map"'), r"list\(string\)", id="parameter-type"),
    ],
)
def test_values_the_provider_knows_to_be_wrong_fail_at_validation(configured: Configured, hcl: str, said: str) -> None:
    terraform = configured(hcl)

    with pytest.raises(TerraformError, match=f"(?s){said}"):
        terraform.validate()


@pytest.mark.parametrize(
    ("hcl", "said"),
    [
        pytest.param(
            AGENT.format(2 * 'metadata {\n    key = "cpu"\n    script = "x"\n    interval = 1\n  }\n  '),
            'duplicate agent metadata key "cpu"',
            id="agent-metadata",
        ),
        pytest.param(
            AGENT.format(
                "resources_monitoring {\n"
                + "".join(f'volume {{\n path = "/home"\n enabled = true\n threshold = {n}\n }}\n' for n in (80, 90))
                + "}"
            ),
            'duplicate volume path "/home"',
            id="volumes",
        ),
        pytest.param(
            METADATA.format(2 * 'item {\n    key = "cpu"\n    value = "4"\n  }\n  '),
            'duplicate resource metadata key "cpu"',
            id="items",
        ),
    ],
)
def test_repeated_keys_fail_at_plan(configured: Configured, hcl: str, said: str) -> None:
    with pytest.raises(TerraformError, match=said):
        configured(hcl).plan()


@pytest.mark.parametrize(
    ("hcl", "said"),
    [
        (SCRIPT.format(""), 'at least one of "run_on_start", "run_on_stop", or "cron" must be set'),
        (SCRIPT.format('cron = ""\n  run_on_stop = false'), "cron"),
        (
            SCRIPT.format("run_on_stop = true\n  start_blocks_login = true"),
            '"start_blocks_login" can only be set if "run_on_start" is "true"',
        ),
    ],
    ids=["never-runs", "empty-cron", "blocks-login-without-start"],
)
def test_a_script_that_cannot_work_plans_but_fails_to_apply(configured: Configured, hcl: str, said: str) -> None:
    terraform = configured(hcl)
    if 'cron = ""' in hcl:  # an empty expression is wrong by itself
        with pytest.raises(TerraformError, match=said):
            terraform.plan()
        return
    plan = terraform.plan()

    with pytest.raises(TerraformError, match=said) as caught:
        terraform.apply(plan)
    assert caught.value.diagnostics[0].address == "coder_script.it"


@pytest.mark.parametrize(
    "arguments",
    [
        "run_on_start = true",
        "run_on_stop = true",
        'cron = "0 30 9 * * 1-5"',
        'cron = "@daily"',
        "run_on_start = true\ntimeout = 1",
    ],
)
def test_a_script_with_any_occasion_to_run_applies(configured: Configured, arguments: str) -> None:
    terraform = configured(SCRIPT.format(arguments))

    terraform.apply()

    script = terraform.resource("coder_script.it")
    assert re.fullmatch(r"[0-9a-f-]{36}", script["id"])
    assert isinstance(script["run_on_start"], bool)


def test_any_change_to_a_script_replaces_it(configured: Configured) -> None:
    terraform = configured(SCRIPT.format("run_on_start = true"))
    terraform.apply()
    first = terraform.resource("coder_script.it")["id"]
    main = terraform.directory / "main.tf"
    main.write_text(main.read_text().replace('"true"', '"false"'))

    plan = terraform.plan()
    terraform.apply(plan)

    assert plan.actions == {"coder_script.it": ["delete", "create"]}
    assert terraform.resource("coder_script.it")["id"] != first


def test_a_changed_block_replaces_the_resource(configured: Configured) -> None:
    check = 'healthcheck {{\n    url = "http://x"\n    interval = {}\n    threshold = 3\n  }}'
    terraform = configured(APP.format('slug = "a"\n  url = "http://x"\n  ' + check.format(5)))
    terraform.apply()
    main = terraform.directory / "main.tf"
    main.write_text(main.read_text().replace("interval = 5", "interval = 6"))

    assert terraform.plan().actions == {"coder_app.it": ["delete", "create"]}


@pytest.mark.parametrize(
    "hcl",
    [
        SCRIPT.format("run_on_start = true"),
        AGENT.format(""),
        AGENT.format(
            "display_apps {\n vscode = false\n }\n"
            'metadata {\n key = "a"\n script = "x"\n interval = 1\n }\n'
            'metadata {\n key = "b"\n script = "x"\n interval = 1\n timeout = 2\n }\n'
            "resources_monitoring {\n memory {\n enabled = true\n threshold = 90\n }\n"
            'volume {\n path = "/b"\n enabled = true\n threshold = 90\n }\n'
            'volume {\n path = "/a"\n enabled = false\n threshold = 80\n }\n }'
        ),
        ENV.format('name = "EDITOR"'),
        APP.format(
            'slug = "a"\n url = "http://x"\n healthcheck {\n url = "http://x"\n interval = 5\n threshold = 6\n }'
        ),
        METADATA.format('item {\n key = "a"\n }\n item {\n key = "b"\n value = "1"\n sensitive = true\n }'),
    ],
    ids=["script", "agent", "agent-with-blocks", "env", "app", "metadata"],
)
def test_nothing_is_planned_right_after_apply(configured: Configured, hcl: str) -> None:
    terraform = configured(hcl)
    terraform.apply()

    assert terraform.plan().actions == {}


@pytest.mark.parametrize(
    ("hcl", "address", "defaults"),
    [
        (
            SCRIPT.format("run_on_start = true"),
            "coder_script.it",
            {"run_on_stop": False, "start_blocks_login": False, "timeout": 0},
        ),
        (
            AGENT.format(""),
            "coder_agent.it",
            {
                "auth": "token",
                "startup_script_behavior": "non-blocking",
                "connection_timeout": 120,
                "api_key_scope": "all",
                "display_apps": [
                    {
                        "vscode": True,
                        "vscode_insiders": False,
                        "web_terminal": True,
                        "ssh_helper": True,
                        "port_forwarding_helper": True,
                    }
                ],
            },
        ),
        (ENV.format('name = "A"'), "coder_env.it", {"merge_strategy": "replace"}),
        (
            APP.format('slug = "a"'),
            "coder_app.it",
            {"external": False, "share": "owner", "hidden": False, "open_in": "slim-window"},
        ),
    ],
    ids=["script", "agent", "env", "app"],
)
def test_what_the_configuration_leaves_out_gets_the_providers_default(
    configured: Configured, hcl: str, address: str, defaults: dict[str, Any]
) -> None:
    terraform = configured(hcl)
    terraform.apply()

    values = terraform.resource(address)
    assert {name: values[name] for name in defaults} == defaults


def test_metadata_says_which_items_have_no_value(configured: Configured) -> None:
    terraform = configured(METADATA.format('item {\n key = "a"\n }\n item {\n key = "b"\n value = ""\n }'))
    terraform.apply()

    items = terraform.resource("coder_metadata.it")["item"]
    assert [bool(item["is_null"]) for item in items] == [True, False]


def test_an_agent_gets_a_new_token_at_every_build(configured: Configured) -> None:
    terraform = configured(AGENT.format(""))
    terraform.apply()
    first = terraform.resource("coder_agent.it")["token"]
    terraform.apply()

    assert terraform.resource("coder_agent.it")["token"] != first


def test_an_agent_of_a_claimed_workspace_keeps_the_token_it_runs_with(configured: Configured) -> None:
    terraform = configured(AGENT.format(""), env=workspace_environment(prebuild="claim", agent_token="running"))
    terraform.apply()
    terraform.apply()

    assert terraform.resource("coder_agent.it")["token"] == "running"


def test_the_init_script_carries_the_access_url_and_the_way_to_authenticate(configured: Configured) -> None:
    env = workspace_environment() | {"CODER_AGENT_SCRIPT_linux_amd64": "start ${ACCESS_URL} ${AUTH_TYPE}"}
    terraform = configured(AGENT.format(""), env=env)
    terraform.apply()

    assert terraform.resource("coder_agent.it")["init_script"] == "start https://coder.example.com/ token"


def test_the_workspace_is_read_from_the_environment(configured: Configured) -> None:
    env = workspace_environment(access_url="http://coder.test:3000", workspace="box", transition="stop")
    terraform = configured(WORKSPACE, env=env)
    terraform.apply()

    values = terraform.resource("data.coder_workspace.it")
    expected = {
        "name": "box",
        "access_url": "http://coder.test:3000",
        "access_port": 3000,
        "transition": "stop",
        "start_count": 0,
        "is_prebuild": False,
        "prebuild_count": 0,
        "is_prebuild_claim": False,
        "template_name": "template",
    }
    assert {name: values[name] for name in expected} == expected


@pytest.mark.parametrize(("url", "port"), [("https://coder.example.com", 443), ("http://coder.example.com", 80)])
def test_the_access_port_follows_from_the_scheme(configured: Configured, url: str, port: int) -> None:
    terraform = configured(WORKSPACE, env=workspace_environment(access_url=url))
    terraform.apply()

    assert terraform.resource("data.coder_workspace.it")["access_port"] == port


@pytest.mark.parametrize(
    ("prebuild", "expected"), [("build", (True, 1, False)), ("claim", (False, 0, True)), ("", (False, 0, False))]
)
def test_a_prebuilt_workspace_and_its_claim_are_told_apart(
    configured: Configured, prebuild: Any, expected: tuple[bool, int, bool]
) -> None:
    terraform = configured(WORKSPACE, env=workspace_environment(prebuild=prebuild))
    terraform.apply()

    values = terraform.resource("data.coder_workspace.it")
    assert (values["is_prebuild"], values["prebuild_count"], values["is_prebuild_claim"]) == expected


def test_a_provider_block_wins_over_the_environment(configured: Configured) -> None:
    terraform = configured('provider "coder" {\n  url = "https://other.example.com"\n}\n' + WORKSPACE)
    terraform.apply()

    assert terraform.resource("data.coder_workspace.it")["access_url"] == "https://other.example.com"


def test_an_empty_access_url_is_refused_in_a_provider_block(configured: Configured) -> None:
    with pytest.raises(TerraformError, match="CODER_AGENT_URL must not be empty"):
        configured('provider "coder" {\n  url = ""\n}\n' + WORKSPACE).plan()


def test_an_empty_access_url_in_the_environment_counts_as_none(configured: Configured) -> None:
    terraform = configured(WORKSPACE, env=workspace_environment(access_url=""))
    terraform.apply()

    assert terraform.resource("data.coder_workspace.it")["access_url"] == "https://mydeployment.coder.com"


@pytest.mark.parametrize("part", ["ID", "NAME", "VERSION"])
def test_the_template_must_be_known(configured: Configured, part: str) -> None:
    env = workspace_environment()
    del env[f"CODER_WORKSPACE_TEMPLATE_{part}"]

    with pytest.raises(TerraformError, match=f"(?i)template {part} is missing"):
        configured(WORKSPACE, env=env).plan()


def test_the_owner_is_read_from_the_environment(configured: Configured) -> None:
    env = workspace_environment(owner="grace", token="t0ken", groups=["staff", "ops"])
    env["CODER_WORKSPACE_OWNER_RBAC_ROLES"] = json.dumps([{"name": "member", "org_id": "o1"}])
    terraform = configured(OWNER, env=env)
    terraform.apply()

    values = terraform.resource("data.coder_workspace_owner.it")
    expected = {
        "name": "grace",
        "full_name": "Grace",
        "email": "grace@example.com",
        "session_token": "t0ken",
        "groups": ["staff", "ops"],
        "rbac_roles": [{"name": "member", "org_id": "o1"}],
    }
    assert {name: values[name] for name in expected} == expected


def test_the_session_token_is_empty_where_coder_gives_none(configured: Configured) -> None:
    terraform = configured(OWNER, env=workspace_environment(token=None))
    terraform.apply()

    assert terraform.resource("data.coder_workspace_owner.it")["session_token"] == ""


def test_an_output_made_from_the_session_token_must_be_declared_sensitive(configured: Configured) -> None:
    terraform = configured(OWNER + 'output "it" {\n  value = "x${data.coder_workspace_owner.it.session_token}"\n}\n')

    with pytest.raises(TerraformError, match="sensitive"):
        terraform.plan()


def test_a_script_with_the_session_token_is_shown_as_a_sensitive_value(configured: Configured) -> None:
    hcl = OWNER + SCRIPT.format("run_on_start = true").replace(
        '"true"', '"${data.coder_workspace_owner.it.session_token}"'
    )
    plan = configured(hcl, env=workspace_environment(token="s3cret")).plan()

    assert re.search(r"script\s+= \(sensitive value\)", plan.text)
    assert "s3cret" not in plan.text
    assert plan.resource("coder_script.it")["script"] == "s3cret"


def test_the_provisioner_is_this_machine(configured: Configured) -> None:
    terraform = configured('data "coder_provisioner" "it" {}\n')
    terraform.apply()

    values = terraform.resource("data.coder_provisioner.it")
    assert values["os"] == "linux"
    assert values["arch"] in ("amd64", "arm64")


# --- coder_parameter --------------------------------------------------------------------------------------------------

OPTIONS = "".join(f'  option {{\n    name = "{name}"\n    value = "{name.lower()}"\n  }}\n' for name in ("S", "M"))


def test_a_parameter_has_its_default_until_the_user_chooses(configured: Configured) -> None:
    hcl = PARAMETER.format('default = "s"\n' + OPTIONS)
    untouched, chosen = configured(hcl), configured(hcl, env=workspace_environment(parameters={"size": "m"}))
    untouched.apply()
    chosen.apply()

    assert untouched.resource("data.coder_parameter.it")["value"] == "s"
    assert chosen.resource("data.coder_parameter.it")["value"] == "m"


@pytest.mark.parametrize(
    ("arguments", "form_type"),
    [
        ('default = "x"', "input"),
        ('default = "s"\n' + OPTIONS, "radio"),
        ('type = "bool"\n default = "true"', "checkbox"),
        ('type = "list(string)"\n default = jsonencode(["s"])', "tag-select"),
        (
            'type = "list(string)"\n form_type = "multi-select"\n default = jsonencode(["s"])\n' + OPTIONS,
            "multi-select",
        ),
        ('type = "number"\n form_type = "slider"\n default = 3\n validation {\n min = 1\n max = 5\n }', "slider"),
    ],
)
def test_a_parameter_takes_the_form_that_fits_its_type(configured: Configured, arguments: str, form_type: str) -> None:
    terraform = configured(PARAMETER.format(arguments))
    terraform.apply()

    assert terraform.resource("data.coder_parameter.it")["form_type"] == form_type


@pytest.mark.parametrize(
    ("arguments", "chosen", "said"),
    [
        pytest.param("ephemeral = true", None, "immutable and ephemeral", id="ephemeral-immutable"),
        pytest.param("ephemeral = true\n mutable = true", None, "requires the default", id="ephemeral-required"),
        pytest.param('default = "xl"\n' + OPTIONS, None, "must be a valid option", id="default-not-an-option"),
        pytest.param('default = "s"\n' + OPTIONS, "xl", "must be a valid option", id="choice-not-an-option"),
        pytest.param('default = "s"\n' + OPTIONS + OPTIONS, None, "names must be unique", id="option-twice"),
        pytest.param('type = "number"\n default = "many"', None, 'not of type "number"', id="not-a-number"),
        pytest.param('type = "bool"\n default = "maybe"', None, 'not of type "bool"', id="not-a-bool"),
        pytest.param('type = "list(string)"\n default = "a,b"', None, 'not of type "list', id="not-a-list"),
        pytest.param('form_type = "slider"\n default = "x"', None, "form_type", id="form-does-not-fit"),
        pytest.param(
            'type = "number"\n default = 3\n validation {\n min = 4\n }', None, "less than the minimum 4", id="min"
        ),
        pytest.param(
            'type = "number"\n default = 3\n validation {\n max = 4\n }', "5", "more than the maximum 4", id="max"
        ),
        pytest.param(
            'type = "number"\n default = 3\n validation {\n min = 4\n error = "want {min}, not {value}"\n }',
            None,
            "want 4, not 3",
            id="own-words",
        ),
        pytest.param(
            'default = "a b"\n validation {\n regex = "^[a-z]+$"\n error = "letters only"\n }',
            None,
            "letters only",
            id="regex",
        ),
        pytest.param(
            'default = "a"\n validation {\n regex = "^[a-z]+$"\n }',
            None,
            "an error must be specified",
            id="regex-no-error",
        ),
        pytest.param('default = "a"\n validation {\n min = 1\n }', None, "min.*cannot be specified", id="min-of-text"),
        pytest.param(
            'type = "number"\n default = 3\n validation {\n monotonic = "up"\n }',
            None,
            "increasing.*decreasing",
            id="monotonic",
        ),
    ],
)
def test_a_parameter_that_cannot_hold_its_value_fails_at_plan(
    configured: Configured, arguments: str, chosen: str | None, said: str
) -> None:
    env = workspace_environment(parameters={"size": chosen} if chosen else {})

    with pytest.raises(TerraformError, match=f"(?s){said}"):
        configured(PARAMETER.format(arguments), env=env).plan()


def test_a_growing_parameter_cannot_shrink(configured: Configured) -> None:
    env = workspace_environment(parameters={"size": "10"})
    previous = next(name for name in env if name.startswith("CODER_PARAMETER_"))
    env[previous.replace("CODER_PARAMETER_", "CODER_PARAMETER_PREVIOUS_")] = "20"
    hcl = PARAMETER.format(
        'type = "number"\n mutable = true\n default = 5\n validation {\n monotonic = "increasing"\n }'
    )

    with pytest.raises(TerraformError, match="previous"):
        configured(hcl, env=env).plan()


def test_a_refusal_names_the_resource_and_the_line(configured: Configured) -> None:
    with pytest.raises(TerraformError) as caught:
        configured(ENV.format('name = "1ST"')).plan()

    problem = caught.value.diagnostics[0]
    assert problem.address == "coder_env.it"
    assert 'name = "1ST"' in problem.place
