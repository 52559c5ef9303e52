"""What Coder reads from the text of native files, without running Terraform.

Source: Coder's ``provisioner/terraform/tfparse`` and its library ``preview``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aibridge_construct.hcl import InvalidTemplateError, references
from aibridge_construct.push._configuration import Configuration

__all__ = ["wrong_parameter_blocks", "wrong_tags"]

_CURE = "Use a CoderTemplate, or call native_parameters(directory) of aibridge_construct.template after app.synth()"

#: What a tag may refer to: tags decide which provisioner runs Terraform, so they are known before it runs.
_KNOWN_BEFORE = ("data.coder_parameter.", "data.coder_workspace_owner.", "var.", "local.")


def wrong_tags(configuration: Configuration) -> Iterator[str]:
    """Tags of a workspace that Coder does not see."""
    for element in configuration.root.elements("data"):
        if element.labels[0] != "coder_workspace_tags":
            continue
        if not element.native:
            yield (
                f"{element.address} stands in a .tf.json file, but Coder reads tags from native files only: workspaces "
                f"would be built by any provisioner. {_CURE} and then check_directory(directory)."
            )
        tags = element.body.get("tags")
        if not isinstance(tags, Mapping):
            yield (
                f"{element.address} has the tags {tags!r}, but Coder reads a map that is written out. Write "
                'tags={"NAME": "VALUE"}; the values may be expressions.'
            )
            continue
        for name, value in tags.items():
            for address in _unknown_before(value):
                yield (
                    f"{element.address}.tags[{name!r}] refers to {address}, but tags decide where Terraform runs, so "
                    "they can refer to parameters and variables only. Write the value out, or make it a parameter or a "
                    "variable."
                )


def _unknown_before(value: object) -> Iterator[str]:
    try:
        found = references(value) if isinstance(value, str) else ()
    except InvalidTemplateError:
        return
    for reference in found:
        if reference.address and not reference.address.startswith(_KNOWN_BEFORE):
            yield reference.address


def wrong_parameter_blocks(configuration: Configuration) -> Iterator[str]:
    """Parameters that lose their options and validations in Coder's form."""
    for element in configuration.of_type("coder_parameter"):
        blocks = sorted(element.body.keys() & {"option", "validation", "dynamic"})
        if element.kind == "data" and not element.native and blocks:
            yield (
                f"{element.address} stands in a .tf.json file and has {' and '.join(blocks)} blocks, which Coder's "
                f"form reads from native files only: it would show none. {_CURE}."
            )
