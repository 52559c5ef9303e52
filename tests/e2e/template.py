"""A template with the world's proxy in it, planned by real Terraform for one workspace of the world's deployment."""

from __future__ import annotations

import shutil
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack, Testing

from aibridge_construct import AIBridgeProxy, CoderProvider, ProxiedTool
from aibridge_construct.coder.agent import CoderAgent
from aibridge_construct.testing.mirror import Mirror
from aibridge_construct.testing.workspace import workspace_environment
from tests.sharing import Planned, planned

from .bridge_proxy import Listener
from .world import TOKEN, World


class Template:
    """Add tools first, then ask for scripts.

    Args:
        directory: an empty directory, made if need be, for the certificate.
        token: the session token of the workspace's owner.
        listener: which listener of the proxy to use. Of one that speaks TLS, the certificate is trusted too.
        proxy: more arguments of the `AIBridgeProxy`.
    """

    def __init__(
        self,
        directory: Path,
        world: World,
        mirror: Mirror,
        *,
        listener: Listener = "plain",
        token: str = TOKEN,
        **proxy: Any,
    ) -> None:
        if shutil.which("curl") is None:
            pytest.skip("curl is not installed, which the setup script and some of the tools need here")
        directory.mkdir(exist_ok=True)
        self._directory, self._mirror = directory, mirror
        self._environment = workspace_environment(access_url=world.deployment.access_url, token=token)
        self.stack = TerraformStack(App(outdir=str(directory / "cdktf.out")), "template")
        CoderProvider(self.stack, "coder")
        agent = CoderAgent(self.stack, "main", os="linux", arch="amd64")
        if listener != "plain":
            proxy["extra_ca_certificates"] = world.proxy.listener_file(listener).read_text()
        self.proxy = AIBridgeProxy(
            self.stack,
            "aibridge",
            agent_id=agent.id,
            proxy_url=world.proxy.url(listener),
            cert_path=str(directory / "certificates" / "ca.pem"),
            **proxy,
        )

    def tool(self, id: str, command: str | list[str], **arguments: Any) -> ProxiedTool:
        """A tool behind the proxy."""
        return ProxiedTool(self.stack, id, proxy=self.proxy, command=command, **arguments)

    def script(self, of: AIBridgeProxy | ProxiedTool) -> str:
        """The text of a construct's `coder_script`, as the agent gets it."""
        text: str = self.plan.resource(of.script.address)["script"]
        return text

    @property
    def setup(self) -> str:
        """The text of the proxy's setup script."""
        return self.script(self.proxy)

    @cached_property
    def synthesized(self) -> str:
        """The template as Terraform JSON."""
        return str(Testing.synth(self.stack, True))

    @cached_property
    def plan(self) -> Planned:
        """Terraform's plan of a workspace's first start."""
        return planned(self.synthesized, self._directory, env=self._environment, mirror=self._mirror)
