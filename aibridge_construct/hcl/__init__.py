"""Terraform's language: reading templates and expressions, writing native syntax."""

from __future__ import annotations

from aibridge_construct.hcl.body import constant, native_body
from aibridge_construct.hcl.document import Shape, document
from aibridge_construct.hcl.native import Blocks, block, expression, quoted, writable
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
