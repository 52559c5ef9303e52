"""What ``coder templates push`` takes of a directory, and what would not work once it is there.

A rule is a function that looks at a configuration and yields what is wrong, each with its address and its cure.

Source of the rules: Coder's ``provisionersdk`` (archive), ``provisioner/terraform`` (import and builds) and
``preview`` (form).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from aibridge_construct.choices import a_list, no_list, refused
from aibridge_construct.errors import InvalidValueError, TemplateError
from aibridge_construct.push._archive import SIZE_LIMIT, archive_size, pushed_files
from aibridge_construct.push._configuration import Configuration, Element, Module, Unreadable, load
from aibridge_construct.push._files import Content, author_files, wrong_files
from aibridge_construct.push._names import wrong_agents, wrong_apps, wrong_metadata, wrong_parameters, wrong_presets
from aibridge_construct.push._native import wrong_parameter_blocks, wrong_tags
from aibridge_construct.push._places import wrong_module_sources, wrong_paths
from aibridge_construct.push._provider import SENSITIVE_TOKEN, is_constraint, lower_bound, raised, wrong_provider
from aibridge_construct.push._references import escaped_paths, wrong_references
from aibridge_construct.push._state import wrong_backend, wrong_remote_state

__all__ = [
    "SIZE_LIMIT",
    "AllowedPaths",
    "Configuration",
    "Content",
    "Element",
    "Module",
    "Unreadable",
    "archive_size",
    "author_files",
    "check_allowed",
    "check_directory",
    "check_version",
    "load",
    "problems",
    "pushed_files",
]

AllowedPaths = Sequence[str | os.PathLike[str]]
"""Absolute paths that may stand in a template although they look like ones of this machine."""

_RULES = (
    wrong_backend,
    wrong_remote_state,
    wrong_provider,
    wrong_agents,
    wrong_apps,
    wrong_parameters,
    wrong_presets,
    wrong_metadata,
    wrong_tags,
    wrong_references,
    escaped_paths,
    wrong_files,
)


def check_directory(directory: Path | str, *, allow_paths: AllowedPaths = ()) -> None:
    """Check a synthesized directory, for example ``cdktf.out/stacks/docker``, before it is pushed.

    Args:
        directory: the directory.
        allow_paths: paths that look like ones of this machine and are meant for the provisioner or the workspace, and
            what lies below them. Default: none.

    Raises:
        TemplateError: Coder would not take it, or workspaces built from it would not work; the message says what to do.
        InvalidValueError: ``allow_paths`` is no list.
    """
    folder = Path(directory)
    if not folder.is_dir():
        raise TemplateError(f"{folder} is no directory. Synthesize it first.")
    found = problems(folder, allow_paths=allow_paths)
    if found:
        raise TemplateError(
            f"{folder} is no template that Coder can build:\n" + "\n".join(f"- {item}" for item in found)
        )


def problems(directory: Path, *, allow_paths: AllowedPaths = (), finished: bool = True) -> list[str]:
    """What is wrong with a synthesized directory, each with its cure.

    Args:
        directory: the directory.
        allow_paths: as of :func:`check_directory`.
        finished: whether nothing rewrites it afterwards, as ``native_parameters`` does.

    Raises:
        InvalidValueError: ``allow_paths`` is no list.
    """
    return list(_problems(load(directory), check_allowed(allow_paths), finished=finished))


def _problems(configuration: Configuration, allowed: Sequence[str], *, finished: bool) -> Iterator[str]:
    for rule in _RULES:
        yield from rule(configuration)
    yield from wrong_module_sources(configuration, allowed)
    yield from wrong_paths(configuration, allowed)
    if finished:
        yield from wrong_parameter_blocks(configuration)


def check_allowed(allow_paths: AllowedPaths) -> list[str]:
    """``allow_paths`` as text.

    Raises:
        InvalidValueError: it is no list of absolute paths.
    """
    meaning, example = "absolute paths", '"/home/coder/project"'
    found = []
    for item in a_list("allow_paths", allow_paths, meaning, example=example):
        text = str(item)
        if not text.startswith("/") and not Path(text).is_absolute():
            raise no_list("allow_paths", item, meaning, example=example)
        found.append(text)
    return found


def check_version(field: str, constraint: object) -> str:
    """Check a version constraint of the coder provider and return it.

    Args:
        field: the argument.
        constraint: what was given.

    Raises:
        InvalidValueError: it is none, or allows a provider that shows session tokens in logs.
    """
    least = ".".join(map(str, SENSITIVE_TOKEN))
    if not isinstance(constraint, str) or not is_constraint(constraint):
        raise refused(field, constraint, f'must be a version constraint, for example {field}="~> {least}"')
    if lower_bound(constraint) < SENSITIVE_TOKEN:
        raise InvalidValueError(
            field,
            f"{field} must not allow a coder provider before {least}, which shows the owner's session token in logs. "
            f'Write {field}="{raised(constraint, SENSITIVE_TOKEN)}". Got {constraint!r}.',
        )
    return constraint
