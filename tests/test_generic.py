"""Providers without bindings: arguments as the documentation has them, and nothing lost on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformOutput, TerraformStack, TerraformVariable, Testing
from constructs import Construct

from aibridge_construct import (
    DataCoderWorkspace,
    GenericDataSource,
    GenericProvider,
    GenericResource,
    InvalidValueError,
    UnknownArgumentError,
)
from aibridge_construct.testing.mirror import coder_mirror
from aibridge_construct.testing.providers import (
    STRING,
    DataSource,
    Provider,
    Resource,
    block,
    map_of,
    optional,
    required,
    serve,
)
from aibridge_construct.testing.terraform import Terraform

_LABELS = [optional("labels", map_of(STRING)), optional("name")]
PROVIDER = Provider(
    "acme/things",
    version="1.2.0",
    file=__file__,
    config=[optional("url")],
    resources=[
        Resource(
            "things_box",
            [required("name"), optional("limits", map_of(STRING))],
            [block("metadata", _LABELS), block("part", [required("size")], [block("metadata", _LABELS)])],
        )
    ],
    data_sources=[DataSource("things_shelf", [required("name")])],
)

MAIN = """
from cdktf import App
from aibridge_construct import CoderTemplate, DataCoderWorkspace, GenericDataSource, GenericProvider, GenericResource

