"""A pytest plugin for the second engine: leaves out what only looks at bytes that the first has shown already.

Both engines synthesize the same, which the snapshots and other tests hold. What real Terraform, Coder's builds and
shells make of it has then been seen once. One example goes all the way: the one with a provider package.
"""

from __future__ import annotations

import pytest

_LOOK_AT_BYTES = {"mirror", "coder", "workspace", "terraform", "coder_scripts", "scripts", "deployment"}
_SNAPSHOTS = {"snapshot", "terraform_snapshot"}
_SEEN = {"devcontainer", "kubernetes", "minimal", "tools"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what has been seen."""
    seen = list(filter(_is_seen, items))
    config.hook.pytest_deselected(items=seen)
    items[:] = [item for item in items if item not in seen]


def _is_seen(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    if fixtures & _SNAPSHOTS:
        return False
    of_example = {item.path.parent.name, item.name.partition("[")[2].removesuffix("]")}
    return bool(fixtures & _LOOK_AT_BYTES or of_example & _SEEN)
