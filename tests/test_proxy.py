"""The construct: what it declares, what it refuses, and where the session token goes."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from cdktf import App, TerraformOutput, TerraformStack, TerraformVariable, Testing
from constructs import Construct
from syrupy.assertion import SnapshotAssertion

from aibridge_construct import (
    AIBridgeProxy,
    CoderProvider,
    ConflictError,
    InvalidValueError,
    MissingArgumentError,
    ProxiedTool,
    declare_unit,
)
from aibridge_construct._engine import resolve
from aibridge_construct.testing import readable
from aibridge_construct.testing.terraform import TerraformError
from aibridge_construct.testing.wiring import wiring
from tests.conftest import MakeTerraform
from tests.values import PEM

URL = "https://aiproxy.example.com:8888"
TOKEN = '${replace(urlencode(data.coder_workspace_owner.me.session_token), "+", "%20")}'


def synthesized(stack: TerraformStack) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Testing.synth(stack, True))
    return content


def script_of(content: dict[str, Any]) -> dict[str, Any]:
    (script,) = content["resource"]["coder_script"].values()
    assert isinstance(script, dict)
    return script


def test_the_script_runs_on_start_and_nothing_else_is_declared(stack: TerraformStack) -> None:
    AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    content = synthesized(stack)
    script = script_of(content)
    assert {name: script[name] for name in script if name != "script"} == {
        "agent_id": "a1",
        "display_name": "AI Bridge Proxy Setup",
        "icon": "/icon/coder.svg",
        "run_on_start": True,
        "start_blocks_login": False,
    }
    assert content["data"] == {"coder_workspace": {"me": {}}, "coder_workspace_owner": {"me": {}}}
    assert set(content) == {"data", "resource", "terraform"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://aiproxy.example.com", f"https://coder:{TOKEN}@aiproxy.example.com"),
        ("http://aiproxy.example.com:8888/", f"http://coder:{TOKEN}@aiproxy.example.com:8888"),
        ("http://[::1]:8888", f"http://coder:{TOKEN}@[::1]:8888"),
    ],
)
def test_the_credentials_follow_the_scheme_and_a_trailing_slash_is_dropped(
    stack: TerraformStack, url: str, expected: str
) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=url)
    assert resolve(stack, proxy.proxy_auth_url) == expected


def test_the_proxys_own_url_is_not_in_the_script(stack: TerraformStack) -> None:
    AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    assert "aiproxy.example.com" not in json.dumps(synthesized(stack))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"agent_id": "a1", "proxy_url": "aiproxy.example.com"}, "proxy_url must start with http:// or https://"),
        ({"agent_id": "a1", "proxy_url": URL, "cert_path": "ca.pem"}, "cert_path must be an absolute path"),
        ({"agent_id": "", "proxy_url": URL}, "agent_id must not be empty"),
        ({"agent_id": "a1", "proxy_url": URL, "setup_timeout": 0}, "setup_timeout must be a whole number of seconds"),
        ({"agent_id": "a1", "proxy_url": URL, "setup_timeout": 1.5}, "setup_timeout must be a whole number of seconds"),
        (
            {"agent_id": "a1", "proxy_url": URL, "setup_timeout": True},
            "setup_timeout must be a whole number of seconds",
        ),
        ({"agent_id": "a1", "proxy_url": URL, "launcher": "false"}, "launcher must be True or False"),
        ({"agent_id": "a1", "proxy_url": URL, "extra_ca_certificates": 5}, "extra_ca_certificates must be a string"),
        ({"agent_id": "a1", "proxy_url": URL, "sync_unit": "a b"}, "sync_unit must be 1 to 128 letters"),
        ({"agent_id": "a1", "proxy_url": URL, "refresh": "@daily"}, "refresh must be written in fields"),
        ({"agent_id": "a1", "proxy_url": URL, "refresh": "0 9 * * 1-5"}, "refresh must have six fields, seconds first"),
        ({"agent_id": "a1", "proxy_url": URL, "refresh": 5}, "refresh must be a string"),
        ({"agent_id": "a1", "proxy_url": URL, "after": "unit"}, "after must be a list"),
        ({"agent_id": "a1", "proxy_url": URL, "after": [5]}, "after must list proxies, tools or unit names"),
        (
            {"agent_id": "a1", "proxy_url": URL, "extra_ca_certificates": "x"},
            "extra_ca_certificates must be empty or one or more",
        ),
        (
            {"agent_id": "a1", "proxy_url": URL, "extra_ca_certificates": [b"x"]},
            "extra_ca_certificates must be a string",
        ),
    ],
)
def test_a_mistake_is_refused_before_anything_is_declared(
    stack: TerraformStack, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidValueError, match=words.replace("(", r"\(")):
        AIBridgeProxy(stack, "aibridge", **arguments)
    assert "resource" not in synthesized(stack)


def test_a_forgotten_agent_says_what_to_write(stack: TerraformStack) -> None:
    with pytest.raises(
        MissingArgumentError, match=r"AIBridgeProxy needs agent_id\. Write AIBridgeProxy\(…, agent_id=agent\.id\)"
    ):
        AIBridgeProxy(stack, "aibridge", proxy_url=URL)  # type: ignore[call-arg]


def test_an_agent_instead_of_its_id_says_what_to_write(stack: TerraformStack) -> None:
    with pytest.raises(InvalidValueError, match=r"agent_id must be a string, for example .*agent\.id"):
        AIBridgeProxy(stack, "aibridge", agent_id=Construct(stack, "agent"), proxy_url=URL)  # type: ignore[arg-type]


def test_values_known_only_to_terraform_draw_preconditions_on_the_script(stack: TerraformStack) -> None:
    url = TerraformVariable(stack, "url", type="string")
    AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=url.string_value)
    content = synthesized(stack)
    assert list(content["locals"].values()) == ["${var.url}"]
    (name,) = content["locals"]
    preconditions = script_of(content)["lifecycle"]["precondition"]
    assert preconditions[0] == {
        "condition": f'${{can(regex("\\\\Ahttps?://", local.{name}))}}',
        "error_message": "proxy_url must start with http:// or https:// in lower case, for example " + URL + ".",
    }


def test_variables_check_themselves_so_the_script_needs_no_preconditions(stack: TerraformStack) -> None:
    AIBridgeProxy.from_variables(stack, "aibridge", agent_id="a1")
    content = synthesized(stack)
    assert "lifecycle" not in script_of(content)
    assert "locals" not in content
    assert set(content["variable"]) == {"proxy_url", "cert_path", "setup_timeout", "extra_ca_pem", "refresh"}


def test_a_second_set_of_variables_is_refused(stack: TerraformStack) -> None:
    AIBridgeProxy.from_variables(stack, "one", agent_id="a1")
    with pytest.raises(ConflictError, match="already has an element 'proxy_url'"):
        AIBridgeProxy.from_variables(stack, "two", agent_id="a2")


def test_extra_certificates_are_joined(stack: TerraformStack) -> None:
    AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL, extra_ca_certificates=[PEM.strip(), "\n" + PEM])
    assert f"EXTRA_CA_PEM='{PEM}{PEM}'" in script_of(synthesized(stack))["script"]


def test_two_proxies_of_one_agent_that_write_the_same_file_are_refused_at_synth(
    app: App, stack: TerraformStack
) -> None:
    AIBridgeProxy(stack, "one", agent_id="a1", proxy_url=URL)
    AIBridgeProxy(stack, "two", agent_id="a1", proxy_url=URL, sync_unit="other")
    with pytest.raises(RuntimeError, match="stack/one and stack/two have the same certificate file"):
        app.synth()


def test_two_proxies_of_one_agent_with_the_same_startup_unit_are_refused_at_synth(
    app: App, stack: TerraformStack
) -> None:
    AIBridgeProxy(stack, "one", agent_id="a1", proxy_url=URL)
    AIBridgeProxy(stack, "two", agent_id="a1", proxy_url=URL, cert_path="/tmp/two.pem")
    with pytest.raises(
        RuntimeError, match=r"same startup unit on the same agent, 'aibridge-proxy-setup': .*another sync_unit"
    ):
        app.synth()


def test_proxies_are_compared_by_what_terraform_will_see(app: App, stack: TerraformStack) -> None:
    agent = TerraformVariable(stack, "agent", type="string")
    AIBridgeProxy(stack, "one", agent_id=agent.string_value, proxy_url=URL)
    AIBridgeProxy(stack, "two", agent_id="${var.agent}", proxy_url=URL)
    with pytest.raises(RuntimeError, match="same certificate file"):
        app.synth()


def test_two_agents_may_use_the_same_path(app: App, stack: TerraformStack) -> None:
    AIBridgeProxy(stack, "one", agent_id="a1", proxy_url=URL)
    AIBridgeProxy(stack, "two", agent_id="a2", proxy_url=URL)
    app.synth()


def test_data_sources_are_shared_by_the_stack(stack: TerraformStack) -> None:
    AIBridgeProxy(stack, "one", agent_id="a1", proxy_url=URL)
    AIBridgeProxy(Construct(stack, "deeper"), "two", agent_id="a2", proxy_url=URL)
    assert synthesized(stack)["data"] == {"coder_workspace": {"me": {}}, "coder_workspace_owner": {"me": {}}}


def test_the_address_of_the_script_can_be_told(stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    (name,) = synthesized(stack)["resource"]["coder_script"]
    assert proxy.script_address == f"coder_script.{name}"


def test_neither_repr_nor_str_tells_a_secret(stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    assert "session_token" not in repr(proxy) + str(proxy)


def test_values_known_only_to_terraform_are_checked_at_plan_in_the_words_of_python(
    stack: TerraformStack, terraform: MakeTerraform
) -> None:
    host = TerraformVariable(stack, "host", type="string")
    path = TerraformVariable(stack, "path", type="string")
    seconds = TerraformVariable(stack, "seconds", type="number", default=60)
    agent = TerraformVariable(stack, "agent", type="string", default="a1")
    proxy = AIBridgeProxy(
        stack,
        "aibridge",
        agent_id=agent.string_value,
        proxy_url=f"https://{host.string_value}:8888/",
        cert_path=path.string_value,
        setup_timeout=seconds.number_value,
    )
    TerraformOutput(stack, "url", value=proxy.proxy_auth_url, sensitive=True)
    made = terraform(stack)
    good = {"host": "proxy", "path": "/tmp/it's here.pem"}
    plan = made.plan(variables=good)
    assert plan.outputs["url"] == "https://coder:owner-session-token@proxy:8888"
    (script,) = plan.json["planned_values"]["root_module"]["resources"]
    assert "\nCERT_PATH='/tmp/it'\\''s here.pem'\n" in script["values"]["script"]
    assert "\nDEADLINE='60'\n" in script["values"]["script"]
    for wrong, words in (
        ({"host": "a b"}, "proxy_url must not contain white space"),
        ({"path": "ca.pem"}, "cert_path must be an absolute path, for example /tmp/aibridge-proxy/ca-cert.pem."),
        ({"seconds": 0}, "setup_timeout must be a whole number"),
        ({"agent": ""}, "agent_id must not be empty"),
    ):
        with pytest.raises(TerraformError, match=re.escape(words)):
            made.plan(variables=good | wrong)


def test_preconditions_hold_in_hcl_too(stack: TerraformStack, terraform: MakeTerraform) -> None:
    path = TerraformVariable(stack, "path", type="string")
    AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL, cert_path=path.string_value)
    made = terraform({"cdk.tf": stack.to_hcl_terraform()["hcl"]})
    made.plan(variables={"path": "/tmp/ca.pem"})
    with pytest.raises(TerraformError, match="cert_path must be an absolute path"):
        made.plan(variables={"path": "ca.pem"})


def test_in_a_template_with_its_own_provider(
    stack: TerraformStack, terraform: MakeTerraform, terraform_snapshot: SnapshotAssertion
) -> None:
    CoderProvider(stack, "coder")
    AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL, extra_ca_certificates=PEM).add_outputs()
    text = Testing.synth(stack, True)
    assert readable(text) == terraform_snapshot(name="template")
    assert wiring(text) == terraform_snapshot(name="wiring")
    terraform(stack).validate()


def test_two_launchers_on_one_agent_are_refused_at_synth(app: App, stack: TerraformStack) -> None:
    AIBridgeProxy(stack, "one", agent_id="a1", proxy_url=URL, launcher=True)
    AIBridgeProxy(stack, "two", agent_id="a1", proxy_url=URL, cert_path="/tmp/two.pem", sync_unit="two", launcher=True)
    with pytest.raises(RuntimeError, match="same launcher on the same agent"):
        app.synth()


def test_the_launcher_switches_tracing_off_before_it_holds_the_token(stack: TerraformStack) -> None:
    AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL, launcher=True)
    script = script_of(synthesized(stack))["script"]
    head = script.partition("launcher_head() {")[2].partition("}\n")[0]
    assert head.startswith(""" printf "#!/bin/sh\\naibridge_reached_before=""")
    assert "{ launcher_head && launcher_text; }" in script
    launcher = script.partition("cat <<'AIBRIDGE_TEXT_END'\n")[2].partition("AIBRIDGE_TEXT_END\n")[0]
    assert "set +aefuvx" in launcher.partition("HTTPS_PROXY=")[0]