app = App()
stack = CoderTemplate(app, "things")
GenericProvider(stack, "things", source="acme/things", version="~> 1.0", arguments={"url": "https://x.example"})
shelf = GenericDataSource(stack, "shelf", "things_shelf", {"name": "a"})
first = GenericResource(
    stack, "first", "things_box",
    {
        "name": shelf.get_string_attribute("name"),
        "limits": {"a.b/c": "1"},
        "metadata": {"name": "m", "labels": {"x": "y"}},
        "part": [{"size": "1"}, {"size": "2", "metadata": [{"labels": {}}]}],
    },
    maps=["limits", "labels"],
)
GenericResource(
    stack, "second", "things_box",
    {
        "name": first.get_string_attribute("metadata[0].name"),
        "dynamic": {
            "part": {"for_each": ["3", "4"], "content": {"size": "${part.value}", "metadata": {"labels": {"p": "q"}}}}
        },
    },
    maps=["labels"],
    count=DataCoderWorkspace.shared(stack).start_count,
)
app.synth()
"""


def body(stack: TerraformStack, kind: str = "resource") -> Any:
    (elements,) = json.loads(Testing.synth(stack))[kind].values()
    return elements


@pytest.mark.parametrize("hcl", [False, True], ids=["json", "hcl"])
def test_a_provider_without_bindings_plans_blocks_maps_and_dynamic_blocks(tmp_path: Path, hcl: bool) -> None:
    (tmp_path / "main.py").write_text(MAIN)
    env = (
        os.environ
        | {"CDKTF_OUTDIR": "out", "PYTHONPATH": str(Path.cwd())}
        | ({"SYNTH_HCL_OUTPUT": "true"} if hcl else {})
    )
    subprocess.run([sys.executable, "main.py"], cwd=tmp_path, env=env, check=True)
    terraform = Terraform(tmp_path / "out/stacks/things", mirror=coder_mirror(tmp_path / "mirror", PROVIDER))
    terraform.init()
    assert terraform.validate() == []
    found = terraform.plan()
    first, second = found.resource("things_box.first"), found.resource("things_box.second[0]")
    assert first["name"] == "a"
    assert first["limits"] == {"a.b/c": "1"}
    assert first["metadata"] == [{"labels": {"x": "y"}, "name": "m"}]
    assert [part["size"] for part in first["part"]] == ["1", "2"]
    assert second["name"] == "m"
    assert [part["size"] for part in second["part"]] == ["3", "4"]
    assert second["part"][1]["metadata"] == [{"labels": {"p": "q"}, "name": None}]


META = {
    "count": ("count", 1),
    "for_each": ("for_each", ["a"]),
    "depends_on": ("depends_on", []),
    "lifecycle": ("lifecycle", {}),
    "provider": ("provider", "docker.b"),
    "connection": ("connection", {}),
    "provisioner": ("provisioners", []),
}


@pytest.mark.parametrize("name", META)
def test_a_meta_argument_in_the_body_is_refused_with_the_keyword_that_it_has(stack: TerraformStack, name: str) -> None:
    keyword, value = META[name]
    with pytest.raises(InvalidValueError, match=rf"^{name} of a_b 'x' is Terraform's own .*\(…, {keyword}=…\)\.$"):
        GenericResource(stack, "x", "a_b", {name: value})
    with pytest.raises(InvalidValueError, match=name):
        GenericResource(stack, "y", "a_b").replace_attribute(name, value)


@pytest.mark.parametrize("name", ["count", "for_each", "depends_on", "lifecycle", "provider"])
def test_so_it_is_in_a_data_source(stack: TerraformStack, name: str) -> None:
    with pytest.raises(InvalidValueError, match=rf"GenericDataSource\(…, {name}=…\)"):
        GenericDataSource(stack, "x", "a_b", {name: 1})


@pytest.mark.parametrize("name", ["alias", "version", "source"])
def test_and_the_ones_of_a_provider(stack: TerraformStack, name: str) -> None:
    with pytest.raises(InvalidValueError, match=rf"GenericProvider\(…, {name}=…\)"):
        GenericProvider(stack, "x", source="a/b", arguments={name: "1"})


def test_a_name_deeper_in_the_body_is_an_argument_like_any_other(stack: TerraformStack) -> None:
    GenericResource(stack, "x", "a_b", {"deploy": {"count": 2, "provider": "p", "lifecycle": {"post_start": "x"}}})
    assert body(stack)["x"] == {"deploy": {"count": 2, "provider": "p", "lifecycle": {"post_start": "x"}}}


def test_meta_arguments_are_keywords_as_of_every_other_element(stack: TerraformStack) -> None:
    provider = GenericProvider(stack, "other", source="acme/a", version="~> 1.0", alias="other")
    group = Construct(stack, "group")
    inner = GenericResource(group, "inner", "a_b")
    GenericResource(
        stack,
        "x",
        "a_b",
        {"name": "n", "nothing": None},
        count=DataCoderWorkspace.shared(stack).start_count,
        depends_on=[group],
        lifecycle={"ignore_changes": ["name"], "replace_triggered_by": [inner]},
        provider=provider,
    )
    made = json.loads(Testing.synth(stack))
    assert made["resource"]["a_b"]["x"] == {
        "count": "${data.coder_workspace.me.start_count}",
        "depends_on": [inner.address],
        "lifecycle": {"ignore_changes": ["name"], "replace_triggered_by": [inner.address]},
        "name": "n",
        "provider": "a.other",
    }
    assert made["provider"]["a"] == [{"alias": "other"}]
    assert made["terraform"]["required_providers"]["a"] == {"source": "acme/a", "version": "~> 1.0"}


def test_an_argument_has_another_value_or_none_until_synthesis(stack: TerraformStack) -> None:
    box = GenericResource(stack, "x", "a_b", {"name": "n", "size": 1})
    box.replace_attribute("name", "other")
    box.replace_attribute("size", None)
    assert body(stack)["x"] == {"name": "other"}


def test_attributes_are_read_by_their_path(stack: TerraformStack) -> None:
    box = GenericResource(stack, "x", "a_b")
    shelf = GenericDataSource(stack, "y", "a_c")
    TerraformOutput(stack, "name", value=box.get_string_attribute("metadata[0].name"))
    TerraformOutput(stack, "size", value=shelf.get_number_attribute("size"))
    outputs = json.loads(Testing.synth(stack))["output"]
    assert outputs["name"]["value"] == "${a_b.x.metadata[0].name}"
    assert outputs["size"]["value"] == "${data.a_c.y.size}"
    assert (box.address, shelf.address) == ("a_b.x", "data.a_c.y")


NO_MAPPING: Any = "name"
REFUSED: list[Any] = [
    pytest.param(lambda s: GenericResource(s, "x", "docker.box"), "must be a Terraform type", id="a type"),
    pytest.param(lambda s: GenericResource(s, "x", "${var.type}"), "known when the template", id="a computed type"),
    pytest.param(lambda s: GenericResource(s, "x", "a_b", NO_MAPPING), "must be a mapping of arguments", id="a body"),
    pytest.param(
        lambda s: GenericResource(s, "x", "a_b", {"p": [{"q": {1}}]}), r"p\[0\].q of a_b 'x' must be", id="a set"
    ),
    pytest.param(
        lambda s: GenericResource(s, "x", "a_b", {"p": {1: "q"}}), "names that are strings", id="a number as name"
    ),
    pytest.param(lambda s: GenericResource(s, "x", "a_b", {"p": Path("q")}), r"Write str\(…\) of it", id="a path"),
    pytest.param(
        lambda s: GenericResource(s, "x", "a_b", {"p": "${HOME}"}), r"write \$\$\{HOME\}", id="a shell's form"
    ),
    pytest.param(
        lambda s: GenericResource(s, "x", "a_b", {"p": f"{s}"}), "an object was put into", id="an object's repr"
    ),
    pytest.param(
        lambda s: GenericResource(s, "x", "a_b", {}, maps="labels"), "must be a list of names", id="maps as text"
    ),
    pytest.param(lambda s: GenericProvider(s, "x", source="kubernetes"), "NAMESPACE/NAME", id="a source"),
    pytest.param(
        lambda s: GenericResource(s, "x", "a_b", {"p": TerraformVariable(s, "v")}),
        "variable.string_value",
        id="a variable",
    ),
]


@pytest.mark.parametrize(("make", "words"), REFUSED)
def test_what_is_no_value_is_refused_with_its_place(
    stack: TerraformStack, make: Callable[[TerraformStack], object], words: str
) -> None:
    with pytest.raises(InvalidValueError, match=words):
        make(stack)


def test_a_misspelt_keyword_or_attribute_is_refused(stack: TerraformStack) -> None:
    with pytest.raises(UnknownArgumentError, match="Did you mean count"):
        GenericResource(stack, "x", "a_b", cuont=1)  # type: ignore[call-arg]
    box = GenericResource(stack, "y", "a_b")
    with pytest.raises(UnknownArgumentError, match="GenericResource has no attribute name"):
        box.name = "n"  # type: ignore[attr-defined]


if __name__ == "__main__":
    serve(PROVIDER)
