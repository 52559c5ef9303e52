"""`python -m aibridge_construct new NAME`: a template repository, made of one of the examples."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from aibridge_construct._choice import ENGINES, choose
from aibridge_construct.choices import meant
from aibridge_construct.errors import InvalidValueError, TemplateError
from aibridge_construct.validation import masked

__all__ = ["KINDS", "new", "pins"]

#: What there is to begin with, and what each is.
KINDS = {
    "docker": "containers, a home volume that outlives them, Copilot and an editor",
    "kubernetes": "the same on a deployment with a volume claim, with parameters",
    "devcontainer": "a project's dev container with an agent of its own, presets and a task",
    "minimal": "one agent and the proxy, to add a machine to",
    "tools": "one agent and tools: curl, Claude Code, a Python service, Copilot",
}
#: Where a repository keeps wheels that are in no index.
WHEELS = "wheels"
_EXTRAS = ("node", "terraform", "testing")
#: Files of every repository: the name here, where they go.
_COMMON = {"tasks.py": "tasks.py", "gitignore": ".gitignore", "workflow.yml": ".github/workflows/template.yml"}
_ABOUT_PINS = (
    "# The versions that this repository was made with: change one, and run the tests.",
    f"# Where no index has the wheel of aibridge-construct, put it into {WHEELS}/, where the workflow looks too:",
    f"#   python -m pip install --find-links {WHEELS} -r requirements.txt",
)
_ABOUT_ENGINE = (
    "# {engine} was not installed when this was written: pip chooses its version, and those of what it shares with the",
    "# other engine. Pin them too, by python -m pip freeze, once the tests pass.",
)
_LEFT_BEHIND = shutil.ignore_patterns("cdktf.out", "__pycache__", ".*", "requirements.in")
#: Coder's rule for names of templates (codersdk, `NameValid`); the two words are parts of its URLs.
_NAME = re.compile(r"[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*")
_LONGEST = 32
_TAKEN = ("new", "create")


def new(name: str, kind: str = "docker", *, engine: str | None = None, parent: Path | None = None) -> Path:
    """Write a template repository of a kind into a new folder.

    The name is that of the folder, of the stack (so of `cdktf.out/stacks/NAME`), and of the template in the commands of
    its README and its workflow. Terraform addresses do not depend on it.

    Args:
        name: what Coder will call the template.
        kind: one of `KINDS`.
        engine: `cdktf` or `cdktn`. Default: the one that this library would use here.
        parent: where the folder goes. Default: the current one.

    Returns:
        The folder.

    Raises:
        InvalidValueError: Coder would not take the name, or there is no such kind or engine.
        TemplateError: there is such a folder already.
    """
    engine = engine or choose()
    _check(name, kind, engine)
    target = (parent or Path.cwd()) / name
    if target.exists() or target.is_symlink():
        raise TemplateError(f"{target} is there already. Choose another name, or remove it.")
    source = _examples()
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=target.parent) as place:
        draft = Path(place) / name
        shutil.copytree(source / kind, draft, ignore=_LEFT_BEHIND)
        for common, goes_to in _COMMON.items():
            (draft / goes_to).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / "repository" / common, draft / goes_to)
        changes = _changes(source, engine)
        for file in draft.rglob("*"):
            if file.is_file():
                file.write_bytes(_named(_replaced(file.read_bytes(), changes), kind, name))
        (draft / "cdktf.json").write_text(_settings(draft / "cdktf.json"), encoding="utf-8")
        about = [*_ABOUT_PINS, *(line.format(engine=engine) for line in _ABOUT_ENGINE if not is_installed(engine))]
        (draft / "requirements.txt").write_text("\n".join([*about, *pins(kind, engine), ""]), encoding="utf-8")
        draft.rename(target)
    return target


def _changes(source: Path, engine: str) -> dict[str, str]:
    """What the examples, which are written for cdktf, say on another engine."""
    file = source / "repository" / f"{engine}.json"
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def _replaced(data: bytes, changes: Mapping[str, str]) -> bytes:
    for old, other in changes.items():
        for before, after in ((old, other), (json.dumps(old)[1:-1], json.dumps(other)[1:-1])):
            data = data.replace(before.encode(), after.encode())
    return data


def _check(name: str, kind: str, engine: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST or name in _TAKEN:
        raise InvalidValueError(
            "NAME",
            f"NAME must be what Coder takes for a template: letters, digits and single hyphens between them, at most "
            f"{_LONGEST} characters, and neither {' nor '.join(_TAKEN)}; for example my-template. Got {masked(name)}.",
        )
    if kind not in KINDS:
        raise InvalidValueError(
            "kind", f"--kind must be one of {', '.join(KINDS)}. Got {masked(kind)}.{meant(kind, KINDS)}"
        )
    if engine not in ENGINES:
        raise InvalidValueError(
            "engine", f"--engine must be {' or '.join(ENGINES)}. Got {masked(engine)}.{meant(engine, ENGINES)}"
        )


def _examples() -> Path:
    """The examples: in the package where it was installed, beside it in a checkout."""
    installed = Path(__file__).with_name("templates")
    return installed if installed.is_dir() else Path(__file__).parent.parent / "examples"


def _named(data: bytes, kind: str, name: str) -> bytes:
    """A file with the name of the repository where the example has its own."""
    places = rb'(?<=\(app, ")|(?<=stacks/)|(?<=templates push )|(?<=aibridge_construct new )'
    return re.sub(rb"(?:%s)(?:%s|NAME)(?![\w-])" % (places, kind.encode()), name.encode(), data)


def _settings(file: Path) -> str:
    settings = json.loads(file.read_text(encoding="utf-8"))
    return json.dumps({**settings, "projectId": str(uuid.uuid4())}, indent=2) + "\n"


def pins(kind: str, engine: str) -> list[str]:
    """What a repository of a kind needs, this library first, in the versions that are installed here.

    Of an engine that is not installed nobody here knows what goes with it: what engines share is left to pip then.
    """
    own = metadata.distribution("aibridge-construct")
    extras = [extra for extra in (engine, *_EXTRAS) if extra in (own.metadata.get_all("Provides-Extra") or ())]
    wanted = [f"aibridge-construct[{','.join(extras)}]{_where(own)}"]
    more = _examples() / kind / "requirements.in"
    if more.is_file():
        wanted += _replaced(more.read_bytes(), _changes(_examples(), engine)).decode().splitlines()
    found = {f"{each.name}=={each.version}" for each in _closure(wanted) if each.name != own.name}
    if not is_installed(engine):
        found -= {f"{each.name}=={each.version}" for each in _closure(ENGINES)}
    return [*wanted, *sorted(found - set(wanted), key=str.lower)]


def _where(own: metadata.Distribution) -> str:
    """What of `own` pip is to install: the commit or the archive at the address that it came from, or the version."""
    origin = json.loads(own.read_text("direct_url.json") or "{}")
    url = str(origin.get("url", ""))
    folder = f"#subdirectory={origin['subdirectory']}" if "subdirectory" in origin else ""
    if commit := origin.get("vcs_info"):
        return f" @ {commit['vcs']}+{url}@{commit['commit_id']}{folder}"
    if "archive_info" in origin and url.startswith("https://"):
        return f" @ {url}{folder}"
    return f"=={own.version}"


def is_installed(engine: str) -> bool:
    """Whether the engine is installed here."""
    return next(iter(metadata.distributions(name=engine)), None) is not None


def _closure(wanted: Iterable[str]) -> Iterator[metadata.Distribution]:
    """What is installed of `wanted`, and of what that requires in turn."""
    rest = [_parsed(text) for text in wanted]
    seen: set[tuple[str, str]] = set()
    yielded: set[str] = set()
    while rest:
        name, extras = rest.pop()
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # of another system, or of an extra that is not installed: pip chooses a version
        if found.name not in yielded:
            yielded.add(found.name)
            yield found
        for extra in ("", *extras):
            if (found.name, extra) not in seen:
                seen.add((found.name, extra))
                rest += [_parsed(text) for text in found.requires or () if _applies(text, extra)]


def _parsed(requirement: str) -> tuple[str, list[str]]:
    match = re.match(r"\s*([\w.-]+)\s*(?:\[([^\]]*)\])?", requirement)
    name, extras = match.groups() if match else (requirement, "")
    return name, [extra.strip() for extra in (extras or "").split(",") if extra.strip()]


def _applies(requirement: str, extra: str) -> bool:
    """Whether a requirement is one of `extra`, or of none. What it says of systems is answered by what is installed."""
    found = re.search(r"""extra\s*==\s*["']([^"']+)["']""", requirement.partition(";")[2])
    return (found[1] if found else "") == extra
