"""docs/provider.md: its examples synthesize, and no type is missing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import cdktf as engine
import constructs
import pytest
from cdktf import App

import aibridge_construct
from aibridge_construct import CoderTemplate, check_directory
from aibridge_construct.coder.element import DataSource, Resource

PAGE = (Path(__file__).parents[2] / "docs/provider.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def app(tmp_path: Path) -> App:
    """An app that does not ask Terraform for its version, as the engine does where something moves."""
    return App(outdir=str(tmp_path / "cdktf.out"), skip_validation=True)


@pytest.fixture
def template(app: App) -> CoderTemplate:
    """A template with all the examples in it, in the order of the page."""
    template = CoderTemplate(app, "page")
    names: dict[str, Any] = {**vars(engine), **vars(constructs), "self": template}
    names |= {name: getattr(aibridge_construct, name) for name in aibridge_construct.__all__}
    for number, example in enumerate(EXAMPLES, start=1):
        exec(compile(example, f"docs/provider.md, example {number}", "exec"), names)
    return template


def test_every_example_synthesizes(app: App, template: CoderTemplate) -> None:
    app.synth()
    written = Path(app.outdir) / "stacks/page"
    check_directory(written)
    assert '"coder_metadata": {\n      "facts"' in (written / "cdk.tf.json").read_text()
    assert 'data "coder_parameter" "cpu"' in (written / "parameters.tf").read_text()


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in aibridge_construct.__all__
        if isinstance(each := getattr(aibridge_construct, name), type) and issubclass(each, Resource | DataSource)
    ],
)
def test_the_page_shows_every_type(name: str) -> None:
    assert any(re.search(rf"\b{name}[(.]", example) for example in EXAMPLES)