@pytest.mark.parametrize("url", ["http://localhost:8888", "https://127.0.0.1", "http://[::1]:8888"])
def test_a_proxy_on_loopback_draws_a_warning_at_synthesis(stack: TerraformStack, url: str) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=url)
    (warning,) = [entry.data for entry in proxy.node.metadata if entry.type.endswith("warn")]
    assert warning.startswith(f"proxy_url is {url}, which inside a container is the container itself: ")
    assert "LOOPBACK_PROXY=''" in script_of(synthesized(stack))["script"]


def test_a_proxy_elsewhere_draws_none(stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "aibridge", agent_id="a1", proxy_url=URL)
    assert not [entry for entry in proxy.node.metadata if entry.type.endswith("warn")]


def test_a_refresh_is_the_schedule_of_the_script(stack: TerraformStack, terraform: MakeTerraform) -> None:
    often = TerraformVariable(stack, "often", type="string", nullable=True)
    for name, refresh in (("literal", "0 0 */6 * * *"), ("computed", often.string_value), ("none", None)):
        AIBridgeProxy(
            stack, name, agent_id=name, proxy_url=URL, cert_path=f"/tmp/{name}", sync_unit=name, refresh=refresh
        )
    made = terraform(stack)

    def schedules(variable: str | None) -> dict[str, str | None]:
        resources = made.plan(variables={"often": variable}).json["planned_values"]["root_module"]["resources"]
        return {resource["values"]["agent_id"]: resource["values"]["cron"] for resource in resources}

    assert schedules("0 30 9 * * *") == {"literal": "0 0 */6 * * *", "computed": "0 30 9 * * *", "none": None}
    assert schedules(None) == schedules("") == {"literal": "0 0 */6 * * *", "computed": None, "none": None}
    with pytest.raises(TerraformError, match="refresh must have six fields"):
        made.plan(variables={"often": "9 * * *"})


