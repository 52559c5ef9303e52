"""What ``coder templates push`` takes of a directory, and what would not work once it is there.

Source of the rules: Coder's ``provisionersdk`` (archive) and ``provisioner/terraform`` (builds), and its preview of
parameters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from aibridge_construct.errors import TemplateError

__all__ = ["SIZE_LIMIT", "archive_size", "check_directory", "problems", "pushed_files"]

#: An archive must stay under this many bytes.
SIZE_LIMIT = 1024 * 1024

#: The first coder provider that marks the owner's session token as sensitive, and the first with ``merge_strategy``.
_SENSITIVE_TOKEN = (2, 12)
_MERGE_STRATEGY = (2, 14)

# tar writes a header of this size for each entry and fills contents up to multiples of it; two empty ones end it.
_TAR_BLOCK = 512


def pushed_files(directory: Path | str) -> list[Path]:
    """The files and folders that are pushed, sorted, relative to ``directory``.

    Left out are hidden ones (but ``.terraform.lock.hcl``), Terraform's state and values of variables.
    """
    return sorted(_walk(Path(directory), Path()))


def archive_size(directory: Path | str) -> int:
    """Bytes of the archive that a push of ``directory`` sends."""
    entries = [Path(directory, name) for name in pushed_files(directory)]
    files = [entry for entry in entries if entry.is_file() and not entry.is_symlink()]
    contents = sum(-(-file.stat().st_size // _TAR_BLOCK) for file in files)
    return (len(entries) + contents + 2) * _TAR_BLOCK


def check_directory(directory: Path | str) -> None:
    """Check a synthesized directory, for example ``cdktf.out/stacks/docker``, before it is pushed.

    Raises:
        TemplateError: Coder would not take it, or workspaces built from it would not work; the message says what to do.
    """
    folder = Path(directory)
    file = folder / "cdk.tf.json"
    content = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    found = problems(content, folder)
    if found:
        raise TemplateError(
            f"{folder} is no template that Coder can build:\n" + "\n".join(f"- {item}" for item in found)
        )


def problems(content: Mapping[str, Any], directory: Path) -> list[str]:
    """What is wrong with a synthesized stack, each with its cure.

    Args:
        content: the stack in Terraform's JSON syntax.
        directory: where it was written.
    """
    return [
        *_wrong_backend(content.get("terraform", {})),
        *_wrong_provider(content),
        *_wrong_paths(content, directory),
        *_wrong_files(directory),
    ]


def _wrong_backend(terraform: Mapping[str, Any]) -> Iterator[str]:
    cure = 'Use CoderTemplate, or declare LocalBackend(stack, path="terraform.tfstate").'
    if "cloud" in terraform:
        yield f"It keeps state in HCP Terraform, but Coder keeps each workspace's state. {cure}"
    for kind, arguments in terraform.get("backend", {}).items():
        if kind != "local":
            yield f"It has a backend {kind!r}, but Coder keeps each workspace's state in a local file. {cure}"
        elif arguments.get("path", "terraform.tfstate") != "terraform.tfstate" or "workspace_dir" in arguments:
            yield (
                f"Its local backend writes to {arguments.get('path') or arguments.get('workspace_dir')!r}, where Coder "
                f"does not look: every workspace would share one state or lose it. {cure}"
            )


def _wrong_provider(content: Mapping[str, Any]) -> Iterator[str]:
    configured = content.get("provider", {}).get("coder", [])
    aliases = [block.get("alias") for block in (configured if isinstance(configured, list) else [configured])]
    if len(aliases) > len(set(aliases)):
        yield "It configures the coder provider twice. Keep one: a CoderTemplate brings its own, template.coder."
    required = content.get("terraform", {}).get("required_providers", {}).get("coder")
    if required is None:
        return
    constraint = required.get("version", "") if isinstance(required, Mapping) else str(required)
    strategies = [env for env in content.get("resource", {}).get("coder_env", {}).values() if "merge_strategy" in env]
    least, reason = (
        (_MERGE_STRATEGY, "merge_strategy of coder_env needs it")
        if strategies
        else (_SENSITIVE_TOKEN, "older ones show the owner's session token in logs")
    )
    if _lower_bound(constraint) < least:
        wanted = ".".join(map(str, least))
        taken = constraint or "in any version"
        yield f'It takes the coder provider {taken!r}, but {reason}. Write version=">= {wanted}".'


def _lower_bound(constraint: str) -> tuple[int, ...]:
    """The least version that ``constraint`` allows."""
    bounds: list[tuple[int, ...]] = [(0,)]
    for part in constraint.split(","):
        match = re.fullmatch(r"\s*(=|>=|>|~>)?\s*v?(\d+(?:\.\d+)*).*", part)
        if match:
            bounds.append(tuple(int(number) for number in match[2].split(".")))
    return max(bounds)


def _wrong_paths(content: Mapping[str, Any], directory: Path) -> Iterator[str]:
    for name, module in content.get("module", {}).items():
        source = str(module.get("source", ""))
        if re.match(r"/|[A-Za-z]:[\\/]|~", source):
            yield f"module.{name} has the source {source!r}, a path of this machine. {_MODULE_CURE}"
        elif source.startswith(("./", "../")) and not _inside(directory, source):
            outside = "which is not in the directory that is pushed"
            yield f"module.{name} has the source {source!r}, {outside}. {_MODULE_CURE}"
    here = str(directory.resolve())
    for address, text in _strings(content, ""):
        if here in text:
            yield f"{address} holds the path {here!r} of this machine. Write it relative to the template's directory."


_MODULE_CURE = "Take it from a registry or Git, or pass TerraformModuleAsset(stack, …) as the source."


def _inside(directory: Path, source: str) -> bool:
    target = (directory / source).resolve()
    return target.is_relative_to(directory.resolve()) and target.is_dir()


def _strings(value: Any, address: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _strings(inner, f"{address}.{key}" if address else str(key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _strings(inner, f"{address}[{number}]")
    elif isinstance(value, str):
        yield address, value


def _wrong_files(directory: Path) -> Iterator[str]:
    names = pushed_files(directory)
    if not any(name.parent == Path() and name.name.endswith((".tf", ".tf.json")) for name in names):
        yield "It has no .tf or .tf.json file. Synthesize it first."
    for name in names:
        if re.fullmatch(r"(?:.*_)?override\.tf(?:\.json)?", name.name):
            cure = "Use element.add_override(…)."
            yield f"It has the override file {name}, which Coder's parameter form does not merge. {cure}"
    size = archive_size(directory)
    if size >= SIZE_LIMIT:
        files = [name for name in names if (directory / name).is_file()]
        largest = sorted(files, key=lambda name: (directory / name).stat().st_size, reverse=True)[:3]
        shown = ", ".join(f"{name} ({(directory / name).stat().st_size} bytes)" for name in largest)
        yield (
            f"It is too large: its archive has {size} bytes and must stay under {SIZE_LIMIT}. The largest files: "
            f"{shown}. Let workspaces download large files, or put them into the image."
        )


def _walk(directory: Path, folder: Path) -> Iterator[Path]:
    for entry in (directory / folder).iterdir():
        name = folder / entry.name
        if entry.name.startswith(".") and entry.name != ".terraform.lock.hcl":
            continue
        is_folder = entry.is_dir() and not entry.is_symlink()
        if not _is_state_or_values(name):
            yield name
        if is_folder:
            yield from _walk(directory, name)


def _is_state_or_values(name: Path) -> bool:
    text = name.as_posix()
    return (
        ".tfstate" in text
        or text in ("terraform.tfvars", "terraform.tfvars.json")
        or text.endswith((".auto.tfvars", ".auto.tfvars.json"))
    )
