"""The command `python -m aibridge_construct`."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata

from aibridge_construct._choice import ENGINES
from aibridge_construct._version import __version__
from aibridge_construct.errors import AIBridgeError
from aibridge_construct.new import KINDS, WHEELS, is_installed, new

__all__ = ["main"]

_NEXT = """{folder}/ is a template repository, of the kind {kind}. What comes next:

  cd {folder}
  python -m pip install -r requirements.txt
  python tasks.py

Where no index that you use has the wheel of aibridge-construct, put it into {folder}/{wheels}/ and add
--find-links {wheels} to the second line. The workflow looks there too.
"""
_ABOUT_ENGINE = """
{engine} is not installed here, so requirements.txt leaves its version to pip. To have that pinned too, begin with
python -m pip install 'aibridge-construct[{engine}]'.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m aibridge_construct", description="Templates behind the proxy.")
    parser.add_argument("--version", action=_Version, nargs=0, help="say which versions there are here, and end")
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
    sys.stdout.write(_NEXT.format(folder=folder.name, kind=given.kind, wheels=WHEELS))
    if given.engine and not is_installed(given.engine):
        sys.stdout.write(_ABOUT_ENGINE.format(engine=given.engine))
    return 0


class _Version(argparse.Action):
    """Prints what a report of a fault should say."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(f"aibridge-construct {__version__} ({', '.join(_around())})\n")
        parser.exit()


def _around() -> Iterator[str]:
    for name in (*ENGINES, "constructs", "jsii"):
        try:
            yield f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            continue
    yield f"Python {platform.python_version()}"
    yield f"{platform.system()} {platform.machine()}"


if __name__ == "__main__":
    raise SystemExit(main())