def test_setup_wants_what_it_waits_for(app: App, stack: TerraformStack) -> None:
    declare_unit(stack, "install-ca", agent_id="a1")
    AIBridgeProxy(stack, "p", agent_id="a1", proxy_url=URL, after=["install-ca", "install-ca"])
    assert "\nAFTER='install-ca'\n" in script_of(synthesized(stack))["script"]
    app.synth()


def test_setup_cannot_wait_for_what_waits_for_it(app: App, stack: TerraformStack) -> None:
    proxy = AIBridgeProxy(stack, "p", agent_id="a1", proxy_url=URL, after=["aibridge-tool-t"])
    ProxiedTool(stack, "t", proxy=proxy, command="true")
    with pytest.raises(RuntimeError, match="aibridge-proxy-setup -> aibridge-tool-t -> aibridge-proxy-setup"):
        app.synth()


@pytest.mark.parametrize("make", ["class", "variables"])
def test_setup_cannot_wait_for_a_unit_that_nobody_declares(app: App, stack: TerraformStack, make: str) -> None:
    if make == "class":
        AIBridgeProxy(stack, "p", agent_id="a1", proxy_url=URL, after=["instal-ca"])
    else:
        AIBridgeProxy.from_variables(stack, "p", agent_id="a1", after=["instal-ca"])
    with pytest.raises(RuntimeError, match="waits for the startup unit 'instal-ca', which nobody declares"):
        app.synth()


def test_a_unit_that_only_terraform_knows_is_waited_for_and_checked_at_plan(
    stack: TerraformStack, terraform: MakeTerraform
) -> None:
    TerraformVariable(stack, "unit", type="string", default="install-ca")
    declare_unit(stack, "${var.unit}", agent_id="a1")
    proxy = AIBridgeProxy(stack, "p", agent_id="a1", proxy_url=URL, after=["${var.unit}"])
    made = terraform(stack)
    assert "\nAFTER='install-ca" in made.plan().resource(proxy.script_address)["script"]
    with pytest.raises(TerraformError, match="sync_unit must be 1 to 128 letters"):
        made.plan(variables={"unit": "two words"})
