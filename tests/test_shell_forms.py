"""What a shell reads and Terraform cannot is refused in every field, with what to write instead."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from cdktf import TerraformStack

from aibridge_construct import (
    AgentMetadata,
    AIBridgeProxy,
    AppHealthcheck,
    CoderAgent,
    CoderApp,
    CoderEnv,
    CoderMetadata,
    CoderScript,
    Copilot,
    DataCoderParameter,
    InvalidValueError,
    MetadataItem,
    ParameterOption,
    ParameterValidation,
    ProxiedTool,
)

BASES: dict[type[Any], dict[str, Any]] = {
    CoderAgent: {"os": "linux", "arch": "amd64"},
    CoderApp: {"agent_id": "a1", "slug": "web"},
    CoderEnv: {"agent_id": "a1", "name": "EDITOR"},
    CoderMetadata: {"resource_id": "r1", "item": [MetadataItem(key="k", value="v")]},
    CoderScript: {"agent_id": "a1", "display_name": "x", "script": "x", "run_on_start": True},
    DataCoderParameter: {"name": "x"},
    Copilot: {"agent_id": "a1", "workdir": "/w"},
}
BLOCKS: dict[type[Any], tuple[type[Any], str, dict[str, Any]]] = {
    AgentMetadata: (CoderAgent, "metadata", {"key": "k", "script": "x", "interval": 10}),
    AppHealthcheck: (CoderApp, "healthcheck", {"url": "http://x", "interval": 5, "threshold": 6}),
    MetadataItem: (CoderMetadata, "item", {"key": "k"}),
    ParameterOption: (DataCoderParameter, "option", {"name": "n", "value": "v"}),
    ParameterValidation: (DataCoderParameter, "validation", {"regex": ".", "error": "e"}),
}
FORMS = ("${HOME}", "${x:-y}", "%{http_code}", "${1}", "${#x}", "${x", "${!x}")
LISTS = ("trusted_directories", "allow_tools", "deny_tools")


def _is_text(annotation: object) -> bool:
    return isinstance(annotation, str) and (
        annotation.startswith("str") or "Value" in annotation or "str |" in annotation
    )


def _fields() -> Iterator[Any]:
    for element, base in BASES.items():
        for name, parameter in inspect.signature(element.__init__).parameters.items():
            if name in ("self", "scope", "id", "source", "version", "meta"):
                continue
            if _is_text(parameter.annotation):
                yield pytest.param(element, base | {name: "TEXT"}, name, id=f"{element.__name__}.{name}")
            elif name in LISTS:
                yield pytest.param(element, base | {name: ["a", "TEXT"]}, name, id=f"{element.__name__}.{name}")
    for block, (element, name, base) in BLOCKS.items():
        for field in dataclasses.fields(block):
            if _is_text(field.type):
                arguments = BASES[element] | {name: (block, base | {field.name: "TEXT"})}
                yield pytest.param(element, arguments, name, id=f"{block.__name__}.{field.name}")
    yield pytest.param(CoderAgent, BASES[CoderAgent] | {"env": {"A": "TEXT"}}, "env", id="CoderAgent.env")
    yield pytest.param(Copilot, BASES[Copilot] | {"mcp_config": {"a": ["TEXT"]}}, "mcp_config", id="Copilot.mcp_config")


def _filled(value: Any, text: str) -> Any:
    """``value`` with ``text`` where it says TEXT, and blocks made."""
    if isinstance(value, tuple):
        block, base = value
        made = block(**_filled(base, text))
        return [made] if block not in (AppHealthcheck, ParameterValidation) else made
    if isinstance(value, dict):
        return {name: _filled(inner, text) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, text) for inner in value]
    return text if value == "TEXT" else value


@pytest.mark.parametrize(("element", "arguments", "field"), list(_fields()))
def test_no_field_takes_what_only_a_shell_could_read(
    stack: TerraformStack, element: type[Any], arguments: dict[str, Any], field: str
) -> None:
    for number, form in enumerate(FORMS):
        with pytest.raises(InvalidValueError) as caught:
            element(stack, f"x{number}", **_filled(arguments, f"/a {form} b"))
        message = str(caught.value)
        assert caught.value.field.startswith(field)
        assert "which Terraform would read before the workspace does: write " in message
        assert f"{form[0]}{form[:2]}" in message


@pytest.mark.parametrize(
    "field", ["command", "display_name", "icon", "working_directory", "log_path", "sync_unit", "after"]
)
def test_no_field_of_a_tool_does(stack: TerraformStack, field: str) -> None:
    proxy = AIBridgeProxy(stack, "proxy", agent_id="a1", proxy_url="https://p")
    given: dict[str, Any] = {"command": "x", "background": True}
    value: Any = ["/${HOME}"] if field == "after" else "/${HOME}"
    with pytest.raises(InvalidValueError, match=r"holds /?\$\{HOME\}.*write \$\$\{HOME\}"):
        ProxiedTool(stack, "tool", proxy=proxy, **(given | {field: value}))


def test_what_terraform_reads_passes(stack: TerraformStack) -> None:
    texts = [
        "echo $${HOME} %%{http_code}",
        "${2 * data.coder_parameter.cpu.value}",
        "${!var.quiet}",
        "${-var.n}",
        "%{ for x in var.l }${x}%{ endfor }",
        "%{ if var.quiet }-q%{ endif }",
        "${count.index} ${each.key} ${path.module} ${terraform.workspace}",
    ]
    for number, text in enumerate(texts):
        CoderAgent(
            stack,
            f"agent{number}",
            os="linux",
            arch="amd64",
            startup_script=text,
            shutdown_script=text,
            env={"A": text},
            metadata=[AgentMetadata(key="k", script=text, interval=10)],
        )
        CoderScript(stack, f"script{number}", agent_id="a1", display_name=text, script=text, run_on_start=True)
