"""``CoderTemplate``: the stack that synthesizes to a directory that ``coder templates push`` takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from aibridge_construct._engine import Construct, LocalBackend, TerraformStack, warn
from aibridge_construct._stack import per_stack
from aibridge_construct.addresses import require_unique_addresses
from aibridge_construct.arguments import explain_missing, sealed
from aibridge_construct.choices import refused
from aibridge_construct.coder.checks import Refusals
from aibridge_construct.coder.provider import CoderProvider, checked_url
from aibridge_construct.coder.requirement import MINIMUM_VERSION, TerraformRequirement
from aibridge_construct.errors import InvalidValueError, TemplateError
from aibridge_construct.hcl import Blocks, block
from aibridge_construct.known import holds_token
from aibridge_construct.native import NativeStack
from aibridge_construct.push import AllowedPaths, Content, author_files, check_allowed, check_version, problems
from aibridge_construct.synthesis import NATIVE, TemplateSynthesizer, write_files

__all__ = ["CoderTemplate", "check_template", "native_parameters"]

#: Where Coder puts a workspace's state before a build and reads it from afterwards, in a directory of each build's own.
STATE = "terraform.tfstate"

_PARAMETER_BLOCKS: Blocks = {"option": {}, "validation": {}}
#: The data sources that Coder reads from native files only, and their nested blocks.
_NATIVE_TYPES: Mapping[str, Blocks] = {
    "coder_parameter": _PARAMETER_BLOCKS,
    "coder_workspace_preset": {"prebuilds": {"expiration_policy": {}, "scheduling": {"schedule": {}}}},
    "coder_workspace_tags": {},
}


@sealed
class CoderTemplate(NativeStack):
    """A Coder template: ``app.synth()`` writes ``cdktf.out/stacks/<id>/``, which ``coder templates push -d`` takes.

    It declares the coder provider and where Coder keeps a workspace's state, writes the files that belong beside the
    configuration, and in native syntax what Coder reads from native files only: options and validations of parameters,
    presets, tags of workspaces.
    Synthesis fails with the cure if the result would not work in Coder.

    Example::

        class Docker(CoderTemplate):
            def __init__(self, scope: Construct, id: str) -> None:
                super().__init__(scope, id, readme=Path(__file__).with_name("README.md"))
                agent = CoderAgent(self, "main", os="linux", arch="amd64")
                AIBridgeProxy(self, "aibridge", agent_id=agent.id, proxy_url="https://aiproxy.example.com:8888")
    """

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
        files: Mapping[str, str | bytes | Path] | None = None,
        allow_paths: AllowedPaths = (),
    ) -> None:
        """Declare it in ``scope``.

        Args:
            scope: the app.
            id: name of the stack and of its directory.
            coder_url: access URL of the Coder deployment. Default: the one that builds the workspace.
            coder_version: version constraint of the coder provider. Default: ``>= 2.12``, the first with a sensitive
                token.
            readme: documentation that Coder shows for the template, Markdown with or without front matter: its text, or
                the file that holds it, ``Path("README.md")``. Default: none.
            lock_file: a ``.terraform.lock.hcl`` to push along, so that every build installs the same providers.
                Default: none.
            files: more files to push along, by their path in the template: text, bytes, or the ``Path`` of a file or a
                folder. Expressions find them at ``${path.module}/PATH``. A file that may be run stays so; of a folder,
                hidden files are left out. Default: none.
            allow_paths: absolute paths that look like ones of this machine and are meant for the provisioner or the
                workspace, and what lies below them. Default: none.

        Raises:
            InvalidValueError: ``coder_version`` allows a provider that shows session tokens, ``readme`` is the name of
                a file, or a path of ``files`` is not to be had.
            TemplateError: ``readme``, ``lock_file`` or ``files`` names a file that cannot be read. At synth, what would
                not work in Coder; the engine passes that on as a :class:`RuntimeError` with the same text, and no file
                of the template stays behind.
        """
        version = check_version("coder_version", coder_version)
        self._texts: dict[str, str] = {}
        if readme is not None:
            self._texts["README.md"] = _readme(readme)
        if lock_file is not None:
            self._texts[".terraform.lock.hcl"] = _text("lock_file", Path(lock_file))
        self._files: dict[str, Content] = author_files(files or {})
        self._allowed = check_allowed(allow_paths)
        checked_url(Refusals(f"{type(self).__name__} {id!r}"), scope, "coder_url", coder_url)
        super().__init__(scope, id)
        self._coder = CoderProvider(self, "coder", url=coder_url, version=version)
        LocalBackend(self, path=STATE)
        per_stack(self, TerraformRequirement)
        require_unique_addresses(self)
        self.synthesizer = TemplateSynthesizer(
            self,
            self.synthesizer,
            write=self._write,
            check=lambda directory: problems(directory, allow_paths=self._allowed),
            named=list(self._texts),
        )

    @property
    def coder(self) -> CoderProvider:
        """The coder provider of the template."""
        return self._coder

    def _write(self, directory: Path) -> None:
        native_parameters(directory)
        write_files(directory, self._files)
        for name, text in self._texts.items():
            (directory / name).write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")


def check_template(stack: TerraformStack, *, allow_paths: AllowedPaths = ()) -> None:
    """Have every synthesis of ``stack`` fail, with the cure, if its directory would not work as a Coder template.

    For stacks that are not a :class:`CoderTemplate`, which checks itself. Call it once, before ``app.synth()``.

    Args:
        stack: the stack.
        allow_paths: as of :class:`CoderTemplate`.

    Raises:
        InvalidValueError: ``allow_paths`` is no list.
        TemplateError: at synth; the engine passes it on as a :class:`RuntimeError` with the same text, and no file of
            the template stays behind.
    """
    allowed = check_allowed(allow_paths)
    require_unique_addresses(stack)
    stack.synthesizer = TemplateSynthesizer(
        stack,
        stack.synthesizer,
        write=lambda directory: None,
        check=lambda directory: problems(directory, allow_paths=allowed, finished=False),
        before=lambda: _warn_of_parameters(stack),
    )


def native_parameters(directory: Path | str) -> list[str]:
    """Move parameters, presets and tags of a synthesized directory from ``cdk.tf.json`` to ``parameters.tf``.

    Coder reads nested blocks of parameters and presets, and the tags of workspaces, from native files only. Terraform
    reads both files as one configuration, so addresses, references and plans stay the same.

    Returns:
        The addresses of what was moved.
    """
    folder = Path(directory)
    file = folder / "cdk.tf.json"
    if not file.exists():
        return []
    content = json.loads(file.read_text(encoding="utf-8"))
    data = content.get("data", {})
    moved = [(type, name, body) for type in _NATIVE_TYPES for name, body in sorted(data.pop(type, {}).items())]
    if not moved:
        return []
    if not data:
        del content["data"]
    blocks = [block(f'data "{type}" "{name}"', body, _NATIVE_TYPES[type]) for type, name, body in moved]
    (folder / NATIVE).write_text("\n".join(["# Written by aibridge-construct.\n", *blocks]), encoding="utf-8")
    file.write_text(json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False), encoding="utf-8")
    return [f"data.{type}.{name}" for type, name, _ in moved]


def _warn_of_parameters(stack: TerraformStack) -> None:
    parameters = stack.to_terraform().get("data", {}).get("coder_parameter", {})
    thin = sorted(name for name, body in parameters.items() if body.keys() & _PARAMETER_BLOCKS.keys())
    if thin:
        warn(
            stack,
            f"Coder's form shows no options and validations of parameters in JSON: {', '.join(thin)}. "
            "Use CoderTemplate, or call native_parameters(directory) after app.synth().",
        )


def _readme(given: object) -> str:
    if isinstance(given, Path):
        return _text("readme", given)
    if not isinstance(given, str) or holds_token(given):
        raise refused("readme", given, 'must be text or the Path of a file, for example Path("README.md")')
    if _is_file_name(given):
        raise InvalidValueError(
            "readme",
            f"readme must be the text of the documentation, and {given!r} is the name of a file. Write "
            f"readme=Path({json.dumps(given)}), or Path(__file__).with_name(…) for a file beside the program.",
        )
    return given


def _is_file_name(text: str) -> bool:
    if not text.strip() or len(text) > 255 or any(mark in text for mark in "\n\r\0"):
        return False
    named = " " not in text.strip() and text.lower().endswith((".md", ".markdown", ".txt", ".rst"))
    return named or Path(text).exists()


def _text(argument: str, file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise TemplateError(f"{argument} names {str(file)!r}, which cannot be read ({error.strerror}).") from error
