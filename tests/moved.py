"""A copy of the checkout, moved to cdktn by the command of docs/cdktn.md: `python -m tests.moved TO`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPIED = ("aibridge_construct", "bench", "docs", "examples", "modules", "tests")
#: What the provider packages of each engine pin.
VERSIONS = (("3.6.2", "4.6.0"), ("cdktf-cdktf-provider-docker==12.0.3", "cdktn-provider-docker==16.1.0"))


def moved(to: Path) -> None:
    """Write the copy; the tools stay where they are."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    for name in COPIED:
        shutil.copytree(
            ROOT / name, to / name, ignore=shutil.ignore_patterns("cdktf.out", "__pycache__", "node_modules")
        )
    for file in ROOT.iterdir():
        if file.is_file():
            shutil.copy(file, to)
    for tools in ("node_modules", ".venv"):
        (to / tools).symlink_to(ROOT / tools)
    for folder in ("tests", "examples", "."):
        subprocess.run(["sh", "-c", command(only="" if folder != "." else "-maxdepth 1")], cwd=to / folder, check=True)
    for file in (to / "examples/docker").rglob("*"):
        if file.suffix in (".json", ".py", ".in"):
            text = file.read_text()
            for old, new in VERSIONS:
                text = text.replace(old, new)
            file.write_text(text)


def command(only: str) -> str:
    """The page's command, which changes imports and nothing else."""
    page = (ROOT / "docs/cdktn.md").read_text()
    (found,) = re.findall(r"^```sh\n(find .*?)^```", page, re.MULTILINE | re.DOTALL)
    return str(found).replace("find .", f"find . {only}", 1)


if __name__ == "__main__":
    moved(Path(sys.argv[1]))
