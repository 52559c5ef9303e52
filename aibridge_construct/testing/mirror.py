"""Where Terraform finds providers without a registry; see `terraform.mirror` and `coder.mirror`."""

from __future__ import annotations

from .coder.mirror import coder_mirror
from .terraform.mirror import HOSTS, Binary, Mirror, build_mirror

__all__ = ["HOSTS", "Binary", "Mirror", "build_mirror", "coder_mirror"]
