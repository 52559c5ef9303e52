"""Runs the file that declares a provider, without importing the whole of `aibridge_construct`.

Terraform starts a provider several times for one plan, and the package's own `__init__` loads the CDK engine and with
it a Node process. A provider needs none of that: the parent package is registered empty, and only the modules asked for
load.

Usage: `python -I _launch.py FILE` (`-I` also keeps this folder off `sys.path`)
"""

import runpy
import sys
import types
from pathlib import Path


def main() -> None:
    """Run FILE as `__main__`."""
    testing = Path(__file__).resolve().parent
    for name, folder in (("aibridge_construct", testing.parent), ("aibridge_construct.testing", testing)):
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    file = sys.argv[1]
    sys.argv = sys.argv[1:]
    sys.path.insert(0, str(Path(file).parent))
    runpy.run_path(file, run_name="__main__")


if __name__ == "__main__":
    main()
