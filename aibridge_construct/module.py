"""``AIBridgeProxyModule``: the stack that becomes a Terraform module, a drop-in for the registry's."""

from __future__ import annotations

from typing import Any

from aibridge_construct._engine import Construct, TerraformBackend, TerraformRemoteState
from aibridge_construct.addresses import require_unique_addresses
from aibridge_construct.arguments import explain_missing, sealed
from aibridge_construct.coder.requirement import TerraformRequirement
from aibridge_construct.inputs import declare_variable
from aibridge_construct.native import NativeStack
from aibridge_construct.proxy import AIBridgeProxy
from aibridge_construct.rules import AGENT_ID

__all__ = ["AIBridgeProxyModule", "NoBackend"]


@sealed
class AIBridgeProxyModule(NativeStack):
    """A Terraform module with the addresses, inputs and outputs of the registry's ``aibridge-proxy`` module.

    An HCL template swaps the ``source`` and nothing else. The optional variables ``setup_timeout``,
    ``extra_ca_pem`` and ``refresh`` are additions with defaults.
    """

    @explain_missing()
    def __init__(self, scope: Construct, id: str = "aibridge-proxy") -> None:
        """Declare it in ``scope``.

        Args:
            scope: the app.
            id: name of the stack; the module lands in ``cdktf.out/stacks/<id>/``.
        """
        super().__init__(scope, id)
        NoBackend(self, "no-backend")
        require_unique_addresses(self)
        TerraformRequirement(self)
        agent_id = declare_variable(self, AGENT_ID, description="The id of the coder_agent that runs the setup script.")
        self._proxy = AIBridgeProxy.from_variables(self, "proxy", agent_id=agent_id)
        self.proxy.script.override_logical_id("aibridge_proxy_setup")
        self.proxy.add_outputs()

    @property
    def proxy(self) -> AIBridgeProxy:
        """The proxy, whose script has the address of the registry's."""
        return self._proxy


class NoBackend(TerraformBackend):
    """Keeps the engine from writing a backend: without one it adds a local backend at an absolute path of this machine.

    Terraform ignores a backend in a child module, and Coder's builds keep state themselves.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, "none")

    def to_terraform(self) -> Any:
        """Nothing."""
        return {}

    def to_hcl_terraform(self) -> Any:
        """Nothing."""
        return {}

    def to_metadata(self) -> Any:
        """Nothing."""
        return {}

    def get_remote_state_data_source(self, scope: Construct, name: str, from_stack: str) -> TerraformRemoteState:
        """Refused: without a backend no other stack can read this one's state.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(f"{from_stack} has no backend, so no other stack can refer to its values.")
