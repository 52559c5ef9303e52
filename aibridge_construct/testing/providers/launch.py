"""Runs the file that declares a provider, for Terraform, which starts it several times for one plan.

Usage: `python -I launch.py FILE` (`-I` also keeps this folder off `sys.path`)
"""

import runpy
import sys
from pathlib import Path


def main() -> None:
    """Run FILE as `__main__`, with the modules beside it."""
    file = sys.argv[1]
    sys.argv = sys.argv[1:]
    sys.path.insert(0, str(Path(file).parent))
    # This very package, wherever it lies.
    sys.path.append(str(Path(__file__).resolve().parents[3]))
    runpy.run_path(file, run_name="__main__")


if __name__ == "__main__":
    main()
