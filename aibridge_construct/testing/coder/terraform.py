"""The real Terraform on a directory, as Coder's provisioner runs it where a test says nothing else.

terraform = Terraform("cdktf.out/stacks/aibridge-proxy", mirror=coder_mirror("/tmp/mirror"))
terraform.init()
plan = terraform.plan(variables={"agent_id": "a1", "proxy_url": "https://proxy.example.com"})
assert plan.actions == {"coder_script.aibridge_proxy_setup": ["create"]}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aibridge_construct.testing.terraform import runner
from aibridge_construct.testing.terraform.mirror import Mirror

from .mirror import default_mirror
from .workspace import workspace_environment

__all__ = ["Terraform"]


class Terraform(runner.Terraform):
    """Terraform commands on one directory.

    Stand-ins run inside this process while Terraform plans and applies, which is several times faster than processes of
    their own; `init` installs them from the mirror as it does any provider.

    Args:
        directory: holds the configuration.
        env: the variables that Terraform and providers see. Default: those of an ordinary workspace build.
        mirror: where providers and modules come from. Default: one with the coder stand-in, made for this process.
        timeout: seconds before a command counts as hung.
        isolated: let Terraform start each stand-in itself, as it starts real providers.

    Raises:
        MissingExtraError: there is no Terraform.
    """

    def __init__(
        self,
        directory: Path | str,
        *,
        env: Mapping[str, str] | None = None,
        mirror: Mirror | None = None,
        timeout: float = 300,
        isolated: bool = False,
    ) -> None:
        super().__init__(
            directory,
            env=workspace_environment() if env is None else env,
            mirror=mirror or default_mirror(),
            timeout=timeout,
            isolated=isolated,
        )
