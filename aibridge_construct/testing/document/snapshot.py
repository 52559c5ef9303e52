"""Snapshots of synthesized stacks: one readable JSON file each, free of what changes without anybody's doing.

In a template repository's ``conftest.py``::

    from aibridge_construct.testing import terraform_snapshot

and in a test::

    from aibridge_construct.testing import readable

    def test_the_template(terraform_snapshot):
        assert readable(Testing.synth(stack)) == terraform_snapshot
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from aibridge_construct.shell.render import shell_file
from aibridge_construct.testing._extra import need

need("syrupy", "A snapshot test")

import pytest  # noqa: E402
from syrupy.assertion import SnapshotAssertion  # noqa: E402
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode  # noqa: E402

__all__ = ["TerraformSnapshotExtension", "readable", "terraform_snapshot"]

_SHELL_FILES = (
    "lib.sh",
    "address.sh",
    "trust.sh",
    "fold.sh",
    "environment.sh",
    "login.sh",
    "setup.sh",
    "command.sh",
    "tool.sh",
    "launcher.sh",
)


def readable(synthesized: str | Mapping[str, Any]) -> dict[str, Any]:
    """A synthesized stack as a reviewer wants to read it.

    Without the engine's ``//`` metadata (versions, construct paths) and without a local backend's absolute path;
    text of several lines as a list of lines; of this library's scripts the values, and a digest for the static body,
    which this library tests.

    Args:
        synthesized: what ``Testing.synth`` returned, or the text or content of a ``cdk.tf.json``.
    """
    content = json.loads(synthesized) if isinstance(synthesized, str) else synthesized
    cleaned = _clean(content)
    assert isinstance(cleaned, dict)
    backend = cleaned.get("terraform", {}).get("backend", {})
    if backend.get("local", {}).get("path", "").startswith("/"):
        del cleaned["terraform"]["backend"]
    return cleaned


class TerraformSnapshotExtension(SingleFileSnapshotExtension):
    """syrupy extension: a snapshot is a ``.json`` file with sorted keys."""

    _write_mode = WriteMode.TEXT
    file_extension = "json"

    def serialize(self, data: Any, **_: Any) -> str:
        """``data`` as JSON text."""
        return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


@pytest.fixture
def terraform_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """syrupy's ``snapshot`` with one readable JSON file per assertion."""
    return snapshot.use_extension(TerraformSnapshotExtension)


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _clean(inner) for key, inner in value.items() if key != "//"}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    if isinstance(value, str) and "\n" in value:
        return _lines(value)
    return value


def _lines(text: str) -> list[str]:
    for name in _SHELL_FILES:
        body = shell_file(name)
        digest = hashlib.sha256(body.encode()).hexdigest()[:12]
        text = text.replace(body, f"# … {name} of aibridge-construct, {body.count(chr(10))} lines, sha256 {digest} …\n")
    return text.splitlines()
