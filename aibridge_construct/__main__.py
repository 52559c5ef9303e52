"""The command `python -m aibridge_construct`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from aibridge_construct.errors import AIBridgeError
from aibridge_construct.new import KINDS, new

__all__ = ["main"]

_NEXT = """{folder}/ is a template repository, of the kind {kind}. What comes next:

  cd {folder}
  python -m pip install -r requirements.txt
  python tasks.py
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m aibridge_construct", description="Templates behind the proxy.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    maker = commands.add_parser(
        "new",
        help="write a template repository into a new folder",
        description="Write a template repository into the new folder NAME: program, README, tests, pins, workflow.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="kinds:\n" + "\n".join(f"  {kind:13} {what}" for kind, what in KINDS.items()),
    )
    maker.add_argument("name", metavar="NAME", help="of the template in Coder, of its stack and of the folder")
    maker.add_argument("--kind", default="docker", help=f"{', '.join(KINDS)}; default: %(default)s")
    maker.add_argument("--engine", help="cdktf or cdktn; default: the one that is installed")
    given = parser.parse_args(arguments)
    try:
        folder = new(given.name, given.kind, engine=given.engine)
    except (AIBridgeError, ImportError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(_NEXT.format(folder=folder.name, kind=given.kind))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
