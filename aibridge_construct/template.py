"""``CoderTemplate``: the stack that synthesizes to a directory that ``coder templates push`` takes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aibridge_construct._engine import (
    Annotations,
    Construct,
    IStackSynthesizer,
    ISynthesisSession,
    LocalBackend,
    TerraformStack,
    implements_synthesizer,
    output_directory,
)
from aibridge_construct._stack import per_stack
from aibridge_construct.coder.provider import CoderProvider
from aibridge_construct.coder.requirement import MINIMUM_VERSION, TerraformRequirement
from aibridge_construct.errors import TemplateError
from aibridge_construct.hcl import Blocks, block
from aibridge_construct.push import problems
from aibridge_construct.validation import explain_missing

__all__ = ["CoderTemplate", "check_template", "native_parameters"]

#: Where Coder puts a workspace's state before a build and reads it from afterwards, in a directory of each build's own.
STATE = "terraform.tfstate"

#: What parameters are written to.
PARAMETERS = "parameters.tf"

_PARAMETER_BLOCKS: Blocks = {"option": {}, "validation": {}}


class CoderTemplate(TerraformStack):
    """A Coder template: ``app.synth()`` writes ``cdktf.out/stacks/<id>/``, which ``coder templates push -d`` takes.

    It declares the coder provider and where Coder keeps a workspace's state, writes the files that belong beside the
    configuration, and parameters in native syntax, from which alone Coder's form reads options and validations.
    Synthesis fails with the cure if the result would not work in Coder.

    Example::

        class Docker(CoderTemplate):
            def __init__(self, scope: Construct, id: str) -> None:
                super().__init__(scope, id, readme=Path(__file__).with_name("README.md"))
                agent = CoderAgent(self, "main", os="linux", arch="amd64")
                AIBridgeProxy(self, "aibridge", agent_id=agent.id, proxy_url="https://aiproxy.example.com:8888")

    Args:
        scope: the app.
        id: name of the stack and of its directory.
        coder_url: access URL of the Coder deployment. Default: the one that builds the workspace.
        coder_version: version constraint of the coder provider. Default: ``>= 2.12``, the first with a sensitive token.
        readme: documentation that Coder shows for the template, Markdown with or without front matter: its text, or the
            file that holds it. Default: none.
        lock_file: a ``.terraform.lock.hcl`` to push along, so that every build installs the same providers.
            Default: none.

    Raises:
        TemplateError: ``readme`` or ``lock_file`` names a file that is not there. At synth, what would not work in
            Coder; the engine passes that on as a :class:`RuntimeError` with the same text.
    """

    #: The coder provider of the template.
    coder: CoderProvider

    @explain_missing()
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        coder_url: str | None = None,
        coder_version: str = f">= {MINIMUM_VERSION}",
        readme: str | Path | None = None,
        lock_file: Path | str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._files: dict[str, str] = {}
        if readme is not None:
            self._files["README.md"] = _text("readme", readme) if isinstance(readme, Path) else readme
        if lock_file is not None:
            self._files[".terraform.lock.hcl"] = _text("lock_file", Path(lock_file))
        self.coder = CoderProvider(self, "coder", url=coder_url, version=coder_version)
        LocalBackend(self, path=STATE)
        per_stack(self, TerraformRequirement)
        self.synthesizer = _Synthesizer(self, self.synthesizer, self._write)

    def _write(self, directory: Path) -> None:
        native_parameters(directory)
        for name, text in self._files.items():
            (directory / name).write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")


def check_template(stack: TerraformStack) -> None:
    """Have every synthesis of ``stack`` fail, with the cure, if its directory would not work as a Coder template.

    For stacks that are not a :class:`CoderTemplate`, which checks itself. Call it once, before ``app.synth()``.

    Raises:
        TemplateError: at synth; the engine passes it on as a :class:`RuntimeError` with the same text.
    """
    stack.synthesizer = _Synthesizer(stack, stack.synthesizer, lambda directory: None, warn=True)


def native_parameters(directory: Path | str) -> list[str]:
    """Move the ``coder_parameter`` data sources of a synthesized directory from ``cdk.tf.json`` to ``parameters.tf``.

    Coder's form reads nested blocks of native files only: of parameters in JSON it shows no options and validations.
    Terraform reads both files as one configuration, so addresses, references and plans stay the same.

    Returns:
        The addresses of the parameters.
    """
    folder = Path(directory)
    file = folder / "cdk.tf.json"
    if not file.exists():
        return []
    content = json.loads(file.read_text(encoding="utf-8"))
    parameters = content.get("data", {}).pop("coder_parameter", {})
    if not parameters:
        return []
    if not content["data"]:
        del content["data"]
    blocks = [
        block(f'data "coder_parameter" "{name}"', body, _PARAMETER_BLOCKS) for name, body in sorted(parameters.items())
    ]
    (folder / PARAMETERS).write_text("\n".join(["# Written by aibridge-construct.\n", *blocks]), encoding="utf-8")
    file.write_text(json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False), encoding="utf-8")
    return [f"data.coder_parameter.{name}" for name in sorted(parameters)]


@implements_synthesizer
class _Synthesizer:
    """The engine's synthesizer, with what comes before and after it."""

    def __init__(
        self,
        stack: TerraformStack,
        inner: IStackSynthesizer,
        write: Callable[[Path], None],
        *,
        warn: bool = False,
    ) -> None:
        self._stack = stack
        self._inner = inner
        self._write = write
        self._warn = warn

    def synthesize(self, session: ISynthesisSession) -> None:
        """Write the stack's directory."""
        directory = output_directory(session, self._stack)
        _remove_old(directory)
        if self._warn:
            self._warn_of_parameters()
        self._inner.synthesize(session)
        self._write(directory)
        if session.skip_validation:
            return
        found = problems(self._content(directory), directory)
        if found:
            raise TemplateError(
                f"The stack {self._stack.node.id!r} is no template that Coder can build:\n"
                + "\n".join(f"- {item}" for item in found)
            )

    def _content(self, directory: Path) -> dict[str, Any]:
        file = directory / "cdk.tf.json"
        content: dict[str, Any] = (
            json.loads(file.read_text(encoding="utf-8")) if file.exists() else self._stack.to_terraform()
        )
        return content

    def _warn_of_parameters(self) -> None:
        parameters = self._stack.to_terraform().get("data", {}).get("coder_parameter", {})
        thin = sorted(name for name, body in parameters.items() if body.keys() & _PARAMETER_BLOCKS.keys())
        if thin:
            Annotations.of(self._stack).add_warning(
                f"Coder's form shows no options and validations of parameters in JSON: {', '.join(thin)}. "
                "Use CoderTemplate, or call native_parameters(directory) after app.synth()."
            )


def _remove_old(directory: Path) -> None:
    """Remove what an earlier synthesis left and this one may not write again."""
    for name in ("cdk.tf", "cdk.tf.json", "metadata.json", PARAMETERS):
        (directory / name).unlink(missing_ok=True)
    shutil.rmtree(directory / "assets", ignore_errors=True)


def _text(argument: str, file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise TemplateError(f"{argument} names {str(file)!r}, which cannot be read ({error.strerror}).") from error
