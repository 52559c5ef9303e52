"""Paths of the machine that synthesizes: what lies there is neither where Coder builds nor in the workspace.

A path alone does not say whose it is: ``/root`` and ``/home/coder`` are homes of builders and of workspaces alike. So a
home that images have, too, is told by what reads the path, or by a file that is there.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aibridge_construct.hcl import InvalidTemplateError, file_arguments
from aibridge_construct.push._configuration import Configuration
from aibridge_construct.push._state import CROSS_STACK
from aibridge_construct.push._strings import Text, strings

__all__ = ["wrong_module_sources", "wrong_paths"]

#: Homes that images of workspaces have.
_IMAGE_USERS = "coder vscode node user ubuntu debian dev developer gitpod codespace jovyan"
_IMAGE_HOMES = ("/root", *(f"/home/{user}" for user in _IMAGE_USERS.split()))
#: Folders for projects that images have.
_IMAGE_FOLDERS = ("/app", "/code", "/project", "/repo", "/src", "/workspace", "/workspaces")
#: Folders that every machine has: to work in one of them makes it nobody's project.
_COMMON = ("/", "/bin", "/etc", "/home", "/lib", "/mnt", "/opt", "/run", "/srv", "/tmp", "/usr", "/usr/local", "/var")
_COMMON_DEEPER = ("/usr/src", "/var/tmp", "/workspace", "/workspaces", "/Users", "/private/tmp", "/dev/shm")

_IN_A_PATH = r"[^\s\"'`:;,()<>|&*?\[\]{}$\\]"

MODULE_CURE = (
    "Take it from a registry or Git, or push it along: "
    'asset = TerraformAsset(stack, "NAME", path="FOLDER", type=AssetType.DIRECTORY), and in the TerraformHclModule '
    'source=f"./{asset.path}", skip_asset_creation_from_local_modules=True. For a CoderTemplate files={"modules/NAME": '
    'Path("FOLDER")} and source="./modules/NAME" do it, too.'
)


@dataclass(frozen=True)
class _Place:
    """A folder of this machine.

    Args:
        path: the folder.
        what: what it is, in words.
        shared: whether workspaces may have such a folder of their own.
    """

    path: str
    what: str
    shared: bool


def wrong_module_sources(configuration: Configuration, allowed: Sequence[str] = ()) -> Iterator[str]:
    """Modules that are not pushed."""
    for module in configuration.modules:
        for call in module.elements("module"):
            source = str(call.body.get("source", ""))
            if re.match(r"/|[A-Za-z]:[\\/]|~", source):
                if not _is_allowed(source, allowed):
                    yield f"{call.address} has the source {source!r}, a path of this machine. {MODULE_CURE}"
            elif source.startswith(("./", "../")) and not _inside(configuration.directory, module.folder / source):
                outside = "which is not in the directory that is pushed"
                yield f"{call.address} has the source {source!r}, {outside}. {MODULE_CURE}"


def _inside(directory: Path, target: Path) -> bool:
    return target.resolve().is_relative_to(directory.resolve()) and target.is_dir()


def wrong_paths(configuration: Configuration, allowed: Sequence[str] = ()) -> Iterator[str]:
    """Strings that name a place of this machine."""
    places = list(_places(configuration.directory))
    for string in strings(configuration):
        if _has_a_rule_of_its_own(string):
            continue
        for place in [*places, *_outputs(string.text)]:
            path = next((path for path in _found(string, place) if not _is_allowed(path, allowed)), None)
            if path is not None:
                yield (
                    f"{string.address} holds the path {path!r}, {place.what} of this machine, which is not there when "
                    'Coder builds the workspace. Push the file along (files={"NAME": Path(…)} of a CoderTemplate, or a '
                    'TerraformAsset) and write "${path.module}/NAME"; if the path is meant, say '
                    f"allow_paths=[{path!r}]."
                )
                break


def _places(directory: Path) -> Iterator[_Place]:
    """The folders of this machine, the innermost first."""
    found: dict[str, _Place] = {}

    def add(path: Path, what: str, *, shared: bool) -> None:
        for each in (path, path.resolve()):
            for text in dict.fromkeys((str(each), each.as_posix())):
                found.setdefault(text, _Place(text, what, shared))

    add(directory.absolute(), "the synthesized directory", shared=False)
    if sys.prefix != sys.base_prefix:
        add(Path(sys.prefix), "the virtual environment", shared=sys.prefix.startswith(("/opt/", "/usr/", "/venv")))
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 # Path.home() raises where there is none
    below_a_home = [*_IMAGE_HOMES, str(home)]
    for project in _projects():
        if str(project) not in (*_COMMON, *_COMMON_DEEPER, *below_a_home) and not home.is_relative_to(project):
            shared = any(project.is_relative_to(each) for each in (*_IMAGE_HOMES, *_IMAGE_FOLDERS))
            add(project, "the project", shared=shared)
    if home.is_absolute() and str(home) not in (*_COMMON, *_COMMON_DEEPER):
        add(home, "the home", shared=str(home) in _IMAGE_HOMES)
    return iter(sorted(found.values(), key=lambda place: len(place.path), reverse=True))


def _has_a_rule_of_its_own(string: Text) -> bool:
    element = string.element
    remote = element.labels[:1] == ("terraform_remote_state",) and element.name.startswith(CROSS_STACK)
    return remote or element.kind == "terraform" or (element.kind == "module" and string.path == ".source")


def _outputs(text: str) -> Iterator[_Place]:
    """The output directories of the engine that a string names, whatever machine they are on."""
    for match in re.finditer(rf"/{_IN_A_PATH}*/cdktf\.out(?=/)", text):
        yield _Place(match[0], "an output directory", shared=False)


def _projects() -> Iterator[Path]:
    """Where the program stands that synthesizes, and where it was called."""
    with contextlib.suppress(FileNotFoundError):
        yield Path.cwd()
    program = getattr(sys.modules.get("__main__"), "__file__", None)
    if program is None or "site-packages" in program or Path(program).is_relative_to(sys.prefix):
        return  # a program that was installed, such as pytest
    folder = Path(program).absolute().parent
    if folder.name != "bin":
        yield folder


def _found(string: Text, place: _Place) -> Iterator[str]:
    """The paths in a string that lie in ``place`` and are not meant for the workspace."""
    if place.path not in string.text:
        return
    read_here = _read_here(string)
    rest = rf"(?![\w-]|\.\w|/\.\.)(?P<rest>(?:/{_IN_A_PATH}*)?)"
    for match in re.finditer(rf"(?<![\w.~}}-]){re.escape(place.path)}{rest}", string.text):
        path = match[0].rstrip("/.")
        # Every home has hidden files such as ~/.bashrc: that one is there says nothing.
        hidden = match["rest"].lstrip("/").startswith(".")
        if not place.shared or read_here is None or path in read_here or (not hidden and Path(path).is_file()):
            yield path


def _read_here(string: Text) -> set[str] | None:
    """The paths in a string that Terraform itself reads, where Coder builds; ``None``: all of them."""
    element = string.element
    if "local-exec" in string.names:
        return None
    if element.labels[:1] == ("docker_image",) and string.names[-1:] in (["context"], ["dockerfile"]):
        return {string.text.rstrip("/")}
    try:
        return {path.rstrip("/.") for path in file_arguments(string.text)}
    except InvalidTemplateError:
        return set()


def _is_allowed(path: str, allowed: Sequence[str]) -> bool:
    return any(path == each.rstrip("/") or path.startswith(each.rstrip("/") + "/") for each in map(os.fspath, allowed))
