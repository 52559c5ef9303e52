"""A kit for testing Coder templates with the real Terraform, offline.

Install it with `pip install 'aibridge-construct[testing]'`. Nothing is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .coder.agent.marks import in_every_shell
    from .coder.agent.scripts import SHELLS, AgentScripts, Ended, LogLine, Orphan, Running, shell_program, wait_until
    from .coder.agents import CLAUDE_CODE, CODEX
    from .coder.archive import pack, unpack
    from .coder.build import Build, Workspace, import_template
    from .coder.cli import CoderCli
    from .coder.comparison import Difference, same_plan
    from .coder.deployment import Deployment, Request, Response
    from .coder.docker import docker
    from .coder.mirror import coder_mirror
    from .coder.modules import CODE_SERVER, COPILOT
    from .coder.template import SynthesisError, TemplateUnderTest
    from .coder.terraform import Terraform
    from .coder.workspace import parameter_variable, workspace_environment
    from .document.snapshot import TerraformSnapshotExtension, readable
    from .document.wiring import assert_acyclic, assert_depends
    from .extra import MissingExtraError
    from .plugin import coder_scripts, terraform_snapshot
    from .providers.declare import DataSource, Provider, Refusal, Resource
    from .providers.serving import serve
    from .terraform.diagnostics import Diagnostic, TerraformError
    from .terraform.mirror import Binary, Mirror, build_mirror
    from .terraform.modules import Module
    from .terraform.plan import Plan, TestReport

__all__ = [
    "CLAUDE_CODE",
    "CODEX",
    "CODE_SERVER",
    "COPILOT",
    "SHELLS",
    "AgentScripts",
    "Binary",
    "Build",
    "CoderCli",
    "DataSource",
    "Deployment",
    "Diagnostic",
    "Difference",
    "Ended",
    "LogLine",
    "Mirror",
    "MissingExtraError",
    "Module",
    "Orphan",
    "Plan",
    "Provider",
    "Refusal",
    "Request",
    "Resource",
    "Response",
    "Running",
    "SynthesisError",
    "TemplateUnderTest",
    "Terraform",
    "TerraformError",
    "TerraformSnapshotExtension",
    "TestReport",
    "Workspace",
    "assert_acyclic",
    "assert_depends",
    "build_mirror",
    "coder_mirror",
    "coder_scripts",
    "docker",
    "import_template",
    "in_every_shell",
    "pack",
    "parameter_variable",
    "readable",
    "same_plan",
    "serve",
    "shell_program",
    "terraform_snapshot",
    "unpack",
    "wait_until",
    "workspace_environment",
]

# Where each name lives: the same as above, for those who run it.
_HOMES = {
    "extra": ["MissingExtraError"],
    "coder.agents": ["CLAUDE_CODE", "CODEX"],
    "coder.agent.marks": ["in_every_shell"],
    "coder.agent.scripts": [
        "SHELLS",
        "AgentScripts",
        "Ended",
        "LogLine",
        "Orphan",
        "Running",
        "shell_program",
        "wait_until",
    ],
    "coder.archive": ["pack", "unpack"],
    "coder.build": ["Build", "Workspace", "import_template"],
    "coder.cli": ["CoderCli"],
    "coder.comparison": ["Difference", "same_plan"],
    "coder.deployment": ["Deployment", "Request", "Response"],
    "coder.docker": ["docker"],
    "coder.mirror": ["coder_mirror"],
    "coder.modules": ["CODE_SERVER", "COPILOT"],
    "coder.template": ["SynthesisError", "TemplateUnderTest"],
    "coder.terraform": ["Terraform"],
    "coder.workspace": ["parameter_variable", "workspace_environment"],
    "document.snapshot": ["TerraformSnapshotExtension", "readable"],
    "document.wiring": ["assert_acyclic", "assert_depends"],
    "plugin": ["coder_scripts", "terraform_snapshot"],
    "providers.declare": ["DataSource", "Provider", "Refusal", "Resource"],
    "providers.serving": ["serve"],
    "terraform.diagnostics": ["Diagnostic", "TerraformError"],
    "terraform.mirror": ["Binary", "Mirror", "build_mirror"],
    "terraform.modules": ["Module"],
    "terraform.plan": ["Plan", "TestReport"],
}


if not TYPE_CHECKING:
    from aibridge_construct._lazy import lazy

    __getattr__, __dir__ = lazy(__name__, _HOMES)
