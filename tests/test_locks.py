"""The lock files: what is installed for development is what somebody has looked at, byte for byte."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).parent.parent
NPM = sorted(ROOT / name for name in ("package-lock.json", "tests/clients/package-lock.json"))
PYTHON = sorted((*ROOT.glob("constraints*.txt"), *ROOT.glob("tests/clients/*.txt")))
#: Those of the checkout itself.
ROOT_LOCKS = [path for path in PYTHON if path.parent == ROOT]
WHEELHOUSE = Path(sys.prefix) / "wheelhouse"


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@dataclass(frozen=True)
class Pin:
    """One package of a lock file."""

    requirement: Requirement
    hashes: frozenset[str]


def pins(lock: Path) -> Iterator[Pin]:
    for line in re.sub(r"\\\n", " ", lock.read_text()).splitlines():
        text = line.partition("#")[0].strip()
        if text:
            requirement, *hashes = re.split(r"\s+--hash=", text)
            yield Pin(Requirement(requirement), frozenset(hashes))


def test_no_lock_file_is_forgotten() -> None:
    listed = {
        path for name in ("package-lock.json", "*requirements*.txt", "constraints*.txt") for path in ROOT.glob(name)
    }
    assert listed <= {*NPM, *PYTHON}
    assert len(PYTHON) == 7


@pytest.mark.parametrize("lock", NPM, ids=named)
def test_every_package_of_npm_has_its_hash(lock: Path) -> None:
    packages: dict[str, Any] = json.loads(lock.read_text())["packages"]
    assert len(packages) > 400
    without = {name: each for name, each in packages.items() if name and "integrity" not in each}
    # What a package carries in itself comes with that package's own.
    carriers = {name: name.rpartition("/node_modules/")[0] for name, each in without.items() if each.get("inBundle")}
    assert without.keys() - carriers.keys() == set()
    while bundled := {name for name, carrier in carriers.items() if packages[carrier].get("inBundle")}:
        carriers |= {name: carriers[name].rpartition("/node_modules/")[0] for name in bundled}
    assert all("integrity" in packages[carrier] for carrier in carriers.values())
    assert all(
        re.fullmatch(r"sha512-[\w+/]{86}==", each["integrity"]) for each in packages.values() if "integrity" in each
    )


@pytest.mark.parametrize("lock", PYTHON, ids=named)
def test_every_package_of_python_has_one_version_and_its_hashes(lock: Path) -> None:
    found = list(pins(lock))
    assert found
    for pin in found:
        (version,) = pin.requirement.specifier
        assert version.operator == "=="
        assert pin.requirement.url is None
        assert pin.hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in pin.hashes), pin.requirement
    names = [canonicalize_name(pin.requirement.name) for pin in found]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("lock", [*NPM, *PYTHON], ids=named)
def test_a_lock_file_says_what_and_not_from_where(lock: Path) -> None:
    text = lock.read_text()
    assert re.findall(r"https?:/|git\+|file:", text) == []
    assert '"resolved"' not in text
    assert re.findall(r"^\s*--?(?!hash=)\w.*", text, re.MULTILINE) == []


def test_what_is_installed_here_is_what_the_pins_say() -> None:
    locked = {canonicalize_name(pin.requirement.name): pin for lock in ROOT_LOCKS for pin in pins(lock)}
    wheels = list(WHEELHOUSE.glob("*.whl"))
    assert len(wheels) > 80
    for wheel in wheels:
        name, version, *_ = parse_wheel_filename(wheel.name)
        assert version in locked[name].requirement.specifier
        assert f"sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}" in locked[name].hashes, wheel.name


def test_a_synthesis_is_done_with_the_same_versions() -> None:
    everything = {str(pin.requirement): pin.hashes for pin in pins(ROOT / "constraints.txt")}
    needed = {str(pin.requirement): pin.hashes for pin in pins(ROOT / "constraints-synth.txt")}
    assert needed.items() <= everything.items()
    assert len(needed) < 20


def test_a_package_that_was_exchanged_is_not_installed(tmp_path: Path) -> None:
    (wheel,) = WHEELHOUSE.glob("iniconfig-*.whl")
    (pin,) = (pin for pin in pins(ROOT / "constraints.txt") if pin.requirement.name == "iniconfig")
    (tmp_path / wheel.name).write_bytes(wheel.read_bytes() + b"one byte more")
    (tmp_path / "lock.txt").write_text(f"{pin.requirement} {' '.join(f'--hash={each}' for each in pin.hashes)}\n")
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--find-links", str(tmp_path), "--no-deps"]
    command += ["--require-hashes", "--target", str(tmp_path / "to"), "-r", str(tmp_path / "lock.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr


def test_nothing_of_a_lock_file_is_taken_unseen() -> None:
    targets = [
        ".venv/synthesizer",
        ".venv/installed",
        ".venv-cdktn/installed",
        ".clients/installed",
        ".cache/lock/bin/uv",
    ]
    command = ["make", "--dry-run", "--always-make", *targets]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.replace("\\\n", "")
    installs = [line for line in said.splitlines() if "--requirement" in line]
    assert {name for line in installs for name in re.findall(r"--requirement (\S+)", line)} == {
        *(named(lock) for lock in ROOT_LOCKS),
        "tests/clients/$name.txt;" if "$name.txt;" in said else "tests/clients/$name.txt",
    }
    assert [line for line in installs if "--require-hashes" not in line] == []


def test_a_review_sees_what_a_lock_file_loses() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    command = ["git", "check-attr", "diff", *(str(path.relative_to(ROOT)) for path in (*NPM, *PYTHON))]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [line for line in said.splitlines() if line.endswith((": unset", ": false"))] == []
