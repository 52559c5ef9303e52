"""Terraform's language: reading templates and expressions, writing native syntax.

Every template is read, few are written in native syntax or read from it: that is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aibridge_construct.hcl.template import (
    InvalidTemplateError,
    Part,
    Reference,
    escaped_path,
    expression_references,
    file_arguments,
    literal,
    parts,
    references,
)

if TYPE_CHECKING:
    from aibridge_construct.hcl.body import constant, native_body
    from aibridge_construct.hcl.configuration import Shape, document
    from aibridge_construct.hcl.native import Blocks, block, expression, quoted, writable

__all__ = [
    "Blocks",
    "InvalidTemplateError",
    "Part",
    "Reference",
    "Shape",
    "block",
    "constant",
    "document",
    "escaped_path",
    "expression",
    "expression_references",
    "file_arguments",
    "literal",
    "native_body",
    "parts",
    "quoted",
    "references",
    "writable",
]

if not TYPE_CHECKING:
    from aibridge_construct._lazy import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            "body": ["constant", "native_body"],
            "configuration": ["Shape", "document"],
            "native": ["Blocks", "block", "expression", "quoted", "writable"],
        },
    )
