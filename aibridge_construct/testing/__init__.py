"""A kit for testing Coder templates with the real Terraform, offline.

Install it with `pip install 'aibridge-construct[testing]'`. Nothing is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._extra import MissingExtraError
    from .build import Build, Workspace, import_template, pack, unpack
    from .coder_cli import CoderCli
    from .deployment import Deployment, Request, Response
    from .document.snapshot import TerraformSnapshotExtension, readable
    from .document.wiring import assert_acyclic, assert_depends
    from .fixtures import in_every_shell
    from .mirror import Binary, Mirror, build_mirror, coder_mirror
    from .modules import CODE_SERVER, COPILOT, Module
    from .plugin import DataSource, Provider, Refusal, Resource
    from .pytest_plugin import coder_scripts, terraform_snapshot
    from .scripts import SHELLS, AgentScripts, Ended, LogLine, Orphan, Running, shell_program, wait_until
    from .template import SynthesisError, TemplateUnderTest
    from .terraform import Diagnostic, Plan, Terraform, TerraformError, TestReport
    from .workspace import parameter_variable, workspace_environment

__all__ = [
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
    "import_template",
    "in_every_shell",
    "pack",
    "parameter_variable",
    "readable",
    "shell_program",
    "terraform_snapshot",
    "unpack",
    "wait_until",
    "workspace_environment",
]

# Where each name lives: the same as above, for those who run it.
_HOMES = {
    "_extra": ["MissingExtraError"],
    "build": ["Build", "Workspace", "import_template", "pack", "unpack"],
    "fixtures": ["in_every_shell"],
    "mirror": ["Binary", "Mirror", "build_mirror", "coder_mirror"],
    "modules": ["CODE_SERVER", "COPILOT", "Module"],
    "plugin": ["DataSource", "Provider", "Refusal", "Resource"],
    "pytest_plugin": ["coder_scripts", "terraform_snapshot"],
    "scripts": ["SHELLS", "AgentScripts", "Ended", "LogLine", "Orphan", "Running", "shell_program", "wait_until"],
    "coder_cli": ["CoderCli"],
    "deployment": ["Deployment", "Request", "Response"],
    "document.snapshot": ["TerraformSnapshotExtension", "readable"],
    "document.wiring": ["assert_acyclic", "assert_depends"],
    "template": ["SynthesisError", "TemplateUnderTest"],
    "terraform": ["Diagnostic", "Plan", "Terraform", "TerraformError", "TestReport"],
    "workspace": ["parameter_variable", "workspace_environment"],
}


if not TYPE_CHECKING:
    from aibridge_construct._lazy import lazy

    __getattr__, __dir__ = lazy(__name__, _HOMES)
