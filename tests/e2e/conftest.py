"""Fixtures of the end-to-end tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from .world import running_world, world

__all__ = ["running_world", "world"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep out of the report what mitmproxy's own code, on the thread beside the test, is told about its libraries."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning:mitmproxy"))
