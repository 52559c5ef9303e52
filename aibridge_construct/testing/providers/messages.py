"""The messages of the plugin protocol that describe: schemas, and what a provider complains about."""

from __future__ import annotations

import json
from typing import Any

from tf.gen import tfplugin_pb2 as pb  # type: ignore[import-untyped]

from .declare import Attribute
from .values import Path, Shape

__all__ = ["error", "path", "schema", "warning"]


def error(summary: str, detail: str = "", where: Path = ()) -> Any:
    """A diagnostic that stops Terraform; `where` is the attribute that it is about."""
    return pb.Diagnostic(severity=pb.Diagnostic.ERROR, summary=summary, detail=detail, attribute=path(where))


def warning(summary: str, detail: str = "", where: Path = ()) -> Any:
    """A diagnostic that Terraform shows and goes on."""
    return pb.Diagnostic(severity=pb.Diagnostic.WARNING, summary=summary, detail=detail, attribute=path(where))


def path(parts: Path) -> Any:
    """The way to an attribute."""
    step = pb.AttributePath.Step
    return pb.AttributePath(
        steps=[step(attribute_name=part) if isinstance(part, str) else step(element_key_int=part) for part in parts]
    )


def schema(shape: Shape) -> Any:
    """What Terraform is told about a resource, a data source or a provider block."""
    return pb.Schema(version=1, block=_block(shape))


def _block(shape: Shape, *, deprecated: bool = False) -> Any:
    return pb.Schema.Block(
        attributes=[_attribute(attribute) for attribute in shape.attributes],
        block_types=[
            pb.Schema.NestedBlock(
                type_name=block.name,
                block=_block(block, deprecated=block.deprecated),
                nesting=pb.Schema.NestedBlock.NestingMode.Value(block.nesting.upper()),
                min_items=block.min_items,
                max_items=block.max_items,
            )
            for block in shape.blocks
        ],
        deprecated=deprecated,
    )


def _attribute(attribute: Attribute) -> Any:
    return pb.Schema.Attribute(
        name=attribute.name,
        type=json.dumps(attribute.type).encode(),
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        sensitive=attribute.sensitive,
        deprecated=attribute.deprecated,
    )
