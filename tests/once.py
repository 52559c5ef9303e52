"""A pytest plugin for the second engine: leaves out what only looks at bytes that the first has shown already.

Both engines synthesize the same, which other tests hold. What real Terraform, Coder's builds and shells make of it has
then been seen once.
"""

from __future__ import annotations

import pytest

_LOOK_AT_BYTES = {"mirror", "coder", "workspace", "terraform", "coder_scripts", "scripts", "deployment"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests with such a fixture."""
    seen = [item for item in items if _LOOK_AT_BYTES & set(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=seen)
    items[:] = [item for item in items if item not in seen]
